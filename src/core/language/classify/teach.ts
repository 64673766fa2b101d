import { normalise, type Vocabulary } from '../normalise.js'
import { type Example, learn, rarityOf } from './learn.js'
import { type Model, packed, probabilities } from './model.js'

/** A message and what it is: a topic, `foreign:<group>`, `danger`, `human`, `greeting`, `thanks`, `insult`. */
export interface Lesson {
  text: string
  label: string
}

const SEED = 147
const ROUNDS = 5
/** The calibration learns from parts and looks at the rest: fewer rounds, because only the shape of the confidence is wanted. */
const FOLDS = 2
const FOLD_ROUNDS = 2
/** Raised whenever the program reads or learns otherwise: models of an older one are not used. */
const EDITION = 1

/** By itself: looked up for each letter it costs more than what it does where code runs in a realm of its own, as tests do. */
const { imul } = Math

/** A short sign of the lessons, in any order of files: FNV-1a over labels and texts. */
export function fingerprintOf(lessons: readonly Lesson[]): string {
  let hash = 0x811c9dc5
  let second = 0x2f0b4c47
  for (const { label, text } of lessons) {
    for (const part of [label, text]) {
      for (let i = 0; i < part.length; i++) {
        hash = imul(hash ^ part.charCodeAt(i), 0x01000193)
        second = imul(second ^ part.charCodeAt(i), 0x85ebca6b) + i
      }
      hash = imul(hash ^ 31, 0x01000193)
    }
  }
  return `${EDITION}-${lessons.length}-${(hash >>> 0).toString(36)}-${(second >>> 0).toString(36)}`
}

/** How often the words of the lessons stand in them, run-together ones left out. */
function vocabularyOf(lessons: readonly Lesson[]): Vocabulary {
  const counts = new Map<string, number>()
  for (const { text } of lessons) for (const word of normalise(text)) counts.set(word, (counts.get(word) ?? 0) + 1)
  return new Map([...counts].filter(([word, n]) => n >= 2 && word.length <= 12))
}

/** Learns from all lessons. Takes seconds; the same lessons give the same model. */
export function teach(lessons: readonly Lesson[]): Model {
  const labels = [...new Set(lessons.map(({ label }) => label))]
  const vocabulary = vocabularyOf(lessons)
  const numbers = new Map(labels.map((label, i) => [label, i]))
  const examples = lessons.map(({ text, label }) => ({
    words: normalise(text, vocabulary),
    label: numbers.get(label)!,
  }))
  const common = { fingerprint: fingerprintOf(lessons), labels, vocabulary }
  const calibration = calibrate(examples, labels)
  const learned = learn(examples, labels.length, rarityOf(examples), { rounds: ROUNDS, seed: SEED })
  return { ...common, ...packed(learned), calibration }
}

const sameKind = (a: string, b: string) => a === b || (a.startsWith('foreign:') && b.startsWith('foreign:'))

/** Fits how often the likeliest label is right to how likely it is, on examples held out of the learning. */
function calibrate(examples: readonly Example[], labels: readonly string[]): Model['calibration'] {
  const seen: { x: number; right: number }[] = []
  for (let fold = 0; fold < FOLDS; fold++) {
    const known = examples.filter((_, i) => i % FOLDS !== fold)
    if (known.length === 0) continue
    const learned = learn(known, labels.length, rarityOf(known), { rounds: FOLD_ROUNDS, seed: SEED + fold })
    const model = { ...packed(learned), fingerprint: '', labels, vocabulary: new Map(), calibration: { a: 1, b: 0 } }
    examples.forEach(({ words, label }, i) => {
      if (i % FOLDS !== fold) return
      const chances = probabilities(model, words)
      let best = 0
      for (let k = 1; k < chances.length; k++) if (chances[k]! > chances[best]!) best = k
      const p = Math.min(1 - 1e-6, Math.max(1e-6, chances[best]!))
      seen.push({ x: Math.log(p / (1 - p)), right: sameKind(labels[best]!, labels[label]!) ? 1 : 0 })
    })
  }
  return logistic(seen)
}

/** Logistic regression with one feature by gradient descent; the sample is small and the function convex. */
function logistic(seen: readonly { x: number; right: number }[]): { a: number; b: number } {
  let a = 1
  let b = 0
  for (let round = 0; round < 400 && seen.length > 0; round++) {
    let da = 0
    let db = 0
    for (const { x, right } of seen) {
      const off = right - 1 / (1 + Math.exp(-(a * x + b)))
      da += off * x
      db += off
    }
    a += (0.25 * da) / seen.length
    b += (0.5 * db) / seen.length
  }
  return { a, b }
}
