import { sql } from 'kysely'
import { migrate } from '../../src/store/migrate.js'
import { MIGRATIONS } from '../../src/store/migrations/list.js'
import { groupsOf } from '../../src/store/scope.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'

describeEngines('the step to a database with a roster', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => void (database = await engine.empty()))
  afterEach(() => database.drop())

  test('keeps contacts with all that points to them, lets helpers in, and makes heads of one group heads of it', async () => {
    const { store } = database
    const before = Object.fromEntries(Object.entries(MIGRATIONS).filter(([name]) => name < '0009'))
    await migrate(store, before)
    await store.transaction(async (tx) => {
      await sql`insert into person (id, grp, created_at) values ('p', 5, 1), ('q', null, 2)`.execute(tx)
      await sql`insert into contact (id, person, role, grp, created_at) values ('c', 'p', 'leader', 5, 1), ('d', 'q', 'resident', null, 2)`.execute(tx) // prettier-ignore
      await sql`insert into address (channel, address, contact) values ('web', 'a', 'c'), ('web', 'b', 'd')`.execute(tx)
      await sql`insert into session (contact, version, said, last_at, state) values ('c', 1, 1, 1, '{}')`.execute(tx)
      await sql`insert into invitation (code_hash, role, grp, created_at, expires_at) values ('h', 'leader', 5, 1, 9)`.execute(tx) // prettier-ignore
    })
    expect((await migrate(store)).applied).toContain('0009-roster')
    const { db } = store
    expect((await sql`select id, person, role, grp, created_at from contact order by id`.execute(db)).rows).toEqual([
      { id: 'c', person: 'p', role: 'leader', grp: 5, created_at: 1 },
      { id: 'd', person: 'q', role: 'resident', grp: null, created_at: 2 },
    ])
    expect((await sql`select a.address from address a join contact c on c.id = a.contact`.execute(db)).rows).toHaveLength(2) // prettier-ignore
    expect((await sql`select code_hash, role from invitation`.execute(db)).rows).toEqual([{ code_hash: 'h', role: 'leader' }]) // prettier-ignore
    expect(await groupsOf(db, 'c')).toEqual([5])
    await sql`update contact set role = 'helper' where id = 'd'`.execute(db)
    await sql`update invitation set role = 'helper'`.execute(db)
    await expect(sql`update contact set role = 'mayor' where id = 'd'`.execute(db)).rejects.toThrow()
    await expect(sql`update invitation set role = 'mayor'`.execute(db)).rejects.toThrow()
    // What points to a contact still has to find it.
    await expect(sql`delete from contact where id = 'c'`.execute(db)).rejects.toThrow()
    await expect(sql`insert into session (contact, version, said, last_at, state) values ('nobody', 1, 1, 1, '{}')`.execute(db)).rejects.toThrow() // prettier-ignore
  })
})
