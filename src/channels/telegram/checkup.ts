import { isRefusal } from './outcome.js'
import type { Telegram } from './telegram.js'

/** What an operator's check asks of Telegram. Nothing here throws. */
export interface TelegramCheckup {
  me(): Promise<{ kind: 'ok'; name: string } | { kind: 'refused' } | { kind: 'no-answer' }>
  /** Where Telegram brings updates ('' : nowhere), how many wait there, and when it last failed, ms; null: it does not answer. */
  webhook(): Promise<{ url: string; pending: number; failedAt: number | null } | null>
}

export function createTelegramCheckup(telegram: Pick<Telegram, 'me' | 'webhookInfo'>): TelegramCheckup {
  return {
    me: () =>
      telegram.me().then(
        (name) => ({ kind: 'ok', name }) as const,
        (error: unknown) => {
          // Telegram answers 404 to a token that was never one.
          const refused = isRefusal(error) && (error.error_code === 401 || error.error_code === 404)
          return { kind: refused ? 'refused' : 'no-answer' } as const
        },
      ),
    webhook: () => telegram.webhookInfo().catch(() => null),
  }
}
