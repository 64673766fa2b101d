import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { APP_SECRET, bundle, launch, removeBundles, type Running } from '../../support/children.js'
import { type FakeTelegram, startFakeTelegram } from '../../support/fake-telegram/fake-telegram.js'

let program: string
let dir: string
let fake: FakeTelegram
let running: Running[] = []
beforeAll(() => void (program = bundle('src/main.ts')))
afterAll(removeBundles)
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ward-telegram-'))
  fake = await startFakeTelegram(Date.now)
})
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL')
  await Promise.all(running.map(({ ended }) => ended))
  running = []
  await fake.close()
  rmSync(dir, { recursive: true, force: true })
})

const start = (env: Record<string, string> = {}): Running => {
  const settings = {
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: dir,
    APP_SECRET,
    TELEGRAM_BOT_TOKEN: fake.token,
    TELEGRAM_API_ROOT: fake.url,
  }
  const child = launch(program, { env: { ...settings, ...env } })
  running.push(child)
  return child
}

/** Waits until something holds: every change comes over a socket, so the loop gives way to them. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((go) => setImmediate(go))
}

describe('the whole program on a fake Telegram', () => {
  test('answers by polling as soon as it is open, has its menu, and stops in good order', async () => {
    const person = fake.person()
    person.start('vneid-level-1_g5')
    const child = start()
    await child.line(/telegram: open/)
    await until(() => person.heard().length === 1)
    expect(person.last().text).toContain('bấm số 1')
    person.press(1)
    await until(() => person.heard().length === 2)
    expect(fake.state.menus.get('vi')).toHaveLength(10)
    child.kill('SIGTERM')
    expect(await child.ended).toBe(0)
    expect(child.stdout() + child.stderr()).not.toContain(fake.token)
  })

  test('killed while a message is on its way: it is there again, once more at most, and nothing behind it is lost', async () => {
    const person = fake.person()
    fake.faults.plan('sendMessage', { lost: 'hold', accepted: true })
    const first = start()
    person.start('vneid-level-1_g5')
    await until(() => person.heard().length === 1)
    first.kill('SIGKILL')
    await first.ended
    person.say('xin chào')
    start()
    await until(() => person.heard().length === 3)
    const [a, b, c] = person.heard().map(({ text }) => text)
    expect(b).toBe(a)
    expect(c).toContain('bấm số 1')
  })

  test('a token that is refused closes this channel and no other', async () => {
    const child = start({ TELEGRAM_BOT_TOKEN: '4711:revoked' })
    await child.line(/TELEGRAM_BOT_TOKEN is not accepted/)
    const url = /"url":"([^"]+)\/chat"/.exec(await child.line(/"msg":"started"/))![1]
    expect((await fetch(`${url}/chat`)).status).toBe(200)
    expect(child.stdout() + child.stderr()).not.toContain('revoked')
    child.kill('SIGTERM')
    expect(await child.ended).toBe(0)
  })

  test('with a secret updates come by webhook', async () => {
    const child = start({ TELEGRAM_WEBHOOK_SECRET: 'a-secret', PUBLIC_URL: 'http://127.0.0.1:9' })
    await child.line(/telegram: open/)
    expect(fake.state.webhook).toMatchObject({ url: 'http://127.0.0.1:9/webhooks/telegram', secret: 'a-secret' })
    const url = /"url":"([^"]+)\/chat"/.exec(await child.line(/"msg":"started"/))![1]
    expect(url).toBe('http://127.0.0.1:9')
    expect(fake.state.calls.get('getUpdates')).toBeUndefined()
  })
})
