import type { Logger } from 'pino'
import type { Inbound } from '../core/model/message.js'
import type { Wakes } from '../delivery/wakes.js'
import { storeFailure } from '../store/errors.js'
import type { Store } from '../store/open.js'
import { type Accepted, handleBatch, type TurnParts } from './batch.js'

/** Messages in one transaction at most: larger batches gain nothing and make everybody wait longer. */
export const BATCH_LIMIT = 256
/** Times a batch is tried again after another process changed the same rows. */
const CONFLICT_TRIES = 5

/** The door for inbound messages. */
export interface Turns {
  /**
   * Takes a message in: resolves once it and all that follows from it is durable. Rejects when nothing was stored (database full, locked
   * or away): the sender may deliver it again.
   */
  accept(item: Inbound): Promise<Accepted>
  /** Calls back after every batch that was stored; for figures about the running, never for work. */
  watch(seen: (batch: Batch) => void): void
  /** Waits for what is under way and takes nothing more. */
  stop(): Promise<void>
}

/** The bot is stopping: nothing more is taken in, and the sender may deliver it again. */
export class Stopping extends Error {
  override readonly name = 'Stopping'
}

/** A batch that was stored: what went in, what became of each, and how long it took. */
export interface Batch {
  items: readonly Inbound[]
  results: readonly Accepted[]
  ms: number
}

interface Waiting {
  item: Inbound
  resolve: (accepted: Accepted) => void
  reject: (error: unknown) => void
}

/**
 * Messages gather while a batch commits, and the next batch takes them all: an idle bot answers at once, a busy one writes in bulk.
 * A batch that fails is tried message by message, so that one bad message harms nobody else.
 */
export function createTurns(store: Store, parts: TurnParts, wakes: Wakes, log: Logger, onDeferred: () => void): Turns {
  let waiting: Waiting[] = []
  let pump: Promise<void> | null = null
  let stopped = false
  const watchers: ((batch: Batch) => void)[] = []

  const run = (items: readonly Inbound[]) => store.transaction((tx) => handleBatch(tx, parts, items))

  const runWithRetry = async (items: readonly Inbound[]): Promise<Accepted[]> => {
    for (let tries = 1; ; tries++) {
      try {
        return await run(items)
      } catch (error) {
        if (storeFailure(error) !== 'conflict' || tries >= CONFLICT_TRIES) throw error
      }
    }
  }

  const tell = (results: readonly Accepted[]) => {
    wakes.wake([
      ...new Set(results.filter(({ kind }) => kind === 'handled' || kind === 'dead').map(({ contact }) => contact)),
    ])
    if (results.some(({ kind }) => kind === 'deferred')) onDeferred()
  }

  const handle = async (batch: readonly Waiting[]): Promise<void> => {
    const items = batch.map(({ item }) => item)
    const started = performance.now()
    let results: Accepted[]
    try {
      results = await runWithRetry(items)
    } catch (error) {
      const failure = storeFailure(error)
      log.error(
        { err: error instanceof Error ? error.message : String(error), failure, size: batch.length },
        'turns: batch not stored',
      )
      if (failure && failure !== 'conflict') return batch.forEach(({ reject }) => reject(error))
      if (batch.length > 1) {
        for (const entry of batch) await handle([entry])
        return
      }
      const aside = failure ? null : await putAside(items, error)
      if (!aside) return batch.forEach(({ reject }) => reject(error))
      results = aside
    }
    batch.forEach((entry, i) => entry.resolve(results[i]!))
    try {
      tell(results)
      for (const seen of watchers) seen({ items, results, ms: performance.now() - started })
    } catch (error) {
      log.error({ err: error instanceof Error ? error.message : String(error) }, 'turns: a listener failed')
    }
  }

  /** A message that fails alone, and not for the database's sake, would fail for ever: it is put aside with an apology. */
  const putAside = (items: readonly Inbound[], error: unknown): Promise<Accepted[] | null> =>
    store
      .transaction((tx) =>
        handleBatch(tx, parts, items, () => {
          throw error
        }),
      )
      .catch(() => null)

  const drain = async (): Promise<void> => {
    // Let every socket that is ready hand over its message before the first batch is cut.
    await new Promise((next) => setImmediate(next))
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH_LIMIT)
      waiting = waiting.slice(BATCH_LIMIT)
      await handle(batch)
      // The embedded database answers in microtasks: give sockets and timers their turn.
      await new Promise((next) => setImmediate(next))
    }
    pump = null
  }

  return {
    accept(item) {
      if (stopped) return Promise.reject(new Stopping('turns: stopping'))
      return new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject })
        pump ??= drain()
      })
    },
    watch(seen) {
      watchers.push(seen)
    },
    async stop() {
      stopped = true
      await pump
    },
  }
}
