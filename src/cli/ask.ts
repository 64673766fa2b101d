import { createInterface } from 'node:readline'
import { z } from 'zod'
import type { Config } from '../config.js'
import { loadContent } from '../content.js'
import { worldOf } from '../parts/world.js'
import { shield } from '../core/language/shield.js'
import type { Understood } from '../core/language/understand.js'
import { type Locale, LOCALES, type Line } from '../core/model/message.js'
import { dayOf } from '../core/policy/calendar.js'
import { answerLines } from '../core/talk/answered.js'
import { createTexts } from '../texts.js'
import { UsageError, type Values } from './usage.js'

export const askOptions = {
  jsonl: { type: 'boolean' },
  locale: { type: 'string' },
  day: { type: 'string' },
  json: { type: 'boolean' },
} as const

/** What `ward ask` says of one message (interfaces.md). */
interface Asked {
  q: string
  kind: 'answer' | 'suggest' | 'danger' | 'human' | 'greeting' | 'out-of-scope' | 'unknown'
  topic: string | null
  topics: string[]
  confidence: number
  text: string
}

const Question = z.looseObject({ q: z.string(), locale: z.enum(LOCALES).optional() })

/** Asks the bot what it makes of a message outside any talk: one in words, or many as lines of JSON. */
export async function askQuestions(
  config: Config,
  values: Values,
  words: string | undefined,
  out: (text: string) => void,
): Promise<number> {
  const locale = (values['locale'] ?? 'vi') as Locale
  if (!LOCALES.includes(locale)) throw new UsageError('--locale must be vi or en')
  const day = String(values['day'] ?? dayOf(Date.now()))
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) throw new UsageError('--day must be a day like 2026-11-24')
  if (values['jsonl'] ? words !== undefined : words === undefined)
    throw new UsageError('ward ask "TEXT", or ward ask --jsonl with a line {"q":"…"} a question on standard input')
  const asking = createAsking(config, day)
  if (words !== undefined) {
    const asked = asking(words, locale)
    out(values['json'] ? `${JSON.stringify(asked)}\n` : `${shown(asked)}\n`)
    return 0
  }
  let number = 0
  let waiting: string[] = []
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    number++
    if (line.trim() === '') continue
    const question = readQuestion(line, number)
    waiting.push(JSON.stringify(asking(question.q, question.locale ?? locale)))
    if (waiting.length >= 200) {
      out(`${waiting.join('\n')}\n`)
      waiting = []
    }
  }
  if (waiting.length > 0) out(`${waiting.join('\n')}\n`)
  return 0
}

function readQuestion(line: string, number: number): z.infer<typeof Question> {
  try {
    return Question.parse(JSON.parse(line))
  } catch {
    throw new UsageError(`line ${number} of standard input is no JSON object with "q"`)
  }
}

function shown({ kind, topic, confidence, text }: Asked): string {
  return `${kind}${topic === null ? '' : ` ${topic}`} (${Math.round(confidence * 100)} %)\n${text}`
}

/** What a message is answered with when nothing is in front: the shield first, as in every turn. */
function createAsking(config: Config, day: string): (q: string, locale: Locale) => Asked {
  const material = loadContent(config)
  const texts = createTexts(material)
  const { language } = worldOf(material, texts)
  return (q, locale) => {
    const voice = { locale, form: 'bac', day } as const
    const say = (...lines: Line[]) => lines.map((line) => texts.render(line, voice)).join('\n')
    const phrase = (key: string): Line => ({ key: `phrases:${key}` })
    const { text, secrets } = shield(q)
    const understood: Understood = language.understand(text)
    const plain = (kind: Asked['kind'], said: string, confidence = 1): Asked => ({ q, kind, topic: null, topics: [], confidence, text: said }) // prettier-ignore
    if (understood.kind === 'danger')
      return plain('danger', say(phrase(`danger.${understood.scam}`), phrase('danger.gone'), phrase('danger.check')))
    if (secrets.length > 0) return plain('danger', say(phrase(`secret.${secrets[0]!}`), phrase('secret.never')))
    switch (understood.kind) {
      case 'human':
        return plain('human', say(phrase('person.contacts')))
      case 'greeting':
        return plain('greeting', say(phrase('small.hello')))
      case 'thanks':
        return plain('greeting', say(phrase('small.thanks')))
      case 'insult':
        return plain('out-of-scope', say(phrase('small-talk.insult')))
      case 'unknown':
        return plain('unknown', say(phrase('meant.sorry')), 0)
      case 'foreign':
        return plain('out-of-scope', say(phrase(`door.${language.door(understood.group)}`)), understood.confidence)
      case 'topic': {
        const { topic, confidence } = understood
        const lines = answerLines(language, topic, voice, texts.render)
        return { q, kind: 'answer', topic, topics: [topic], confidence, text: say(...lines) }
      }
      case 'unsure': {
        const { topics, confidence } = understood
        const titles = topics.map((topic, i) => `${i + 1} ${say({ key: `answers:${topic}.title` })}`)
        return { q, kind: 'suggest', topic: null, topics, confidence, text: [say(phrase('meant.ask')), ...titles].join('\n') } // prettier-ignore
      }
    }
  }
}
