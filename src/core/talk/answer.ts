import { type Form, FORMS, type Locale } from '../model/message.js'
import { answerTopic } from './answered.js'
import { ask, askAgain, askShort } from './ask.js'
import { type Draft, inFront, openRuns, phrase, say } from './draft.js'
import {
  askJump,
  beginGuide,
  followTrouble,
  giveRemedy,
  jumpTo,
  namePerson,
  openGuide,
  putAside,
  resume,
  stepBack,
  stillWaiting,
  takeChoice,
  whereWasI,
} from './guide.js'
import { NOT_ME } from './options.js'
import { sources } from './sources.js'
import { missingOf, welcome } from './welcome.js'

/** Options that mean the same wherever they are offered. */
const EVERYWHERE: Readonly<Record<string, (draft: Draft) => void>> = {
  guides: (draft) => ask(draft, { kind: 'guides' }),
  resume: whereWasI,
  person: namePerson,
  pause: putAside,
  later: putAside,
  back: stepBack,
  source: sources,
  again: (draft) => ask(draft, { kind: 'step' }),
  continue: (draft) => ask(draft, { kind: 'step' }),
  'to-step': (draft) => ask(draft, inFront(draft) ? { kind: 'step' } : { kind: 'guides' }),
}

/** Does what an offered option says. The option was checked to be one of the question's. */
export function choose(draft: Draft, id: string): void {
  const question = draft.session.prompt.ask
  // «Gặp người giúp» and the language are open to everybody; behind them nothing is, before consent was given.
  if (draft.session.consent === null && !['consent', 'language', 'dialog', 'is-me'].includes(question.kind))
    return welcome(draft)
  switch (question.kind) {
    case 'consent':
      if (id === 'agree') {
        draft.session.consent = { version: draft.world.consentVersion, at: draft.at }
        return welcome(draft)
      }
      say(draft, phrase('consent.declined'))
      return askShort(draft)
    case 'form':
      draft.session.form = FORMS.find((form) => form === id) ?? draft.session.form
      draft.session.formAsked = true
      return welcome(draft)
    case 'group':
      // A group head's group came with the invitation, and says whose figures they may see.
      if (draft.contact.role !== 'leader')
        draft.contact = { ...draft.contact, group: /^g\d+$/.test(id) ? Number(id.slice(1)) : null }
      draft.session.groupAsked = true
      return welcome(draft)
    case 'dialog':
      draft.request = { kind: 'dialog', n: draft.session.prompt.n, answer: { kind: 'option', option: id } }
      return
    case 'language':
      return speak(draft, id === 'lang-en' ? 'en' : 'vi')
    case 'triage': {
      const choice = draft.world.triage.questions[question.question]?.choices.find((c) => c.id === id)
      if (choice && 'flow' in choice) return openGuide(draft, choice.flow)
      if (choice) return ask(draft, { kind: 'triage', question: choice.ask })
      break
    }
    case 'guides':
    case 'open-runs':
      if (draft.world.flows.has(id)) return openGuide(draft, id)
      break
    case 'finished':
      if (draft.world.flows.has(id)) return openGuide(draft, id)
      break
    case 'about':
      if (id === 'begin') return beginGuide(draft, question.flow)
      if (id === 'further-on') {
        beginGuide(draft, question.flow)
        return ask(draft, { kind: 'reached' })
      }
      break
    case 'step':
      if (id === 'not-yet') return stillWaiting(draft)
      if (id === 'trouble') return ask(draft, { kind: 'troubles' })
      if (id === 'other') return ask(draft, { kind: 'other' })
      return takeChoice(draft, id)
    case 'troubles':
      if (id === 'else') return namePerson(draft)
      if (id !== 'to-step') return giveRemedy(draft, id, 0)
      break
    case 'remedy':
      if (id === 'still') return giveRemedy(draft, question.trouble, question.n + 1)
      if (id === 'go') return followTrouble(draft, question.trouble)
      if (id === 'better') {
        say(draft, phrase('troubles.good'))
        return ask(draft, { kind: 'step' })
      }
      break
    case 'reached':
      return askJump(draft, Number(id.slice(1)))
    case 'jump':
      if (id === 'at-number') return jumpTo(draft, question.number, false)
      if (id === 'past-number') return jumpTo(draft, question.number, true)
      break
    case 'answered':
      if (draft.world.flows.has(id)) return openGuide(draft, id)
      if (id === 'other') return ask(draft, { kind: 'other' })
      break
    case 'whom': {
      const chosen = /^w\d+$/.test(id) ? question.people[Number(id.slice(1)) - 1] : undefined
      if (!chosen) break
      // Whether the contact still acts for them is asked where it is known.
      draft.request = { kind: 'command', command: 'nguoithan', args: `@${chosen.person} ${question.flow}` }
      return
    }
    case 'is-me':
      if (id === NOT_ME) {
        draft.request = { kind: 'disown' }
        return
      }
      say(draft, phrase('is-me.right'))
      return leaveDialog(draft)
    case 'meant': {
      const topic = question.topics[Number(id.slice(1)) - 1]
      if (topic !== undefined && /^m\d$/.test(id)) {
        draft.understood = true
        return answerTopic(draft, topic)
      }
      if (id === 'none-of-these') {
        say(draft, phrase('meant.sorry'))
        return ask(draft, { kind: 'stuck' })
      }
      break
    }
    case 'alarm':
    case 'recap':
    case 'other':
    case 'stuck':
    case 'nothing':
      break
  }
  const everywhere = EVERYWHERE[id]
  if (everywhere) return everywhere(draft)
  askAgain(draft)
}

/** After something that was no part of the guide: to the run with a recap, or to the way in. */
export function comeBack(draft: Draft): void {
  if (draft.session.consent === null) return welcome(draft)
  if (draft.session.prompt.ask.kind === 'dialog') return leaveDialog(draft)
  const front = inFront(draft)
  if (front) return resume(draft, front.run.id)
  if (draft.session.prompt.ask.kind === 'language') return welcome(draft)
  askAgain(draft)
}

/** A form or another question that came in between is over, or was left: back to the run in front, on with the first questions, or to where nothing is asked. */
export function leaveDialog(draft: Draft): void {
  if (draft.session.consent === null) return welcome(draft)
  const front = inFront(draft)
  if (front) return resume(draft, front.run.id)
  if (missingOf(draft) !== null) return welcome(draft)
  if (openRuns(draft).length > 0) return whereWasI(draft)
  ask(draft, { kind: 'nothing' })
}

/** Changes the language, and comes back to what was being done. */
export function speak(draft: Draft, locale: Locale): void {
  draft.session.locale = locale
  say(draft, phrase('language.done'))
  comeBack(draft)
}

/** «Gọi tôi là chị»: the form of address that a folded text asks for, or null. */
export function formWanted(folded: string): Form | null {
  const match =
    /^(?:hay )?goi (?:toi|minh|em|chau|bac|co|chu|anh|chi|tui) (?:la|bang) (bac|co|chu|anh|chi|ban)( nhe| nha| a)?$/.exec(
      folded,
    )
  return FORMS.find((form) => form === match?.[1]) ?? null
}
