import { sql } from 'kysely'
import { createCounts } from '../../src/channels/counts.js'
import { createSeals } from '../../src/store/sealed.js'
import { createUpkeep } from '../../src/upkeep/upkeep.js'
import { createWatchdogs, RATE_REFUSALS, type Watchdogs } from '../../src/upkeep/watchdogs.js'
import { createZaloAccess, type ZaloAccess } from '../../src/upkeep/zalo-access.js'
import { isDaytime, packageEnd } from '../../src/upkeep/zalo-checks.js'
import { APP_SECRET } from '../support/children.js'
import { createBot, type Resident, type TestBot } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { type FakeZalo, startFakeZalo } from '../support/fake-zalo/fake-zalo.js'
import { zaloConfig } from './zalo-settings.js'

const DAY = 86_400_000
const newCode = /\/zalo\/connect\?code=(\S+)/

describeEngines('the watchdogs', await engines(), (engine) => {
  let database: TestDatabase
  let zalo: FakeZalo
  let bot: TestBot
  let access: ZaloAccess
  let counts: ReturnType<typeof createCounts>
  let admin: Resident
  let dogs: Watchdogs

  const made = () => {
    const { world, texts, clock, newId, wakes, log } = bot.context
    const config = zaloConfig(zalo)
    access = createZaloAccess({ config, store: database.store, seals: createSeals(() => APP_SECRET), clock, newId, log }) // prettier-ignore
    return createWatchdogs({ world, texts, clock, newId, wakes, log, store: database.store, counts, publicUrl: 'https://phoyen.example', zalo: { config, access } }) // prettier-ignore
  }
  const become = async (resident: Resident, role: string) => {
    await sql`update contact set role = ${role} where id = ${(await resident.contact()).id}`.execute(database.store.db)
  }
  /** What this contact was told by the watchdogs so far. */
  const told = async (resident: Resident) =>
    (await resident.heard()).map(({ text }) => text).filter((text) => text.includes('cần người xem giúp'))

  beforeEach(async () => {
    database = await engine.fresh()
    bot = createBot(database.store)
    zalo = await startFakeZalo({ now: bot.clock })
    counts = createCounts()
    dogs = made()
    await access.tokens.replace({ ...zalo.grant(), accessLifeMs: 25 * 3_600_000 })
    admin = bot.resident()
    await admin.start()
    await admin.tap('agree')
    await become(admin, 'admin')
    // Somebody writes by Zalo now and then.
    await bot.resident('z-1').send({ kind: 'text', text: 'xin chào' })
    await sql`update address set channel = 'zalo' where address = 'z-1'`.execute(database.store.db)
  })
  afterEach(async () => {
    await zalo.close()
    await database.drop()
  })

  test('say nothing where everything is well, and keep the tokens alive', async () => {
    for (let half = 0; half < 2 * 50; half++) {
      bot.clock.pass(30 * 60_000)
      expect(await dogs.runOnce()).toEqual([])
    }
    expect(await access.tokens.accessToken()).toEqual({ ok: true, accessToken: zalo.livingPair().accessToken })
    expect(await told(admin)).toEqual([])
  })

  test('tell an admin of a dead grant with a link to a new consent, once a day until it is mended', async () => {
    zalo.voidGrant()
    bot.clock.pass('26 hours')
    for (let half = 0; half < 10; half++) {
      await dogs.runOnce()
      bot.clock.pass(30 * 60_000)
    }
    const [first, ...more] = await told(admin)
    expect(more).toEqual([])
    expect(first).toContain('Quản trị của OA phải đồng ý lại')
    expect(first).toMatch(newCode)
    bot.clock.pass('1 day')
    await dogs.runOnce()
    expect(await told(admin)).toHaveLength(2)
    await access.tokens.replace({ ...zalo.grant(), accessLifeMs: 25 * 3_600_000 })
    bot.clock.pass('1 day')
    await dogs.runOnce()
    expect(await told(admin)).toHaveLength(2)
  })

  test('tell of a wrong app secret while the token still works', async () => {
    zalo.app.appSecret = 'another'
    bot.clock.pass('23 hours')
    await dogs.runOnce()
    expect((await told(admin))[0]).toMatch(/ZALO_APP_SECRET \(lỗi -14004\)/)
  })

  test('tell of the end of the package at 14 days, from 3 days on, and when it is over', async () => {
    zalo.oa.packageValidThrough = bot.clock() + 16 * DAY
    const days: number[] = []
    for (let day = 16; day >= -1; day--) {
      const before = (await told(admin)).length
      await dogs.runOnce()
      if ((await told(admin)).length > before) days.push(day)
      bot.clock.pass('1 day')
    }
    expect(days).toEqual([14, 3, 2, 1, 0, -1])
    const said = (await told(admin)).join('\n')
    expect(said).toMatch(/còn 14 ngày/)
    expect(said).toMatch(/chỉ còn 3 ngày/)
    expect(said).toMatch(/-224/)
  })

  test('notice by day that Zalo has messages which never came, and let the night pass', async () => {
    bot.clock.pass('14 hours')
    expect(isDaytime(bot.clock())).toBe(false)
    zalo.user().says('có ai không ạ')
    bot.clock.pass('1 hour')
    expect(await dogs.runOnce()).toEqual([])
    expect(await dogs.runOnce()).toEqual([])
    bot.clock.pass('9 hours')
    expect(isDaytime(bot.clock())).toBe(true)
    // Just started, after a time in which nobody was there to be brought anything.
    expect(await made().runOnce()).toEqual([])
    expect(await dogs.runOnce()).toMatchObject([{ check: 'zalo-webhook', says: 'missed' }])
    expect((await told(admin))[0]).toMatch(/1 người đã nhắn mà tổng đài không nhận được/)
  })

  test('notice refusals for speed, by what is new since the last look', async () => {
    for (let i = 0; i < RATE_REFUSALS; i++) counts.sent('zalo', 'retry-after')
    expect(await dogs.runOnce()).toMatchObject([{ check: 'rate-zalo', says: 'often' }])
    expect((await told(admin))[0]).toMatch(/từ chối 30 lần vì gửi quá nhanh/)
    for (let i = 0; i < RATE_REFUSALS - 1; i++) counts.sent('zalo', 'retry-after')
    expect(await dogs.runOnce()).toEqual([])
  })

  test('notice replies that do not leave, and dead letters', async () => {
    const { id } = (await sql<{ id: string }>`select contact as id from address where address = 'z-1'`.execute(database.store.db)).rows[0]! // prettier-ignore
    const row = (n: number, state: string) =>
      sql`insert into outbox (contact, n, channel, address, at, kind, body, status, not_before, attempts)
        values (${id}, ${n}, 'zalo', 'z-1', ${bot.clock()}, 'reply', '{}', ${state}, ${bot.clock()}, 1)`.execute(
        database.store.db,
      )
    await row(90, 'queued')
    await row(91, 'failed')
    bot.clock.pass('10 minutes')
    expect((await dogs.runOnce()).map(({ check }) => check)).toEqual(['dead-letters'])
    bot.clock.pass('21 minutes')
    expect((await dogs.runOnce()).map(({ check }) => check)).toEqual(['outbox', 'dead-letters'])
    const said = await told(admin)
    expect(said).toHaveLength(2)
    expect(said.join()).toMatch(/1 tin trả lời đã đợi quá nửa giờ/)
  })

  test('of two servers one tells', async () => {
    zalo.voidGrant()
    bot.clock.pass('26 hours')
    const other = made()
    await Promise.all([dogs.runOnce(), other.runOnce()])
    expect(await told(admin)).toHaveLength(1)
  })

  test('tell admins alone, each on one address, and not by the app that is broken where there is another', async () => {
    const [staff, second] = [bot.resident(), bot.resident('two')]
    for (const one of [staff, second]) {
      await one.start()
      await one.tap('agree')
    }
    await become(staff, 'staff')
    await become(second, 'admin')
    const { id } = await second.contact()
    await sql`insert into address (channel, address, contact) values ('zalo', 'z-2', ${id})`.execute(database.store.db)
    await sql`update address set channel = 'telegram' where address = 'two'`.execute(database.store.db)
    zalo.voidGrant()
    bot.clock.pass('26 hours')
    await dogs.runOnce()
    expect(await told(admin)).toHaveLength(1)
    expect(await told(staff)).toEqual([])
    const { rows } = await sql<{ channel: string; status: string }>`
      select channel, status from outbox where contact = ${id} and body like '%cần người xem giúp%'`.execute(database.store.db) // prettier-ignore
    expect(rows).toEqual([{ channel: 'telegram', status: 'queued' }])
  })

  test('leave the question in front of the admin where it is', async () => {
    const before = (await admin.session()).prompt
    zalo.voidGrant()
    bot.clock.pass('26 hours')
    await dogs.runOnce()
    expect((await admin.session()).prompt).toEqual(before)
    await admin.tap(before.options[0]!)
    expect((await admin.session()).prompt).not.toEqual(before)
  })

  test('log that nobody can be told', async () => {
    await become(admin, 'resident')
    zalo.voidGrant()
    bot.clock.pass('26 hours')
    await dogs.runOnce()
    expect(bot.logs.join('')).toContain('ward invite --role admin')
    expect(await told(admin)).toEqual([])
  })

  test('never log or store a token', async () => {
    const { accessToken, refreshToken } = zalo.livingPair()
    zalo.voidGrant()
    bot.clock.pass('26 hours')
    await dogs.runOnce()
    const said = (await told(admin)).join('\n')
    for (const secret of [accessToken!, refreshToken!, zalo.app.appSecret, zalo.app.oaSecret])
      expect(bot.logs.join('') + said).not.toContain(secret)
    expect(bot.logs.join('')).not.toContain(newCode.exec(said)![1]!)
  })

  test('a look that fails ends in a log line, and the next one is made', async () => {
    let looks = 0
    const upkeep = createUpkeep({ watchdogs: { runOnce: async () => { if (++looks === 1) throw new Error('the store is away'); return [] } }, catchUp: null, retention: { runOnce: async () => null }, soundness: { runOnce: async () => null }, fold: async () => {}, log: bot.context.log }) // prettier-ignore
    await expect(upkeep.runOnce()).rejects.toThrow('the store is away')
    await upkeep.runOnce()
    expect(looks).toBe(2)
    upkeep.start()
    await upkeep.stop()
    expect(looks).toBe(3)
  })
})

test.each([
  ['31/12/2026', '2026-12-31'],
  ['1/2/2027 00:00', '2027-02-01'],
  ['2026-12-31T00:00:00', '2026-12-31'],
  ['', null],
  ['vĩnh viễn', null],
  [null, null],
])('the end of a package written %j is %j', (text, day) => expect(packageEnd(text)).toBe(day))
