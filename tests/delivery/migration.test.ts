import { sql } from 'kysely'
import { migrate } from '../../src/store/migrate.js'
import { MIGRATIONS } from '../../src/store/migrations/list.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'

describeEngines('the step to a database that sends', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => void (database = await engine.empty()))
  afterEach(() => database.drop())

  test('keeps every message and address that was there, and the rules of their tables', async () => {
    const { store } = database
    const before = Object.fromEntries(Object.entries(MIGRATIONS).filter(([name]) => name < '0004'))
    await migrate(store, before)
    await store.transaction(async (tx) => {
      await sql`insert into person (id, created_at) values ('p', 1)`.execute(tx)
      await sql`insert into contact (id, person, role, created_at) values ('c', 'p', 'resident', 1)`.execute(tx)
      await sql`insert into address (channel, address, contact) values ('web', 'a', 'c')`.execute(tx)
      for (const n of [1, 2])
        await sql`insert into outbox (contact, n, channel, address, at, kind, body, status, not_before, attempts, dedupe_key)
          values ('c', ${n}, 'web', 'a', 5, 'reply', '{"text":"Bước ✓"}', 'kept', 5, 0, ${n === 1 ? 'k' : null})`.execute(
          tx,
        )
    })
    expect((await migrate(store)).applied).toContain('0004-delivery')
    const kept =
      await sql<object>`select n, body, status, dedupe_key, parts, doubts, keyboard, provider_id from outbox order by n`.execute(
        store.db,
      )
    const added = { parts: 0, doubts: 0, keyboard: 0, provider_id: null }
    expect(kept.rows).toEqual([
      { n: 1, body: '{"text":"Bước ✓"}', status: 'kept', dedupe_key: 'k', ...added },
      { n: 2, body: '{"text":"Bước ✓"}', status: 'kept', dedupe_key: null, ...added },
    ])
    expect((await sql`select state, state_at from address`.execute(store.db)).rows).toEqual([
      { state: 'ok', state_at: null },
    ])
    await sql`update outbox set status = 'maybe' where n = 1`.execute(store.db)
    await expect(sql`update outbox set status = 'other' where n = 1`.execute(store.db)).rejects.toThrow()
    await expect(sql`update outbox set dedupe_key = 'k' where n = 2`.execute(store.db)).rejects.toThrow()
    await expect(sql`update outbox set status = 'sending'`.execute(store.db)).rejects.toThrow()
    await expect(sql`update address set state = 'other'`.execute(store.db)).rejects.toThrow()
  })
})
