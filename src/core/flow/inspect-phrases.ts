import { type Locale, LOCALES } from '../model/message.js'
import type { Flows } from './definition.js'
import { COMMON_VARIABLES, type Phrases, variablesIn } from './guide-text.js'
import type { Material, Report, Source } from './material.js'

/** Problems of the triage: where its answers lead, and its words. */
export function inspectTriage({ triage, triageTexts }: Material, flows: Flows, report: Report): void {
  const at = (path: readonly (string | number)[], message: string) =>
    report({ file: triage.file, line: triage.lineOf(path), message })
  const { start, questions } = triage.value
  if (!questions[start]) at(['start'], `start names an unknown question «${start}»`)
  for (const [id, question] of Object.entries(questions)) {
    question.choices.forEach((choice, i) => {
      if ('ask' in choice && !questions[choice.ask])
        at(['questions', id, 'choices', i], `unknown question «${choice.ask}»`)
      if ('flow' in choice && !flows.has(choice.flow))
        at(['questions', id, 'choices', i], `unknown flow «${choice.flow}»`)
    })
    for (const locale of LOCALES) {
      const texts = triageTexts[locale]
      for (const key of [
        `questions.${id}.ask`,
        ...question.choices.map((choice) => `questions.${id}.choices.${choice.id}`),
      ]) {
        if (leafOf(texts.value, key) === undefined)
          report({ file: texts.file, line: texts.lineOf(key.split('.')), message: `missing text ${key}` })
      }
    }
  }
}

function leafOf(phrases: Phrases, key: string): string | undefined {
  let at: string | Phrases | undefined = phrases
  for (const part of key.split('.')) at = typeof at === 'object' ? at[part] : undefined
  return typeof at === 'string' ? at : undefined
}

function leaves(phrases: Phrases, prefix: string[] = []): [path: string[], text: string][] {
  return Object.entries(phrases).flatMap(([key, value]) =>
    typeof value === 'string' ? [[[...prefix, key], value] as [string[], string]] : leaves(value, [...prefix, key]),
  )
}

const fileIn = (source: Source<Phrases>, path: readonly string[]) => source.fileOf?.(path) ?? source.file

/** Phrases: the same keys in every language, and a placeholder in one is a placeholder in all (address forms aside). */
export function inspectPhrases(phrases: Record<Locale, Source<Phrases>>, report: Report): void {
  const [first, ...others] = LOCALES
  const base = phrases[first]
  const own = (text: string) =>
    variablesIn(text).filter((name) => !(COMMON_VARIABLES as readonly string[]).includes(name))
  for (const locale of others) {
    const other = phrases[locale]
    for (const [path, text] of leaves(base.value)) {
      const key = path.join('.')
      const theirs = leafOf(other.value, key)
      if (theirs === undefined)
        report({ file: fileIn(other, path), line: other.lineOf(path), message: `missing text ${key}` })
      else {
        const names = new Set(own(text))
        for (const name of own(theirs)) {
          if (!names.has(name))
            report({
              file: fileIn(other, path),
              line: other.lineOf(path),
              message: `nobody supplies the variable {{${name}}} here`,
            })
        }
      }
    }
    for (const [path] of leaves(other.value)) {
      if (leafOf(base.value, path.join('.')) === undefined)
        report({ file: fileIn(base, path), line: base.lineOf(path), message: `missing text ${path.join('.')}` })
    }
  }
}
