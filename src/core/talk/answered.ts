import type { Language } from '../language/language.js'
import type { Line, Voice } from '../model/message.js'
import { ask } from './ask.js'
import { type Draft, phrase, say, voiceOf } from './draft.js'
import type { World } from './world.js'

/** Says the answer in force today with its source, and offers the way back to the step, or the guide that does it. */
export function answerTopic(draft: Draft, topic: string): void {
  const voice = voiceOf(draft)
  const { world } = draft
  say(draft, ...answerLines(world.language, topic, voice, world.render))
  ask(draft, { kind: 'answered', topic })
}

/** The answer in force on the reader's day and its source; what is dangerous when old is not said behind its review day. */
export function answerLines(language: Language, topic: string, voice: Voice, render: World['render']): Line[] {
  const answer = language.answerOn(topic, voice.day)
  if (!answer || answer.stale === 'silence') return [phrase('answer.silenced')]
  const sources = answer.sources.map((id) => render({ key: `sources:${id}` }, voice)).join('; ')
  return [
    { key: `answers:${topic}.texts.${answer.index}` },
    phrase('answer.source', { sources, day: { day: answer.from } }),
  ]
}
