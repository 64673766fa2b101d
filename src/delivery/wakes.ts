import type { Redis } from 'ioredis'
import type { Logger } from 'pino'

/** Tells whoever is listening that new messages stand in a contact's outbox. A wake may be lost or come twice: listeners read the outbox. */
export interface Wakes {
  wake(contacts: readonly string[]): void
  /** Calls back at every wake of one contact until the returned function is called. */
  listen(contact: string, heard: () => void): () => void
  /** Calls back at every wake of anybody, until the returned function is called. */
  listenAll(heard: () => void): () => void
  /** Contacts that somebody listens to in this process. */
  listened(): string[]
  close(): Promise<void>
}

/** Redis channel of the wakes; its messages are contact ids, nothing else. */
const CHANNEL = 'ward:wakes'

/**
 * Wakes within this process and, given Redis connections (one to publish, one to subscribe), across all processes. Without Redis, and
 * while Redis is away, other processes find new messages by looking (web/stream polls).
 */
export function createWakes(log: Logger, redis?: { publish: Redis; subscribe: Redis }): Wakes {
  const listeners = new Map<string, Set<() => void>>()
  const everyone = new Set<() => void>()
  const local = (contacts: readonly string[]) => {
    for (const contact of contacts) listeners.get(contact)?.forEach((heard) => heard())
    if (contacts.length > 0) everyone.forEach((heard) => heard())
  }
  if (redis) {
    redis.subscribe.on('message', (_channel: string, message: string) => local(message.split(' ')))
    const subscribe = () =>
      void redis.subscribe
        .subscribe(CHANNEL)
        .catch((error: Error) => log.warn({ err: error.message }, 'wakes: Redis is away; other processes poll'))
    subscribe()
    // A Redis that was away at the start comes back without what was asked of it.
    redis.subscribe.on('ready', subscribe)
  }
  return {
    wake(contacts) {
      local(contacts)
      if (redis && contacts.length > 0) {
        redis.publish
          .publish(CHANNEL, contacts.join(' '))
          .catch((error: Error) => log.debug({ err: error.message }, 'wakes: not published'))
      }
    },
    listen(contact, heard) {
      const all = listeners.get(contact) ?? new Set()
      all.add(heard)
      listeners.set(contact, all)
      return () => {
        all.delete(heard)
        if (all.size === 0 && listeners.get(contact) === all) listeners.delete(contact)
      }
    },
    listenAll(heard) {
      everyone.add(heard)
      return () => void everyone.delete(heard)
    },
    listened: () => [...listeners.keys()],
    async close() {
      listeners.clear()
      everyone.clear()
      if (redis) {
        redis.publish.disconnect()
        redis.subscribe.disconnect()
      }
    },
  }
}
