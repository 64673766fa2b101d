import { BUCKETS, type Features, featuresOf } from './features.js'
import { noisy, randomFrom } from './noise.js'

/** A message and the number of its class. */
export interface Example {
  words: readonly string[]
  label: number
}

/** What was learned, before it is packed: a row of weights a bucket, and how rare each bucket is. */
export interface Learned {
  classes: number
  weights: Float32Array
  bias: Float32Array
  rarity: Float32Array
}

export interface LearnSettings {
  /** Times each example is gone through, in a new disguise each but the first. */
  rounds: number
  seed: number
}

interface Row extends Features {
  label: number
}

/** Weights by rarity, to length one. */
export function weigh(features: Features, rarity: Float32Array): void {
  const { at, weight } = features
  let sum = 0
  for (let i = 0; i < at.length; i++) {
    const w = weight[i]! * rarity[at[i]!]!
    weight[i] = w
    sum += w * w
  }
  const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0
  for (let i = 0; i < at.length; i++) weight[i] = weight[i]! * scale
}

/** How rare each bucket is among the examples: log of documents by documents with it. */
export function rarityOf(examples: readonly Example[]): Float32Array {
  const seen = new Float32Array(BUCKETS)
  for (const { words } of examples) for (const place of featuresOf(words).at) seen[place]!++
  const all = examples.length + 1
  return seen.map((n) => Math.log(all / (n + 1)) / Math.log(all) + 0.15)
}

const RATE = 3.5
const DECAY = 0.86
/** Pull towards zero an update, only on the weights that are touched. */
const SHRINK = 2e-5

/** A class this unlikely, or this surely right, learns nothing from a message. */
const IDLE = 0.002
const active = new Int32Array(1024)

/** Softmax regression by stochastic gradient over the examples and their disguises. The same examples and seed give the same weights. */
export function learn(
  examples: readonly Example[],
  classes: number,
  rarity: Float32Array,
  { rounds, seed }: LearnSettings,
): Learned {
  const random = randomFrom(seed)
  const weights = new Float32Array(BUCKETS * classes)
  const bias = new Float32Array(classes)
  const scores = new Float32Array(classes)
  // Rare classes speak as loud as frequent ones, half way.
  const counts = new Float32Array(classes)
  for (const { label } of examples) counts[label]!++
  const mean = examples.length / classes
  const order = examples.map((_, i) => i)
  let rate = RATE
  for (let round = 0; round < rounds; round++) {
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1))
      ;[order[i], order[j]] = [order[j]!, order[i]!]
    }
    for (const index of order) {
      const { words, label } = examples[index]!
      const row: Row = { ...featuresOf(round === 0 || random() < 0.3 ? words : noisy(words, random)), label }
      weigh(row, rarity)
      const loud = Math.min(3, Math.sqrt(mean / counts[label]!))
      step(weights, bias, scores, row, classes, rate * loud)
    }
    rate *= DECAY
  }
  return { classes, weights, bias, rarity }
}

function step(
  weights: Float32Array,
  bias: Float32Array,
  scores: Float32Array,
  { at, weight, label }: Row,
  classes: number,
  rate: number,
): void {
  scores.set(bias)
  for (let i = 0; i < at.length; i++) {
    const base = at[i]! * classes
    const w = weight[i]!
    for (let k = 0; k < classes; k++) scores[k]! += w * weights[base + k]!
  }
  softmax(scores)
  for (let k = 0; k < classes; k++) scores[k] = rate * ((k === label ? 1 : 0) - scores[k]!)
  // Most classes are out of the question for most messages: only those that have something to learn are touched.
  let touched = 0
  for (let k = 0; k < classes; k++) {
    bias[k]! += 0.02 * scores[k]!
    if (Math.abs(scores[k]!) > IDLE * rate) active[touched++] = k
  }
  for (let i = 0; i < at.length; i++) {
    const base = at[i]! * classes
    const w = weight[i]!
    for (let j = 0; j < touched; j++) {
      const k = active[j]!
      const place = base + k
      weights[place] = weights[place]! * (1 - SHRINK) + w * scores[k]!
    }
  }
}

/** Scores → probabilities, in place. */
export function softmax(scores: Float32Array): void {
  let most = -Infinity
  for (let k = 0; k < scores.length; k++) if (scores[k]! > most) most = scores[k]!
  let sum = 0
  for (let k = 0; k < scores.length; k++) {
    const e = Math.exp(scores[k]! - most)
    scores[k] = e
    sum += e
  }
  for (let k = 0; k < scores.length; k++) scores[k] = scores[k]! / sum
}
