import { z } from 'zod'
import { LABEL_LIMIT, TEXT_LIMIT, TITLE_LIMIT } from './definition.js'

/** With the sender, the place in the guide and the choices a reminder stays something that is read at a glance. */
const REMINDER_LIMIT = 200

const chars = (text: string) => [...text.normalize('NFC')].length
const text = (limit: number) =>
  z
    .string()
    .trim()
    .min(1, 'is empty')
    .refine((value) => chars(value) <= limit, {
      error: (issue) => `has ${chars(String(issue.input))} characters; at most ${limit}`,
    })
    .refine((value) => value === value.normalize('NFC'), 'must be in Unicode form NFC')

const TroubleText = z.strictObject({
  label: text(LABEL_LIMIT),
  remedies: z.array(text(TEXT_LIMIT)).min(1, 'a trouble needs at least one remedy').max(4),
  /** What to do when every remedy failed. */
  otherwise: text(TEXT_LIMIT),
})

const StepText = z.strictObject({
  title: text(TITLE_LIMIT),
  action: text(TEXT_LIMIT),
  /** The label on the screen, in Vietnamese in every language; it stands in `action` as «label». */
  press: text(TITLE_LIMIT).optional(),
  see: text(TEXT_LIMIT).optional(),
  choices: z.record(z.string(), text(LABEL_LIMIT)).default({}),
  waiting: text(TEXT_LIMIT).optional(),
  overdue: text(TEXT_LIMIT).optional(),
  /** What a reminder says to somebody who stopped here: two short sentences that make the step easy. */
  reminder: text(REMINDER_LIMIT).optional(),
  troubles: z.record(z.string(), TroubleText).default({}),
})

/** The form of `content/<language>/guides/<flow>.yaml`. */
export const GuideFile = z.strictObject({
  title: text(TITLE_LIMIT),
  short: text(LABEL_LIMIT),
  about: text(TEXT_LIMIT),
  finished: text(TEXT_LIMIT),
  steps: z.record(z.string(), StepText),
})
export type Guide = z.infer<typeof GuideFile>

/** Texts outside the guides: nested keys with strings at the leaves. */
export type Phrases = { [key: string]: string | Phrases }
export const PhrasesFile: z.ZodType<Phrases> = z.lazy(() =>
  z.record(z.string(), z.union([z.string().min(1), PhrasesFile])),
)

/** Placeholders that every text may use; `texts.ts` supplies them. */
export const COMMON_VARIABLES = [
  'you', 'You', 'me', 'Me', 'ward', 'police', 'police_where', 'service_where', 'eid_hotline', 'npsp_hotline', 'team', 'contacts', 'fees',
] as const // prettier-ignore
/** Placeholders of the texts of a waiting step. */
export const WAIT_VARIABLES = ['deadline'] as const

/** The placeholders of a text. */
export function variablesIn(text: string): string[] {
  return [...text.matchAll(/\{\{-?\s*([^},\s]+)[^}]*\}\}/g)].map((match) => match[1]!)
}
