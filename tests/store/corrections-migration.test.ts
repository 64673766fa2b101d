import { sql } from 'kysely'
import { OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { ledgerOfRun } from '../../src/store/ledger.js'
import { migrate } from '../../src/store/migrate.js'
import { MIGRATIONS } from '../../src/store/migrations/list.js'
import { confirmedFinishes } from '../../src/store/progress.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'

describeEngines('the step to a ledger that can be put right', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => void (database = await engine.empty()))
  afterEach(() => database.drop())

  test('keeps every event and every rule of the ledger, and lets the new kinds in', async () => {
    const { store } = database
    const { db } = store
    await migrate(store, Object.fromEntries(Object.entries(MIGRATIONS).filter(([name]) => name < '0040')))
    await sql`insert into person (id, grp, created_at) values ('p', 5, 1)`.execute(db)
    await sql`
      insert into run (id, person, flow, edition, step, state, seq, started_at, entered_at, trail, tries)
      values ('r', 'p', 'id-card', 1, 'a', 'finished', 2, 1, 1, '[]', 0)`.execute(db)
    const add = (seq: number, outcome: string, source = 'self') => sql`
      insert into ledger (run, seq, at, person, channel, grp, flow, edition, step, outcome, source, detail)
      values ('r', ${seq}, ${seq}, 'p', 'web', 5, 'id-card', 1, 'a', ${outcome}, ${source}, ${outcome === 'undone' ? '3' : null})`.execute(db) // prettier-ignore
    await add(1, 'entered')
    await add(2, 'finished')
    await expect(add(3, 'confirmed')).rejects.toThrow()
    const before = await ledgerOfRun(db, 'r')
    expect((await migrate(store)).applied).toContain('0040-corrections')
    expect(await ledgerOfRun(db, 'r')).toEqual(before)
    const confirmed = async () => (await confirmedFinishes(db, scopeOf(OPERATOR))).map(({ count }) => count)
    expect(await confirmed()).toEqual([])
    await add(3, 'confirmed', 'leader')
    expect(await confirmed()).toEqual([1])
    await add(4, 'undone', 'leader')
    expect(await confirmed()).toEqual([])
    await expect(add(5, 'guessed')).rejects.toThrow()
    await expect(add(6, 'done')).rejects.toThrow(/no gaps/)
    await expect(sql`delete from ledger`.execute(db)).rejects.toThrow(/append-only/)
    await expect(sql`update ledger set step = 'b'`.execute(db)).rejects.toThrow(/append-only/)
    await sql`update ledger set person = null`.execute(db)
  })
})
