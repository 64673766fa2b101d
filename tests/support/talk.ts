import { shield } from '../../src/core/language/shield.js'
import type { Ask } from '../../src/core/model/contact.js'
import type { LedgerEvent } from '../../src/core/model/ledger.js'
import type { Content, Inbound, Locale, Option } from '../../src/core/model/message.js'
import type { Run } from '../../src/core/model/run.js'
import { dayOf } from '../../src/core/policy/calendar.js'
import type { Request } from '../../src/core/talk/draft.js'
import { encodeTap } from '../../src/core/talk/tap.js'
import type { World } from '../../src/core/talk/world.js'
import { newSession, type Talk, turn, type Turned } from '../../src/core/turn.js'
import { paragraphs } from '../../src/speak/words.js'
import { createClock, type TestClock } from './clock.js'
import { createIds } from './ids.js'

/** What came back for one message, in words. */
export interface Answer {
  /** '' when nothing was said. */
  text: string
  options: Option[]
  labels: string[]
  /** Number of the newest message of ours. */
  n: number
  events: LedgerEvent[]
  request: Request | null
  turned: Turned
}

/** A talk with one contact held in memory: everything a store would keep. */
export interface Talker {
  clock: TestClock
  /** Read and replaced freely by tests. */
  state: Talk
  world: World
  ledger: LedgerEvent[]
  last: Answer | null
  send(content: Content, more?: Partial<Inbound>): Answer
  say(text: string, more?: Partial<Inbound>): Answer
  /** Taps an option of the newest question. */
  tap(option: string): Answer
  /** Taps a button as it came with an answer, however old. */
  tapOf(answer: Answer, option: string): Answer
  start(payload?: string): Answer
  /** The run in front; undefined when none is. */
  run(): Run | undefined
  ask(): Ask
  step(): string | undefined
}

export interface TalkerSettings {
  world: World
  at?: number | string
  locale?: Locale
}

export function createTalker({ world, at, locale }: TalkerSettings): Talker {
  const clock = createClock(at)
  const newId = createIds('r')
  const newEvent = createIds('e')
  const state: Talk = {
    contact: { id: 'c1', role: 'resident', group: null },
    session: newSession('p1', locale),
    runs: [],
  }
  const data = (answer: Answer | null, option: string) => {
    const run = answer?.turned.session.run
    const flow = talker.state.runs.find(({ id }) => id === run)?.flow ?? ''
    return encodeTap({ n: answer?.n ?? 0, option, flow, number: answer?.turned.number ?? 0 })
  }
  const talker: Talker = {
    clock,
    state,
    world,
    ledger: [],
    last: null,
    send(content, more = {}) {
      const shielded = content.kind === 'text' ? shield(content.text) : { text: '', secrets: [] }
      const item: Inbound = {
        channel: 'terminal',
        externalId: newEvent(),
        address: 'a1',
        content: content.kind === 'text' ? { kind: 'text', text: shielded.text } : content,
        at: clock(),
        secrets: shielded.secrets,
        ...more,
      }
      const turned = turn(talker.world, talker.state, item, newId)
      const runs = new Map(talker.state.runs.map((run) => [run.id, run]))
      for (const run of turned.runs) runs.set(run.id, run)
      talker.state = { contact: turned.contact, session: turned.session, runs: [...runs.values()] }
      talker.ledger.push(...turned.events)
      talker.last = inWords(talker.world, turned, clock())
      return talker.last
    },
    say: (text, more) => talker.send({ kind: 'text', text }, more),
    tap: (option) => talker.tapOf(newestQuestion, option),
    tapOf: (answer, option) => talker.send({ kind: 'tap', data: data(answer, option) }),
    start: (payload = '') => talker.send({ kind: 'start', payload }),
    run: () => talker.state.runs.find(({ id }) => id === talker.state.session.run),
    ask: () => talker.state.session.prompt.ask,
    step: () => talker.run()?.step,
  }
  let newestQuestion: Answer
  const send = talker.send
  talker.send = (content, more) => {
    const answer = send(content, more)
    if (answer.options.length > 0) newestQuestion = answer
    return answer
  }
  return talker
}

function inWords(world: World, turned: Turned, at: number): Answer {
  const { session, reply } = turned
  const voice = { locale: session.locale, form: session.form, day: dayOf(at) }
  return {
    text: reply ? paragraphs(reply.blocks, (line) => world.render(line, voice)) : '',
    options: [...(reply?.options ?? [])],
    labels: (reply?.options ?? []).map(({ label }) => world.render(label, voice)),
    n: session.said,
    events: turned.events,
    request: turned.request,
    turned,
  }
}

/** A talker who has agreed, named a form of address and a group, and has begun a guide. */
export function begun(settings: TalkerSettings, flow: string): Talker {
  const talker = createTalker(settings)
  talker.start(`${flow}_g5`)
  talker.tap('agree')
  if (talker.ask().kind === 'form') talker.tap('bac')
  talker.tap('begin')
  return talker
}

/** An event in a line: `done scan-card (done) → check-data`. */
export function eventLine({ outcome, step, detail, to }: LedgerEvent): string {
  return `${outcome} ${step}${detail === null ? '' : ` (${detail})`}${to === null ? '' : ` → ${to}`}`
}
