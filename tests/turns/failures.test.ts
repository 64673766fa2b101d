import { sql } from 'kysely'
import type { World } from '../../src/core/talk/world.js'
import { loadByAddresses } from '../../src/store/contacts.js'
import { storeFailure, VersionConflict } from '../../src/store/errors.js'
import { listDead } from '../../src/store/inbox.js'
import { openPostgres, openSqlite, type Store } from '../../src/store/open.js'
import { createTurns } from '../../src/turns/turns.js'
import { databaseUrl } from '../support/children.js'
import { begin, createBot, createResident, type TestBot } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'

/** Makes the next transactions fail: before they begin, or after all of their statements. */
interface Fault {
  when: 'before' | 'after'
  times: number
  error: () => unknown
}

function faulty(store: Store): Store & { fault: Fault | null; transactions: number } {
  const wrapped = {
    ...store,
    fault: null as Fault | null,
    transactions: 0,
    transaction: <T>(work: Parameters<typeof store.transaction<T>>[0]): Promise<T> => {
      wrapped.transactions++
      const { fault } = wrapped
      if (!fault || fault.times === 0) return store.transaction(work)
      fault.times--
      if (fault.when === 'before') return Promise.reject(fault.error())
      return store.transaction(async (tx) => {
        await work(tx)
        throw fault.error()
      })
    },
  }
  return wrapped
}

const coded = (code: string) => () => Object.assign(new Error('the database says no'), { code })

describeEngines('when something goes wrong', await engines(), (engine) => {
  let database: TestDatabase
  let store: ReturnType<typeof faulty>
  let bot: TestBot
  beforeEach(async () => {
    database = await engine.fresh()
    store = faulty(database.store)
    bot = createBot(store)
  })
  afterEach(async () => {
    await bot.context.turns.stop()
    await database.drop()
  })

  const rows = async (table: string) =>
    (await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(database.store.db)).rows[0]!.n

  test('a turn that throws is put aside with an apology, and the others of its batch are fine', async () => {
    const residents = Array.from({ length: 5 }, () => bot.resident())
    for (const resident of residents) await begin(resident)
    const unlucky = residents[2]!
    const { world } = bot.context
    const remedies = world.remedies
    ;(world as { remedies: World['remedies'] }).remedies = (...args) => {
      if (args[2] === 'download-stuck') throw new TypeError('0912345678 breaks it')
      return remedies(...args)
    }
    for (const resident of residents) await resident.tap('trouble')
    const results = await Promise.all(
      residents.map((resident) => resident.tap(resident === unlucky ? 'download-stuck' : 'not-found')),
    )
    expect(results.map(({ kind }) => kind)).toEqual(['handled', 'handled', 'dead', 'handled', 'handled'])
    const apology = await unlucky.last()
    expect(apology.text).toContain('Máy chủ vừa trục trặc')
    expect(apology.options).toEqual([])
    expect(results[2]!.said).toBe((await unlucky.session()).said)
    // Nothing of the turn is left, and the question in front still stands.
    expect((await unlucky.run())!.tries).toBe(0)
    expect((await unlucky.ask()).kind).toBe('troubles')
    const [dead, ...more] = await listDead(database.store.db, 5)
    expect(more).toEqual([])
    expect(dead).toMatchObject({ contact: (await unlucky.contact()).id, error: 'TypeError' })
    expect(bot.logs.filter((line) => line.includes('put aside'))).toHaveLength(1)
    ;(world as { remedies: World['remedies'] }).remedies = remedies
    await unlucky.tap('download-stuck')
    expect((await unlucky.run())!.tries).toBe(1)
  })

  test('a text that cannot be put into words is put aside too, not tried for ever', async () => {
    const { context } = bot
    const render = context.texts.render
    const texts = {
      ...context.texts,
      render: (...args: Parameters<typeof render>) => {
        if (args[0].key.includes('app-account.action')) throw new Error('no text')
        return render(...args)
      },
    }
    const parts = { world: context.world, texts, newId: context.newId, onPoison: () => {} }
    const turns = createTurns(store, parts, context.wakes, context.log, () => {})
    const one = createResident({ ...context, turns })
    const two = createResident({ ...context, turns })
    await begin(one)
    await two.start()
    const results = await Promise.all([one.tap('done'), two.say('đồng ý')])
    expect(results.map(({ kind }) => kind)).toEqual(['dead', 'handled'])
    expect((await one.last()).text).toContain('Máy chủ vừa trục trặc')
    expect((await one.run())!.step).toBe('install')
    expect((await one.ledger()).map(({ seq }) => seq)).toEqual([1])
  })

  test('a batch that fails is tried message by message; the one that fails alone is put aside with an apology', async () => {
    const residents = Array.from({ length: 4 }, () => bot.resident())
    for (const resident of residents) await begin(resident)
    const unlucky = residents[1]!
    const [run] = await unlucky.runs()
    // A row that only a bug could have left: the next event of this run breaks the ledger's key, or leaves a gap.
    await sql`update run set seq = 7 where id = ${run!.id}`.execute(database.store.db)
    const results = await Promise.all(residents.map((resident) => resident.say('xong')))
    expect(results.map(({ kind }) => kind)).toEqual(['handled', 'dead', 'handled', 'handled'])
    expect((await unlucky.last()).text).toContain('Máy chủ vừa trục trặc')
    expect(await listDead(database.store.db, 5)).toHaveLength(1)
    for (const resident of residents) {
      expect((await resident.run())!.step).toBe(resident === unlucky ? 'install' : 'app-account')
      const heard = await resident.heard()
      expect(heard).toHaveLength((await resident.session()).said)
    }
  })

  test('a batch that another process overtook is worked out again', async () => {
    const resident = bot.resident()
    await begin(resident)
    store.transactions = 0
    store.fault = { when: 'after', times: 3, error: () => new VersionConflict('session', ['c']) }
    expect((await resident.say('xong')).kind).toBe('handled')
    expect(store.transactions).toBe(4)
    expect((await resident.ledger()).map(({ seq }) => seq)).toEqual([1, 2])
    store.fault = { when: 'after', times: 100, error: coded(engine.name === 'sqlite' ? 'SQLITE_BUSY' : '40P01') }
    await expect(resident.say('xong')).rejects.toThrow('says no')
  })

  const failures = {
    sqlite: { full: 'SQLITE_FULL', locked: 'SQLITE_BUSY', unreachable: 'SQLITE_CANTOPEN', damaged: 'SQLITE_IOERR' },
    postgres: { full: '53100', locked: '55P03', unreachable: '57P01', 'read-only': '25006' },
  }[engine.name]
  test.each(Object.entries(failures))(
    'a database that is %s stores nothing, and the same message succeeds later',
    async (failure, code) => {
      expect(storeFailure(coded(code)())).toBe(failure)
      const residents = [bot.resident(), bot.resident()]
      for (const resident of residents) await begin(resident)
      const before = [await rows('inbox'), await rows('outbox'), await rows('ledger')]
      for (const when of ['before', 'after'] as const) {
        store.fault = { when, times: 1, error: coded(code) }
        const items = residents.map((resident) => resident.item({ kind: 'text', text: 'xong' }))
        const tried = await Promise.allSettled(items.map((item) => bot.context.turns.accept(item)))
        expect(tried.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
        expect([await rows('inbox'), await rows('outbox'), await rows('ledger')]).toEqual(before)
        const again = await Promise.all(items.map((item) => bot.context.turns.accept(item)))
        expect(again.map(({ kind }) => kind)).toEqual(['handled', 'handled'])
        const after = await Promise.all(items.map((item) => bot.context.turns.accept(item)))
        expect(after.map(({ kind }) => kind)).toEqual(['duplicate', 'duplicate'])
        for (const i of before.keys()) before[i]! += 2
      }
      expect(bot.logs.every((line) => !line.includes('xong'))).toBe(true)
    },
  )

  if (engine.name === 'sqlite') {
    test('a disk that is really full refuses the message, and takes it once there is room', async () => {
      const { db } = database.store
      const resident = bot.resident()
      await begin(resident)
      const pages = (await sql<{ page_count: number }>`pragma page_count`.execute(db)).rows[0]!.page_count
      await sql.raw(`pragma max_page_count = ${pages}`).execute(db)
      const crowd = Array.from({ length: 60 }, () => bot.resident().item({ kind: 'start', payload: '' }))
      const tried = await Promise.allSettled(crowd.map((item) => bot.context.turns.accept(item)))
      for (const result of tried) {
        expect(result.status).toBe('rejected')
        expect(storeFailure((result as PromiseRejectedResult).reason)).toBe('full')
      }
      await sql.raw('pragma max_page_count = 1000000').execute(db)
      const again = await Promise.all(crowd.map((item) => bot.context.turns.accept(item)))
      expect(again.every(({ kind, said }) => kind === 'handled' && said === 1)).toBe(true)
    })

    test('a file that another program holds refuses the message, and takes it afterwards', async () => {
      const held = openSqlite(database.store.where)
      const short = openSqlite(database.store.where, { busyTimeout: 30 })
      const resident = createResident(createBot(short).context)
      const item = resident.item({ kind: 'start', payload: '' })
      const { accept } = createBot(short).context.turns
      await held.transaction(async (tx) => {
        await sql`update session set said = said`.execute(tx)
        const error = await accept(item).catch((reason: unknown) => reason)
        expect(storeFailure(error)).toBe('locked')
      })
      expect((await accept(item)).kind).toBe('handled')
      await held.close()
      await short.close()
    })
  } else {
    test('a server that ends the connection in the middle refuses the message, and takes it afterwards', async () => {
      const resident = bot.resident()
      await begin(resident)
      const item = resident.item({ kind: 'text', text: 'xong' })
      const other = database.another()
      const failed = await other.transaction(async (tx) => {
        await loadByAddresses(tx, [{ channel: 'web', address: resident.address }], { lock: true })
        const waiting = bot.context.turns.accept(item).catch((reason: unknown) => reason)
        // Until the message waits for the row that is held here, and then away with its connection.
        for (;;) {
          const ended = await sql<{ pid: number }>`
            select pg_terminate_backend(pid) as pid from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`.execute(tx)
          if (ended.rows.length > 0) return waiting
        }
      })
      expect(storeFailure(failed)).toBe('unreachable')
      expect((await bot.context.turns.accept(item)).kind).toBe('handled')
      expect((await resident.run())!.step).toBe('app-account')
    })

    test('a server that is not there refuses the message', async () => {
      const away = openPostgres('postgres://root@127.0.0.1:1/ward')
      const error = await createResident(createBot(away).context)
        .start()
        .catch((reason: unknown) => reason)
      expect(storeFailure(error)).toBe('unreachable')
      await away.close()
    })

    test('a row that is held for too long refuses the message, and takes it afterwards', async () => {
      const one = openPostgres(databaseUrl(database.store), { pool: 1 })
      await sql`set lock_timeout = 50`.execute(one.db)
      const resident = bot.resident()
      await begin(resident)
      const { turns } = createBot(one).context
      const item = resident.item({ kind: 'text', text: 'xong' })
      await database.another().transaction(async (tx) => {
        await loadByAddresses(tx, [{ channel: 'web', address: resident.address }], { lock: true })
        expect(storeFailure(await turns.accept(item).catch((reason: unknown) => reason))).toBe('locked')
      })
      expect((await turns.accept(item)).kind).toBe('handled')
      await one.close()
    })
  }
})
