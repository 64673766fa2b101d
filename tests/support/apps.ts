import { encodeTap } from '../../src/core/talk/tap.js'
import type { Context } from '../../src/context.js'
import type { ChannelName } from '../../src/core/model/message.js'
import { type LoadedContact, loadByAddresses } from '../../src/store/contacts.js'
import type { Store } from '../../src/store/open.js'
import { payloadOf } from '../../src/channels/zalo/render.js'
import type { TestClock } from './clock.js'
import { createTelegramBot } from './fake-telegram/bot.js'
import { createZaloBot } from './fake-zalo/bot.js'

/** A bot on one of the fake apps, for tests that are to hold on each. */
export interface App {
  context: Context
  clock: TestClock
  /** Somebody with the app; whatever they do is worked off before it returns. */
  person(): AppPerson
  settle(): Promise<void>
  close(): Promise<void>
}

export interface AppPerson {
  address: string
  opens(payload?: string): Promise<void>
  says(text: string): Promise<void>
  /** Taps an option of the question in front, as its button carries it. */
  taps(option: string): Promise<void>
  /** Texts of ours, oldest first. */
  heard(): string[]
  row(): Promise<LoadedContact>
}

export const APPS = ['telegram', 'zalo'] as const

export async function openApp(name: (typeof APPS)[number], store: Store): Promise<App> {
  if (name === 'telegram') {
    const bot = await createTelegramBot({ store, by: 'webhook' })
    return appOf(name, store, bot, () => {
      const person = bot.fake.person()
      return {
        address: String(person.id),
        opens: (payload) => person.start(payload),
        says: (text) => person.say(text),
        taps: (data) => person.tapData(data),
        heard: () => person.heard().map(({ text }) => text),
      }
    })
  }
  const bot = await createZaloBot({ store })
  return appOf(name, store, bot, () => {
    const user = bot.fake.user()
    return {
      address: user.id,
      opens: (payload) => void user.says(payload === '' ? 'xin chào' : `/start ${payload}`),
      says: (text) => void user.says(text),
      taps: (data) => void user.taps(payloadOf(data)),
      heard: () => user.heard(),
    }
  })
}

interface Bare {
  address: string
  opens(payload: string): void
  says(text: string): void
  taps(data: string): void
  heard(): string[]
}

function appOf(
  channel: ChannelName,
  { db }: Store,
  bot: Pick<App, 'context' | 'clock' | 'settle' | 'close'>,
  meet: () => Bare,
): App {
  const { settle } = bot
  return {
    context: bot.context,
    clock: bot.clock,
    settle,
    close: () => bot.close(),
    person() {
      const bare = meet()
      const row = async () => {
        const [found] = await loadByAddresses(db, [{ channel, address: bare.address }])
        if (!found) throw new Error(`nobody at ${bare.address}`)
        return found
      }
      return {
        address: bare.address,
        row,
        heard: bare.heard,
        async opens(payload = '') {
          bare.opens(payload)
          await settle()
        },
        async says(text) {
          bare.says(text)
          await settle()
        },
        async taps(option) {
          const { prompt } = (await row()).session
          if (!prompt.options.includes(option))
            throw new Error(`no option ${option} among ${prompt.options.join(', ')}`)
          bare.taps(encodeTap({ n: prompt.n, option, flow: '', number: 0 }))
          await settle()
        },
      }
    },
  }
}
