import type { Logger } from 'pino'
import type { Counts } from '../channels/counts.js'
import type { SendingChannel } from '../channels/channel.js'
import { shield } from '../core/language/shield.js'
import type { Inbound } from '../core/model/message.js'
import { phrase } from '../core/talk/draft.js'
import { closeAddress, revive } from '../store/addresses.js'
import { loadByAddresses } from '../store/contacts.js'
import { storeFailure } from '../store/errors.js'
import { cancelWaiting } from '../store/sending.js'
import type { Wakes } from '../delivery/wakes.js'
import { sayTo, type SpeakParts } from '../speak/speak.js'
import type { Store } from '../store/open.js'
import type { Accepted } from './batch.js'
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

export interface IntakeParts extends SpeakParts {
  store: Store
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
      const inbound: Inbound[] = []
      const states = new Map<string, 'ok' | 'blocked'>()
      for (const event of events) {
        const parsed = channel.parse(event, at)
        counts.event(channel.name, parsed.kind === 'read' ? 'read' : `${parsed.kind}: ${parsed.why}`)
        taken.push(parsed.kind === 'read' ? 'taken' : parsed.kind)
        if (parsed.kind !== 'read') continue
        // Before anything else: the resident's finger is waiting. A tap that is late or lost all the same was taken in.
        if (parsed.acknowledge !== undefined && channel.acknowledge) chore(channel.acknowledge(parsed.acknowledge))
        inbound.push(...parsed.inbound)
        for (const { address } of parsed.inbound) states.set(address, 'ok')
        for (const { address, state } of parsed.news) states.set(address, state)
      }
      // Handed over in one go, so that they keep their order and share a transaction.
      const settled = await Promise.allSettled(inbound.map((item) => turns.accept(item)))
      settled.forEach((result, i) => {
        if (result.status === 'fulfilled') return
        if (result.reason instanceof Stopping || storeFailure(result.reason) !== null) throw result.reason
        // A bug that not even the apology survived. Delivered again it would fail again, and hold up everybody behind it.
        counts.event(channel.name, 'dropped')
        log.error({ channel: channel.name, id: inbound[i]!.externalId }, 'intake: dropped, it cannot be handled')
      })
      await keepStates(parts, channel, states, at)
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
  function eraseSecret(channel: SendingChannel, item: Inbound, { kind }: Accepted): void {
    const { content, messageId, address } = item
    if (kind === 'duplicate' || messageId === undefined || !channel.erase) return
    const secrets = content.kind === 'text' ? shield(content.text).secrets : item.secrets
    if (secrets.length === 0) return
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

/** Somebody who writes may be written to again; somebody who blocked us is left alone. */
async function keepStates(
  { store }: IntakeParts,
  { name }: SendingChannel,
  states: ReadonlyMap<string, 'ok' | 'blocked'>,
  at: number,
): Promise<void> {
  const open = [...states].filter(([, state]) => state === 'ok').map(([address]) => ({ channel: name, address }))
  await revive(store.db, open, at)
  for (const [address, state] of states) {
    if (state === 'ok') continue
    await store.transaction(async (tx) => {
      if (await closeAddress(tx, { channel: name, address }, 'blocked', at, at))
        await cancelWaiting(tx, name, address, 'blocked')
    })
  }
}
