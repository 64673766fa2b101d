import { conceptsOf } from './lexicon.js'

/** Places that features are hashed into. With some seventy classes of a byte each the weights stay under 3 MB. */
export const BUCKETS = 34_000

/** What a message is made of for the classifier: places and how much each weighs, before rarity counts. */
export interface Features {
  at: Int32Array
  weight: Float32Array
}

const WEIGHTS = { word: 1, soft: 0.4, pair: 0.9, apart: 0.5, letters: 0.12, concept: 2, concepts: 2 }
const PRIME = 0x01000193
const START = 0x811c9dc5

/** FNV-1a of a kind and a text, to be finished by `place`. */
function hashOf(kind: number, text: string): number {
  let hash = START ^ kind
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME)
  return hash
}

function place(hash: number): number {
  let h = hash ^ (hash >>> 15)
  h = Math.imul(h, 0x2c1b3c6d)
  h ^= h >>> 13
  return (h >>> 0) % BUCKETS
}

/** Forms of address and softeners: no pair of words is worth learning from them. */
const SOFT = new Set(
  'a ah ak oi nhe nha nhi di da vang thi la ma bac co chu anh chi em chau con toi minh ban ong ba ad admin cho xin hoi u uh ok the do day nay kia voi giup roi luon nua he hihi e c b i my me please'.split(
    ' ',
  ),
)

/** Weights gathered by place; emptied after every message. */
const gathered = new Float32Array(BUCKETS)

/** Words, neighbours, runs of letters, concepts and pairs of concepts of normalised words. */
export function featuresOf(words: readonly string[]): Features {
  const places: number[] = []
  const add = (hash: number, weight: number) => {
    const at = place(hash)
    if (gathered[at] === 0) places.push(at)
    gathered[at]! += weight
  }
  const firm = words.filter((word) => !SOFT.has(word))
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    add(hashOf(1, word), SOFT.has(word) ? WEIGHTS.soft : WEIGHTS.word)
    if (i + 1 < words.length) add(hashOf(2, `${word} ${words[i + 1]}`), WEIGHTS.pair)
  }
  for (let i = 0; i + 1 < firm.length; i++) {
    add(hashOf(3, `${firm[i]} ${firm[i + 1]}`), WEIGHTS.apart)
    if (i + 2 < firm.length) add(hashOf(3, `${firm[i]} ${firm[i + 2]}`), WEIGHTS.apart)
  }
  const line = `_${firm.join('_')}_`
  for (let i = 0; i + 3 <= line.length; i++) {
    let hash = START ^ 4
    for (let j = i; j < Math.min(i + 5, line.length); j++) {
      hash = Math.imul(hash ^ line.charCodeAt(j), PRIME)
      if (j - i >= 2) add(hash, WEIGHTS.letters)
    }
  }
  const concepts = conceptsOf(words)
  concepts.forEach((concept, i) => {
    add(hashOf(5, String(concept)), WEIGHTS.concept)
    for (let j = i + 1; j < concepts.length; j++) add(hashOf(6, `${concept} ${concepts[j]}`), WEIGHTS.concepts)
  })
  const weight = new Float32Array(places.length)
  places.forEach((at, i) => {
    weight[i] = Math.sqrt(gathered[at]!)
    gathered[at] = 0
  })
  return { at: Int32Array.from(places), weight }
}
