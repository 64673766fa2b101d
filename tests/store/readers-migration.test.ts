import { sql } from 'kysely'
import { migrate } from '../../src/store/migrate.js'
import { MIGRATIONS } from '../../src/store/migrations/list.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'

describeEngines('the step to days that count for the reader', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => void (database = await engine.empty()))
  afterEach(() => database.drop())

  test('keeps every day with its message, and gives one to whoever read about somebody else', async () => {
    const { store } = database
    await migrate(store, Object.fromEntries(Object.entries(MIGRATIONS).filter(([name]) => name < '0034')))
    await store.transaction(async (tx) => {
      await sql`insert into person (id, grp, created_at) values ('daughter', 5, 1), ('mother', 5, 1)`.execute(tx)
      await sql`insert into contact (id, person, role, created_at) values ('c', 'daughter', 'resident', 1)`.execute(tx)
      await sql`insert into broadcast (id, state, flow, plan, tally, fingerprint, created_at) values ('b', 'done', 'f', '{}', '{}', '', 1)`.execute(tx) // prettier-ignore
      await sql`insert into recipient (broadcast, person, contact, place, price, not_before, state, n) values ('b', 'mother', 'c', 'now', 0, 0, 'queued', 7)`.execute(tx) // prettier-ignore
      await sql`insert into reminded (contact, day, person, broadcast) values ('c', '2026-11-20', 'mother', 'b'), ('c', '2026-11-21', 'daughter', 'gone')`.execute(tx) // prettier-ignore
    })
    await migrate(store)
    const { rows } = await sql`select person, day, contact, broadcast, n from reminded order by day, person`.execute(store.db) // prettier-ignore
    expect(rows).toEqual([
      { person: 'daughter', day: '2026-11-20', contact: 'c', broadcast: 'b', n: null },
      { person: 'mother', day: '2026-11-20', contact: 'c', broadcast: 'b', n: 7 },
      { person: 'daughter', day: '2026-11-21', contact: 'c', broadcast: 'gone', n: null },
    ])
    await expect(sql`insert into reminded (person, day, contact, broadcast) values ('mother', '2026-11-20', 'd', 'x')`.execute(store.db)).rejects.toThrow() // prettier-ignore
  })
})
