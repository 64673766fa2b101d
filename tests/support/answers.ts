import { type Answer, textIndexOn } from '../../src/core/model/answer.js'
import type { Locale } from '../../src/core/model/message.js'
import { createWorld } from './world.js'

// The real ward, because its names and fees change by date too.
export const { material, texts } = createWorld('ward.yaml')

const answer = (topic: string, locale: Locale): Answer => {
  const source = material.answers[locale].get(topic)
  if (!source) throw new Error(`no answer ${locale} ${topic}`)
  return source.value
}

/** The answer to a topic as it stood on a day, addressed to «bác». */
export function said(topic: string, day: string, locale: Locale = 'vi'): string {
  const index = textIndexOn(answer(topic, locale).texts, day)
  return texts.render({ key: `answers:${topic}.texts.${index}` }, { locale, form: 'bac', day })
}
