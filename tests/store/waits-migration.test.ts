import { sql } from 'kysely'
import { OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { migrate } from '../../src/store/migrate.js'
import { MIGRATIONS } from '../../src/store/migrations/list.js'
import { outcomePage } from '../../src/store/recipients.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'

const NEVER = 8_640_000_000_000_000

describeEngines('the step to reminders that wait for nothing without end', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => void (database = await engine.empty()))
  afterEach(() => database.drop())

  test('gives those who wait for ever their outcome, and those of a paused broadcast their place back', async () => {
    const { store } = database
    await migrate(store, Object.fromEntries(Object.entries(MIGRATIONS).filter(([name]) => name < '0050')))
    await store.transaction(async (tx) => {
      const people = ['held', 'window', 'later', 'sent']
      for (const [i, id] of people.entries()) {
        await sql`insert into person (id, grp, created_at) values (${id}, 5, 1)`.execute(tx)
        await sql`insert into contact (id, person, role, created_at) values (${`c-${id}`}, ${id}, 'resident', 1)`.execute(tx) // prettier-ignore
        const [status, notBefore, waitsFor] = ([['queued', NEVER, null], ['queued', NEVER, 'contact'], ['queued', 9, null], ['sent', 0, null]] as const)[i]! // prettier-ignore
        await sql`insert into outbox (contact, n, channel, address, at, kind, body, status, not_before, waits_for, attempts, parts, doubts, keyboard) values (${`c-${id}`}, 1, 'zalo', ${id}, 1, 'reminder', '{}', ${status}, ${notBefore}, ${waitsFor}, 0, 0, 0, 0)`.execute(tx) // prettier-ignore
        await sql`insert into reminded (contact, day, person, broadcast, n) values (${`c-${id}`}, '2026-11-20', ${id}, 'b', 1)`.execute(tx) // prettier-ignore
      }
      await sql`insert into broadcast (id, state, flow, plan, tally, fingerprint, created_at, confirmed_at) values ('b', 'paused', 'f', '{}', '{}', '', 1, 7)`.execute(tx) // prettier-ignore
      for (const id of people)
        await sql`insert into recipient (broadcast, person, contact, channel, grp, place, price, not_before, state, n) values ('b', ${id}, ${`c-${id}`}, 'zalo', 5, 'now', 0, 0, 'queued', 1)`.execute(tx) // prettier-ignore
    })
    await migrate(store)
    const found = await outcomePage(store.db, scopeOf(OPERATOR), 'b', '', 10)
    expect(found.map(({ person, result, reason }) => `${person} ${result} ${reason ?? ''}`)).toEqual([
      'held waiting ',
      'later waiting ',
      'sent sent ',
      'window cancelled window-closed',
    ])
    const states = await sql<{ person: string }>`select person from recipient where state = 'waiting'`.execute(store.db)
    expect(states.rows).toEqual([{ person: 'held' }])
    const days = await sql<{ person: string }>`select person from reminded order by person`.execute(store.db)
    expect(days.rows.map(({ person }) => person)).toEqual(['later', 'sent'])
    const [paused] = (await sql<{ at: number }>`select paused_at as at from broadcast`.execute(store.db)).rows
    expect(Number(paused!.at)).toBe(7)
  })
})
