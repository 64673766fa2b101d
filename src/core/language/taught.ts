import type { TaughtEntry } from '../model/question.js'
import { featuresOf } from './classify/features.js'
import { weigh } from './classify/learn.js'
import type { Model } from './classify/model.js'
import type { Lesson } from './classify/teach.js'
import { normalise } from './normalise.js'
import { understand } from './understand.js'

/** What the ward's staff taught, as the turns ask it. */
export interface Taught {
  /** What a message was taught to be; null for nothing. */
  find(text: string): TaughtEntry | null
  /** One text for all spellings of a question; null for a message that says too little to be one. */
  keyOf(text: string): string | null
}

/** Words of manners: with and without them a question is the same. */
const MANNERS = new Set('a ah oi nhe nhi nha ha da vay thua bac chau em please'.split(' '))
/** Words without which a question is another one. */
const TURNS = new Set('khong chua dung chang no not never without het mat truoc sau'.split(' '))
/** Fewer words than this are no question that somebody could answer. */
const FEWEST = 2
/** How alike two questions must be to be the same: all but a small word of a sentence. */
const ALIKE = 0.8

interface Way {
  entry: TaughtEntry
  key: string
  sign: string
  weights: ReadonlyMap<number, number>
}

const essence = (model: Model, text: string) => normalise(text, model.vocabulary).filter((word) => !MANNERS.has(word))

/** Numbers and words that turn the sense, in any order: where they differ, nothing is alike. */
function signOf(words: readonly string[]): string {
  return words
    .filter((word) => TURNS.has(word) || /\d/.test(word))
    .sort()
    .join(' ')
}

function weightsOf(model: Model, words: readonly string[]): Map<number, number> {
  const features = featuresOf(words)
  weigh(features, model.rarity)
  const weights = new Map<number, number>()
  features.at.forEach((place, i) => weights.set(place, features.weight[i]!))
  return weights
}

/** Knows taught entries by their phrasings: word for word after normalising, or all but. `model` is asked for only when it is needed. */
export function createTaught(model: () => Model, entries: readonly TaughtEntry[]): Taught {
  let ways: Way[] | undefined
  const known = () =>
    (ways ??= entries.flatMap((entry) =>
      entry.phrasings.map((text) => {
        const words = essence(model(), text)
        return { entry, key: words.join(' '), sign: signOf(words), weights: weightsOf(model(), words) }
      }),
    ))
  return {
    find(text) {
      if (entries.length === 0) return null
      const words = essence(model(), text)
      if (words.length < FEWEST) return null
      const key = words.join(' ')
      const same = known().find((way) => way.key === key)
      if (same) return same.entry
      const sign = signOf(words)
      const weights = weightsOf(model(), words)
      let best: { entry: TaughtEntry | null; score: number } = { entry: null, score: ALIKE }
      for (const way of known()) {
        if (way.sign !== sign) continue
        let score = 0
        for (const [place, weight] of weights) score += weight * (way.weights.get(place) ?? 0)
        if (score > best.score) best = { entry: way.entry, score }
      }
      return best.entry
    },
    keyOf(text) {
      const words = essence(model(), text)
      return words.length < FEWEST || words.every((word) => /^\d+$/.test(word)) ? null : words.join(' ').slice(0, 200)
    },
  }
}

/** A known message that would get another answer than its own. */
export interface Clash {
  example: string
  /** Whose it is: a topic, `foreign:<group>`, `danger` …, or `taught`. */
  label: string
}

/** The label of a lesson that staff taught. */
export const TAUGHT = 'taught'

/**
 * The regression check before an entry goes live: the first known phrasing that it would capture although another answer is right there, or
 * a phrasing of its own that already has one. Null: it harms nothing. Takes a tenth of a second.
 */
export function clashOf(
  model: () => Model,
  entry: TaughtEntry,
  known: readonly Lesson[],
  others: readonly TaughtEntry[],
): Clash | null {
  const alone = createTaught(model, [entry])
  for (const { label, text } of known) if (label !== entry.topic && alone.find(text)) return { example: text, label }
  for (const other of others)
    for (const text of other.phrasings)
      if ((entry.topic === null || other.topic !== entry.topic) && alone.find(text))
        return { example: text, label: other.topic ?? TAUGHT }
  for (const text of entry.phrasings) {
    const said = understand(model(), text)
    if (said.kind === 'danger' || said.kind === 'human') return { example: text, label: said.kind }
    if (said.kind === 'topic' && said.topic !== entry.topic) return { example: text, label: said.topic }
  }
  return null
}
