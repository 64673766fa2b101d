import type { Update } from 'grammy/types'
import type { Logger } from 'pino'
import { isRefusal, outcomeOf, reasonOf } from './outcome.js'
import type { Telegram } from './telegram.js'

/** Waits after failures in a row, ms. */
const RETRY_MS = { first: 1000, most: 30_000 }
/** Waits while another program asks for the same bot's updates, ms: after a restart its question may still be open. */
const CONFLICT_MS = { first: 3000, most: 60_000 }

/** Asks Telegram for updates until it is stopped. */
export interface Polling {
  /** Resolves when it ended: stopped, or refused for good (which is logged). */
  ended: Promise<'stopped' | 'refused'>
  /** Ends the question that is open, and waits for the updates that are being stored. */
  stop(): Promise<void>
}

export interface PollingParts {
  telegram: Pick<Telegram, 'updates' | 'deleteWebhook'>
  /** Stores updates; when it rejects, none of them counts as taken and all come again. */
  take: (updates: readonly Update[]) => Promise<unknown>
  log: Logger
  /** Waits; ends early when `signal` fires. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>
}

/**
 * Long polling that survives whatever the network does. The offset moves on only after all updates of an answer are stored: a crash
 * brings them again, and the inbox takes each once.
 */
export function startPolling({ telegram, take, log, pause = wait }: PollingParts): Polling {
  const gone = new AbortController()
  let offset = 0
  let failures = 0
  let conflicts = 0
  let unstored = 0

  /** What to do after a failed question: how long to wait, or that it is over. */
  const afterFailure = (failure: unknown): number | 'refused' => {
    const outcome = outcomeOf(failure)
    if (outcome.kind === 'auth-lost') return 'refused'
    if (outcome.kind === 'retry-after') return outcome.ms
    return isConflict(failure) ? grown(CONFLICT_MS, conflicts++) : grown(RETRY_MS, failures++)
  }

  const poll = async (): Promise<'stopped' | 'refused'> => {
    while (!gone.signal.aborted) {
      let updates: Update[]
      try {
        updates = await telegram.updates(offset, gone.signal)
        failures = conflicts = 0
      } catch (error) {
        if (gone.signal.aborted) break
        const ms = afterFailure(error)
        if (ms === 'refused') {
          log.error({ channel: 'telegram', why: reasonOf(error) }, 'telegram: TELEGRAM_BOT_TOKEN is not accepted; this channel is closed until a restart with the right one') // prettier-ignore
          return 'refused'
        }
        log.warn({ channel: 'telegram', why: reasonOf(error), ms }, 'telegram: no updates, asked again later')
        if (isConflict(error, /webhook/i)) await telegram.deleteWebhook().catch(() => {})
        await pause(ms, gone.signal)
        continue
      }
      if (updates.length > 0 && !(await stored(updates))) await pause(grown(RETRY_MS, unstored++), gone.signal)
    }
    return 'stopped'
  }

  const stored = async (updates: readonly Update[]): Promise<boolean> => {
    try {
      await take(updates)
      offset = updates.at(-1)!.update_id + 1
      unstored = 0
      return true
    } catch (error) {
      log.error({ channel: 'telegram', err: error instanceof Error ? error.name : 'failed', count: updates.length }, 'telegram: updates not stored, they come again') // prettier-ignore
      return false
    }
  }

  const ended = poll()
  return {
    ended,
    async stop() {
      gone.abort()
      await ended
    },
  }
}

/** Somebody else gets the updates: another program, or a webhook. */
function isConflict(error: unknown, by = /./): boolean {
  return isRefusal(error) && error.error_code === 409 && by.test(error.description)
}

function grown({ first, most }: { first: number; most: number }, times: number): number {
  return Math.min(first * 2 ** times, most)
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, ms)
    if (signal.aborted) return finish()
    signal.addEventListener('abort', finish)
  })
}
