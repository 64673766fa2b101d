import type { Guide } from '../flow/guide-text.js'
import { type Answer, type Door, textIndexOn, type Topic, type Utterances } from '../model/answer.js'
import { type Locale, LOCALES } from '../model/message.js'
import { type Features, featuresOf } from './classify/features.js'
import { weigh } from './classify/learn.js'
import { type Model, probabilities } from './classify/model.js'
import { normalise } from './normalise.js'
import type { ScamKind } from './scam-kinds.js'
import { scamOf, understand, type Understood } from './understand.js'

/** The answer in force on a day. */
export interface AnswerOn {
  /** Its place among the answer's texts: `answers:<topic>.texts.<index>`. */
  index: number
  from: string
  sources: readonly string[]
  /** The guide that does it. */
  guide: string | null
  /** Past its review day: `flag` it is given all the same, `silence` it is not. */
  stale: 'flag' | 'silence' | null
}

/** What the bot makes of free words, and what it may say to them. */
export interface Language {
  understand(text: string): Understood
  /** The scam story that a text tells; null for none. */
  scamIn(text: string): ScamKind | null
  /** The trouble of a step that a text tells of; null for none. */
  troubleAt(flow: string, step: string, text: string): string | null
  /** Null for a topic that has no answer. */
  answerOn(topic: string, day: string): AnswerOn | null
  /** Where a foreign group of questions belongs. */
  door(group: string): Door
}

export interface LanguageParts {
  /** Learned at the first question. */
  model: () => Model
  answers: ReadonlyMap<string, Answer>
  utterances: Utterances | null
  guides: Record<Locale, ReadonlyMap<string, Guide>>
}

/** How near a text must be to a trouble's label; of those that are as near, but for this much, the likeliest counts, which stands first. */
const NEAR = 0.5
const AS_NEAR = 0.06

interface Told {
  id: string
  features: Features
  topics: Float32Array
}

export function createLanguage({ model, answers, utterances, guides }: LanguageParts): Language {
  const told = new Map<string, Told[]>()

  const read = (text: string): Omit<Told, 'id'> => {
    const learned = model()
    const words = normalise(text, learned.vocabulary)
    const features = featuresOf(words)
    weigh(features, learned.rarity)
    return { features, topics: probabilities(learned, words) }
  }

  const troublesOf = (flow: string, step: string): Told[] => {
    const key = `${flow}/${step}`
    const known = told.get(key)
    if (known) return known
    const made = LOCALES.flatMap((locale) =>
      Object.entries(guides[locale].get(flow)?.steps[step]?.troubles ?? {}).map(([id, { label }]) => ({
        id,
        ...read(label),
      })),
    )
    told.set(key, made)
    return made
  }

  return {
    understand: (text) => understand(model(), text),
    // One word is no story; most messages at a step are one number.
    scamIn: (text) =>
      /\S\s+\S|.{12}/su.test(text) && !/^\s*(?:hãy |hay )?g[oọ]i (?:tôi|toi|mình|minh) (?:là|la) \S+\s*$/iu.test(text)
        ? scamOf(model(), text)
        : null,
    troubleAt(flow, step, text) {
      const said = read(text)
      const near = new Map<string, number>()
      for (const trouble of troublesOf(flow, step)) {
        const score = nearness(said, trouble)
        near.set(trouble.id, Math.max(score, near.get(trouble.id) ?? 0))
      }
      const best = Math.max(0, ...near.values())
      if (best < NEAR) return null
      return [...near].find(([, score]) => score >= best - AS_NEAR)?.[0] ?? null
    },
    answerOn(topic, day) {
      const answer = answers.get(topic)
      const index = answer ? textIndexOn(answer.texts, day) : 0
      const text = answer?.texts[index]
      if (!answer || !text) return null
      const stale = day > answer.review ? answer.stale : null
      return { index, from: text.from, sources: text.sources, guide: answer.guide ?? null, stale }
    },
    door: (group) => utterances?.foreign[group]?.door ?? 'none',
  }
}

/** Shared words and letters, and shared topics, in [0, 1]. */
function nearness(a: Omit<Told, 'id'>, b: Omit<Told, 'id'>): number {
  const weights = new Map<number, number>()
  a.features.at.forEach((place, i) => weights.set(place, a.features.weight[i]!))
  let shared = 0
  b.features.at.forEach((place, i) => (shared += b.features.weight[i]! * (weights.get(place) ?? 0)))
  let topics = 0
  a.topics.forEach((p, k) => (topics += Math.sqrt(p * b.topics[k]!)))
  // Both are about the same thing, whatever words they use for it.
  const same =
    topMost(a.topics) === topMost(b.topics) && Math.min(...[a, b].map((x) => x.topics[topMost(x.topics)]!)) >= 0.35
  return Math.max(same ? NEAR : 0, 0.6 * Math.min(1, shared * 1.4) + 0.4 * topics)
}

function topMost(chances: Float32Array): number {
  let best = 0
  for (let k = 1; k < chances.length; k++) if (chances[k]! > chances[best]!) best = k
  return best
}

/** For the staff: topics whose answer is past its review day. */
export function pastReview(answers: ReadonlyMap<string, Answer>, day: string): Topic[] {
  return [...answers].filter(([, { review }]) => day > review).map(([topic]) => topic as Topic)
}
