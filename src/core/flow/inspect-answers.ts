import { type Answer, ANSWER_LIMIT, ANSWERS_FROM, PHRASINGS_MINIMUM, type Topic, TOPICS } from '../model/answer.js'
import { type Locale, LOCALES } from '../model/message.js'
import { addDays } from '../policy/calendar.js'
import type { Flows } from './definition.js'
import { COMMON_VARIABLES, variablesIn } from './guide-text.js'
import type { Material, Report, Source } from './material.js'

/** Problems of the answers and of what else people write. */
export function inspectAnswers(material: Material, flows: Flows, report: Report): void {
  for (const locale of LOCALES) {
    for (const [topic, source] of material.answers[locale]) {
      const at = (path: readonly (string | number)[], message: string) =>
        report({ file: source.file, line: source.lineOf(path), message })
      if (!TOPICS.includes(topic as Topic)) at([], `«${topic}» is no topic: they are listed in core/model/answer.ts`)
      inspectAnswer(source.value, locale, material, flows, at)
    }
    inspectCompleteness(material, locale, report)
    inspectPhrasings(material, locale, report)
  }
  inspectSameDates(material, report)
}

/** A topic without an answer would be recognised by nobody, and offered in the one language but not in the other. */
function inspectCompleteness({ answers }: Material, locale: Locale, report: Report): void {
  const others = LOCALES.filter((other) => other !== locale)
  for (const topic of TOPICS) {
    if (answers[locale].has(topic)) continue
    // Shown where it stands in another language: a file that is missing has no line.
    const source = others.map((other) => answers[other].get(topic)).find((found) => found !== undefined)
    const any = source ?? [...answers[locale].values()][0]
    if (any) report({ file: any.file, line: 1, message: `topic «${topic}» has no answer in «${locale}»` })
  }
}

type At = (path: readonly (string | number)[], message: string) => void

function inspectAnswer(answer: Answer, locale: Locale, { sources }: Material, flows: Flows, at: At): void {
  if (answer.guide !== undefined && !flows.has(answer.guide)) at(['guide'], `unknown flow «${answer.guide}»`)
  const wanted = PHRASINGS_MINIMUM[locale]
  if (answer.phrasings.length < wanted)
    at(['phrasings'], `${answer.phrasings.length} phrasings; at least ${wanted} in «${locale}»`)
  answer.texts.forEach((part, i) => {
    const next = answer.texts[i + 1]
    const say = (message: string) => at(['texts', i], message)
    if (i === 0 && part.from !== ANSWERS_FROM) say(`the first section is from ${ANSWERS_FROM}, the day of the letter`)
    if (part.until !== undefined && part.until < part.from) say('ends before it begins')
    if (!next && part.until !== undefined) say(`nothing is said after ${part.until}`)
    if (next && part.until === undefined) say(`has no end, but another section follows from ${next.from}`)
    if (next && part.until !== undefined && addDays(part.until, 1) !== next.from)
      say(`${part.until} is followed by ${next.from}: a gap or an overlap`)
    for (const id of part.sources) {
      const source = sources.value[id]
      if (!source) say(`unknown source «${id}»: add it to sources.yaml`)
    }
    if (part.text === '') say('says nothing')
    const length = [...part.text.normalize('NFC')].length
    if (length > ANSWER_LIMIT) say(`has ${length} characters; at most ${ANSWER_LIMIT}`)
    if (part.text !== part.text.normalize('NFC')) say('must be in Unicode form NFC')
    for (const name of variablesIn(part.text))
      if (!(COMMON_VARIABLES as readonly string[]).includes(name)) say(`nobody supplies the variable {{${name}}} here`)
  })
}

/** A phrasing that stands under two topics teaches nothing but confusion. */
function inspectPhrasings(material: Material, locale: Locale, report: Report): void {
  const seen = new Map<string, string>()
  const take = (
    source: Source<unknown>,
    label: string,
    path: readonly (string | number)[],
    phrasings: readonly string[],
  ) =>
    phrasings.forEach((phrasing, i) => {
      const key = phrasing.normalize('NFC').toLowerCase().trim()
      const where = seen.get(key)
      if (where !== undefined)
        report({
          file: source.file,
          line: source.lineOf([...path, i]),
          message: `«${phrasing.slice(0, 40)}» stands under ${where} too`,
        })
      seen.set(key, label)
    })
  for (const [topic, source] of material.answers[locale]) take(source, topic, ['phrasings'], source.value.phrasings)
  const utterances = material.utterances[locale]
  if (!utterances) return
  const { foreign, danger, ...plain } = utterances.value
  for (const [group, { phrasings }] of Object.entries(foreign))
    take(utterances, group, ['foreign', group, 'phrasings'], phrasings)
  for (const [kind, phrasings] of Object.entries(danger)) take(utterances, kind, ['danger', kind], phrasings)
  for (const [kind, phrasings] of Object.entries(plain)) take(utterances, kind, [kind], phrasings)
}

/** What is known of a topic does not depend on the reader's language: the same periods, sources, review. */
function inspectSameDates({ answers }: Material, report: Report): void {
  const [first, ...others] = LOCALES
  for (const locale of others) {
    for (const [topic, source] of answers[locale]) {
      const base = answers[first].get(topic)
      if (!base) continue
      const shape = ({ review, stale, guide, texts }: Answer) =>
        JSON.stringify([review, stale, guide, texts.map(({ from, until, sources }) => [from, until, sources])])
      if (shape(source.value) !== shape(base.value))
        report({ file: source.file, line: 1, message: `review, guide, periods or sources differ from ${base.file}` })
    }
  }
}
