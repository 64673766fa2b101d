import { createServer } from 'node:net'
import TelegramTestServer from 'telegram-test-api'
import { pino } from 'pino'
import { startPolling } from '../../../src/channels/telegram/poll.js'
import { readConfig } from '../../../src/config.js'
import { type Context, createContext } from '../../../src/context.js'
import { serveWeb } from '../../../src/web/serve.js'
import { freshSqlite } from '../../support/databases.js'
import { APP_SECRET } from '../../support/children.js'
import { loadWorld } from '../../support/world.js'

// A second opinion: a Bot API that others wrote (telegram-test-api). It knows no secret of a webhook, no limits and no refusals; those are
// the business of our own fake.
interface Server {
  config: { apiURL: string }
  start(): Promise<void>
  stop(): Promise<boolean>
  getClient(token: string, options: object): Client
  getUpdatesHistory(token: string): { message?: Sent }[]
}
interface Sent {
  text: string
  reply_markup?: { inline_keyboard?: { text: string; callback_data: string }[][] }
}
interface Client {
  makeCommand(text: string): object
  makeMessage(text: string): object
  makeCallbackQuery(data: string, options: object): object
  sendCommand(command: object): Promise<unknown>
  sendMessage(message: object): Promise<unknown>
  sendCallback(query: object): Promise<unknown>
}
/** What is exported by a CommonJS package is one level further down. */
const TestServer = ((TelegramTestServer as unknown as { default?: unknown }).default ?? TelegramTestServer) as new (
  settings: object,
) => Server

const TOKEN = '111:independent'
const USER = 77

/** A port that is free now: the server takes none by itself. */
async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((ready) => void probe.listen(0, '127.0.0.1', ready))
  const { port } = probe.address() as { port: number }
  await new Promise((closed) => void probe.close(closed))
  return port
}

describe.each(['polling', 'webhook'] as const)('on a Bot API that others wrote, by %s', (by) => {
  let server: Server
  let client: Client
  let context: Context
  let close: () => Promise<unknown>
  beforeAll(async () => {
    server = new TestServer({ port: await freePort(), host: '127.0.0.1' })
    await server.start()
    client = server.getClient(TOKEN, { userId: USER, chatId: USER, firstName: 'An' })
    const store = await freshSqlite()
    const config = readConfig({
      APP_SECRET,
      PORT: '0',
      HOST: '127.0.0.1',
      TELEGRAM_BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: server.config.apiURL,
      ...(by === 'webhook' ? { TELEGRAM_WEBHOOK_SECRET: 'no-one-sends-it' } : {}),
    })
    const log = pino({ level: 'silent' })
    context = createContext(config, { store, material: loadWorld().material, log, floodLimit: 1_000_000 })
    context.requests.start()
    context.delivery.start()
    const telegram = context.telegram!
    if (by === 'polling') {
      // It answers at once where Telegram waits for something new.
      const patient = { updates: async (offset: number, signal: AbortSignal) => (await breath(), telegram.updates(offset, signal)), deleteWebhook: telegram.deleteWebhook } // prettier-ignore
      const polling = startPolling({
        telegram: patient,
        take: (updates) => context.intake.take(telegram, updates),
        log,
      })
      close = () => polling.stop()
    } else {
      const web = await serveWeb(context)
      // No update of it carries the secret, so the door that asks for one is left out and the rest of the way is walked.
      const door = await openDoor(async (update) => void (await context.intake.take(telegram, [update])))
      await telegram.setWebhook(door.url, 'no-one-sends-it')
      close = async () => {
        await door.close()
        await web.close()
      }
    }
  })
  afterAll(async () => {
    await close()
    await context.close()
    await server.stop()
  })

  const heard = () => server.getUpdatesHistory(TOKEN).flatMap(({ message }) => (message && 'chat_id' in message ? [message] : [])) // prettier-ignore
  const answer = async (before: number): Promise<Sent> => {
    for (let i = 0; i < 400 && heard().length <= before; i++) await breath()
    const last = heard().at(-1)
    if (heard().length <= before || !last) throw new Error('nothing was answered')
    return last
  }
  const does = async (what: () => Promise<unknown>) => {
    const before = heard().length
    await what()
    return answer(before)
  }
  const says = (text: string) => does(() => client.sendMessage(client.makeMessage(text)))
  const taps = ({ reply_markup: markup }: Sent, n: number) => {
    const { callback_data: data } = markup!.inline_keyboard!.flat()[n - 1]!
    const message = { message_id: 1, chat: { id: USER, type: 'private' } }
    return does(() => client.sendCallback(client.makeCallbackQuery(data, { message })))
  }

  test('a resident starts from a poster, agrees, and takes the first steps by buttons and by numbers', async () => {
    const consent = await does(() => client.sendCommand(client.makeCommand('/start vneid-level-1_g5')))
    expect(consent.text).toContain('bấm số 1')
    const form = await taps(consent, 1)
    expect(form.text).toContain('gọi mình là gì')
    const about = await says('1')
    expect(about.text).toContain('Đăng ký tài khoản VNeID mức 1')
    const first = await taps(about, 1)
    expect(first.text).toContain('Tải ứng dụng VNeID')
    expect(first.reply_markup!.inline_keyboard!.length).toBeGreaterThan(1)
    const second = await says('xong rồi')
    expect(second.text).toContain('Tạo tài khoản')
    const third = await says('1')
    expect(third.text).not.toBe(second.text)
    const old = await taps(first, 1)
    expect(old.text).toMatch(/tin cũ|đã qua/)
  })
})

const breath = () => new Promise<void>((go) => void setTimeout(go, 25))

/** A door on loopback that hands updates on as they come. */
async function openDoor(take: (update: unknown) => Promise<void>): Promise<{ url: string; close(): Promise<void> }> {
  const { createServer: createHttp } = await import('node:http')
  const door = createHttp((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => void take(JSON.parse(Buffer.concat(chunks).toString('utf8'))).then(() => res.end('{}')))
  })
  await new Promise<void>((ready) => void door.listen(0, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${(door.address() as { port: number }).port}/`,
    close: async () => {
      door.closeAllConnections()
      await new Promise((closed) => void door.close(closed))
    },
  }
}
