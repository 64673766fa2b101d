import type { Logger } from 'pino'
import type { Counts } from '../channels/counts.js'
import type { Details, Echo, SendingChannel } from '../channels/channel.js'
import type { ChannelName, Inbound } from '../core/model/message.js'
import { phrase } from '../core/talk/draft.js'
import { addressKey, closeAddress, revive, touch } from '../store/addresses.js'
import { loadByAddresses } from '../store/contacts.js'
import { storeFailure } from '../store/errors.js'
import { cancelWaiting } from '../store/sending.js'
import { releaseWaiting } from '../store/waiting.js'
import type { Wakes } from '../delivery/wakes.js'
import { sayTo } from '../speak/speak.js'
import type { Accepted } from './batch.js'
import { type DetailsParts, keepDetails } from './details.js'
import { forTheBot, heed } from './takeover.js'
import { Stopping, type Turns } from './turns.js'

/** What became of one event of an app. */
export type Taken = 'taken' | 'ignored' | 'refused'

/** The door for events of the apps that messages are sent to. */
export interface Intake {
  /**
   * Takes events in, in their order: resolves once all that can be read is stored and handled. Rejects when something was not stored
   * (the database is full or away): then all of them are to be delivered again.
   */
  take(channel: SendingChannel, events: readonly unknown[]): Promise<Taken[]>
  /** Waits for what is still to be done behind the answers; with `ms`, not longer than that. */
  settled(ms?: number): Promise<void>
}

export interface IntakeParts extends DetailsParts {
  wakes: Wakes
  turns: Turns
  counts: Counts
  log: Logger
}

export function createIntake(parts: IntakeParts): Intake {
  const { turns, counts, store, clock, log } = parts
  const chores = new Set<Promise<void>>()
  const chore = (work: Promise<unknown>) => {
    const done: Promise<void> = work
      .catch((error: unknown) =>
        log.warn({ err: error instanceof Error ? error.name : 'failed' }, 'intake: a chore failed'),
      )
      .then(() => void chores.delete(done))
    chores.add(done)
  }

  return {
    async take(channel, events) {
      const at = clock()
      const taken: Taken[] = []
      const heard: Inbound[] = []
      const states: States = new Map()
      const seen = new Map<string, { channel: ChannelName; address: string; at: number }>()
      const echoes: Echo[] = []
      const details: Details[] = []
      for (const event of events) {
        const parsed = channel.parse(event, at)
        counts.event(channel.name, parsed.kind === 'read' ? 'read' : `${parsed.kind}: ${parsed.why}`)
        taken.push(parsed.kind === 'read' ? 'taken' : parsed.kind)
        if (parsed.kind !== 'read') continue
        // Before anything else: the resident's finger is waiting. A tap that is late or lost all the same was taken in.
        if (parsed.acknowledge !== undefined && channel.acknowledge) chore(channel.acknowledge(parsed.acknowledge))
        heard.push(...parsed.inbound)
        for (const { address } of parsed.inbound) states.set(address, { state: 'ok', at })
        for (const { address, state, at: since = at } of parsed.news) states.set(address, { state, at: since })
        for (const one of parsed.seen ?? []) {
          const key = { channel: channel.name, ...one }
          if ((seen.get(one.address)?.at ?? 0) < one.at) seen.set(one.address, key)
        }
        if (parsed.echo) echoes.push(parsed.echo)
        if (parsed.details) details.push(parsed.details)
      }
      for (const echo of echoes) await heed(parts, channel, echo)
      // Before the answers are there: they leave at once, and the window has to be open for them.
      const known = await touch(store.db, [...seen.values()])
      const inbound = await forTheBot(parts, heard, known)
      // Handed over in one go, so that they keep their order and share a transaction.
      const settled = await Promise.allSettled(inbound.map((item) => turns.accept(item)))
      settled.forEach((result, i) => {
        if (result.status === 'fulfilled') {
          if (result.value.kind === 'duplicate') counts.event(channel.name, 'duplicate')
          return
        }
        if (result.reason instanceof Stopping || storeFailure(result.reason) !== null) throw result.reason
        // A bug that not even the apology survived. Delivered again it would fail again, and hold up everybody behind it.
        counts.event(channel.name, 'dropped')
        log.error({ channel: channel.name, id: inbound[i]!.externalId }, 'intake: dropped, it cannot be handled')
      })
      for (const one of details) {
        const told = await keepDetails(parts, channel.name, one)
        if (told.length > 0) parts.wakes.wake(told)
      }
      await keepStates(parts, channel, states, at)
      await touch(
        store.db,
        [...seen.values()].filter((one) => !known.has(addressKey(one))),
      )
      // Behind the answer: what waited for the resident does not come before it.
      await releaseWaiting(store.db, [...seen.values()], at)
      settled.forEach((result, i) => {
        if (result.status === 'fulfilled') eraseSecret(channel, inbound[i]!, result.value)
      })
      return taken
    },
    async settled(ms) {
      const done = async () => {
        while (chores.size > 0) await Promise.all(chores)
      }
      if (ms === undefined) return done()
      let late: NodeJS.Timeout | undefined
      await Promise.race([done(), new Promise<void>((resolve) => (late = setTimeout(resolve, ms)))])
      clearTimeout(late)
    },
  }

  /** A message that carried a secret is deleted from the chat, once it is answered; only where that worked the resident is told so. */
  function eraseSecret(channel: SendingChannel, item: Inbound, { hides }: Accepted): void {
    const { messageId, address } = item
    if (hides !== true || messageId === undefined || !channel.erase) return
    const { erase } = channel
    chore(
      (async () => {
        if (!(await erase(address, messageId))) return
        const contact = await store.transaction(async (tx) => {
          const [found] = await loadByAddresses(tx, [{ channel: channel.name, address }], { lock: true })
          if (found) await sayTo(tx, parts, found, [[phrase('secret.deleted')]])
          return found?.contact
        })
        if (contact !== undefined) parts.wakes.wake([contact])
      })(),
    )
  }
}

/** What is new about addresses, and since when by the app's clock. */
type States = Map<string, { state: 'ok' | 'blocked'; at: number }>

/** Somebody who writes may be written to again; somebody who blocked us is left alone. */
async function keepStates({ store }: IntakeParts, { name }: SendingChannel, states: States, at: number): Promise<void> {
  const open = [...states].filter(([, { state }]) => state === 'ok').map(([address]) => ({ channel: name, address }))
  await revive(store.db, open, at)
  for (const [address, { state, at: since }] of states) {
    if (state === 'ok') continue
    await store.transaction(async (tx) => {
      if (await closeAddress(tx, { channel: name, address }, 'blocked', since, at))
        await cancelWaiting(tx, name, address, 'blocked')
    })
  }
}
