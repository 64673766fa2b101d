import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { pino } from 'pino'
import { createTelegramCheckup } from '../../src/channels/telegram/checkup.js'
import { createTelegram } from '../../src/channels/telegram/telegram.js'
import { readConfig } from '../../src/config.js'
import { openPostgres, openSqlite, type Store } from '../../src/store/open.js'
import { createSeals } from '../../src/store/sealed.js'
import { createTexts } from '../../src/texts.js'
import { type DoctorParts, examine } from '../../src/upkeep/doctor.js'
import type { Finding } from '../../src/upkeep/finding.js'
import { createZaloAccess } from '../../src/upkeep/zalo-access.js'
import { APP_SECRET, bundle, removeBundles, run } from '../support/children.js'
import { createBot } from '../support/context.js'
import { describeEngines, engines, redisUrl, type TestDatabase } from '../support/databases.js'
import { type FakeTelegram, startFakeTelegram } from '../support/fake-telegram/fake-telegram.js'
import { type FakeZalo, startFakeZalo } from '../support/fake-zalo/fake-zalo.js'
import { createIds } from '../support/ids.js'
import { loadWorld } from '../support/world.js'
import { zaloSettings } from './zalo-settings.js'

const { material } = loadWorld()
const DAY = 86_400_000

let skew = 0
const clock = () => Date.now() + skew
let zalo: FakeZalo
let telegram: FakeTelegram
let server: Server
let status = 200
let dir: string

beforeEach(async () => {
  skew = 0
  status = 200
  dir = mkdtempSync(join(tmpdir(), 'ward-doctor-'))
  zalo = await startFakeZalo({ now: clock })
  telegram = await startFakeTelegram(clock)
  server = createServer((_, res) => res.writeHead(status).end('{}'))
  await new Promise<void>((ready) => void server.listen(0, '127.0.0.1', ready))
})
afterEach(async () => {
  await zalo.close()
  await telegram.close()
  server.closeAllConnections()
  await new Promise((closed) => void server.close(closed))
  rmSync(dir, { recursive: true, force: true })
})
afterAll(removeBundles)

const settings = (): Record<string, string> => ({
  ...zaloSettings(zalo),
  PUBLIC_URL: 'https://phoyen.example',
  DATA_DIR: dir,
  HOST: '127.0.0.1',
  PORT: String((server.address() as AddressInfo).port),
  TELEGRAM_BOT_TOKEN: telegram.token,
  TELEGRAM_API_ROOT: telegram.url,
  TELEGRAM_WEBHOOK_SECRET: 'a-secret',
})

describeEngines('the doctor', await engines(), (engine) => {
  let database: TestDatabase
  let parts: DoctorParts

  /** An installation in which everything is as it should be. */
  const wellFrom = async (env: Record<string, string>, store: Store): Promise<DoctorParts> => {
    const config = readConfig(env)
    const seals = createSeals(() => APP_SECRET)
    const newId = createIds('d')
    const access = createZaloAccess({ config: config.zalo!, store, seals, clock, newId, log: pino({ level: 'silent' }) }) // prettier-ignore
    const checkup = createTelegramCheckup(createTelegram(config.telegram!))
    return { config, material, store, telegram: checkup, zalo: { config: config.zalo!, access }, pingRedis: async () => 'PONG', clock } // prettier-ignore
  }
  beforeEach(async () => {
    database = await engine.fresh()
    parts = await wellFrom(settings(), database.store)
    await parts.zalo!.access.tokens.replace({ ...zalo.grant(), accessLifeMs: 25 * 3_600_000 })
    telegram.state.webhook = { url: 'https://phoyen.example/webhooks/telegram', secret: 'a-secret', allowed: [] }
    const bot = createBot(database.store)
    await bot.resident('z-1').start()
    await sql`update address set channel = 'zalo'`.execute(database.store.db)
    await sql`update session set last_at = ${clock() - 3_600_000}`.execute(database.store.db)
  })
  afterEach(() => database.drop())

  const found = async () => {
    const all = await examine(parts)
    // Every finding has its words, in both languages, with every variable filled in.
    const texts = createTexts(material)
    for (const { check, says, vars } of all)
      for (const locale of ['vi', 'en'] as const)
        for (const key of [`doctor.${check}.title`, `doctor.${check}.${says}`])
          expect(texts.render({ key: `phrases:${key}`, vars }, { locale, form: 'bac', day: '2026-11-24' })).not.toMatch(/\{\{|undefined/) // prettier-ignore
    return all
  }
  const of = (all: readonly Finding[], check: string) => all.find((one) => one.check === check)
  /** Content has dates of its own and is examined below. */
  const CONTENT = new Set(['content', 'fees', 'holidays'])

  test('finds nothing to say where everything is well', async () => {
    const all = (await found()).filter(({ check }) => !CONTENT.has(check))
    expect(all.filter(({ level }) => level !== 'ok')).toEqual([])
    expect(all.map(({ check }) => check)).toEqual(['settings', 'folder', 'disk', 'database', 'server', 'clock', 'redis', 'telegram-token', 'telegram-webhook', 'zalo-token', 'zalo-account', 'zalo-package', 'zalo-webhook', 'outbox', 'dead-letters']) // prettier-ignore
  })

  const again = async (env: Record<string, string>) => void (parts = await wellFrom({ ...settings(), ...env }, database.store)) // prettier-ignore
  const outbox = (state: string, at: number) =>
    sql`insert into outbox (contact, n, channel, address, at, kind, body, status, not_before, attempts)
      select id, 90, 'zalo', 'z-1', ${at}, 'reply', '{}', ${state}, ${at}, 1 from contact`.execute(database.store.db)
  const bad: [check: string, level: string, says: string, spoil: () => unknown][] = [
    ['settings', 'fail', 'not-https', () => again({ PUBLIC_URL: 'http://phoyen.example', ZALO_API_ROOT: 'https://127.0.0.1:1' })],
    ['settings', 'warn', 'plain-http', () => again({ PUBLIC_URL: 'http://127.0.0.1:3000' })],
    ['server', 'warn', 'not-running', () => again({ PORT: '1' })],
    ['server', 'fail', 'not-ready', () => (status = 503)],
    ['server', 'fail', 'other', () => (status = 404)],
    ['clock', 'warn', 'off', () => (skew = 60_000)],
    ['clock', 'fail', 'off', () => (skew = -600_000)],
    ['clock', 'warn', 'unknown', () => again({ ZALO_OAUTH_ROOT: 'http://127.0.0.1:1', TELEGRAM_API_ROOT: 'http://127.0.0.1:1' })], // prettier-ignore
    ['redis', 'warn', 'no-answer', () => (parts.pingRedis = () => Promise.reject(new Error('away')))],
    ['telegram-token', 'fail', 'refused', () => again({ TELEGRAM_BOT_TOKEN: '4711:another' })],
    ['telegram-token', 'warn', 'no-answer', () => again({ TELEGRAM_API_ROOT: 'http://127.0.0.1:1' })],
    ['telegram-webhook', 'fail', 'other-url', () => (telegram.state.webhook!.url = 'https://old.example/webhooks/telegram')], // prettier-ignore
    ['telegram-webhook', 'fail', 'missing', () => (telegram.state.webhook = null)],
    ['telegram-webhook', 'fail', 'polling-but-webhook', () => again({ TELEGRAM_WEBHOOK_SECRET: '' })],
    ['telegram-webhook', 'fail', 'failing', () => (parts.telegram = { ...parts.telegram!, webhook: async () => ({ url: 'https://phoyen.example/webhooks/telegram', pending: 3, failedAt: clock() - 60_000 }) })], // prettier-ignore
    ['telegram-webhook', 'warn', 'waiting', () => (parts.telegram = { ...parts.telegram!, webhook: async () => ({ url: 'https://phoyen.example/webhooks/telegram', pending: 500, failedAt: null }) })], // prettier-ignore
    ['zalo-token', 'fail', 'none', async () => { await sql`delete from oa_grant`.execute(database.store.db); await again({}) }],
    ['zalo-token', 'fail', 'dead', () => { zalo.voidGrant(); skew = 26 * 3_600_000 }],
    ['zalo-token', 'fail', 'app-secret', () => { zalo.app.appSecret = 'another'; skew = 23 * 3_600_000 }],
    ['zalo-token', 'warn', 'unavailable', () => { skew = 26 * 3_600_000; zalo.faults.next('access_token', { accepted: false, answer: 'html-502' }, 9) }],
    ['zalo-account', 'fail', 'other', () => (zalo.oa.oaId = '777')],
    ['zalo-account', 'fail', 'refused', () => (zalo.oa.appActive = false)],
    ['zalo-account', 'fail', 'refused', () => zalo.oa.permissions.delete('oa')],
    ['zalo-account', 'warn', 'no-answer', () => zalo.faults.next('getoa', { accepted: false, answer: 'html-502' })],
    ['zalo-package', 'warn', 'soon', () => (zalo.oa.packageValidThrough = clock() + 14 * DAY)],
    ['zalo-package', 'fail', 'last-days', () => (zalo.oa.packageValidThrough = clock() + 3 * DAY)],
    ['zalo-package', 'fail', 'ended', () => (zalo.oa.packageValidThrough = clock() - DAY)],
    ['zalo-webhook', 'fail', 'no-key', () => again({ ZALO_OA_SECRET_KEY: '' })],
    ['zalo-webhook', 'warn', 'never', () => sql`update address set channel = 'web'`.execute(database.store.db)],
    ['zalo-webhook', 'warn', 'quiet', () => sql`update session set last_at = ${clock() - 4 * DAY}`.execute(database.store.db)], // prettier-ignore
    ['zalo-webhook', 'fail', 'missed', async () => { zalo.user().says('có ai không'); skew = 3_600_000 }],
    ['outbox', 'fail', 'stuck', () => outbox('queued', clock() - 3_600_000)],
    ['dead-letters', 'warn', 'some', () => outbox('failed', clock() - 3_600_000)],
    ['dead-letters', 'ok', 'doubts', () => outbox('maybe', clock() - 3_600_000)],
    ['dead-letters', 'warn', 'some', () => sql`insert into inbox (channel, external_id, contact, at, status, tries, error) values ('zalo', 'x', 'c', ${clock() - 60_000}, 'dead', 3, 'TypeError')`.execute(database.store.db)], // prettier-ignore
    ['database', 'fail', 'not-migrated', () => sql`delete from kysely_migration where name = '0007-grants'`.execute(database.store.db)], // prettier-ignore
    ['database', 'fail', 'too-new', () => sql`insert into kysely_migration (name, timestamp) values ('9999-later', '2026')`.execute(database.store.db)], // prettier-ignore
  ] // prettier-ignore
  test.each(bad)('says of %s: %s, %s', async (check, level, says, spoil) => {
    await spoil()
    expect(of(await found(), check)).toMatchObject({ check, level, says })
  })

  test('says that the tokens are there but do not open with another APP_SECRET', async () => {
    const seals = createSeals(() => 'another secret that is long enough to be one')
    const access = createZaloAccess({ config: parts.zalo!.config, store: database.store, seals, clock, newId: createIds('o'), log: pino({ level: 'silent' }) }) // prettier-ignore
    parts = { ...parts, zalo: { config: parts.zalo!.config, access } }
    expect(of(await found(), 'zalo-token')).toMatchObject({ level: 'fail', says: 'none' })
  })

  test('asks nothing of a database that is not there, and makes none', async () => {
    parts = { ...parts, store: null }
    const all = await found()
    expect(of(all, 'database')).toMatchObject({ level: 'warn', says: 'none' })
    expect(of(all, 'zalo-token')).toBeUndefined()
  })

  test('says what in the content was not looked at for too long', async () => {
    skew = 400 * DAY
    const all = await found()
    expect(of(all, 'content')).toMatchObject({ level: 'warn', says: 'stale' })
    expect(Number(of(all, 'content')!.vars['sources'])).toBeGreaterThan(0)
    expect(of(all, 'holidays')).toMatchObject({ says: 'missing' })
  })
})

describe('the doctor, where the database itself is the trouble', () => {
  const withStore = async (store: Store) => {
    const config = readConfig({ APP_SECRET, DATA_DIR: dir, PUBLIC_URL: 'https://phoyen.example' })
    try {
      return await examine({ config, material, store, telegram: null, zalo: null, pingRedis: null, clock })
    } finally {
      await store.close()
    }
  }
  test('says that it cannot be reached', async () => {
    const all = await withStore(openPostgres('postgres://nobody@127.0.0.1:1/none'))
    expect(all.find(({ check }) => check === 'database')).toMatchObject({ level: 'fail', says: 'unreachable' })
  })

  test('says that the file is damaged', async () => {
    const [sqlite] = await engines()
    const made = await sqlite!.fresh()
    const { where } = made.store
    for (let i = 0; i < 400; i++)
      await sql`insert into person (id, created_at) values (${`${'p'.repeat(40)}${i}`}, 1)`.execute(made.store.db)
    await made.store.close()
    const bytes = readFileSync(where)
    bytes.fill(0xff, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 4096 * 4)
    writeFileSync(join(dir, 'ward.db'), bytes)
    const all = await withStore(openSqlite(join(dir, 'ward.db')))
    expect(all.find(({ check }) => check === 'database')).toMatchObject({ level: 'fail', says: 'damaged' })
    await made.drop()
  })
})

describe('ward doctor', () => {
  let program: string
  beforeAll(() => void (program = bundle('src/cli/ward.ts')))
  const ward = (args: readonly string[], env: Record<string, string> = settings()) => run(program, { args, env })

  test('ends with 0 and a line for everything, beside a running server, and with 1 as soon as something must be mended', async () => {
    const redis = await redisUrl()
    const env = { ...settings(), ...(redis === null ? {} : { REDIS_URL: redis }) }
    telegram.state.webhook = { url: 'https://phoyen.example/webhooks/telegram', secret: 'a-secret', allowed: [] }
    expect((await ward(['migrate'], env)).status).toBe(0)
    const { accessToken, refreshToken } = zalo.grant()
    const pasted = await run(program, { args: ['zalo', 'connect', '--paste'], env, input: `${accessToken}\n${refreshToken}\n` }) // prettier-ignore
    expect(pasted.status).toBe(0)
    const well = await ward(['doctor'], env)
    expect({ stderr: well.stderr, status: well.status }).toEqual({ stderr: '', status: 0 })
    expect(well.stdout).toMatch(/✓ Khóa Zalo: /)
    expect(well.stdout).toMatch(/✓ Cách nhận tin Telegram: /)

    zalo.oa.packageValidThrough = Date.now() - DAY
    const ill = await ward(['doctor', '--json'], env)
    expect(ill.status).toBe(1)
    const { ok, findings } = JSON.parse(ill.stdout)
    expect(ok).toBe(false)
    expect(findings).toContainEqual(expect.objectContaining({ check: 'zalo-package', level: 'fail', text: expect.stringContaining('oa.zalo.me') })) // prettier-ignore
    const english = await ward(['doctor', '--locale', 'en'], env)
    expect(english.stdout).toMatch(/✗ Zalo's package: /)
    for (const secret of [
      zalo.livingPair().accessToken!,
      zalo.livingPair().refreshToken!,
      refreshToken,
      zalo.app.appSecret,
      zalo.app.oaSecret,
      telegram.token,
      APP_SECRET,
    ])
      // prettier-ignore
      expect(well.stdout + ill.stdout + english.stdout).not.toContain(secret)
  })

  test('names a setting that is wrong, without its value', async () => {
    const env = { ...settings(), ZALO_OA_ID: 'phuong-pho-yen' }
    const told = await ward(['doctor'], env)
    expect(told).toMatchObject({ status: 1 })
    expect(told.stdout).toMatch(/^✗ Setting ZALO_OA_ID: must be a number\n$/)
    const { ok, findings } = JSON.parse((await ward(['doctor', '--json'], env)).stdout)
    expect({ ok, variable: findings[0].vars.variable }).toEqual({ ok: false, variable: 'ZALO_OA_ID' })
  })

  test('says that the data folder cannot be written to', async () => {
    if (process.getuid?.() === 0) {
      // Root may write anywhere: a file in place of the folder is what stops it.
      writeFileSync(join(dir, 'file'), '')
      const told = await ward(['doctor'], { DATA_DIR: join(dir, 'file', 'data') })
      expect(told.status).toBe(1)
      expect(told.stdout).toMatch(/✗ Thư mục dữ liệu: /)
      return
    }
    chmodSync(dir, 0o500)
    const told = await ward(['doctor'], { DATA_DIR: dir })
    chmodSync(dir, 0o700)
    expect(told.status).toBe(1)
    expect(told.stdout).toMatch(/✗ Thư mục dữ liệu: /)
  })
})
