import type { Logger } from 'pino'
import { outcomeOf, reasonOf } from './outcome.js'
import type { MenuEntry, Telegram } from './telegram.js'

/** Tries of the set-up before it is left for the next start. */
const TRIES = 6
const RETRY_MS = 2000

export interface SetUpParts {
  telegram: Pick<Telegram, 'setWebhook' | 'deleteWebhook' | 'setMenu'>
  /** Where Telegram is to bring updates; null: they are asked for. */
  webhook: { url: string; secret: string } | null
  /** Menus by language; null is the one for everybody else. */
  menus: readonly { language: string | null; menu: readonly MenuEntry[] }[]
  log: Logger
  pause?: (ms: number) => Promise<void>
}

/**
 * Tells Telegram how updates are to come, and the menu of commands. Never rejects: what Telegram refuses is logged with the setting to
 * look at, and the bot goes on. False: updates will not come.
 */
export async function setUpTelegram(parts: SetUpParts): Promise<boolean> {
  const { telegram, webhook, menus, log } = parts
  const way = webhook
    ? await tried(parts, 'webhook', () => telegram.setWebhook(webhook.url, webhook.secret))
    : await tried(parts, 'polling', () => telegram.deleteWebhook())
  if (!way) {
    const look = webhook ? 'TELEGRAM_BOT_TOKEN, PUBLIC_URL (https) and TELEGRAM_WEBHOOK_SECRET' : 'TELEGRAM_BOT_TOKEN'
    log.error({ channel: 'telegram' }, `telegram: not set up; look at ${look}`)
    return false
  }
  for (const { language, menu } of menus) await tried(parts, 'menu', () => telegram.setMenu(language, menu))
  return true
}

async function tried({ log, pause = wait }: SetUpParts, what: string, work: () => Promise<void>): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    try {
      await work()
      return true
    } catch (error) {
      const outcome = outcomeOf(error)
      log.warn({ channel: 'telegram', what, why: reasonOf(error) }, 'telegram: set-up refused')
      if (outcome.kind === 'auth-lost' || outcome.kind === 'rejected' || tries >= TRIES) return false
      await pause(outcome.kind === 'retry-after' ? outcome.ms : RETRY_MS * tries)
    }
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms).unref())
}
