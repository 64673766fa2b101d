import { BUCKETS, featuresOf } from './features.js'
import { type Learned, softmax, weigh } from './learn.js'

/** What was learned, as it is kept and used: weights of a byte. */
export interface Model {
  /** Of the content and the program that it was learned from: a model of another one is not used. */
  fingerprint: string
  labels: readonly string[]
  vocabulary: ReadonlyMap<string, number>
  /** A row of `labels.length` a bucket. */
  weights: Int8Array
  /** What one unit of a weight is worth, by class. */
  unit: Float32Array
  bias: Float32Array
  rarity: Float32Array
  /** Confidence = σ(a · ln(p / (1 − p)) + b), fitted on messages held out of the learning. */
  calibration: { a: number; b: number }
}

/** Rounds weights to bytes. */
export function packed(learned: Learned): Pick<Model, 'weights' | 'unit' | 'bias' | 'rarity'> {
  const { classes, weights, bias, rarity } = learned
  const most = new Float32Array(classes)
  for (let i = 0; i < weights.length; i++) most[i % classes] = Math.max(most[i % classes]!, Math.abs(weights[i]!))
  const unit = most.map((value) => value / 127 || 1)
  const bytes = new Int8Array(weights.length)
  for (let i = 0; i < weights.length; i++) bytes[i] = Math.round(weights[i]! / unit[i % classes]!)
  return { weights: bytes, unit, bias, rarity }
}

/** The probability of each label for normalised words. */
export function probabilities(model: Model, words: readonly string[]): Float32Array {
  const { weights, unit, bias, rarity } = model
  const classes = bias.length
  const features = featuresOf(words)
  weigh(features, rarity)
  const scores = new Float32Array(classes)
  for (let i = 0; i < features.at.length; i++) {
    const base = features.at[i]! * classes
    const w = features.weight[i]!
    for (let k = 0; k < classes; k++) scores[k]! += w * weights[base + k]!
  }
  for (let k = 0; k < classes; k++) scores[k] = scores[k]! * unit[k]! + bias[k]!
  softmax(scores)
  return scores
}

/** How sure a probability makes us, in [0, 1]. */
export function confidenceOf({ calibration: { a, b } }: Model, p: number): number {
  const safe = Math.min(1 - 1e-6, Math.max(1e-6, p))
  return 1 / (1 + Math.exp(-(a * Math.log(safe / (1 - safe)) + b)))
}

interface Head {
  fingerprint: string
  labels: readonly string[]
  vocabulary: [string, number][]
  calibration: Model['calibration']
  buckets: number
}

/** One file: the length of the head, the head as JSON, then the arrays. */
export function toBytes(model: Model): Uint8Array {
  const { fingerprint, labels, vocabulary, calibration } = model
  const head: Head = { fingerprint, labels, vocabulary: [...vocabulary], calibration, buckets: BUCKETS }
  const text = new TextEncoder().encode(JSON.stringify(head))
  const rarity = model.rarity.map((value) => Math.round(value * 200))
  const parts = [
    new Uint8Array(Uint32Array.of(text.length).buffer),
    text,
    new Uint8Array(model.unit.slice().buffer),
    new Uint8Array(model.bias.slice().buffer),
    Uint8Array.from(rarity),
    new Uint8Array(model.weights.buffer),
  ]
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** Null for bytes that are no model of this program, or one of other content. */
export function fromBytes(bytes: Uint8Array, fingerprint: string): Model | null {
  if (bytes.length < 8) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = view.getUint32(0, true)
  if (length > bytes.length - 4) return null
  let head: Head
  try {
    head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))) as Head
  } catch {
    return null
  }
  const classes = head.labels?.length ?? 0
  if (head.fingerprint !== fingerprint || head.buckets !== BUCKETS) return null
  if (bytes.length !== 4 + length + classes * 8 + BUCKETS + BUCKETS * classes) return null
  let at = 4 + length
  // A copy: the arrays must begin at an address of their own.
  const take = (size: number) => Uint8Array.from(bytes.subarray(at, (at += size)))
  const unit = new Float32Array(take(classes * 4).buffer)
  const bias = new Float32Array(take(classes * 4).buffer)
  const rarity = Float32Array.from(take(BUCKETS), (value) => value / 200)
  const weights = new Int8Array(take(BUCKETS * classes).buffer)
  const { labels, calibration } = head
  return { fingerprint, labels, vocabulary: new Map(head.vocabulary), weights, unit, bias, rarity, calibration }
}
