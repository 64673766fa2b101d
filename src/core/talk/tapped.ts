import { choose } from './answer.js'
import { ask, askAgain } from './ask.js'
import { type Draft, inFront, phrase, say } from './draft.js'
import { NOT_ME } from './options.js'
import type { Tap } from './tap.js'
import { welcome } from './welcome.js'

/** A button was pressed: the newest message's are acted on, older ones explained, forged ones refused. */
export function tapped(draft: Draft, tap: Tap | null): void {
  const { prompt } = draft.session
  if (tap && tap.n === prompt.n && prompt.options.includes(tap.option)) return choose(draft, tap.option)
  if (tap && tap.n < prompt.n && tap.option === NOT_ME) {
    // Whoever is not that person must be able to say so later too; said twice it changes nothing.
    draft.request = { kind: 'disown' }
    return
  }
  if (draft.session.consent === null) return welcome(draft)
  if (!tap || tap.n >= prompt.n) {
    say(draft, phrase('tap.unknown'))
    return askAgain(draft)
  }
  explainOld(draft, tap)
}

/** A button of an older message: which step it was of, where the resident stands now, and that step again. */
function explainOld(draft: Draft, tap: Tap): void {
  const front = inFront(draft)
  const now = front?.step.number
  if (front && tap.flow === front.flow.flow && tap.number > 0 && now !== undefined && tap.number < now) {
    say(draft, phrase('tap.passed', { number: tap.number, now }))
  } else if (front && tap.flow === front.flow.flow && tap.number > 0 && tap.number === now) {
    say(draft, phrase('tap.same-step'))
  } else {
    say(draft, phrase('tap.old'))
  }
  showAgain(draft)
}

/** Something typed before our last message was on the screen: it answers an older question, and must not move anybody. */
export function explainEarly(draft: Draft): void {
  say(draft, phrase('text.too-early'))
  showAgain(draft)
}

function showAgain(draft: Draft): void {
  if (inFront(draft) && draft.session.prompt.ask.kind !== 'nothing') ask(draft, { kind: 'step' })
  else askAgain(draft)
}
