import { sql } from 'kysely'
import { DAY_MS } from '../../src/core/policy/calendar.js'
import { createRetention } from '../../src/upkeep/retention.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { addResidents, createStage, send, type Stage } from '../reminders/stage.js'

describeEngines('what was needed for a while', await engines(), (engine) => {
  let database: TestDatabase
  let stage: Stage
  beforeEach(async () => {
    database = await engine.fresh()
    stage = createStage(database.store)
    await addResidents(stage.store, [1, 2])
  })
  afterEach(() => database.drop())

  const retention = () => createRetention({ ...stage.parts, store: database.store })
  const count = async (table: string) =>
    Number((await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(database.store.db)).rows[0]!.n) // prettier-ignore

  test('codes go a month after they were used or ran out, those that still open something stay', async () => {
    const { db } = database.store
    const now = stage.clock()
    const open = now + 60 * DAY_MS
    const codes = [
      ['used', open, now],
      ['run-out', now, null],
      ['open', open, null],
    ] as const
    for (const [code, expires, used] of codes) {
      await sql`insert into invitation (code_hash, role, grp, created_at, created_by, expires_at, used_at, used_by)
        values (${code}, 'leader', 5, ${now}, null, ${expires}, ${used}, null)`.execute(db)
      await sql`insert into slip (code_hash, person, created_at, created_by, expires_at, used_at)
        values (${code}, 'p-1', ${now}, 'head', ${expires}, ${used})`.execute(db)
    }
    await sql`insert into slip_try (contact, since, wrong) values ('c-1', ${now}, 3)`.execute(db)
    stage.clock.pass(29 * DAY_MS)
    await retention().runOnce()
    expect([await count('invitation'), await count('slip'), await count('slip_try')]).toEqual([3, 3, 1])
    stage.clock.pass(2 * DAY_MS)
    await retention().runOnce()
    expect([await count('invitation'), await count('slip'), await count('slip_try')]).toEqual([1, 1, 0])
  })

  test('tickets go a year after they were closed, those still open never', async () => {
    const { db } = database.store
    const now = stage.clock()
    for (const [n, state, closed] of [
      [1, 'closed', now],
      [2, 'open', null],
    ] as const)
      await sql`insert into ticket (id, number, contact, person, grp, tries, channel, reason, state, opened_at, closed_at)
        values (${`t-${n}`}, ${n}, ${`c-${n}`}, ${`p-${n}`}, 5, 0, 'telegram', 'asked', ${state}, ${now}, ${closed})`.execute(
        db,
      )
    stage.clock.pass(364 * DAY_MS)
    await retention().runOnce()
    expect(await count('ticket')).toBe(2)
    stage.clock.pass(2 * DAY_MS)
    await retention().runOnce()
    expect((await sql<{ state: string }>`select state from ticket`.execute(db)).rows).toEqual([{ state: 'open' }])
  })

  test('whom a reminder went to is forgotten a year after it ended, that there was one and how many it reached is not', async () => {
    await send(stage)
    await stage.work()
    expect(await count('recipient')).toBe(2)
    expect(await count('reminded')).toBe(2)
    stage.clock.pass(32 * DAY_MS)
    await retention().runOnce()
    expect([await count('reminded'), await count('recipient')]).toEqual([0, 2])
    stage.clock.pass(334 * DAY_MS)
    await retention().runOnce()
    expect([await count('recipient'), await count('broadcast')]).toEqual([0, 1])
  })
})
