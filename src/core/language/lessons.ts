import type { Material } from '../flow/material.js'
import { LOCALES } from '../model/message.js'
import type { Lesson } from './classify/teach.js'

/** Everything of the content that the bot learns the language of its residents from, in a fixed order. */
export function lessonsOf({ answers, utterances }: Pick<Material, 'answers' | 'utterances'>): Lesson[] {
  return LOCALES.flatMap((locale) => {
    const lessons: Lesson[] = []
    const take = (label: string, phrasings: readonly string[]) =>
      void lessons.push(...phrasings.map((text) => ({ label, text })))
    for (const [topic, { value }] of answers[locale]) {
      take(topic, value.phrasings)
      take(topic, [value.title])
    }
    const said = utterances[locale]?.value
    if (said) {
      for (const [group, { phrasings }] of Object.entries(said.foreign)) take(`foreign:${group}`, phrasings)
      for (const phrasings of Object.values(said.danger)) take('danger', phrasings)
      for (const kind of ['human', 'greeting', 'thanks', 'insult'] as const) take(kind, said[kind])
    }
    return lessons
  })
}
