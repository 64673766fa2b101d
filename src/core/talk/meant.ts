import type { Meaning } from '../language/replies.js'
import { choose } from './answer.js'
import { ask, askAgain, askShort } from './ask.js'
import { type Draft, inFront, phrase, say } from './draft.js'
import { askJump, askShortAt, namePerson, putAside, stepBack, stillWaiting, takeChoice, whereWasI } from './guide.js'

/** Without a word for this long, «tiếp tục» is answered with where they stand before anything moves, ms. */
export const LONG_ABSENCE_MS = 6 * 3_600_000

/** Ids of first choices that say no more than «done», so that a typed «xong» stands for them even beside other ways on. */
const PLAIN_DONE = new Set(['done', 'yes', 'received'])

/** The option that a meaning stands for at the question in front; undefined when it stands for none. */
function optionFor(draft: Draft, meaning: Meaning): string | undefined {
  const { ask: question, options } = draft.session.prompt
  const yes = meaning.kind === 'go-on' || meaning.kind === 'yes'
  const no = meaning.kind === 'no' || meaning.kind === 'trouble' || meaning.kind === 'not-yet'
  if (meaning.kind === 'back' && options.includes('back')) return 'back'
  switch (question.kind) {
    case 'consent':
      return yes ? 'agree' : no ? 'decline' : undefined
    case 'about':
      return yes ? 'begin' : meaning.kind === 'no' || meaning.kind === 'back' ? 'guides' : undefined
    case 'recap':
      return yes ? 'continue' : meaning.kind === 'no' ? 'later' : undefined
    case 'remedy':
      if (meaning.kind === 'go-on' && meaning.word === 'next') return undefined
      if (yes) return options.includes('go') ? 'go' : 'better'
      if (meaning.kind === 'not-yet' && meaning.word === 'wait') return undefined
      return no ? 'still' : undefined
    case 'jump':
      if (meaning.kind === 'go-on') return 'past-number'
      // «Chưa» may be «not that far» as well as «not finished»: nobody is moved forward by a no.
      return meaning.kind === 'not-yet' && meaning.word === 'wait' ? 'at-number' : undefined
    case 'answered':
    case 'alarm':
      return yes || no || meaning.kind === 'back'
        ? options.includes('to-step')
          ? 'to-step'
          : yes
            ? options[0]
            : undefined
        : undefined
    case 'is-me':
      return meaning.kind === 'yes' ? 'is-me' : meaning.kind === 'no' ? 'not-me' : undefined
    case 'meant':
      return yes && options.length === 2 ? options[0] : no ? 'none-of-these' : undefined
    case 'stuck':
    case 'other':
    case 'troubles':
      return meaning.kind === 'no' || meaning.kind === 'back' ? 'to-step' : undefined
    case 'nothing':
      return yes || meaning.kind === 'back' ? 'resume' : undefined
    case 'finished':
      return yes ? options[0] : no ? 'later' : undefined
    case 'group':
      return no ? 'unknown-group' : undefined
    default:
      return undefined
  }
}

/** «Done» at a step: its one way on. Where several lead on, or an office must decide first, it is asked: nobody is guessed past that. */
function goOn(draft: Draft): void {
  const front = inFront(draft)
  if (!front) return askAgain(draft)
  const ways = front.step.choices.filter((choice) => choice.as === 'done')
  const first = front.step.choices[0]!
  const plain = front.step.kind === 'do' && (ways.length === 1 || PLAIN_DONE.has(first.id))
  if (plain) return takeChoice(draft, (ways.length === 1 ? ways[0]! : first).id)
  say(draft, phrase('step.which'))
  askShortAt(draft, 'step')
}

/** «Bước 5 …»: at step 5 it is an answer to the step, elsewhere it asks to be taken there. */
function numbered(draft: Draft, { number, says }: Extract<Meaning, { kind: 'jump' }>): void {
  const here = draft.session.prompt.ask.kind === 'step' && inFront(draft)?.step.number === number
  if (here && says === 'trouble') return ask(draft, { kind: 'troubles' })
  if (here && says === 'done') return goOn(draft)
  askJump(draft, number)
}

/** Acts on a typed answer that is neither a number nor a label. False when the question in front has no use for it. */
export function answerMeaning(draft: Draft, meaning: Meaning): boolean {
  const question = draft.session.prompt.ask
  if (question.kind !== 'consent') {
    if (meaning.kind === 'jump') return (numbered(draft, meaning), true)
    if (meaning.kind === 'person') return (namePerson(draft), true)
  }
  if (meaning.kind === 'go-on' && meaning.word === 'done' && !meaning.bare) {
    // «Xong rồi» to a reminder answers the step that it named, by the step's own rules; «ok» only says that they will go on.
    if (question.kind === 'recap' && question.step !== undefined && inFront(draft)?.step.id === question.step)
      return (goOn(draft), true)
    // Whoever has not begun with us and says that it is done tells how far they are.
    if (question.kind === 'about' && draft.session.prompt.options.includes('further-on'))
      return (choose(draft, 'further-on'), true)
  }
  const chosen = optionFor(draft, meaning)
  if (chosen !== undefined && draft.session.prompt.options.includes(chosen)) return (choose(draft, chosen), true)
  const guiding =
    inFront(draft) !== null &&
    !['consent', 'form', 'group', 'language', 'triage', 'guides', 'about'].includes(question.kind)
  return guiding && answerStep(draft, meaning)
}

/** What a meaning does while a run is in front, whatever of it is being asked. */
function answerStep(draft: Draft, meaning: Meaning): boolean {
  const asked = draft.session.prompt.ask.kind
  switch (meaning.kind) {
    case 'back':
      if (asked === 'step') stepBack(draft)
      else ask(draft, { kind: 'step' })
      return true
    case 'again':
      return (askAgain(draft), true)
    case 'pause':
      return (putAside(draft), true)
    case 'trouble':
      return (ask(draft, { kind: 'troubles' }), true)
    case 'go-on':
      if (asked === 'whom') askShort(draft)
      else if (asked !== 'step') ask(draft, { kind: 'step' })
      else if (meaning.word === 'next' && draft.absentFor > LONG_ABSENCE_MS) whereWasI(draft)
      else goOn(draft)
      return true
    case 'not-yet':
    case 'no':
    case 'yes':
      if (asked === 'remedy') {
        say(draft, phrase('troubles.take-your-time'))
        return (askShort(draft), true)
      }
      if (asked === 'jump') {
        say(draft, phrase('step.which'))
        return (askShort(draft), true)
      }
      if (asked !== 'step') return false
      if (inFront(draft)?.step.kind === 'wait') stillWaiting(draft)
      else {
        say(draft, phrase('step.take-your-time'))
        askShortAt(draft, 'step')
      }
      return true
    case 'mixed':
      if (asked === 'step') say(draft, phrase(inFront(draft)?.step.kind === 'wait' ? 'step.which' : 'step.mixed'))
      else if (asked === 'remedy') say(draft, phrase('troubles.did-it-help'))
      else return false
      return (askShort(draft), true)
    default:
      return false
  }
}
