import { type Line, LOCALES, type Locale } from '../model/message.js'
import type { TaughtEntry } from '../model/question.js'
import { dayOf } from '../policy/calendar.js'
import { answerLines, answerTopic } from './answered.js'
import { ask } from './ask.js'
import { type Draft, phrase, say, voiceOf } from './draft.js'

/** The topic of a question in front that was answered by what staff taught. */
const OF_STAFF = 'taught'

/** The answer that staff wrote, in the reader's language where there is one, with their office and the day. */
export function taughtLines({ texts, office, at }: TaughtEntry, locale: Locale): Line[] {
  const other = LOCALES.find((known) => known !== locale && texts[known] !== null)
  const text = texts[locale] ?? (other ? texts[other] : null) ?? ''
  return [
    ...(texts[locale] === null ? [phrase('questions.other-language')] : []),
    phrase('questions.own', { text }),
    phrase('questions.source', { office: phrase(`questions.office.${office}`), day: { day: dayOf(at) } }),
  ]
}

/** Gives a taught answer with the way back, as any other answer is given. */
export function answerTaught(draft: Draft, entry: TaughtEntry): void {
  if (entry.topic !== null) return answerTopic(draft, entry.topic)
  say(draft, ...taughtLines(entry, draft.session.locale))
  ask(draft, { kind: 'answered', topic: OF_STAFF })
}

/** Says to somebody who asked earlier what the answer is. Their words are not repeated: a row of the queue holds those of whoever asked first. */
export function tellAsker(draft: Draft, entry: TaughtEntry, asked: number): void {
  say(draft, phrase('questions.asked-before', { day: { day: dayOf(asked) } }))
  if (entry.topic === null) return say(draft, ...taughtLines(entry, draft.session.locale))
  const { language, render } = draft.world
  say(draft, ...answerLines(language, entry.topic, voiceOf(draft), render))
}
