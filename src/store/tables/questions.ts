import type { Topic } from '../../core/model/answer.js'
import type { Role } from '../../core/model/contact.js'
import type { Locale } from '../../core/model/message.js'
import type { QuestionState } from '../../core/model/question.js'

/** What the bot could not answer, who asked, and what staff taught it. */
export interface QuestionTables {
  question: QuestionTable
  question_place: { question: string; flow: string; step: string; times: number }
  question_asker: { question: string; contact: string; at: number }
  taught: TaughtTable
}

interface QuestionTable {
  id: string
  key: string
  text: string
  locale: Locale
  times: number
  first_at: number
  last_at: number
  state: QuestionState
  taught: string | null
  decided_by: string | null
  decided_at: number | null
}

interface TaughtTable {
  id: string
  seq: number
  /** A JSON list of texts. */
  phrasings: string
  topic: Topic | null
  vi: string | null
  en: string | null
  author: string
  office: Role
  at: number
  withdrawn_by: string | null
  withdrawn_at: number | null
}
