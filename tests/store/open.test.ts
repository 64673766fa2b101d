import { sql } from 'kysely'
import { SchemaTooNew, storeFailure } from '../../src/store/errors.js'
import { insertInbox } from '../../src/store/inbox.js'
import { appendLedger } from '../../src/store/ledger.js'
import { migrate } from '../../src/store/migrate.js'
import { MIGRATIONS } from '../../src/store/migrations/list.js'
import type { Store } from '../../src/store/open.js'
import { appendOutbox, newestByContact } from '../../src/store/outbox.js'
import { saveRuns } from '../../src/store/runs.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { addContacts, event, failureOf, message, newContact, NOW, run } from './samples.js'

describeEngines('a store', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => void (database = await engine.empty()))
  afterEach(() => database.drop())

  test('an empty database gets every table once, and the second time there is nothing to do', async () => {
    expect((await migrate(database.store)).applied).toEqual(Object.keys(MIGRATIONS))
    expect((await migrate(database.store)).applied).toEqual([])
  })

  test('of several processes that migrate at once, each succeeds and each migration is applied once', async () => {
    const stores = [database.store, database.peer(), database.peer()]
    const applied = await Promise.all(stores.map((store) => migrate(store)))
    expect(applied.flatMap((one) => one.applied).sort()).toEqual(Object.keys(MIGRATIONS))
  })

  test('a migration is made up for where a later one came first', async () => {
    const { '0025-checkups': late, ...others } = MIGRATIONS
    expect(late).toBeDefined()
    await migrate(database.store, others)
    expect((await migrate(database.store)).applied).toEqual(['0025-checkups'])
  })

  test('a schema newer than the code is refused with what to do, and is not touched', async () => {
    const newer = { ...MIGRATIONS, '9999-tomorrow': { up: async () => {} } }
    await migrate(database.store, newer)
    const refused = await failureOf(migrate(database.store))
    expect(refused).toBeInstanceOf(SchemaTooNew)
    expect(refused.message).toMatch(/9999-tomorrow.*nothing is lost.*Start the newer version/s)
    expect((await migrate(database.store, newer)).applied).toEqual([])
  })

  test('a migration that fails leaves nothing of itself', async () => {
    const broken = {
      ...MIGRATIONS,
      '9999-broken': {
        up: async (db: Store['db']) => {
          await sql`create table half (a text)`.execute(db)
          throw new Error('broken off')
        },
      },
    }
    expect((await failureOf(migrate(database.store, broken))).message).toBe('broken off')
    expect((await migrate(database.store)).applied).toEqual(Object.keys(MIGRATIONS))
    await failureOf(sql`select * from half`.execute(database.store.db))
  })

  test('a transaction is kept whole or not at all, and its own error comes out', async () => {
    await migrate(database.store)
    const own = new Error('changed my mind')
    const failed = await failureOf(
      database.store.transaction(async (tx) => {
        await appendOutbox(tx, [message('c-1', 1)])
        throw own
      }),
    )
    expect(failed).toBe(own)
    expect(await newestByContact(database.store.db, ['c-1'])).toEqual(new Map())
  })

  test('numbers are numbers, however large, and sums of them too', async () => {
    const { rows } = await sql`select cast(${NOW} as bigint) as a, count(*) as b, sum(cast(x as bigint)) as c
      from (select 4000000000 as x union all select 5000000000) t`.execute(database.store.db)
    expect(rows).toEqual([{ a: NOW, b: 2, c: 9_000_000_000 }])
  })

  test('closing waits for what is under way, and what comes later is refused', async () => {
    await migrate(database.store)
    const other = database.another()
    const work = other.transaction(async (tx) => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      await appendOutbox(tx, [message('c-1', 1)])
    })
    await other.close()
    await work
    expect(await newestByContact(database.store.db, ['c-1'])).toEqual(new Map([['c-1', 1]]))
    await failureOf(appendOutbox(other.db, [message('c-1', 2)]))
    await other.close()
  })

  test('a database that somebody holds for too long is reported as locked', async () => {
    await migrate(database.store)
    const holder = database.another()
    await appendOutbox(database.store.db, [message('c-1', 1)])
    const failed = await holder.transaction(async (tx) => {
      await sql`update outbox set n = n`.execute(tx)
      return failureOf(
        database.store.transaction(async (waiting) => {
          if (engine.name === 'postgres') await sql`set local lock_timeout = '50ms'`.execute(waiting)
          await sql`update outbox set n = n`.execute(waiting)
        }),
      )
    })
    expect(storeFailure(failed)).toBe('locked')
    expect(await appendOutbox(database.store.db, [message('c-1', 2)])).toBe(1)
  })

  test('nothing that was given to a statement stands in its error or in what is printed', async () => {
    await migrate(database.store)
    await addContacts(database.store, [newContact(1)])
    const canary = '012345678901'
    const printed: string[] = []
    const original = { out: process.stdout.write, err: process.stderr.write }
    process.stdout.write = process.stderr.write = ((text: unknown) => (printed.push(String(text)), true)) as never
    const failures: Error[] = []
    try {
      const { db } = database.store
      const bulk = { body: canary, dedupeKey: canary }
      await appendOutbox(db, [message(canary, 1, bulk)])
      failures.push(await failureOf(appendOutbox(db, [message(canary, 1, bulk), message(canary, 1)])))
      failures.push(await failureOf(appendOutbox(db, [message(canary, 0, bulk)])))
      failures.push(await failureOf(appendOutbox(db, [message('c-1', 1, { body: canary, kind: canary as never })])))
      failures.push(await failureOf(saveRuns(db, [run(1, { person: canary, step: canary })])))
      failures.push(await failureOf(appendLedger(db, [event(canary, 2, { detail: canary })])))
      failures.push(await failureOf(insertInbox(db, [{ ...inbound(canary), status: canary as never }])))
      failures.push(await failureOf(sql`select ${canary} from nowhere`.execute(db)))
    } finally {
      Object.assign(process.stdout, { write: original.out })
      Object.assign(process.stderr, { write: original.err })
    }
    expect(printed.join('')).not.toContain(canary)
    for (const error of failures) {
      const shown = JSON.stringify(error, Object.getOwnPropertyNames(error)) + error.message + error.stack
      expect(shown).not.toContain(canary)
    }
  })

  const inbound = (externalId: string) =>
    ({ channel: 'web', externalId, contact: externalId, at: NOW, status: 'done', request: null }) as const
})
