import { sql } from 'kysely'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { createScripted, type Scripted } from '../delivery/scripted.js'
import { addResidents, createStage, send, type Stage } from './stage.js'

const numbers = (from: number, n: number) => Array.from({ length: n }, (_, i) => from + i)

describeEngines('a broadcast by two apps', await engines(), (engine) => {
  let database: TestDatabase
  let stage: Stage
  let zalo: Scripted
  beforeEach(async () => {
    database = await engine.fresh()
    zalo = Object.assign(createScripted(), { name: 'zalo' as const })
    stage = createStage(database.store, { also: [zalo] })
    const { store } = stage
    await addResidents(store, numbers(1000, 210))
    await sql`update address set channel = 'zalo'`.execute(store.db)
    await addResidents(store, numbers(2000, 40))
  })
  afterEach(() => database.drop())

  const work = async (hours: number) => {
    for (let minute = 0; minute < hours * 60; minute += 15) {
      for (let moved = 1; moved > 0;) moved = (await stage.reminders.runOnce()) + (await stage.delivery.runOnce())
      stage.clock.pass('15 minutes')
    }
  }

  test('one that has lost its account keeps back nobody of the other; those left are served when it is mended', async () => {
    zalo.outcomes.push(...numbers(0, 100).map(() => ({ kind: 'auth-lost', reason: 'test' }) as const))
    const { id } = await send(stage)
    await work(1)
    expect(new Set(stage.channel.calls.map((call) => call.split(':')[0])).size).toBe(40)
    expect(await stage.reminders.progress(id)).toMatchObject([{ result: 'sent', count: 40 }, { result: 'waiting', count: 210 }]) // prettier-ignore
    zalo.outcomes.length = 0
    await work(1)
    expect(await stage.reminders.progress(id)).toMatchObject([{ result: 'sent', count: 250 }])
  })

  test('one that puts off each address keeps back nobody behind them', async () => {
    zalo.outcomes.push(...numbers(0, 150).map(() => ({ kind: 'retry-after', ms: 6 * 3_600_000, scope: 'address' }) as const)) // prettier-ignore
    const { id } = await send(stage)
    await work(1)
    expect(await stage.reminders.progress(id)).toMatchObject([{ result: 'sent', count: 100 }, { result: 'waiting', count: 150 }]) // prettier-ignore
    stage.clock.pass('6 hours')
    await work(1)
    expect(await stage.reminders.progress(id)).toMatchObject([{ result: 'sent', count: 250 }])
  })
})
