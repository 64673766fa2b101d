import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { APP_SECRET, bundle, launch, removeBundles, type Running } from '../../support/children.js'
import { type FakeZalo, startFakeZalo } from '../../support/fake-zalo/fake-zalo.js'

let program: string
let dir: string
let fake: FakeZalo
let running: Running[] = []
beforeAll(() => void (program = bundle('src/main.ts')))
afterAll(removeBundles)
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ward-zalo-'))
  fake = await startFakeZalo({ now: Date.now, oa: { type: 'state', echoes: true } })
})
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL')
  await Promise.all(running.map(({ ended }) => ended))
  running = []
  await fake.close()
  rmSync(dir, { recursive: true, force: true })
})

async function start(env: Record<string, string> = {}): Promise<Running> {
  const settings = {
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: dir,
    APP_SECRET,
    LOG_LEVEL: 'trace',
    ZALO_APP_ID: fake.app.appId,
    ZALO_APP_SECRET: fake.app.appSecret,
    ZALO_OA_ID: fake.oa.oaId,
    ZALO_OA_SECRET_KEY: fake.app.oaSecret,
    ZALO_API_ROOT: fake.apiRoot,
    ZALO_OAUTH_ROOT: fake.oauthRoot,
    ZALO_ZBS_ROOT: fake.zbsRoot,
  }
  const child = launch(program, { env: { ...settings, ...env } })
  running.push(child)
  const url = /"url":"([^"]+)\/chat"/.exec(await child.line(/"msg":"started"/))![1]
  fake.webhooks.url = `${url}/webhooks/zalo`
  return child
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((go) => setImmediate(go))
}

test('the whole program answers on a fake Zalo, goes on after it was killed, and keeps its tokens to itself', async () => {
  const { accessToken, refreshToken } = fake.grant()
  const first = await start({ ZALO_ACCESS_TOKEN: accessToken, ZALO_REFRESH_TOKEN: refreshToken })
  const person = fake.user()
  person.says('/start vneid-level-1_g5')
  await fake.webhooks.deliver()
  await until(() => person.heard().length === 1)
  first.kill('SIGKILL')
  await first.ended
  // Written while nobody was there to hear it, and never brought.
  person.says('1')
  fake.webhooks.drop()
  // The first pair is used up: only the stored one works.
  const second = await start()
  await until(() => person.heard().length === 2)
  person.says('1')
  await fake.webhooks.deliver()
  await until(() => person.heard().length === 3)
  second.kill('SIGTERM')
  expect(await second.ended).toBe(0)
  const told = [first, second].map((child) => child.stdout() + child.stderr()).join('')
  const secrets = [accessToken, refreshToken, fake.livingPair().accessToken!, fake.app.appSecret, fake.app.oaSecret]
  for (const secret of secrets) expect(told).not.toContain(secret)
  for (const file of readdirSync(dir).filter((name) => name.startsWith('ward.db')))
    expect(readFileSync(join(dir, file)).toString('latin1')).not.toMatch(/access-\d|refresh-\d/)
})
