import { sql } from 'kysely'
import { pino } from 'pino'
import { type Polling, startPolling } from '../../../src/channels/telegram/poll.js'
import { readConfig } from '../../../src/config.js'
import { type Context, createContext, type Overrides } from '../../../src/context.js'
import { createLocalBudget } from '../../../src/delivery/budget.js'
import type { Store } from '../../../src/store/open.js'
import { countWaiting } from '../../../src/store/sending.js'
import { serveWeb } from '../../../src/web/serve.js'
import { APP_SECRET } from '../children.js'
import { createClock, type TestClock } from '../clock.js'
import { loadWorld } from '../world.js'
import { type FakeTelegram, startFakeTelegram } from './fake-telegram.js'

export const WEBHOOK_SECRET = 'the-secret-of-the-webhook'

/** A whole bot on a fake Telegram. */
export interface TelegramBot {
  context: Context
  fake: FakeTelegram
  clock: TestClock
  logs: string[]
  /** Brings what is pending, handles it, and sends what is due, until nothing moves any more without time passing. */
  settle(): Promise<void>
  /** The same, letting time pass until every message has left. */
  calm(): Promise<void>
  close(): Promise<void>
}

export interface TelegramBotSettings {
  store: Store
  by: 'webhook' | 'polling'
  fake?: FakeTelegram
  clock?: TestClock
  overrides?: Overrides
}

/** Requests that the bot's own nudge has begun to work off: their answers are still to come. */
export async function underWay({ db }: Store): Promise<number> {
  const found = await sql<{ n: number }>`select count(*) as n from inbox where status = 'deferred'`.execute(db)
  return Number(found.rows[0]!.n)
}

export async function createTelegramBot(settings: TelegramBotSettings): Promise<TelegramBot> {
  const { store, by, clock = createClock(), overrides } = settings
  const fake = settings.fake ?? (await startFakeTelegram(clock))
  const logs: string[] = []
  const log = pino({ level: 'trace', base: null }, { write: (line: string) => void logs.push(line) })
  const { material } = loadWorld()
  const config = readConfig({
    APP_SECRET,
    PORT: '0',
    HOST: '127.0.0.1',
    TELEGRAM_BOT_TOKEN: fake.token,
    TELEGRAM_API_ROOT: fake.url,
    ...(by === 'webhook' ? { TELEGRAM_WEBHOOK_SECRET: WEBHOOK_SECRET } : {}),
  })
  const context = createContext(config, {
    store,
    material,
    clock,
    log,
    floodLimit: 1_000_000,
    telegram: { pollSeconds: 20, callSeconds: 2 },
    budget: createLocalBudget(clock, {}),
    ...overrides,
  })
  const telegram = context.telegram!
  let polling: Polling | undefined
  let web: Awaited<ReturnType<typeof serveWeb>> | undefined
  if (by === 'webhook') {
    web = await serveWeb(context)
    await telegram.setWebhook(`http://127.0.0.1:${web.port}/webhooks/telegram`, WEBHOOK_SECRET)
  } else {
    const take = (updates: readonly unknown[]) => context.intake.take(telegram, updates)
    polling = startPolling({ telegram, take, log, pause: async () => {} })
  }

  const settle = async (): Promise<void> => {
    for (;;) {
      if (polling) await fake.polled()
      else await fake.deliver()
      await context.intake.settled()
      const handled = (await context.requests.runOnce()) + (await underWay(store))
      const sent = await context.delivery.runOnce()
      if (handled + sent === 0 && (by === 'webhook' || fake.state.pending.length === 0)) return
    }
  }

  return {
    context,
    fake,
    clock,
    logs,
    settle,
    async calm() {
      for (let i = 0; i < 100; i++) {
        await settle()
        const waiting = await countWaiting(store.db)
        if (waiting === 0 && fake.state.pending.length === 0) return
        clock.pass('2 minutes')
      }
      throw new Error('messages are left for ever')
    },
    async close() {
      // The question that is open is ended from here, so that nobody waits for it.
      const stopped = polling?.stop()
      await stopped
      await web?.close()
      await context.close()
      await fake.close()
    },
  }
}
