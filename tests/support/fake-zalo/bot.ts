import { pino } from 'pino'
import { readConfig } from '../../../src/config.js'
import { type Context, createContext, type Overrides } from '../../../src/context.js'
import { createLocalBudget } from '../../../src/delivery/budget.js'
import type { Store } from '../../../src/store/open.js'
import { countWaiting } from '../../../src/store/sending.js'
import { serveWeb } from '../../../src/web/serve.js'
import { underWay } from '../fake-telegram/bot.js'
import { APP_SECRET } from '../children.js'
import { createClock, type TestClock } from '../clock.js'
import { loadWorld } from '../world.js'
import { type FakeZalo, startFakeZalo } from './fake-zalo.js'
import type { OaSettings } from './state.js'

/** A whole bot on a fake Zalo. */
export interface ZaloBot {
  context: Context
  fake: FakeZalo
  clock: TestClock
  logs: string[]
  /** Where webhooks go. */
  url: string
  /** Brings the events that are due, handles them, and sends what is due, until nothing moves any more without time passing. */
  settle(): Promise<void>
  /** The same, letting time pass until every message has left or waits for its resident. */
  calm(): Promise<void>
  /** Ends the bot; `fake: false` leaves the fake for the next one. */
  close(ended?: { fake: boolean }): Promise<void>
}

export interface ZaloBotSettings {
  store: Store
  oa?: Partial<OaSettings>
  env?: Record<string, string>
  fake?: FakeZalo
  clock?: TestClock
  overrides?: Overrides
}

export async function createZaloBot(settings: ZaloBotSettings): Promise<ZaloBot> {
  const { store, clock = createClock(), overrides, oa, env } = settings
  // A clock that stands still is one long minute.
  const fake = settings.fake ?? (await startFakeZalo({ now: clock, oa: { ratePerMinute: 1_000_000, ...oa } }))
  const logs: string[] = []
  const log = pino({ level: 'trace', base: null }, { write: (line: string) => void logs.push(line) })
  const { material } = loadWorld()
  const living = settings.fake?.livingPair()
  const pair = living?.accessToken ? (living as { accessToken: string; refreshToken: string }) : fake.grant()
  const config = readConfig({
    APP_SECRET,
    PORT: '0',
    HOST: '127.0.0.1',
    ZALO_APP_ID: fake.app.appId,
    ZALO_APP_SECRET: fake.app.appSecret,
    ZALO_OA_ID: fake.oa.oaId,
    ZALO_OA_SECRET_KEY: fake.app.oaSecret,
    ZALO_ACCESS_TOKEN: pair.accessToken,
    ZALO_REFRESH_TOKEN: pair.refreshToken,
    ZALO_API_ROOT: fake.apiRoot,
    ZALO_OAUTH_ROOT: fake.oauthRoot,
    ZALO_ZBS_ROOT: fake.zbsRoot,
    ...env,
  })
  const context = createContext(config, {
    store,
    material,
    clock,
    log,
    floodLimit: 1_000_000,
    budget: createLocalBudget(clock, {}),
    ...overrides,
  })
  const web = await serveWeb(context)
  const url = `http://127.0.0.1:${web.port}/webhooks/zalo`
  fake.webhooks.url = url

  const settle = async (): Promise<void> => {
    for (;;) {
      const brought = await fake.webhooks.deliver()
      await context.intake.settled()
      const handled = (await context.requests.runOnce()) + (await underWay(store))
      const sent = await context.delivery.runOnce()
      if (brought.length + handled + sent === 0) return
    }
  }

  return {
    context,
    fake,
    clock,
    logs,
    url,
    settle,
    async calm() {
      for (let i = 0; i < 100; i++) {
        await settle()
        if ((await countWaiting(store.db)) === 0 && fake.webhooks.waiting === 0) return
        clock.pass('2 minutes')
      }
      throw new Error('messages are left for ever')
    },
    async close({ fake: too } = { fake: true }) {
      await web.close()
      await context.close()
      if (too) await fake.close()
    },
  }
}
