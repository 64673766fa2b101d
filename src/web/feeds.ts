import { loadByAddresses } from '../store/contacts.js'
import { rewritten } from '../store/live.js'
import { newestByContact, outboxAfter, outboxLast, type OutboxRow } from '../store/outbox.js'
import type { Context } from '../context.js'

/** Pages of one visitor that may listen at the same time. */
export const FEEDS_OF_ONE = 4
/** Pages that may listen to this process at the same time. */
export const FEEDS_OF_ALL = 2000
/** Messages that a page gets at its first look. */
const FIRST_LOOK = 30
/** Messages in one piece of a longer way back. */
const PIECE = 100
/** How often other processes' messages are looked for, ms. */
const LOOK_MS = 1000

/** One page that wants to hear of new messages. */
export interface Feed {
  /** Number and time of the newest message there is; null before the first one. */
  newest(): Promise<{ n: number; at: number } | null>
  /** The next messages behind `after`, oldest first; with null the last ones. Empty when there are none. */
  read(after: number | null): Promise<OutboxRow[]>
  /** Messages among the newest that say something else since then, ms. */
  changed(since: number): Promise<(OutboxRow & { editedAt: number })[]>
  /** Waits for something to read. `closed` when the page has gone or the server stops. */
  wait(ms: number): Promise<'woken' | 'timeout' | 'closed'>
  close(): void
}

/** All pages that listen to this process. */
export interface Feeds {
  /** Null: too many listen already. */
  open(address: string): Feed | null
  /** A visitor has written and is a contact now: pages that opened before hear of the answers. */
  met(address: string, contact: string): void
  /** Looks for messages that other processes wrote. */
  runOnce(): Promise<void>
  start(): void
  count(): number
  close(): Promise<void>
}

interface Listener {
  address: string
  contact: string | null
  /** Number of the newest message that was read. */
  last: number
  heard(): void
  end(): void
  unlisten: (() => void) | null
}

export function createFeeds({ store, wakes, log, config }: Pick<Context, 'store' | 'wakes' | 'log' | 'config'>): Feeds {
  const listeners = new Map<string, Set<Listener>>()
  const all = () => [...listeners.values()].flatMap((set) => [...set])
  let count = 0
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | null = null

  const bind = (listener: Listener, contact: string) => {
    if (listener.contact === contact) return
    listener.unlisten?.()
    listener.contact = contact
    listener.unlisten = wakes.listen(contact, listener.heard)
  }

  const contactOf = async (listener: Listener): Promise<string | null> => {
    if (listener.contact === null) {
      const [found] = await loadByAddresses(store.db, [{ channel: 'web', address: listener.address }])
      if (found) bind(listener, found.contact)
    }
    return listener.contact
  }

  const forget = (listener: Listener) => {
    const set = listeners.get(listener.address)
    if (!set?.delete(listener)) return
    count -= 1
    if (set.size === 0) listeners.delete(listener.address)
    listener.unlisten?.()
    listener.end()
  }

  const runOnce = async () => {
    const here = all()
    const strangers = new Set(here.filter(({ contact }) => contact === null).map(({ address }) => address))
    const met = await loadByAddresses(
      store.db,
      [...strangers].map((address) => ({ channel: 'web', address })),
    )
    for (const { address, contact } of met) for (const listener of listeners.get(address) ?? []) bind(listener, contact)
    const contacts = new Set(here.map(({ contact }) => contact).filter((contact) => contact !== null))
    const newest = await newestByContact(store.db, [...contacts])
    for (const listener of here) {
      if (listener.contact !== null && (newest.get(listener.contact) ?? 0) > listener.last) listener.heard()
    }
  }

  return {
    open(address) {
      const set = listeners.get(address) ?? new Set()
      if (count >= FEEDS_OF_ALL || set.size >= FEEDS_OF_ONE) return null
      const bell = createBell()
      const listener: Listener = {
        address,
        contact: null,
        last: 0,
        heard: bell.ring,
        end: bell.close,
        unlisten: null,
      }
      listeners.set(address, set.add(listener))
      count += 1
      return {
        async newest() {
          const contact = await contactOf(listener)
          const [row] = contact === null ? [] : await outboxLast(store.db, contact, 1)
          return row ? { n: row.n, at: row.at } : null
        },
        async read(after) {
          const contact = await contactOf(listener)
          if (contact === null) return []
          const look = (of: string) =>
            after === null ? outboxLast(store.db, of, FIRST_LOOK) : outboxAfter(store.db, of, after, PIECE)
          let rows = await look(contact)
          if (rows.length === 0) {
            // Woken for nothing: the address may speak for another contact by now (`/lienket`).
            const [found] = await loadByAddresses(store.db, [{ channel: 'web', address: listener.address }])
            if (found && found.contact !== contact) {
              bind(listener, found.contact)
              rows = await look(found.contact)
            }
          }
          listener.last = Math.max(listener.last, after ?? 0, rows.at(-1)?.n ?? 0)
          return rows
        },
        changed: async (since) =>
          listener.contact === null ? [] : rewritten(store.db, listener.contact, { from: listener.last - FIRST_LOOK, since }), // prettier-ignore
        wait: bell.wait,
        close: () => forget(listener),
      }
    },
    met(address, contact) {
      for (const listener of listeners.get(address) ?? []) {
        bind(listener, contact)
        listener.heard()
      }
    },
    runOnce,
    start() {
      // Alone on an embedded database, every message is written by this process and wakes its pages.
      if (config.databaseUrl === undefined) return
      timer = setInterval(() => {
        looking ??= runOnce()
          .catch((error: Error) => log.debug({ err: error.message }, 'feeds: not looked'))
          .finally(() => (looking = null))
      }, LOOK_MS)
    },
    count: () => count,
    async close() {
      clearInterval(timer)
      await looking
      all().forEach(forget)
    },
  }
}

/** Rings between a waiting page and whoever wakes it; a ring while nobody waits is kept for the next wait. */
function createBell() {
  let rung = false
  let closed = false
  let answer: (() => void) | null = null
  return {
    ring: () => {
      rung = true
      answer?.()
    },
    close: () => {
      closed = true
      answer?.()
    },
    wait(ms: number): Promise<'woken' | 'timeout' | 'closed'> {
      return new Promise((resolve) => {
        let timer: NodeJS.Timeout | undefined
        const finish = () => {
          clearTimeout(timer)
          answer = null
          const woken = rung
          rung = false
          resolve(closed ? 'closed' : woken ? 'woken' : 'timeout')
        }
        if (closed || rung) return finish()
        timer = setTimeout(finish, ms)
        answer = finish
      })
    },
  }
}
