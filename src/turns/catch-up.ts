import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import { missedSince } from '../channels/zalo/missed.js'
import type { Zalo } from '../channels/zalo/zalo.js'
import type { Budget } from '../delivery/budget.js'
import type { Store } from '../store/open.js'
import { newestZaloEvent } from '../store/zalo.js'
import type { Intake } from './intake.js'

/** Events come in any order, and clocks differ: so far before the newest one that we know is looked, ms. */
const OVERLAP_MS = 10 * 60_000
/** Older messages are not answered any more as if they were new, ms. */
const OLDEST_MS = 48 * 3_600_000
/** The longest pause of the channel that is waited for: behind a longer one it is looked again another time, ms. */
const PATIENCE_MS = 30_000
/** Events taken in at a time. */
const CHUNK = 50

/** Asks Zalo for what residents wrote while its webhook did not reach us. */
export interface CatchUp {
  /** How many messages were looked at that may have been missed; the inbox takes each once. */
  runOnce(): Promise<number>
  /** Asks nothing more. */
  stop(): void
}

export interface CatchUpParts {
  zalo: Zalo
  intake: Intake
  store: Store
  budget: Budget
  clock: () => number
  log: Logger
  pause?: (ms: number) => Promise<unknown>
}

export function createCatchUp({ zalo, intake, store, budget, clock, log, pause = wait }: CatchUpParts): CatchUp {
  let stopped = false
  /** Its calls count like any others, behind the replies; false: not now. */
  const allowed = async (): Promise<boolean> => {
    while (!stopped) {
      const paused = await budget.paused('zalo')
      if (paused > PATIENCE_MS) return false
      const taken = paused > 0 ? { granted: 0, wait: paused } : await budget.take('zalo', 'rest', 1)
      if (taken.granted > 0) return true
      await pause(taken.wait)
    }
    return false
  }
  return {
    async runOnce() {
      const newest = await newestZaloEvent(store.db)
      // Nobody has ever written: what stands in the account's chats is from before the bot.
      if (newest === null) return 0
      const since = Math.max(newest - OVERLAP_MS, clock() - OLDEST_MS)
      const missed = await missedSince({ client: zalo.client, oaId: zalo.oaId, allowed }, since)
      if (missed === null) {
        log.warn({ channel: 'zalo' }, 'zalo: the conversations cannot be read, nothing was caught up')
        return 0
      }
      for (let i = 0; i < missed.length; i += CHUNK) await intake.take(zalo, missed.slice(i, i + CHUNK))
      if (missed.length > 0) log.info({ channel: 'zalo', count: missed.length }, 'zalo: caught up')
      return missed.length
    },
    stop() {
      stopped = true
    },
  }
}
