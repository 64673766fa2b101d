import { pino } from 'pino'
import { type Outcome, type SendingChannel, UNBOUND } from '../../src/channels/channel.js'
import { createLocalBudget, type Budget } from '../../src/delivery/budget.js'
import { createDelivery, type Delivery } from '../../src/delivery/delivery.js'
import { createWakes } from '../../src/delivery/wakes.js'
import type { Store } from '../../src/store/open.js'
import { appendOutbox, type OutboxMessage } from '../../src/store/outbox.js'
import { createClock, type TestClock } from '../support/clock.js'
import { addContacts, message, newContact } from '../store/samples.js'

/** A channel that does what the test says: outcomes in order, then everything arrives. */
export interface Scripted extends SendingChannel<string> {
  /** `address: text` of every piece that was given to it, in order. */
  calls: string[]
  /** What the next sends come to; a function is asked with the call. */
  outcomes: (Outcome | ((call: string) => Promise<Outcome> | Outcome))[]
  answers: boolean[]
  /** Sends in flight by address, and the most there ever were of one. */
  most: number
}

export function createScripted(): Scripted {
  const flying = new Map<string, number>()
  const channel: Scripted = {
    name: 'telegram',
    capabilities: { ...UNBOUND, textLimit: 40 },
    calls: [],
    outcomes: [],
    answers: [],
    most: 0,
    parse: () => ({ kind: 'refused', why: 'scripted' }),
    render: ({ text }) => text.split('|'),
    async send(address, text) {
      const call = `${address}: ${text}`
      channel.calls.push(call)
      flying.set(address, (flying.get(address) ?? 0) + 1)
      channel.most = Math.max(channel.most, flying.get(address)!)
      const next = channel.outcomes.shift()
      // Somebody else has the chance to send to the same address now.
      await new Promise((go) => setImmediate(go))
      const outcome = typeof next === 'function' ? await next(call) : next
      flying.set(address, flying.get(address)! - 1)
      return outcome ?? { kind: 'sent', providerId: String(channel.calls.length) }
    },
    alive: async () => channel.answers.shift() ?? true,
  }
  return channel
}

export interface Bench {
  channel: Scripted
  delivery: Delivery
  clock: TestClock
  logs: string[]
  store: Store
}

export function createBench(
  store: Store,
  {
    channel = createScripted(),
    clock = createClock(),
    budget,
  }: { channel?: Scripted; clock?: TestClock; budget?: Budget } = {},
): Bench {
  const logs: string[] = []
  const log = pino({ level: 'trace', base: null }, { write: (line: string) => void logs.push(line) })
  const wakes = createWakes(log)
  const parts = { store, channels: [channel], budget: budget ?? createLocalBudget(clock, {}), wakes, clock, log }
  return { channel, delivery: createDelivery(parts), clock, logs, store }
}

/** Contact `c-1` with the address `1` on Telegram. */
export async function addPeople(store: Store, ...ids: number[]): Promise<void> {
  await addContacts(
    store,
    ids.map((id) => newContact(id, { address: { channel: 'telegram', address: String(id) } })),
  )
}

/** Message `n` of contact `c-ID`, saying `text`. */
export async function put(
  store: Store,
  id: number,
  n: number,
  text: string,
  more: Partial<OutboxMessage> = {},
): Promise<void> {
  const body = JSON.stringify({ text, options: [] })
  await appendOutbox(store.db, [
    message(`c-${id}`, n, {
      channel: 'telegram',
      address: String(id),
      status: 'queued',
      at: createClock()(),
      body,
      ...more,
    }),
  ])
}
