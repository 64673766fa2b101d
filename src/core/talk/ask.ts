import type { Ask } from '../model/contact.js'
import { type Draft, inFront } from './draft.js'
import { optionsOf } from './options.js'
import { blockOf } from './present.js'

/** Questions about a run: without one in front they have no ground. */
const ABOUT_A_RUN: ReadonlySet<Ask['kind']> = new Set([
  'step',
  'other',
  'troubles',
  'remedy',
  'recap',
  'reached',
  'jump',
])

/** Asks something: it becomes the question in front, with its whole text. What has lost its ground gives way to the guides. */
export function ask(draft: Draft, wanted: Ask): void {
  const question: Ask = ABOUT_A_RUN.has(wanted.kind) && !inFront(draft) ? { kind: 'guides' } : wanted
  draft.asked = { ask: question, block: blockOf(draft, question), options: optionsOf(draft, question) }
}

/** Asks the question in front again without repeating its text: what was said before stands alone, the choices hang on it. */
export function askShort(draft: Draft): void {
  const question = draft.session.prompt.ask
  const options = optionsOf(draft, question)
  if (options.length === 0 || (ABOUT_A_RUN.has(question.kind) && !inFront(draft))) return askAgain(draft)
  draft.asked = { ask: question, block: [], options }
}

/** Asks the question in front again in full; a question that lost its ground gives way to the step, or to the guides. */
export function askAgain(draft: Draft): void {
  const question = draft.session.prompt.ask
  const stands = question.kind === 'dialog' || optionsOf(draft, question).length > 0
  if (question.kind !== 'nothing' && question.kind !== 'stuck' && stands) return ask(draft, question)
  ask(draft, inFront(draft) ? { kind: 'step' } : { kind: 'guides' })
}
