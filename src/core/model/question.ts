import type { Topic } from './answer.js'
import type { Role } from './contact.js'
import type { Locale } from './message.js'

/** `open`: waits for the staff · `answered`: the bot answers it from now on · `dismissed`: nothing to answer. */
export type QuestionState = 'open' | 'answered' | 'dismissed'

/** What residents asked and the bot had no sure answer to: one row however it was spelled. */
export interface Question {
  id: string
  /** The words of the first who asked, as the shield left them. For staff alone: it is shown to no other resident. */
  text: string
  locale: Locale
  /** How often it was asked. */
  times: number
  /** ms. */
  firstAt: number
  lastAt: number
  /** Where it was asked most; null outside a guide. */
  flow: string | null
  step: string | null
  state: QuestionState
}

/** One question of one contact, on its way into the queue. */
export interface AskedQuestion {
  /** Equal for all spellings of a question. */
  key: string
  text: string
  locale: Locale
  contact: string
  flow: string | null
  step: string | null
  at: number
}

/** What staff taught: an answer in their own words, or that a question is one of the known ones. */
export interface TaughtEntry {
  id: string
  /** Ways in which residents ask it. */
  phrasings: readonly string[]
  /** The known topic that it is; null: it has an answer of its own. */
  topic: Topic | null
  /** The answer of its own; at least one language where there is no topic. */
  texts: Readonly<Record<Locale, string | null>>
  /** In what office the author wrote it: a role, never a name. */
  office: Role
  /** ms. */
  at: number
}

/** Characters of a question that are kept. */
export const QUESTION_LIMIT = 300
/** Other ways of asking that a member of staff may add, and the characters of each. */
export const PHRASINGS_LIMIT = 10
/** Characters of an answer in the staff's own words: it stays one message on every channel. */
export const OWN_ANSWER_LIMIT = 600
