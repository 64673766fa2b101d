import { readFileSync } from 'node:fs'
import { shield } from '../../src/core/language/shield.js'
import type { Language } from '../../src/core/language/language.js'
import { TOPICS } from '../../src/core/model/answer.js'

/** A message of the development set: nobody trains on it. `also`: other labels that are as right. */
export interface Message {
  q: string
  label: string
  style: string
  also?: string[]
}

const messagesIn = (file: string): Message[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Message)

export const developmentSet = () => messagesIn('tests/language/dev-set.jsonl')
/** Scam stories and wishes for a person that were kept back when others like them were taught. */
export const alarmSet = () => messagesIn('tests/language/alarm-set.jsonl')
/** Messages of another author, first measured when the program was finished; what was mended after that look, README says. */
export const unseenSet = () => messagesIn('tests/language/unseen-set.jsonl')

/** Shares in [0, 1] of the messages of a sort. */
export interface Measured {
  messages: number
  sureAndRight: number
  sureButWrong: number
  rightAmongOffered: number
  foreignAnswered: number
  danger: number
  human: number
  greeting: number
}

const KINDS = { thanks: 'greeting', insult: 'out-of-scope', foreign: 'out-of-scope' } as const

/** What becomes of each message: the kind of a special label, or the topics that are answered (one, sure) or offered. */
export function outcome(language: Language, q: string): { kind: string; topics: readonly string[] } {
  const { text, secrets } = shield(q)
  const understood = language.understand(text)
  if (secrets.length > 0 || understood.kind === 'danger') return { kind: 'danger', topics: [] }
  if (understood.kind === 'topic') return { kind: 'answer', topics: [understood.topic] }
  if (understood.kind === 'unsure') return { kind: 'suggest', topics: understood.topics }
  return { kind: KINDS[understood.kind as keyof typeof KINDS] ?? understood.kind, topics: [] }
}

export function measure(language: Language, messages: readonly Message[]): Measured {
  const count = { topical: 0, right: 0, wrong: 0, offered: 0, foreign: 0, known: 0 }
  const special: Record<string, { n: number; caught: number }> = {}
  for (const { q, label, also = [] } of messages) {
    const { kind, topics } = outcome(language, q)
    const right = new Set([label, ...also])
    if ((TOPICS as readonly string[]).includes(label)) {
      count.topical++
      const among = topics.some((topic) => right.has(topic))
      if (among) count.offered++
      if (kind === 'answer') count[among ? 'right' : 'wrong']++
      // A warning, a person or a door instead of the answer is as wrong as another answer, and as sure of itself.
      else if (kind !== 'suggest' && kind !== 'unknown' && !right.has(kind)) count.wrong++
      continue
    }
    const seen = (special[label] ??= { n: 0, caught: 0 })
    seen.n++
    if (right.has(kind)) seen.caught++
    if (label === 'out-of-scope') {
      count.foreign++
      if (kind === 'answer') count.known++
    }
  }
  const share = (label: string) => (special[label] ? special[label].caught / special[label].n : 1)
  return {
    messages: messages.length,
    sureAndRight: count.right / count.topical,
    sureButWrong: count.wrong / count.topical,
    rightAmongOffered: count.offered / count.topical,
    foreignAnswered: count.known / count.foreign,
    danger: share('danger'),
    human: share('human'),
    greeting: share('greeting'),
  }
}
