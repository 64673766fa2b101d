import { sql } from 'kysely'
import { DAY_MS } from '../../src/core/policy/calendar.js'
import { beginFreeze } from '../../src/store/broadcasts.js'
import { insertRecipients } from '../../src/store/recipients.js'
import { createRetention } from '../../src/upkeep/retention.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { addResidents, createStage, PLAN, send, type Stage, WARD } from '../reminders/stage.js'

describeEngines('previews that nobody confirms', await engines(), (engine) => {
  let database: TestDatabase
  let stage: Stage
  beforeEach(async () => {
    database = await engine.fresh()
    stage = createStage(database.store)
    await addResidents(stage.store, [1, 2])
  })
  afterEach(() => database.drop())

  const upkeep = () => createRetention({ ...stage.parts, store: database.store })
  const preview = async () => {
    const shown = await stage.reminders.preview({ contact: 'head', scope: WARD }, PLAN)
    if (shown.kind !== 'preview') throw new Error(shown.kind)
    return shown.id
  }
  const left = async () => (await sql<{ state: string }>`select state from broadcast order by id`.execute(database.store.db)).rows.map(({ state }) => state) // prettier-ignore

  test('are gone after the ward’s days, with what a confirmation that died had written down; what was sent stays', async () => {
    await send(stage)
    await stage.work()
    await preview()
    const dying = await preview()
    await beginFreeze(database.store.db, dying, { key: 'k', by: 'head', at: stage.clock(), staleBefore: 0 })
    const placement = { place: 'paper', reason: 'no-contact' } as const
    await insertRecipients(database.store.db, dying, [{ person: 'p-1', run: null, step: null, group: 5, placement }])
    stage.clock.pass(6 * DAY_MS)
    const young = await preview()
    await upkeep().runOnce()
    expect(await left()).toEqual(['done', 'preview', 'freezing', 'preview'])
    stage.clock.pass(2 * DAY_MS)
    await upkeep().runOnce()
    expect(await left()).toEqual(['done', 'preview'])
    const { rows } = await sql<{ broadcast: string }>`select distinct broadcast from recipient`.execute(database.store.db) // prettier-ignore
    expect(rows.map(({ broadcast }) => broadcast)).not.toContain(dying)
    expect(await stage.reminders.confirm({ id: young, key: 'y', by: 'head', count: 2 })).not.toEqual({ kind: 'gone' })
  })
})
