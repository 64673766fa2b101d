import { sql } from 'kysely'
import { setQuietHours } from '../../src/store/opt-outs.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { createClock } from '../support/clock.js'
import { addResidents, createStage, send, type Stage, WARD, PLAN } from './stage.js'

const UNTIL_NOON = { from: '20:00', until: '12:00' }

describeEngines('somebody’s own hours without reminders', await engines(), (engine) => {
  let database: TestDatabase
  let stage: Stage
  beforeEach(async () => {
    database = await engine.fresh()
    stage = createStage(database.store, { clock: createClock('2026-11-23T08:00:00+07:00') })
    // `c-2` takes the steps of `p-3` and `p-4`; only `p-3` has a phone of their own.
    await addResidents(stage.store, [2], { started: false })
    await addResidents(stage.store, [3, 4], { by: 'c-2' })
    await sql`delete from address where address = '4'`.execute(stage.store.db)
  })
  afterEach(() => database.drop())

  const plan = { ...PLAN, audience: { ...PLAN.audience, who: { kind: 'at-step', step: 'scan-card' } } } as const
  const sleeps = (person: string) => setQuietHours(stage.store.db, person, UNTIL_NOON)
  const places = async () => {
    const shown = await stage.reminders.preview({ contact: 'head', scope: WARD }, plan)
    return shown.kind === 'preview' ? shown.tally.places : shown.kind
  }
  const to = () => stage.channel.calls.map((call) => call.split(':')[0])

  test('are those of the helper whose phone rings: the preview says later, and one message comes behind them', async () => {
    await sleeps('p-2')
    expect(await places()).toMatchObject({ now: 0, later: 2 })
    const { id } = await send(stage, plan)
    await stage.work()
    expect(await stage.outcomes(id)).toEqual(['p-3 waiting', 'p-4 waiting'])
    stage.clock.pass('3 hours')
    await stage.work()
    expect(to()).toEqual([])
    stage.clock.pass('an hour')
    await stage.work()
    expect(await stage.outcomes(id)).toEqual(['p-3 sent', 'p-4 sent'])
    expect(to()).toEqual(['2'])
  })

  test('of the person spoken of keep nothing from the helper’s phone, and one of several does not split the message', async () => {
    await sleeps('p-3')
    expect(await places()).toMatchObject({ now: 2, later: 0 })
    await send(stage, plan)
    await stage.work()
    expect(to()).toEqual(['2'])
    for (const label of ['mẹ 3', 'mẹ 4']) expect(stage.channel.calls[0]).toContain(label)
  })

  test('are the person’s as soon as it is the person’s phone that rings', async () => {
    await sleeps('p-3')
    await sql`update address set state = 'blocked' where address = '2'`.execute(stage.store.db)
    expect(await places()).toMatchObject({ now: 0, later: 0, 'other-channel': 1, paper: 1 })
    await send(stage, plan)
    await stage.work()
    expect(to()).toEqual([])
    stage.clock.pass('4 hours')
    await stage.work()
    expect(to()).toEqual(['3'])
  })

  test('that a helper chose while the message waits are kept by the last look', async () => {
    const { id } = await send(stage, plan)
    await stage.reminders.runOnce()
    await sleeps('p-2')
    await stage.work()
    expect(to()).toEqual([])
    stage.clock.pass('4 hours')
    await stage.work()
    expect(await stage.outcomes(id)).toEqual(['p-3 sent', 'p-4 sent'])
    expect(to()).toEqual(['2'])
  })
})
