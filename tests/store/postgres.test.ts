import { sql } from 'kysely'
import { storeFailure } from '../../src/store/errors.js'
import { migrate } from '../../src/store/migrate.js'
import { openPostgres } from '../../src/store/open.js'
import { appendOutbox } from '../../src/store/outbox.js'
import { describeEngines, engines } from '../support/databases.js'
import { failureOf, message } from './samples.js'

describe('a Postgres server', () => {
  test('that is away is reported as unreachable, without its password', async () => {
    const store = openPostgres('postgres://ward:secret@127.0.0.1:1/ward')
    expect(store.where).toBe('127.0.0.1:1/ward')
    const failed = await failureOf(migrate(store))
    expect(storeFailure(failed)).toBe('unreachable')
    expect(failed.message).not.toContain('secret')
    await store.close()
  })
})

const real = (await engines()).filter(({ name }) => name === 'postgres')

describeEngines('what a server may do', real, (engine) => {
  test('that goes away within a transaction is reported so, and is used again when it is back', async () => {
    const database = await engine.fresh()
    const failed = await failureOf(
      database.store.transaction(async (tx) => {
        const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
        await sql`select pg_terminate_backend(${rows[0]!.pid})`.execute(database.store.db)
        await appendOutbox(tx, [message('c-1', 1)])
      }),
    )
    expect(storeFailure(failed)).toBe('unreachable')
    expect(await appendOutbox(database.store.db, [message('c-1', 1)])).toBe(1)
    await database.drop()
  })

  test('a transaction in which an error was swallowed is not taken for kept', async () => {
    const database = await engine.fresh()
    const failed = await failureOf(
      database.store.transaction(async (tx) => {
        await appendOutbox(tx, [message('c-1', 1)])
        await failureOf(appendOutbox(tx, [message('c-1', 1)]))
      }),
    )
    expect(failed.message).toContain('undid it')
    await database.drop()
  })
})
