import { sql } from 'kysely'
import { pino } from 'pino'
import { createSeals } from '../../src/store/sealed.js'
import type { Store } from '../../src/store/open.js'
import { createZaloAccess } from '../../src/upkeep/zalo-access.js'
import { createClock, type TestClock } from '../support/clock.js'
import { APP_SECRET, databaseUrl } from '../support/children.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { type FakeZalo, startFakeZalo } from '../support/fake-zalo/fake-zalo.js'
import { createIds } from '../support/ids.js'
import { clearChildren, startChild } from '../store/child.js'
import { zaloConfig } from './zalo-settings.js'

const newId = createIds('p')
const LIFE_MS = 25 * 3_600_000

describeEngines('the tokens of an Official Account', await engines(), (engine) => {
  let clock: TestClock
  let zalo: FakeZalo
  let database: TestDatabase
  let logs: string[]

  beforeEach(async () => {
    clock = createClock()
    zalo = await startFakeZalo({ now: clock })
    database = await engine.fresh()
    logs = []
  })
  afterEach(async () => {
    await zalo.close()
    await database.drop()
    clearChildren()
  })

  /** One process. */
  function process(store: Store = database.store, more: Record<string, string> = {}, secret = APP_SECRET) {
    const log = pino({ level: 'trace', base: null }, { write: (line: string) => void logs.push(line) })
    const seals = createSeals(() => secret)
    return createZaloAccess({ config: zaloConfig(zalo, more), store, seals, clock, newId, log })
  }
  async function connected(store?: Store) {
    const one = process(store)
    await one.tokens.replace({ ...zalo.grant(), accessLifeMs: LIFE_MS })
    return one
  }
  const living = () => ({ ok: true, accessToken: zalo.livingPair().accessToken })
  const first = () => {
    const { accessToken, refreshToken } = zalo.grant()
    return { ZALO_ACCESS_TOKEN: accessToken, ZALO_REFRESH_TOKEN: refreshToken }
  }
  const row = async () => {
    const found = await sql<{ sealed: string; version: number; holder: string | null }>`
      select sealed, version, holder from oa_grant`.execute(database.store.db)
    return found.rows[0]!
  }

  test('are not there before anybody has consented', async () => {
    expect(await process().tokens.accessToken()).toEqual({ ok: false, reason: 'no-grant' })
  })

  test('outlive the process, and no token stands readable in the database', async () => {
    const one = await connected()
    const { accessToken, refreshToken } = zalo.livingPair()
    expect(await process().tokens.accessToken()).toEqual(living())
    const { sealed } = await row()
    expect(sealed).not.toContain(accessToken)
    expect(sealed).not.toContain(refreshToken)
    expect((await one.grants.load())?.pair).toMatchObject({ accessToken, refreshToken })
  })

  test('a first pair of the settings is taken once, renewed before its first use, and then the stored pair rules', async () => {
    const settings = first()
    expect(await process(database.store, settings).tokens.accessToken()).toEqual(living())
    expect(zalo.livingPair().accessToken).not.toBe(settings.ZALO_ACCESS_TOKEN)
    const kept = await row()
    // The used-up pair is still in .env at the next start.
    expect(await process(database.store, settings).tokens.accessToken()).toEqual(living())
    expect(await row()).toEqual(kept)
    expect(logs).toEqual([])
  })

  test('a first pair does not replace a grant that has died', async () => {
    const one = await connected()
    zalo.voidGrant()
    clock.pass('26 hours')
    expect(await one.tokens.accessToken()).toEqual({ ok: false, reason: 'dead' })
    const two = process(database.store, { ZALO_ACCESS_TOKEN: 'an-old-one', ZALO_REFRESH_TOKEN: 'another' })
    expect(await two.tokens.accessToken()).toEqual({ ok: false, reason: 'dead' })
  })

  test('with another APP_SECRET there are none, nothing is written over, and a new consent heals it', async () => {
    await connected()
    const kept = await row()
    const other = process(database.store, first(), 'another secret that is long enough to be one')
    expect(await other.tokens.accessToken()).toEqual({ ok: false, reason: 'no-grant' })
    expect(await row()).toEqual(kept)
    expect(logs.filter((line) => line.includes('APP_SECRET'))).toHaveLength(1)
    await other.tokens.replace({ ...zalo.grant(), accessLifeMs: LIFE_MS })
    expect(await other.tokens.accessToken()).toEqual(living())
  })

  test('of two processes that refresh at the same moment one does, and both have the new pair', async () => {
    const one = await connected()
    const two = process(database.peer())
    const before = zalo.livingPair()
    clock.pass('23 hours')
    const answers = await Promise.all([one, two, one, two].map(({ tokens }) => tokens.accessToken()))
    expect(answers).toEqual([living(), living(), living(), living()])
    expect(zalo.livingPair()).not.toEqual(before)
    expect(await one.grants.load()).toMatchObject({ pair: zalo.livingPair(), previous: before, refused: null })
    expect((await row()).holder).toBeNull()
    expect(logs).toEqual([])
  })

  test('two real processes that refresh at the same moment end with one valid pair', async () => {
    const one = await connected()
    clock.pass('23 hours')
    // The first answer is held until both want a token.
    zalo.faults.next('access_token', { accepted: true, answer: 'hold' })
    const children = [1, 2].map(() => startChild(CHILD, [database.store.engine === 'sqlite' ? database.store.where : databaseUrl(database.store), JSON.stringify(zaloConfig(zalo)), APP_SECRET, String(clock())])) // prettier-ignore
    await Promise.all(children.map((child) => child.says(/asks/)))
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(children.map(({ output }) => output)).toEqual(['asks ', 'asks '])
    zalo.faults.release()
    expect(await Promise.all(children.map((child) => child.ended()))).toEqual([0, 0])
    const said = children.map(({ output }) => output.replace('asks ', ''))
    expect(said).toEqual([zalo.livingPair().accessToken, zalo.livingPair().accessToken])
    expect((await one.grants.load())?.pair).toMatchObject(zalo.livingPair())
    // The client says that the token works, and nobody had to be called.
    expect(await process().client.getOa()).toMatchObject({ ok: true, data: { oaId: zalo.oa.oaId } })
    expect(logs).toEqual([])
  })

  test('a process that dies in the middle of a refresh holds the others up only until its lease ends', async () => {
    const one = await connected()
    clock.pass('23 hours')
    await sql`update oa_grant set holder = 'a dead process', lease_until = ${clock() + 75_000}`.execute(
      database.store.db,
    )
    let done = false
    const asked = one.tokens.accessToken().then((answer) => {
      done = true
      return answer
    })
    await new Promise((resolve) => setTimeout(resolve, 450))
    expect(done).toBe(false)
    clock.pass(75_000)
    expect(await asked).toEqual(living())
  })

  test('somebody whose lease ran out does not write over a newer pair', async () => {
    const [one, two] = [await connected(), process(database.peer())]
    const [old] = [await one.grants.load()]
    await expect(
      one.grants.withLock(async () => {
        clock.pass('2 minutes')
        await two.tokens.replace({ ...zalo.grant(), accessLifeMs: LIFE_MS })
        await one.grants.save(old!)
      }),
    ).rejects.toThrow('changed meanwhile')
    expect((await two.grants.load())?.pair).toMatchObject(zalo.livingPair())
  })

  test('nothing is saved outside the lock', async () => {
    const one = await connected()
    await expect(one.grants.save((await one.grants.load())!)).rejects.toThrow('inside the lock')
  })

  test.each([-14_004, -14_002, -32, -999])('an error %d with HTTP 200 leaves the pair as it was', async (code) => {
    const one = await connected()
    const before = (await one.grants.load())?.pair
    clock.pass('23 hours')
    zalo.faults.next('access_token', { accepted: false, answer: { code } })
    expect(await one.tokens.accessToken()).toEqual({ ok: true, accessToken: before!.accessToken })
    expect(await one.grants.load()).toMatchObject({ pair: before, refused: null })
    clock.pass('10 minutes')
    expect(await one.tokens.accessToken()).toEqual(living())
  })

  test.each(['reset', 'cut', 'empty', 'html-502'] as const)(
    'when the answer with the new pair is lost (%s), an admin is called once and the old pair is kept',
    async (answer) => {
      const one = await connected()
      const before = (await one.grants.load())?.pair
      clock.pass('23 hours')
      zalo.faults.next('access_token', { accepted: true, answer })
      await one.tokens.accessToken()
      await one.tokens.accessToken()
      expect(await one.grants.load()).toMatchObject({ pair: before, refused: { code: -14_020 } })
      expect(one.alarm()).toEqual({ kind: 'grant-dead', code: -14_020 })
      expect(logs).toHaveLength(1)
      await one.tokens.replace({ ...zalo.grant(), accessLifeMs: LIFE_MS })
      expect(one.alarm()).toBeNull()
    },
  )

  test('an alarm ends when another process has mended it, and stays as long as nobody has', async () => {
    const [one, two] = [await connected(), process(database.peer())]
    await one.tokens.accessToken()
    zalo.app.appSecret = 'another'
    clock.pass('23 hours')
    for (let look = 0; look < 2; look++) {
      expect(await one.tokens.accessToken()).toMatchObject({ ok: true })
      expect(one.alarm()).toMatchObject({ kind: 'refresh-refused' })
    }
    await two.tokens.replace({ ...zalo.grant(), accessLifeMs: LIFE_MS })
    clock.pass('10 minutes')
    expect(await one.tokens.accessToken()).toEqual(living())
    expect(one.alarm()).toBeNull()
  })

  test('no log line carries a token or a secret', async () => {
    const one = await connected()
    const { accessToken, refreshToken } = zalo.livingPair()
    zalo.voidGrant()
    clock.pass('26 hours')
    await one.tokens.accessToken()
    expect(logs).toHaveLength(1)
    for (const secret of [accessToken, refreshToken, zalo.app.appSecret, zalo.app.oaSecret, APP_SECRET])
      expect(logs.join('')).not.toContain(secret)
  })
})

const CHILD = `
import { pino } from 'pino'
import { openPostgres, openSqlite } from './src/store/open.js'
import { createSeals } from './src/store/sealed.js'
import { createZaloAccess } from './src/upkeep/zalo-access.js'
const [where, config, secret, now] = process.argv.slice(2)
const store = where.startsWith('postgres') ? openPostgres(where) : openSqlite(where)
const access = createZaloAccess({
  config: JSON.parse(config), store, seals: createSeals(() => secret), clock: () => Number(now) + Math.round(performance.now()),
  newId: () => String(process.pid), log: pino({ level: 'silent' }),
})
process.stdout.write('asks ')
const answer = await access.tokens.accessToken()
process.stdout.write(answer.ok ? answer.accessToken : JSON.stringify(answer))
await store.close()
`
