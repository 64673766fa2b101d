import type { Locale } from '../model/message.js'
import type { Answer, Utterances } from '../model/answer.js'
import type { Sources, Ward } from '../model/ward.js'
import type { Flow, Triage } from './definition.js'
import type { Guide, Phrases } from './guide-text.js'

/** Something wrong with flows or content, and the place to mend it. */
export interface Problem {
  file: string
  /** 1-based; 1 where the file as a whole is meant. */
  line: number
  message: string
}

/** A file that was read: its value, and the line on which a path of keys stands. */
export interface Source<T> {
  file: string
  value: T
  lineOf(path: readonly (string | number)[]): number
  /** The file in which a path of keys stands, where the value was put together from several. */
  fileOf?(path: readonly (string | number)[]): string
}

/** Steps that were in force in each edition of each flow: `flows/published.yaml`. */
export type Published = Record<string, Record<string, string[]>>

/** Everything that `flows check` looks at. */
export interface Material {
  flows: ReadonlyMap<string, Source<Flow>>
  triage: Source<Triage>
  published: Source<Published>
  guides: Record<Locale, ReadonlyMap<string, Source<Guide>>>
  phrases: Record<Locale, Source<Phrases>>
  triageTexts: Record<Locale, Source<Phrases>>
  /** Words of the web chat page. */
  chat: Record<Locale, Source<Phrases>>
  /** Drafts of official letters, in Vietnamese alone: a Vietnamese authority signs and sends them. */
  documents: Source<Phrases>
  /** By topic. */
  answers: Record<Locale, ReadonlyMap<string, Source<Answer>>>
  /** Null where a language has none. */
  utterances: Record<Locale, Source<Utterances> | null>
  ward: Source<Ward>
  sources: Source<Sources>
}

/** Option ids of the engine; a flow's own choices, troubles and flows must not be called like them. */
export const RESERVED_IDS: ReadonlySet<string> = new Set(
  'end overdue jump trouble other not-yet else to-step better still person go guides later pause back again continue resume source begin further-on'.split(
    ' ',
  ),
)

/** Where a check puts what it finds. */
export type Report = (problem: Problem) => void
