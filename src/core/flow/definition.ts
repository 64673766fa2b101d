import { z } from 'zod'

/** The most numbered steps a guide may have: the progress mark (●●●◐○○○○) must stay on one line of a 320-px phone. */
export const NUMBERED_STEPS_LIMIT = 12
/** The most choices a flow may give a step; the engine adds «not working» and «something else», and Zalo carries five buttons (zalo.md §2.6). */
export const STEP_CHOICES_LIMIT = 3
/** The most troubles listed at a step: a numbered list longer than eight is not read to its end. */
export const STEP_TROUBLES_LIMIT = 8
/** The fewest troubles a step must know, so that «not working» always opens a real list. */
export const STEP_TROUBLES_MINIMUM = 3
/** Characters of a choice's label after NFC: fits one line of the web page at 320 px and Zalo's button title (≤ 100, zalo.md §2.6). */
export const LABEL_LIMIT = 40
/** Characters of one text of a step or a remedy (voice.md asks for about 350 a message). */
export const TEXT_LIMIT = 350
/** Characters of a heading. */
export const TITLE_LIMIT = 60
/** Working days a waiting step may last: nothing in the law notes (domain.md §4) waits longer than a month. */
export const WAIT_DAYS_LIMIT = 30

/** The target that ends a flow: the run is finished. */
export const END = 'end'

const slug = z.string().regex(/^[a-z][a-z0-9-]{0,23}$/, 'must be lower-case letters, digits and hyphens, at most 24')
const day = z.iso.date('must be a date like 2022-10-24')

const Choice = z.strictObject({
  id: slug.describe('Stable name; the label is in content under the same id.'),
  to: slug.describe('A step of this flow, or «end».'),
  as: z
    .enum(['done', 'skipped', 'back'])
    .default('done')
    .describe('What the ledger says of the step that is left: finished, passed over, or gone back from.'),
})

const Trouble = z.union([
  slug.transform((id) => ({ id }) as { id: string; to?: string }),
  z.strictObject({
    id: slug,
    to: slug.optional().describe('Where the remedy leads when it is another step (no NFC → scan the QR code).'),
  }),
])

const Step = z.strictObject({
  id: slug.describe('For ever: runs, ledger and exports name it. A step that is renamed leaves a «moved» entry.'),
  kind: z
    .enum(['do', 'wait'])
    .default('do')
    .describe('«do» is something to do now; «wait» is a state with a limit in working days.'),
  number: z
    .int()
    .min(1)
    .max(NUMBERED_STEPS_LIMIT)
    .optional()
    .describe(
      'The number residents see («Bước 5/8»). Several steps may share one; without one it stands before, between or after them.',
    ),
  ref: z.string().max(20).optional().describe('Paragraph of the official letter, as cited in the domain notes: 2.B5.'),
  limit: z
    .int()
    .min(1)
    .max(WAIT_DAYS_LIMIT)
    .optional()
    .describe('Working days after which a waiting step is over its limit, counted from the day after it was entered.'),
  choices: z.array(Choice).min(1).max(STEP_CHOICES_LIMIT).describe('The first is the one that goes on.'),
  troubles: z.array(Trouble).max(STEP_TROUBLES_LIMIT).describe('What goes wrong here, the likeliest first.'),
})

const Moved = z.strictObject({
  step: slug.describe('The id that no longer exists.'),
  to: slug.describe('Where people who stand on it go: a step of this flow.'),
})

/** The form of one file in `flows/`. `flows/flow.schema.json` is made from it for editors. */
export const FlowFile = z.strictObject({
  flow: slug.describe('The name of the file without «.yaml».'),
  edition: z
    .int()
    .min(1)
    .describe('Raised by one whenever steps are added, removed or renamed; published.yaml keeps the steps of each.'),
  valid: z
    .strictObject({ from: day, until: day.optional() })
    .describe('Days on which the guide is offered, both included.'),
  sources: z.array(slug).min(1).describe('Ids of content/sources.yaml.'),
  total: z.int().min(1).max(NUMBERED_STEPS_LIMIT).describe('How many official steps: the 8 in «Bước 5/8».'),
  start: slug.describe('The first step.'),
  next: z.array(slug).default([]).describe('Flows to offer when this one is finished, the likeliest first.'),
  gives: z
    .array(z.enum(['card']))
    .max(1)
    .default([])
    .describe('What whoever reaches the end holds, as the roster lists it. «card»: a valid identity card.'),
  steps: z.array(Step).min(1),
  moved: z.array(Moved).default([]).describe('Steps that were renamed or merged since an earlier edition.'),
})

/** One guide as a state machine: the parsed, defaulted form of a flow file. */
export type Flow = z.infer<typeof FlowFile>
export type Step = Flow['steps'][number]
export type Choice = Step['choices'][number]
export type Trouble = Step['troubles'][number]
/** All flows by id. */
export type Flows = ReadonlyMap<string, Flow>

/** The step with this id, or undefined. */
export function stepOf(flow: Flow, id: string): Step | undefined {
  return flow.steps.find((step) => step.id === id)
}

/** Whether whoever has finished it holds a valid identity card. */
export function givesCard(flow: Pick<Flow, 'gives'>): boolean {
  return flow.gives.includes('card')
}

/** The guides that end with a card. */
export function cardGuides(flows: Flows): string[] {
  return [...flows.values()].filter(givesCard).map(({ flow }) => flow)
}

const TriageChoice = z.union([z.strictObject({ id: slug, ask: slug }), z.strictObject({ id: slug, flow: slug })])

/** The form of `flows/triage.yaml`: two or three questions that lead to a flow. */
export const TriageFile = z.strictObject({
  start: slug,
  questions: z.record(slug, z.strictObject({ choices: z.array(TriageChoice).min(2).max(5) })),
})
export type Triage = z.infer<typeof TriageFile>
