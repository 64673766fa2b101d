import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { invitationPayload, invite } from '../../src/access/invite.js'
import { exportSteps as exportVerb } from '../../src/cli/export.js'
import { readConfig } from '../../src/config.js'
import { databaseSettings } from '../support/children.js'
import { begin, createBot, finish, holdRequests, type Resident } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { unzip } from '../support/zip.js'

/** What nobody may find again: as it was typed, and the part of it that is secret. */
const SECRETS: readonly (readonly [typed: string, secret: string, warned: boolean])[] = [
  ['số căn cước của tôi là 079203004567', '079203004567', true],
  ['0792 0300 8912', '0792 0300 8912', true],
  ['cmnd cũ 025.678.134', '025.678.134', true],
  ['so cmnd 025678199 day', '025678199', true],
  ['mã OTP là 483926', '483926', true],
  ['739155', '739155', true],
  ['mật khẩu là Baham@1972', 'Baham@1972', true],
  ['mat khau vneid: hoasen84xyz', 'hoasen84xyz', true],
  ['Toi#yeu2026vn', 'Toi#yeu2026vn', true],
  ['thẻ 4111 1111 1111 1111 của con', '4111 1111 1111 1111', true],
  ['5500005555555559', '5500005555555559', true],
  ['gọi cho tôi 0912 345 987 nhé', '0912 345 987', false],
  ['+84 987 321 654', '+84 987 321 654', false],
]

/** The same where no shield reads a text: in what a link or a button carries. */
const CARRIED = ['079203004567', '025678199', '483926', '0912345987', 'Baham@1972', '4111111111111111']

const forms = (secret: string) => [
  secret,
  ...(/\d{6}/.test(secret.replace(/\D/g, '')) ? [secret.replace(/\D/g, '')] : []),
]
const HUNTED = [...new Set([...SECRETS.flatMap(([, secret]) => forms(secret)), ...CARRIED])]

function found(text: string): string[] {
  return HUNTED.filter((secret) => text.includes(secret))
}

describeEngines('a secret that was sent', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => void (database = await engine.fresh()))
  afterEach(() => database.drop())

  test('is nowhere: not in the database, not in a log line, not in an export; and the resident was warned', async () => {
    const bot = createBot(database.store)
    const tell = async (resident: Resident) => {
      for (const [typed, , warned] of SECRETS) {
        const before = (await resident.session().catch(() => null))?.prompt.ask
        await resident.say(typed)
        const { text } = await resident.last()
        if (warned) expect(text).toMatch(/đã che .* không lưu lại[^]*đừng gửi cho ai/)
        // And the question in front is the same as before.
        if (warned && before && before.kind !== 'nothing' && before.kind !== 'stuck')
          expect(await resident.ask()).toEqual(before)
      }
      for (const secret of CARRIED) {
        await resident.start(secret)
        await resident.start(`inv_${secret}`)
        await resident.start(`vneid-level-1_g${secret}`)
        await resident.say(`/start ${secret}`)
        await resident.say(`/start inv_${secret}xyz`)
        await resident.say(`/thongke ${secret}`)
        for (const data of [secret, `1:${secret}::`, `1:done:${secret}:`, `${secret}:done::1`, `1:a:b:${secret}`])
          await resident.send({ kind: 'tap', data })
      }
      await bot.context.requests.runOnce()
    }
    const newcomer = bot.resident()
    await tell(newcomer)
    const resident = bot.resident()
    await resident.start('vneid-level-1')
    await tell(resident)
    await begin(resident)
    await tell(resident)
    await resident.tap('trouble')
    await tell(resident)
    await resident.tap('trouble').catch(() => resident.say('không được'))
    await resident.say('1')
    await tell(resident)
    await resident.say('/tieptuc')
    await resident.tap('continue')
    await finish(resident)
    await tell(resident)
    // One that waits to be worked off, and one that was put aside.
    await sql`update inbox set status = 'deferred', request = '{}' where false`.execute(database.store.db)
    expect((await resident.heard()).length).toBeGreaterThan(80)

    const raw = engine.name === 'sqlite' ? rawFiles(database.store.where) : await everyRow(database)
    expect(raw.length).toBeGreaterThan(100_000)
    expect(raw).toContain('không lưu lại')
    expect(found(raw)).toEqual([])
    expect(bot.logs.length).toBeGreaterThanOrEqual(0)
    expect(found(bot.logs.join(''))).toEqual([])
    expect(found((await resident.heard()).map(({ text }) => text).join('\n'))).toEqual([])

    const dir = mkdtempSync(join(tmpdir(), 'ward-canary-'))
    const config = { ...readConfig(databaseSettings(database.store)), wardFile: 'ward.demo.yaml' }
    for (const format of ['csv', 'xlsx']) {
      const out = join(dir, `steps.${format}`)
      let told = ''
      expect(await exportVerb(config, { format, out }, (text) => (told += text))).toBe(0)
      expect(told).toMatch(/\d+ rows/)
      const file = readFileSync(out)
      const text = format === 'csv' ? file.toString('utf8') : [...unzip(file).values()].join('\n')
      expect(text).toContain('wait-approval')
      expect(found(text)).toEqual([])
    }
    rmSync(dir, { recursive: true })
    await bot.context.requests.stop()
  })

  test('is nowhere either when staff type it where a form waits for a count, a time or words for others', async () => {
    const bot = createBot(database.store)
    holdRequests(bot)
    const officer = bot.resident()
    await begin(bot.resident())
    await begin(officer)
    await officer.start(invitationPayload(await invite(database.store.db, 'staff', null, bot.clock())))
    const work = async () => {
      while ((await bot.context.requests.runOnce()) > 0);
    }
    await work()
    const taps = async (...options: string[]) => {
      for (const option of options) {
        await officer.tap(option)
        await work()
      }
    }
    const tell = async () => {
      for (const [typed] of SECRETS) {
        await officer.say(typed)
        await work()
        expect(await officer.ask()).toMatchObject({ kind: 'dialog', dialog: 'remind' })
      }
    }
    await taps('accept')
    await officer.say('/nhac vneid-level-1')
    await work()
    await taps('more', 'unfinished', 'own')
    await tell()
    await officer.say('Mời {{you}} làm nốt.')
    await work()
    await taps('later')
    await tell()
    await officer.say('15:00 mai')
    await work()
    await taps('send')
    await tell()
    const raw = engine.name === 'sqlite' ? rawFiles(database.store.where) : await everyRow(database)
    expect(raw).toContain('không có trong phần cài đặt')
    expect(found(raw)).toEqual([])
    expect(found(bot.logs.join(''))).toEqual([])
    await bot.context.requests.stop()
  })

  test('is not in the log either when the database refuses the message or the turn breaks', async () => {
    const bot = createBot({
      ...database.store,
      transaction: (work) =>
        database.store.transaction(async (tx) => {
          await work(tx)
          // Postgres quotes what it cannot read; the row must not end in a log line.
          await sql`select cast(${'079203004567 mật khẩu là Baham@1972'} as text) as ${sql.ref('a')}, count(*) from nowhere`.execute(
            tx,
          )
          throw new Error('not reached')
        }),
    })
    for (const [typed] of SECRETS) await expect(bot.resident().say(typed)).rejects.toThrow()
    expect(bot.logs.length).toBeGreaterThan(SECRETS.length - 1)
    expect(found(bot.logs.join(''))).toEqual([])
  })
})

function rawFiles(file: string): string {
  return ['', '-wal', '-shm']
    .map((end) => `${file}${end}`)
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path).toString('utf8'))
    .join('')
}

/** Every row of every table as text, as a dump would show it. */
async function everyRow({ store }: TestDatabase): Promise<string> {
  const tables = await sql<{ name: string }>`
    select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
    where table_schema = 'public'`.execute(store.db)
  const texts: string[] = []
  for (const { name } of tables.rows) {
    const { rows } = await sql<{ row: string }>`select cast(t as text) as row from ${sql.raw(name)} t`.execute(store.db)
    texts.push(...rows.map(({ row }) => row))
  }
  return texts.join('\n')
}
