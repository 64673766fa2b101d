import type { Logger } from 'pino'
import type { Outcome, SendingChannel } from '../channels/channel.js'
import { storeFailure } from '../store/errors.js'
import type { Store } from '../store/open.js'
import { claimOutbox, type ClaimedRow, expiredLeases, type Lane, putBack } from '../store/sending.js'
import type { Db } from '../store/tables.js'
import type { Budget } from './budget.js'
import { gate } from './gate.js'
import { createPresence } from './presence.js'
import { recordFailure } from './record.js'
import { retireOlder, sendRow } from './sender.js'
import type { Wakes } from './wakes.js'

/** How long a process may hold a message before another one takes it for lost, ms: longer than any call of a channel. */
const LEASE_MS = 90_000
/** Messages of a channel in flight at the same time. */
const IN_FLIGHT = 8
/** How often messages that nobody woke us for are looked for, ms: retries, other processes', reminders whose time has come. */
const LOOK_MS = 1000
/** How long a stop goes on sending replies that are due, ms. */
const DRAIN_MS = 4000

const NOTHING = { rows: [], seen: 0 }

/** Takes messages from the outbox to the apps. */
export interface Delivery {
  /** Sends what is due and may leave now, and waits until it is done; how many messages were taken. */
  runOnce(): Promise<number>
  start(): void
  /** Sends the replies that are due, waits for what is in flight, and takes nothing more. */
  stop(): Promise<void>
}

export interface DeliveryParts {
  store: Store
  channels: readonly SendingChannel[]
  budget: Budget
  wakes: Wakes
  clock: () => number
  log: Logger
  /** No other process sends from this database: what is in flight at the start was left by one that died. */
  alone?: boolean
  /** How long a process may hold a message, ms. */
  leaseMs?: number
  /** Messages of a channel in flight at the same time. */
  inFlight?: number
  /** A last look at messages that nobody asked for, in a transaction: gives back those that may leave, and has settled the others. */
  lastLook?: (tx: Db, rows: readonly ClaimedRow[]) => Promise<ClaimedRow[]>
  /** Called with every outcome, for counting. */
  seen?: (channel: string, outcome: Outcome['kind']) => void
}

export function createDelivery(parts: DeliveryParts): Delivery {
  const { store, channels, budget, wakes, clock, log } = parts
  const presence = createPresence(budget, log)
  const inFlight = parts.inFlight ?? IN_FLIGHT
  const begun = new Set<SendingChannel>()
  const chores = new Set<Promise<void>>()
  /** Channels at work, and those of which something new was heard meanwhile. */
  const running = new Map<SendingChannel, Promise<number>>()
  const again = new Set<SendingChannel>()
  const early = new Map<SendingChannel, NodeJS.Timeout>()
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let unlisten: (() => void) | undefined

  const deliver = async (channel: SendingChannel, row: ClaimedRow): Promise<void> => {
    const since = clock()
    let sent: Awaited<ReturnType<typeof sendRow>>
    try {
      sent = await sendRow(store, channel, row, clock)
    } catch (error) {
      // The database is away, or the message cannot be rendered: a message that breaks its sender must not break it for ever.
      if (storeFailure(error) !== null) throw error
      log.error({ err: nameOf(error), contact: row.contact, n: row.n }, 'delivery: failed')
      sent = { outcome: { kind: 'rejected', code: nameOf(error) }, asks: false }
    }
    const { outcome, asks } = sent
    parts.seen?.(channel.name, outcome.kind)
    if (outcome.kind === 'sent') {
      if (asks && channel.capabilities.editing) chore(retireOlder(store, channel, budget, row))
      return
    }
    await presence.learn(channel, outcome)
    await recordFailure({ store, clock, log }, row, outcome, since)
  }

  /** Messages that a dead process held: they may have arrived. */
  const takeOver = async (channel: SendingChannel, before: number): Promise<void> => {
    for (const row of await expiredLeases(store.db, channel.name, before))
      await recordFailure({ store, clock, log }, row, { kind: 'unknown', reason: 'the sender died' }, clock())
  }

  /** Takes what may leave; `seen` counts also what was put off, behind which there may be more. */
  const claim = async (
    channel: SendingChannel,
    lane: Lane,
    room: number,
  ): Promise<{ rows: ClaimedRow[]; seen: number }> => {
    if (room <= 0) return NOTHING
    const { granted, wait } = await budget.take(channel.name, lane, room)
    if (granted < room) lookIn(channel, wait)
    if (granted === 0) return NOTHING
    let rows: ClaimedRow[] = []
    let seen = 0
    try {
      const asked = { channel: channel.name, lane, now: clock(), leaseMs: parts.leaseMs ?? LEASE_MS, limit: granted }
      rows = await store.transaction((tx) => claimOutbox(tx, asked))
      seen = rows.length
      rows = await look(channel, rows)
    } finally {
      await budget.give(channel.name, granted - rows.length)
    }
    return { rows, seen }
  }

  /** What may not leave now is put off or dropped. A look that fails leaves everything where it was: nobody must think that it may have arrived. */
  const look = async (channel: SendingChannel, rows: readonly ClaimedRow[]): Promise<ClaimedRow[]> => {
    try {
      const { lastLook } = parts
      const unasked = lastLook !== undefined && rows.some(({ kind }) => kind !== 'reply')
      return await gate(store, channel, unasked ? await store.transaction((tx) => lastLook(tx, rows)) : rows, clock)
    } catch (error) {
      const again = { notBefore: clock() + LOOK_MS, error: null, doubt: false }
      for (const row of rows) await putBack(store.db, row, again).catch(() => {})
      throw error
    }
  }

  const runChannel = async (channel: SendingChannel, lanes: readonly Lane[]): Promise<number> => {
    const first = !begun.has(channel)
    begun.add(channel)
    let sent = 0
    const flying = new Set<Promise<void>>()
    let broken: unknown
    await takeOver(channel, first && parts.alone ? Number.MAX_SAFE_INTEGER : clock())
    for (;;) {
      let taken = 0
      const wait = await budget.paused(channel.name)
      if (wait > 0) lookIn(channel, wait)
      if (broken === undefined && wait === 0 && (await presence.answers(channel))) {
        for (const lane of lanes) {
          const room = inFlight - flying.size
          // What nobody waits for is taken by the handful: a claim and a last look for each alone would be most of the work.
          if (lane === 'rest' && room < inFlight / 2) continue
          const { rows, seen } = await claim(channel, lane, room)
          taken += seen
          for (const row of rows) {
            sent += 1
            const flight: Promise<void> = deliver(channel, row)
              .catch((error: unknown) => (broken = error))
              .then(() => void flying.delete(flight))
            flying.add(flight)
          }
        }
      }
      if (flying.size > 0) await Promise.race(flying)
      else if (taken === 0) break
    }
    if (broken !== undefined) throw broken
    return sent
  }

  const run = async (work: (channel: SendingChannel) => Promise<number>): Promise<number> => {
    const counts = await Promise.all(channels.map(work))
    while (chores.size > 0) await Promise.all(chores)
    return counts.reduce((sum, count) => sum + count, 0)
  }

  /** There is nothing to do for a channel before so many ms have passed, and then there is. */
  const lookIn = (channel: SendingChannel, ms: number) => {
    if (timer === undefined || stopped || ms >= LOOK_MS) return
    clearTimeout(early.get(channel))
    early.set(channel, setTimeout(pump, ms, channel))
  }

  const chore = (work: Promise<void>) => {
    const done: Promise<void> = work
      .catch((error: unknown) => log.debug({ err: nameOf(error) }, 'delivery: buttons left where they are'))
      .then(() => void chores.delete(done))
    chores.add(done)
  }

  const runOne = (channel: SendingChannel): Promise<number> => {
    const known = running.get(channel)
    if (known) return known
    const begun = runChannel(channel, ['replies', 'rest']).finally(() => void running.delete(channel))
    running.set(channel, begun)
    return begun
  }

  /** Runs a channel until nothing new was heard of meanwhile; each on its own, so that one that hangs keeps back nobody of another. */
  const pump = (channel: SendingChannel) => {
    again.add(channel)
    if (running.has(channel) || stopped) return
    again.delete(channel)
    void runOne(channel)
      .catch((error: unknown) => log.error({ err: storeFailure(error) ?? nameOf(error) }, 'delivery: not looked'))
      .then(() => {
        if (again.has(channel)) pump(channel)
      })
  }

  const pumpAll = () => channels.forEach(pump)

  return {
    runOnce: () => run(runOne),
    start() {
      if (channels.length === 0) return
      unlisten = wakes.listenAll(pumpAll)
      timer = setInterval(pumpAll, LOOK_MS)
      pumpAll()
    },
    async stop() {
      stopped = true
      clearInterval(timer)
      for (const waiting of early.values()) clearTimeout(waiting)
      unlisten?.()
      if (channels.length === 0) return
      let late: NodeJS.Timeout | undefined
      const enough = new Promise<void>((resolve) => {
        late = setTimeout(resolve, DRAIN_MS)
      })
      const drain = async () => {
        await Promise.allSettled(running.values())
        await run((channel) => runChannel(channel, ['replies']))
      }
      // What is left keeps its place; what was in flight is found again by its lease.
      await Promise.race([drain().catch(() => {}), enough])
      clearTimeout(late)
    },
  }
}

/** An error by its name: its message may hold what was to be sent. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'failed'
}
