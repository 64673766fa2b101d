import { type Topic, TOPICS } from '../model/answer.js'
import type { Locale } from '../model/message.js'
import { confidenceOf, type Model, probabilities } from './classify/model.js'
import { sidesOf } from './classify/lexicon.js'
import { readCommand } from './commands.js'
import { normalise } from './normalise.js'
import { wishForPerson } from './person.js'
import { readReply } from './replies.js'
import { asksInGeneral, isGenuineApproval, scamIn } from './scam.js'
import type { ScamKind } from './scam-kinds.js'

/** What a free message is, as far as can be told from it alone. */
export type Understood =
  | { kind: 'danger'; scam: ScamKind }
  | { kind: 'human' }
  | { kind: 'greeting' }
  | { kind: 'thanks' }
  | { kind: 'insult' }
  /** Sure of a topic. */
  | { kind: 'topic'; topic: Topic; confidence: number }
  /** One of up to three, the likeliest first. */
  | { kind: 'unsure'; topics: Topic[]; confidence: number }
  /** None of ours; the group says which door is the right one. */
  | { kind: 'foreign'; group: string; confidence: number }
  /** Nothing in it that was ever seen. */
  | { kind: 'unknown' }

/** Confidence from which an answer is given without asking back. */
const SURE = 0.75
/** Likelihood from which the class «danger» speaks even where no story was recognised, and where one was: a missed one costs more than a warning too many. */
const DANGER = { alone: 0.4, aloneLong: 0.6, likeliest: 0.22, withStory: 0.2, withDeed: 0.12, inGeneral: 0.85 }
/** Likelihood of «human» from which words that wish for a person mean it, whatever else they speak of. */
const WISH = 0.15
/** Likelihood of all foreign groups together from which nothing is offered. */
const FOREIGN = 0.45
/** Words from which what was learned may tell a swindle by itself. */
const STORY_LEAST = 4
/** Words below which what reads as an answer is one. */
const SHORT = 8
/** Words from which a message is a story. */
const LONG = 16
/** Likelihood below which a topic is not worth offering. */
const OFFERED = 0.02
/** Confidence below which not even a question back is worth it. */
const HINT = 0.17
/** Below this a message holds too little that was ever seen; from `door` on enough to be sent to somebody else's door. */
const SEEN = { least: 0.34, door: 0.51 }

const TOPIC_SET: ReadonlySet<string> = new Set(TOPICS)

/** A likelihood for each topic that the model knows, the rest under its own label. */
export interface Likelihoods {
  topics: { topic: Topic; p: number }[]
  foreign: { group: string; p: number }
  foreignAll: number
  plain: Readonly<Record<string, number>>
}

/** How many times likelier a message is foreign when it names something of another world, with and without something of ours beside it. */
const LEAN = { alone: 6, beside: 2 }

/** Likelihoods that take into account what the words name: «kích hoạt» is ours, «kích hoạt tủ lạnh» is not. In place. */
function leaning(model: Model, chances: Float32Array, words: readonly string[]): Float32Array {
  const { others, ours } = sidesOf(words)
  if (!others) return chances
  const times = ours ? LEAN.beside : LEAN.alone
  let sum = 0
  model.labels.forEach((label, k) => {
    if (label.startsWith('foreign:')) chances[k]! *= times
    sum += chances[k]!
  })
  return chances.map((p) => p / sum)
}

/** Sorted likelihoods of normalised words. */
export function likelihoods(model: Model, words: readonly string[], lean = true): Likelihoods {
  const plainly = probabilities(model, words)
  const chances = lean ? leaning(model, plainly, words) : plainly
  const topics: { topic: Topic; p: number }[] = []
  const plain: Record<string, number> = {}
  let foreign = { group: '', p: 0 }
  let foreignAll = 0
  model.labels.forEach((label, k) => {
    const p = chances[k]!
    if (label.startsWith('foreign:')) {
      foreignAll += p
      if (p > foreign.p) foreign = { group: label.slice('foreign:'.length), p }
    } else if (TOPIC_SET.has(label)) topics.push({ topic: label as Topic, p })
    else plain[label] = p
  })
  topics.sort((a, b) => b.p - a.p)
  return { topics, foreign, foreignAll, plain }
}

/** How much the clauses of a story count beside the whole of it. */
const CLAUSES = { agree: 0.5, differ: 0.35 }
/** Words that begin a clause of their own where nobody set a comma. */
const JOINTS = /[,.;:?!\n…]+|\s(?=(?:mà|nhưng|giờ|bây giờ|thế thì|vậy thì|xong|rồi thì|nên|but|so|and now)\s)/iu
/** Fewer words than this say too little by themselves. */
const CLAUSE_LEAST = 4

/** Likelihoods of a long message: of the whole, and of the clause that speaks most clearly for each label, together. */
function byClauses(model: Model, text: string, words: readonly string[]): Likelihoods {
  const whole = likelihoods(model, words)
  const clauses = text
    .split(JOINTS)
    .map((clause) => normalise(clause, model.vocabulary))
    .filter((clause) => clause.length >= CLAUSE_LEAST)
  if (clauses.length < 2) return whole
  const parts = [...clauses, ...clauses.slice(1).map((c, i) => [...clauses[i]!, ...c])].map((clause) =>
    likelihoods(model, clause),
  )
  const strongest = new Map<Topic, number>()
  for (const part of parts)
    for (const { topic, p } of part.topics) strongest.set(topic, Math.max(strongest.get(topic) ?? 0, p))
  const clearest = [...strongest].reduce((best, each) => (each[1] > best[1] ? each : best))[0]
  const agree = clearest === whole.topics[0]?.topic
  const mixed = whole.topics.map(({ topic, p }) => {
    const clear = strongest.get(topic) ?? p
    // The clause that says most speaks for what the whole says; where they differ, nobody is sure.
    if (agree) return { topic, p: topic === clearest ? 1 - (1 - p) * (1 - CLAUSES.agree * clear) : p }
    return { topic, p: p ** (1 - CLAUSES.differ) * clear ** CLAUSES.differ }
  })
  const rest = 1 - whole.topics.reduce((sum, { p }) => sum + p, 0)
  const sum = rest + mixed.reduce((all, { p }) => all + p, 0)
  const topics = mixed.map(({ topic, p }) => ({ topic, p: p / Math.max(sum, 1e-9) })).sort((a, b) => b.p - a.p)
  return { ...whole, topics }
}

/** The share of the words that the model has seen. */
function seenShare(model: Model, words: readonly string[]): number {
  const seen = words.filter((word) => (model.vocabulary.get(word) ?? 0) >= 2).length
  return words.length === 0 ? 0 : seen / words.length
}

/** The scam story in a text: by its words and by what was learned, each speaking for the other. Null for none. */
export function scamOf(model: Model, text: string): ScamKind | null {
  const suspicion = scamIn(text)
  if (suspicion?.sure) return suspicion.kind
  const words = normalise(text, model.vocabulary)
  if (!model.labels.includes('danger')) return suspicion?.kind ?? null
  if (words.length < 2 || isGenuineApproval(text)) return null
  const { topics, plain, foreignAll } = likelihoods(model, words, false)
  const danger = plain['danger'] ?? 0
  const best = topics[0]?.p ?? 0
  const human = plain['human'] ?? 0
  if (human > danger && wishForPerson(words)) return null
  if (!suspicion) {
    // «Quét xong rồi», «tiến độ»: an answer or a command, in which nothing tells of anybody; what was learned alone must not drown it.
    if (readCommand(text) !== null || (words.length < SHORT && readReply(text) !== null)) return null
    // Three words hardly tell a story.
    if (words.length < STORY_LEAST && danger < DANGER.inGeneral) return null
    const enough = asksInGeneral(words) ? DANGER.inGeneral : words.length < LONG ? DANGER.alone : DANGER.aloneLong
    const likeliest = words.length < LONG && !asksInGeneral(words) && danger > Math.max(best, foreignAll, human)
    return danger >= (likeliest ? DANGER.likeliest : enough) ? kindByWords(words) : null
  }
  if (suspicion.vague && words.length < LONG) return danger >= DANGER.withDeed ? suspicion.kind : null
  if (words.length >= LONG) return danger > best && danger >= DANGER.withStory ? suspicion.kind : null
  return danger >= DANGER.withStory || danger > (topics[0]?.p ?? 0) ? suspicion.kind : null
}

/** The kind that a story without a known shape is logged and answered as. */
function kindByWords(words: readonly string[]): ScamKind {
  const line = words.join(' ')
  if (/\b(?:mat|tru|rut|chuyen) (?:het |sach )?(?:tien|\d+)|lua mat|bi lua\b/.test(line)) return 'lost'
  if (/\blink|duong dan|trang web|bam vao|app\b/.test(line)) return 'link'
  if (/\bma|otp|so gui ve|mat khau\b/.test(line)) return 'code'
  if (/\btien|phi|chuyen khoan\b/.test(line)) return 'money'
  return 'caller'
}

/** Reads a free message. `locale` is the reader's language; messages are understood in both, whatever it is. */
export function understand(model: Model, text: string, _locale: Locale = 'vi'): Understood {
  const scam = scamOf(model, text)
  if (scam !== null) return { kind: 'danger', scam }
  const meaning = readReply(text)
  if (meaning?.kind === 'greeting') return { kind: 'greeting' }
  if (meaning?.kind === 'thanks') return { kind: 'thanks' }
  if (meaning?.kind === 'person') return { kind: 'human' }
  const words = normalise(text, model.vocabulary)
  // A single letter is a slip of the finger.
  if (words.join('').length < 2) return { kind: 'unknown' }
  if (isGenuineApproval(text)) return { kind: 'topic', topic: 'tin-nhan-phe-duyet', confidence: 1 }
  const { topics, foreign, foreignAll, plain } =
    words.length < LONG ? likelihoods(model, words) : byClauses(model, text, words)
  const [best] = topics
  const wish = wishForPerson(words)
  const human = plain['human'] ?? 0
  if (wish && (human >= WISH || (wish.plainly && (best?.p ?? 0) < 0.5))) return { kind: 'human' }
  for (const kind of ['human', 'greeting', 'thanks', 'insult'] as const) if ((plain[kind] ?? 0) >= 0.5) return { kind }
  const topical = topics.reduce((sum, { p }) => sum + p, 0)
  const seen = seenShare(model, words)
  if (seen < SEEN.least) return { kind: 'unknown' }
  // A long story has room for a cow and a television: what is ours in it is offered first.
  const rambles = words.length >= LONG && topical >= 0.12
  if (!rambles && (foreignAll >= FOREIGN || (foreignAll >= 0.25 && foreignAll > 1.5 * (best?.p ?? 0))))
    // «asdf qwer»: fingers on the keys, of which one happens to make a word.
    return seen < SEEN.door
      ? { kind: 'unknown' }
      : { kind: 'foreign', group: foreign.group, confidence: confidenceOf(model, foreignAll) }
  if (!best || topical === 0) return { kind: 'unknown' }
  const confidence = confidenceOf(model, best.p)
  if (confidence >= SURE) return { kind: 'topic', topic: best.topic, confidence }
  if (confidence < HINT) return { kind: 'unknown' }
  const offered = topics.slice(0, 3).filter(({ p }) => p >= OFFERED)
  if (offered.length === 0) return { kind: 'foreign', group: foreign.group, confidence: 0 }
  return { kind: 'unsure', topics: offered.map(({ topic }) => topic), confidence }
}
