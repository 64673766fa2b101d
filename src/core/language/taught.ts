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
  words: ReadonlySet<string>
  weights: ReadonlyMap<number, number>
}

/** A known phrasing and whose it is, normalised. */
export interface KnownText extends Lesson {
  words: readonly string[]
}

export function knownText(model: Model, { label, text }: Lesson): KnownText {
  return { label, text, words: essence(model, text) }
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

/** Whether two questions have at least half of the words of the longer one in common: without that nothing makes them one. */
function shareWords(words: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  let shared = 0
  for (const word of words) if (others.has(word)) shared++
  return shared * 2 >= Math.max(words.size, others.size)
}

/** The entry that normalised words were taught to be. */
function among(model: Model, ways: readonly Way[], words: readonly string[]): TaughtEntry | null {
  if (words.length < FEWEST) return null
  const key = words.join(' ')
  const same = ways.find((way) => way.key === key)
  if (same) return same.entry
  const sign = signOf(words)
  const set = new Set(words)
  const near = ways.filter((way) => way.sign === sign && shareWords(set, way.words))
  if (near.length === 0) return null
  const weights = weightsOf(model, words)
  let best: { entry: TaughtEntry | null; score: number } = { entry: null, score: ALIKE }
  for (const way of near) {
    let score = 0
    for (const [place, weight] of weights) score += weight * (way.weights.get(place) ?? 0)
    if (score > best.score) best = { entry: way.entry, score }
  }
  return best.entry
}

function waysOf(model: Model, entries: readonly TaughtEntry[]): Way[] {
  return entries.flatMap((entry) =>
    entry.phrasings.map((text) => {
      const words = essence(model, text)
      return {
        entry,
        key: words.join(' '),
        sign: signOf(words),
        words: new Set(words),
        weights: weightsOf(model, words),
      }
    }),
  )
}

/** Knows taught entries by their phrasings: word for word after normalising, or all but. `model` is asked for only when it is needed. */
export function createTaught(model: () => Model, entries: readonly TaughtEntry[]): Taught {
  let ways: Way[] | undefined
  return {
    find(text) {
      if (entries.length === 0) return null
      return among(model(), (ways ??= waysOf(model(), entries)), essence(model(), text))
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
 * a phrasing of its own that already has one. Null: it harms nothing.
 */
export function clashOf(
  model: Model,
  entry: TaughtEntry,
  known: readonly KnownText[],
  others: readonly TaughtEntry[],
): Clash | null {
  const own = waysOf(model, [entry])
  const captures = (words: readonly string[]) => among(model, own, words) !== null
  for (const { label, text, words } of known)
    if (label !== entry.topic && captures(words)) return { example: text, label }
  for (const other of others)
    for (const text of other.phrasings)
      if ((entry.topic === null || other.topic !== entry.topic) && captures(essence(model, text)))
        return { example: text, label: other.topic ?? TAUGHT }
  for (const text of entry.phrasings) {
    const said = understand(model, text)
    if (said.kind === 'danger' || said.kind === 'human') return { example: text, label: said.kind }
    if (said.kind === 'topic' && said.topic !== entry.topic) return { example: text, label: said.topic }
  }
  return null
}
