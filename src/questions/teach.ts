import type { Model } from '../core/language/classify/model.js'
import { type Clash, clashOf, TAUGHT } from '../core/language/taught.js'
import { type Topic, TOPICS } from '../core/model/answer.js'
import { type Line, type Locale } from '../core/model/message.js'
import type { TaughtEntry } from '../core/model/question.js'
import type { Ward } from '../core/model/ward.js'
import type { Scope } from '../core/policy/roles.js'
import { phrase } from '../core/talk/draft.js'
import { allowedIn } from '../core/broadcast/allowed.js'
import { checkTaught, type OwnAnswerProblem } from '../core/talk/own-answer.js'
import { audit } from '../store/audit.js'
import { decideQuestion, questionById, reopenQuestions } from '../store/questions.js'
import type { Db } from '../store/tables.js'
import { addTaught, allTaught, withdrawTaught } from '../store/taught.js'
import type { KnownTexts } from './known.js'

/** What teaching needs besides the database. */
export interface TeachParts {
  ward: Ward
  model: () => Model
  /** Every phrasing that has its right answer already. */
  known: KnownTexts
  newId: () => string
  /** Something was taught or taken back: it takes effect as soon as the transaction is committed. */
  changed: () => void
}

/** What staff say to an open question: a known topic, or an answer of its own with other ways of asking it. */
export interface Lecture {
  question: string
  topic: Topic | null
  texts: Readonly<Record<Locale, string | null>>
  phrasings: readonly string[]
}

export type Taught =
  | { kind: 'taught'; id: string }
  /** Somebody decided it meanwhile, or it was forgotten. */
  | { kind: 'gone' }
  | { kind: 'wrong'; problems: OwnAnswerProblem[] }
  /** It would capture what has another right answer. */
  | { kind: 'clash'; clash: Clash }
  | { kind: 'not-yours' }

/** Answers a question once and for all, if that harms no other answer. */
export async function teach(tx: Db, parts: TeachParts, scope: Scope, lecture: Lecture, at: number): Promise<Taught> {
  if (!mayTeach(scope)) return { kind: 'not-yours' }
  const { topic, texts } = lecture
  const problems = topic === null ? checkTaught(texts, lecture.phrasings, allowedIn(parts.ward)) : []
  if (problems.length > 0) return { kind: 'wrong', problems }
  const question = await questionById(tx, scope, lecture.question)
  if (question?.state !== 'open') return { kind: 'gone' }
  const entry: TaughtEntry = {
    id: parts.newId(),
    phrasings: [question.text, ...lecture.phrasings],
    topic,
    texts: topic === null ? texts : { vi: null, en: null },
    office: scope.role,
    at,
  }
  const clash = clashOf(parts.model(), entry, parts.known.all(), await allTaught(tx))
  if (clash) return { kind: 'clash', clash }
  if (!(await decideQuestion(tx, question.id, { state: 'answered', taught: entry.id, by: scope.who, at })))
    return { kind: 'gone' }
  await addTaught(tx, scope, entry)
  await note(tx, parts, scope, 'answer', entry.id, at)
  parts.changed()
  return { kind: 'taught', id: entry.id }
}

/** Nothing is to be answered here; false when somebody decided it meanwhile. */
export async function dismiss(tx: Db, parts: TeachParts, scope: Scope, question: string, at: number): Promise<boolean> {
  if (!mayTeach(scope)) return false
  const done = await decideQuestion(tx, question, { state: 'dismissed', taught: null, by: scope.who, at })
  if (done) await note(tx, parts, scope, 'question', question, at)
  return done
}

/** Takes an answer back: the bot no longer gives it, and its question waits again. */
export async function withdraw(tx: Db, parts: TeachParts, scope: Scope, id: string, at: number): Promise<boolean> {
  if (!mayTeach(scope) || !(await withdrawTaught(tx, scope, id, at))) return false
  await reopenQuestions(tx, id)
  await note(tx, parts, scope, 'answer', id, at)
  parts.changed()
  return true
}

/** What staff teach is said to the whole ward. */
export function mayTeach(scope: Scope): boolean {
  return scope.groups === 'ward'
}

/** Why something was not taught, in words. */
export function whyNot(taught: Exclude<Taught, { kind: 'taught' }>): Line[] {
  switch (taught.kind) {
    case 'gone':
      return [phrase('questions.gone')]
    case 'not-yours':
      return [phrase('command.not-yours')]
    case 'wrong':
      return problemLines(taught.problems)
    case 'clash': {
      const { example, label } = taught.clash
      const known = TOPICS.find((topic) => topic === label)
      const owner = known
        ? { key: `answers:${known}.title` }
        : phrase(label === TAUGHT ? 'questions.clash-taught' : 'questions.clash-other')
      return [phrase('questions.clash', { example, owner })]
    }
  }
}

export function problemLines(problems: readonly OwnAnswerProblem[]): Line[] {
  return problems.map(({ kind, what }) => phrase(`questions.problem.${kind}`, { what: what ?? '' }))
}

async function note(tx: Db, { newId }: TeachParts, scope: Scope, kind: string, subject: string, at: number) {
  await audit(tx, scope, [{ id: newId(), at, deed: 'changed', kind, subject, group: null, count: null }])
}
