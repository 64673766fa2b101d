import { pino } from 'pino'
import { readConfig } from '../../src/config.js'
import { type Context, createContext, type Overrides } from '../../src/context.js'
import type { Ask, Role, Session } from '../../src/core/model/contact.js'
import type { Content, Inbound, Locale } from '../../src/core/model/message.js'
import type { Said } from '../../src/core/model/outbox.js'
import type { Run } from '../../src/core/model/run.js'
import { decodeTap } from '../../src/core/talk/tap.js'
import { loadByAddresses } from '../../src/store/contacts.js'
import { type LedgerRow, ledgerOfRun } from '../../src/store/ledger.js'
import type { Store } from '../../src/store/open.js'
import { outboxAfter, outboxLast } from '../../src/store/outbox.js'
import { loadRuns } from '../../src/store/runs.js'
import type { Accepted } from '../../src/turns/batch.js'
import { createTurns } from '../../src/turns/turns.js'
import { createClock, type TestClock } from './clock.js'
import { loadWorld } from './world.js'

/** A whole bot on a database of a test, with a clock of its own and its log lines at hand. */
export interface TestBot {
  context: Context
  clock: TestClock
  /** Every log line down to trace. */
  logs: string[]
  /** Somebody who writes; the same address is the same contact. */
  resident(address?: string, locale?: Locale): Resident
}

/** Somebody who writes to a bot through its front door. */
export interface Resident {
  address: string
  /** The event as a channel would hand it over; each call is a new event. */
  item(content: Content, more?: Partial<Inbound>): Inbound
  send(content: Content, more?: Partial<Inbound>): Promise<Accepted>
  start(payload?: string): Promise<Accepted>
  say(text: string): Promise<Accepted>
  /** Taps an option of the newest message that has any. */
  tap(option: string): Promise<Accepted>
  /** The newest message; an empty one before the first. */
  last(): Promise<Said>
  /** Every message, oldest first. */
  heard(): Promise<Said[]>
  session(): Promise<Session>
  contact(): Promise<{ id: string; role: Role; grp: number | null }>
  ask(): Promise<Ask>
  /** The run in front. */
  run(): Promise<Run | undefined>
  runs(): Promise<Run[]>
  ledger(): Promise<LedgerRow[]>
}

let events = 0

export function createBot(store: Store, overrides: Overrides = {}): TestBot {
  const clock = createClock()
  const logs: string[] = []
  const log = pino({ level: 'trace', base: null }, { write: (line: string) => void logs.push(line) })
  const { material } = loadWorld()
  const context = createContext(readConfig({}), { store, material, clock, log, floodLimit: 1_000_000, ...overrides })
  return { context, clock, logs, resident: (address, locale) => createResident(context, address, locale) }
}

export function createResident(context: Context, address = `a-${++events}`, locale?: Locale): Resident {
  const { store } = context
  const channel = 'web' as const
  const row = async () => {
    const [found] = await loadByAddresses(store.db, [{ channel, address }])
    if (!found) throw new Error(`nobody at ${address}`)
    return found
  }
  const heard = async (limit: number) => {
    const { contact } = await row()
    const rows = limit === 1 ? await outboxLast(store.db, contact, 1) : await outboxAfter(store.db, contact, 0, limit)
    return rows.map(({ body }) => JSON.parse(body) as Said)
  }
  const runs = async () => loadRuns(store.db, [(await row()).session.person])
  const resident: Resident = {
    address,
    item: (content, more = {}) => ({
      channel,
      externalId: `e-${++events}`,
      address,
      content,
      at: context.clock(),
      ...(locale ? { locale } : {}),
      secrets: [],
      ...more,
    }),
    send: (content, more) => context.turns.accept(resident.item(content, more)),
    start: (payload = '') => resident.send({ kind: 'start', payload }),
    say: (text) => resident.send({ kind: 'text', text }),
    async tap(option) {
      const all = await heard(500)
      const asked = all.findLast(({ options }) => options.length > 0)
      const data = asked?.options.map((shown) => shown.data).find((shown) => decodeTap(shown)?.option === option)
      if (data === undefined) throw new Error(`no option ${option} among ${JSON.stringify(asked?.options)}`)
      return resident.send({ kind: 'tap', data })
    },
    last: async () => (await heard(1))[0] ?? { text: '', options: [] },
    heard: () => heard(500),
    session: async () => (await row()).session,
    contact: async () => row().then(({ contact, role, grp }) => ({ id: contact, role, grp })),
    ask: async () => (await row()).session.prompt.ask,
    run: async () => {
      const { session } = await row()
      return (await runs()).find(({ id }) => id === session.run)
    },
    runs,
    ledger: async () => (await Promise.all((await runs()).map(({ id }) => ledgerOfRun(store.db, id)))).flat(),
  }
  return resident
}

/** Requests are left where they are until the test calls `requests.runOnce`. */
export function holdRequests({ context }: TestBot): void {
  const { store, world, texts, newId, wakes, log } = context
  context.turns = createTurns(store, { world, texts, newId, onPoison: () => {} }, wakes, log, () => {})
}

/** Up to the first step of a guide, in group 5. */
export async function begin(resident: Resident, flow = 'vneid-level-1'): Promise<void> {
  await resident.start(`${flow}_g5`)
  await resident.tap('agree')
  if ((await resident.ask()).kind === 'form') await resident.tap('bac')
  await resident.tap('begin')
}

/** Takes the first choice of every step until the guide in front is finished; says through which steps it went. */
export async function finish(resident: Resident): Promise<string[]> {
  const steps: string[] = []
  for (;;) {
    const step = (await resident.run())?.step
    if (step === undefined) return steps
    steps.push(step)
    await resident.tap((await resident.session()).prompt.options[0]!)
    if (steps.length > 100) throw new Error('the guide does not end')
  }
}
