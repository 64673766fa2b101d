import type { Logger } from 'pino'
import { storeFailure } from '../store/errors.js'
import type { Retention } from './retention.js'
import type { Watchdogs } from './watchdogs.js'

/** How often everything is looked at, ms: an access token is renewed hours before it ends, so several looks may fail. */
const LOOK_MS = 30 * 60_000

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
  log: Logger
}

export function createUpkeep({ watchdogs, catchUp, retention, log }: UpkeepParts): Upkeep {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | null = null

  const look = async (): Promise<void> => {
    try {
      // First: what is caught up afterwards is no longer seen to have been missed.
      await watchdogs.runOnce()
    } finally {
      await catchUp?.runOnce()
      await retention.runOnce()
    }
  }
  const runOnce = () =>
    (running ??= look().finally(() => {
      running = null
    }))
  const tick = () =>
    void runOnce().catch((error: unknown) => {
      const reason = storeFailure(error) ?? (error instanceof Error ? error.name : 'failed')
      log.error({ err: reason }, 'upkeep: not looked')
    })

  return {
    runOnce,
    start() {
      timer = setInterval(tick, LOOK_MS)
      tick()
    },
    async stop() {
      clearInterval(timer)
      await running?.catch(() => {})
    },
  }
}
