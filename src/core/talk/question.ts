import type { Meaning } from '../language/replies.js'
import type { ScamKind } from '../language/scam-kinds.js'
import { normalise } from '../language/normalise.js'
import type { Understood } from '../language/understand.js'
import type { Topic } from '../model/answer.js'
import { comeBack } from './answer.js'
import { answerTopic } from './answered.js'
import { ask, askShort } from './ask.js'
import { type Draft, inFront, phrase, say } from './draft.js'
import { giveRemedy, namePerson } from './guide.js'
import { answerTaught } from './taught.js'

/** Meanings that answer the question in front and are never taken for a question of their own. */
const ANSWERS: ReadonlySet<Meaning['kind']> = new Set(['go-on', 'not-yet', 'back', 'again', 'pause', 'yes', 'no', 'jump', 'number', 'mixed']) // prettier-ignore
/** Questions to which free words are an answer of another sort: a short text there is no question. */
const OWN_WORDS = new Set(['consent', 'form', 'group', 'language'])
/** Words from which a report of trouble says what the trouble is. */
const TELLING = 2
const EMPTY = new Set(
  'van chua khong duoc mai cu roi lai da thu nhieu lan ca a oi bac chau toi em anh chi minh no thi la ma sao gi the nao lam loi bi loi gi do day kia hong het ket'.split(
    ' ',
  ),
)

/** A scam story: the safe path at once, then what was in front. Nothing of the message is acted on, and none of it is kept. */
export function alarm(draft: Draft, scam: ScamKind): void {
  draft.incident = scam
  say(draft, phrase(`danger.${scam}`))
  const rest = [phrase('danger.gone'), phrase('danger.check')]
  for (const line of scam === 'lost' ? rest : rest.reverse()) say(draft, line)
  if (draft.session.consent === null) return
  ask(draft, { kind: 'alarm' })
  // Somebody is to look after it at once; what was said stands in front of that.
  draft.request = { kind: 'command', command: 'giup', args: 'scam' }
}

/**
 * Takes a message for what is wrong at the step in front, and then for a question. False when it is neither: then it may still be the name
 * of a guide, or is not understood.
 */
export function considered(draft: Draft, text: string, meaning: Meaning | null): boolean {
  const { consent, prompt } = draft.session
  if (consent === null || (meaning !== null && ANSWERS.has(meaning.kind))) return false
  const length = text.split(/\s+/).length
  if (OWN_WORDS.has(prompt.ask.kind) && length < 4) return false
  if (meaning !== null && tellingWords(text) < TELLING) return false
  const front = inFront(draft)
  if (front && length > TELLING) {
    const trouble = draft.world.language.troubleAt(front.flow.flow, front.step.id, text)
    if (trouble !== null) return (giveRemedy(draft, trouble, 0), true)
  }
  const taught = draft.world.taught.find(text)
  if (taught) return (answerTaught(draft, taught), true)
  return acted(draft, draft.world.language.understand(text), text, meaning)
}

/** After a sentence that changes nothing: the question in front, or where the guide stands when nothing was being asked. */
function backToWork(draft: Draft): void {
  if (draft.session.prompt.ask.kind === 'nothing' && inFront(draft)) ask(draft, { kind: 'recap' })
  else askShort(draft)
}

/** Words that say more than that something does not work. */
function tellingWords(text: string): number {
  return normalise(text).filter((word) => !EMPTY.has(word)).length
}

function acted(draft: Draft, understood: Understood, text: string, meaning: Meaning | null): boolean {
  const { world } = draft
  switch (understood.kind) {
    case 'topic':
      return (answerTopic(draft, understood.topic), true)
    case 'unsure':
      // What does not work at a step is asked by the step's own list.
      if (meaning?.kind === 'trouble' && inFront(draft)) return false
      unanswered(draft, text, understood.topics)
      return (ask(draft, { kind: 'meant', topics: understood.topics }), true)
    case 'foreign':
      say(draft, phrase(`door.${world.language.door(understood.group)}`))
      return (backToWork(draft), true)
    case 'human':
      return (namePerson(draft), true)
    case 'greeting':
      say(draft, phrase('small.hello'))
      return (comeBack(draft), true)
    case 'thanks':
      say(draft, phrase('small.thanks'))
      return (backToWork(draft), true)
    case 'insult':
      say(draft, phrase('small-talk.insult'))
      return (backToWork(draft), true)
    case 'danger':
      return (alarm(draft, understood.scam), true)
    case 'unknown':
      return false
  }
}

/** Keeps what had no sure answer for the staff's queue: the masked text, and where it was asked. */
export function unanswered(draft: Draft, text: string, offered: readonly Topic[] = []): void {
  const front = inFront(draft)
  draft.unanswered = { text, flow: front?.flow.flow ?? null, step: front?.step.id ?? null, offered: [...offered] }
}
