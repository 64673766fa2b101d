import { passedNumbers } from '../flow/advance.js'
import type { Flow, Step } from '../flow/definition.js'
import type { Ask } from '../model/contact.js'
import type { Line } from '../model/message.js'
import type { Run } from '../model/run.js'
import { dayOf, deadlineDay } from '../policy/calendar.js'
import { type Draft, guideLine, inFront, phrase } from './draft.js'
import { groupsListed } from './options.js'
import type { World } from './world.js'

/** Where the progress mark shows what is done, what is in hand, and what is left. */
const MARKS = { done: '●', now: '◐', left: '○' }

/** `●●●●◐○○○` for step 5 of 8. */
export function progressMark(passed: number, total: number, standing: boolean): string {
  const now = standing && passed < total ? 1 : 0
  return MARKS.done.repeat(passed) + MARKS.now.repeat(now) + MARKS.left.repeat(Math.max(0, total - passed - now))
}

/** `Bước 5/8 · Quét thẻ ●●●●◐○○○`, or the heading of a step without a number. */
export function heading(flow: Flow, run: Run, step: Step): Line {
  const title = guideLine(flow.flow, `steps.${step.id}.title`)
  const passed = passedNumbers(flow, run)
  const mark = progressMark(passed, flow.total, step.number !== undefined)
  if (step.number !== undefined) return phrase('step.heading', { number: step.number, total: flow.total, title, mark })
  if (step.kind === 'wait') return phrase('step.heading-wait', { title, mark })
  return passed === 0 ? phrase('step.heading-before', { title, mark }) : phrase('step.heading-more', { title, mark })
}

/** The last day of a waiting step's limit. */
export function deadline(world: World, step: Step, run: Run): string {
  return deadlineDay(run.enteredAt, step.limit ?? 1, world.holidays)
}

export function isOverdue(world: World, step: Step, run: Run, at: number): boolean {
  return dayOf(at) > deadline(world, step, run)
}

/** What is said of a waiting step now: until when it may take, or where to ask. */
export function waitingLine(draft: Draft, flow: Flow, run: Run, step: Step): Line {
  return waitLine(draft, flow, run, step, isOverdue(draft.world, step, run, draft.at) ? 'overdue' : 'waiting')
}

/** A text of a waiting step, with the day on which its limit ends. */
export function waitLine(
  draft: Draft,
  flow: Flow,
  run: Run,
  step: Step,
  which: 'waiting' | 'overdue' | 'reminder',
): Line {
  return guideLine(flow.flow, `steps.${step.id}.${which}`, { deadline: { day: deadline(draft.world, step, run) } })
}

/** The words of a question. */
export function blockOf(draft: Draft, ask: Ask): Line[] {
  const { actingFor } = draft.session
  const block = wordsOf(draft, ask)
  // Whoever acts for another person sees so wherever a step could be taken.
  return actingFor && FOR_WHOM.has(ask.kind) ? [phrase('relatives.for', { label: actingFor.label }), ...block] : block
}

const FOR_WHOM: ReadonlySet<Ask['kind']> = new Set(['step', 'recap', 'about', 'jump', 'finished'])

function wordsOf(draft: Draft, ask: Ask): Line[] {
  const front = inFront(draft)
  switch (ask.kind) {
    case 'nothing':
      return []
    case 'consent':
      return [phrase('consent.ask')]
    case 'form':
      return [phrase('form.ask')]
    case 'group':
      return [phrase(groupsListed(draft.world) ? 'group.ask' : 'group.ask-number')]
    case 'language':
      return [phrase('language.ask')]
    case 'triage':
      return [{ key: `triage:questions.${ask.question}.ask` }]
    case 'guides':
      return [phrase('guides.ask')]
    case 'about':
      return [guideLine(ask.flow, 'title'), guideLine(ask.flow, 'about')]
    case 'step':
      return front ? stepBlock(draft, front.flow, front.run, front.step) : []
    case 'other':
      return [phrase('other.ask')]
    case 'troubles':
      return [phrase('troubles.ask')]
    case 'remedy':
      if (!front) return []
      return [
        guideLine(front.flow.flow, `steps.${front.step.id}.troubles.${ask.trouble}.remedies.${ask.n}`),
        phrase(
          front.step.troubles.find(({ id }) => id === ask.trouble)?.to === undefined
            ? 'troubles.did-it-help'
            : 'troubles.this-way',
        ),
      ]
    case 'stuck':
      return []
    case 'recap':
      return front ? recapBlock(draft, front.flow, front.run, front.step) : []
    case 'reached':
      return [phrase('jump.which-number')]
    case 'jump':
      return [phrase('jump.ask', { number: ask.number })]
    case 'open-runs':
      return [phrase('open-runs.ask')]
    case 'whom':
      return [phrase('whom.ask')]
    case 'is-me':
      return [phrase('is-me.ask')]
    case 'dialog':
      return [...ask.block]
    case 'answered':
      if (!front) return [phrase('answer.more')]
      return front.step.number === undefined
        ? [phrase('answer.back-unnumbered', { title: guideLine(front.flow.flow, `steps.${front.step.id}.title`) })]
        : [phrase('answer.back', { number: front.step.number })]
    case 'meant':
      return [phrase('meant.ask')]
    case 'alarm':
      return []
    case 'finished':
      return [guideLine(ask.flow, 'finished'), phrase(hasNext(draft, ask.flow) ? 'finished.next' : 'finished.last')]
  }
}

function hasNext(draft: Draft, flow: string): boolean {
  return (draft.world.flows.get(flow)?.next ?? []).some((id) => draft.world.flows.has(id))
}

function stepBlock(draft: Draft, flow: Flow, run: Run, step: Step): Line[] {
  const text = (part: string) => guideLine(flow.flow, `steps.${step.id}.${part}`)
  const lines = [heading(flow, run, step), text('action')]
  return step.kind === 'wait' ? [...lines, waitingLine(draft, flow, run, step)] : [...lines, text('see')]
}

function recapBlock(draft: Draft, flow: Flow, run: Run, step: Step): Line[] {
  const passed = passedNumbers(flow, run)
  const vars = {
    guide: guideLine(flow.flow, 'short'),
    passed,
    total: flow.total,
    number: step.number ?? 0,
    title: guideLine(flow.flow, `steps.${step.id}.title`),
    day: { day: dayOf(run.enteredAt) },
  }
  if (step.kind === 'wait') return [phrase('recap.waiting', vars), waitingLine(draft, flow, run, step)]
  if (step.number === undefined) return [phrase('recap.unnumbered', vars)]
  return [phrase(passed === 0 ? 'recap.first' : 'recap.numbered', vars)]
}
