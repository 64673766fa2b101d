import type { Logger } from 'pino'
import { storeFailure } from '../store/errors.js'
import type { Retention } from './retention.js'
import type { Soundness } from './soundness.js'
import type { Watchdogs } from './watchdogs.js'

/** How often everything is looked at, ms: an access token is renewed hours before it ends, so several looks may fail. */
const LOOK_MS = 30 * 60_000
/** How often the sums of the figures are folded, ms: there is never much to read. */
const FOLD_MS = 60_000

/** What has to be done now and then although no resident asks for it: tokens kept alive (the watchdogs' first look does that), troubles told. */
export interface Upkeep {
  runOnce(): Promise<void>
  start(): void
  stop(): Promise<void>
}

export interface UpkeepParts {
  watchdogs: Watchdogs
  /** Asks Zalo for what its webhook did not bring. */
  catchUp: { runOnce(): Promise<unknown> } | null
  retention: Retention
  soundness: Pick<Soundness, 'runOnce'>
  /** Makes one row of all that were added to a sum (store/tally.ts). */
  fold: () => Promise<void>
  log: Logger
}

export function createUpkeep({ watchdogs, catchUp, retention, soundness, fold, log }: UpkeepParts): Upkeep {
  let timer: NodeJS.Timeout | undefined
  let folds: NodeJS.Timeout | undefined
  let folding: Promise<void> | null = null
  let running: Promise<void> | null = null

  const look = async (): Promise<void> => {
    try {
      // First: what is caught up afterwards is no longer seen to have been missed.
      await watchdogs.runOnce()
    } finally {
      await catchUp?.runOnce()
      await retention.runOnce()
      await soundness.runOnce()
    }
  }
  const runOnce = () =>
    (running ??= look().finally(() => {
      running = null
    }))
  const failed = (what: string) => (error: unknown) => {
    const reason = storeFailure(error) ?? (error instanceof Error ? error.name : 'failed')
    log.error({ err: reason }, `upkeep: ${what}`)
  }
  const tick = () => void runOnce().catch(failed('not looked'))
  const foldOnce = () =>
    void (folding ??= fold()
      .catch(failed('not folded'))
      .finally(() => (folding = null)))

  return {
    runOnce,
    start() {
      timer = setInterval(tick, LOOK_MS)
      folds = setInterval(foldOnce, FOLD_MS)
      tick()
      foldOnce()
    },
    async stop() {
      clearInterval(timer)
      clearInterval(folds)
      await Promise.all([running?.catch(() => {}), folding])
    },
  }
}
