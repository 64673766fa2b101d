import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { lastLook } from '../../src/reminders/leaving.js'
import { unreachedBy } from '../../src/reminders/unreached.js'
import { loadBroadcast } from '../../src/store/broadcasts.js'
import { setRole } from '../../src/store/contacts.js'
import { claimOutbox } from '../../src/store/sending.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { addResidents, createStage, PLAN, send, type Stage, WARD, onFreshStage } from './stage.js'

const all = await engines()

describeEngines('a broadcast that is paused', all, (engine) => {
  let stage: Stage
  onFreshStage(engine, (made) => void ({ stage } = made))

  const state = async (id: string) => (await loadBroadcast(stage.store.db, WARD, id))!.state
  const toVisit = async (id: string) => Object.fromEntries(await unreachedBy(stage.parts, WARD, (await loadBroadcast(stage.store.db, WARD, id))!)) // prettier-ignore

  test('keeps for each address the wait that its app has named', async () => {
    await addResidents(stage.store, [1, 2])
    stage.channel.outcomes = [{ kind: 'retry-after', ms: 6 * 3_600_000, scope: 'address' }]
    const { id } = await send(stage)
    await stage.reminders.runOnce()
    await stage.delivery.runOnce()
    expect(stage.channel.calls.map((call) => call.split(':')[0])).toEqual(['1', '2'])
    await stage.reminders.pause(id)
    stage.clock.pass('1 hour')
    await stage.reminders.resume(id)
    await stage.work()
    stage.clock.pass('4 hours')
    await stage.work()
    expect(stage.channel.calls).toHaveLength(2)
    stage.clock.pass('1 hour')
    await stage.work()
    expect(stage.channel.calls.map((call) => call.split(':')[0])).toEqual(['1', '2', '1'])
    expect(await stage.outcomes(id)).toEqual(['p-1 sent', 'p-2 sent'])
  })

  test('keeps nobody from another reminder; gone on with, it passes over who had that one', async () => {
    await addResidents(stage.store, [1, 2, 3])
    const { id } = await send(stage)
    await stage.reminders.runOnce()
    await stage.reminders.pause(id)
    await addResidents(stage.store, [4])
    await sql`update run set step = 'check-data' where id = 'r-3'`.execute(stage.store.db)
    const other = await send(stage, { ...PLAN, audience: { ...PLAN.audience, who: { kind: 'at-step', step: 'scan-card' } } }) // prettier-ignore
    await stage.work()
    expect(await stage.outcomes(other.id)).toEqual(['p-1 sent', 'p-2 sent', 'p-4 sent'])
    await stage.reminders.resume(id)
    await stage.work()
    expect(await stage.outcomes(id)).toEqual(['p-1 cancelled: today', 'p-2 cancelled: today', 'p-3 sent'])
    expect(await state(id)).toBe('done')
  })

  test('holds up nothing else that goes to the same people', async () => {
    await addResidents(stage.store, [1])
    const { id } = await send(stage)
    await stage.reminders.runOnce()
    await stage.reminders.pause(id)
    await stage.delivery.runOnce()
    await sql`insert into outbox (contact, n, channel, address, at, kind, body, status, not_before, attempts, parts, doubts, keyboard) values ('c-1', 9, 'telegram', '1', ${stage.clock()}, 'bulk', ${JSON.stringify({ text: 'Tổng kết tuần', options: [] })}, 'queued', 0, 0, 0, 0, 0)`.execute(stage.store.db) // prettier-ignore
    await stage.delivery.runOnce()
    expect(stage.channel.calls).toEqual(['1: Tổng kết tuần'])
  })

  test('ends by itself after three days: its sender is told, and those left are to be visited', async () => {
    await addResidents(stage.store, [1, 2])
    await addResidents(stage.store, ['head'], { started: false, group: 9 })
    await setRole(stage.store.db, 'c-head', 'leader', [5], 1)
    const { id } = await send(stage, { ...PLAN, audience: { ...PLAN.audience, groups: [5] } }, 'c-head')
    await stage.reminders.runOnce()
    await stage.reminders.pause(id)
    stage.clock.pass(3 * 86_400_000 - 1)
    await stage.work()
    expect([await state(id), await stage.outcomes(id)]).toEqual(['paused', ['p-1 waiting', 'p-2 waiting']])
    stage.clock.pass(1)
    await stage.work()
    await stage.work()
    expect(await state(id)).toBe('stopped')
    expect(await stage.outcomes(id)).toEqual(['p-1 cancelled: paused-long', 'p-2 cancelled: paused-long'])
    expect(await toVisit(id)).toEqual({ 'p-1': 'paused-long', 'p-2': 'paused-long' })
    expect(stage.channel.calls).toEqual([
      expect.stringMatching(/^head: .*thứ Hai 23\/11 đã tạm dừng quá 3 ngày.* 2 người/),
    ])
    expect(await stage.reminders.resume(id)).toBe(false)
    // Those left belong to whatever comes next.
    expect(await stage.reminders.preview({ contact: 'head', scope: WARD }, { ...PLAN, audience: { ...PLAN.audience, groups: [5] } })).toMatchObject({ tally: { places: { now: 2 } } }) // prettier-ignore
  })
})

describeEngines('a broadcast that cannot get out', all, (engine) => {
  let stage: Stage
  onFreshStage(engine, (made) => void ({ stage } = made))

  test('is over after seven days, counted from the time for which it was put off', async () => {
    await addResidents(stage.store, [1, 2])
    const { id } = await send(stage, { ...PLAN, at: stage.clock() + 5 * 86_400_000 })
    for (let day = 0; day < 12; day++) {
      await stage.reminders.runOnce()
      stage.clock.pass('1 day')
    }
    expect(await stage.outcomes(id)).toEqual(['p-1 waiting', 'p-2 waiting'])
    await stage.work()
    expect(await stage.outcomes(id)).toEqual(['p-1 cancelled: not-in-time', 'p-2 cancelled: not-in-time'])
    expect(stage.channel.calls).toEqual([])
  })
})

const postgres = all.filter(({ name, missing }) => name === 'postgres' && missing === null)
describeEngines('a last look while somebody decides in another process', postgres, (engine) => {
  let database: TestDatabase
  let stage: Stage
  let other: Stage
  beforeEach(async () => {
    database = await engine.fresh()
    stage = createStage(database.store)
    other = createStage(database.another())
    await addResidents(stage.store, [1, 2])
  })
  afterEach(() => database.drop())

  /** The last look has decided and not committed yet, when the other process decides too. */
  const during = async (decide: () => Promise<unknown>) => {
    let decided: Promise<unknown> | undefined
    const claimed = await stage.store.transaction((tx) =>
      claimOutbox(tx, { channel: 'telegram', lane: 'rest', now: stage.clock(), leaseMs: 90_000, limit: 10 }),
    )
    return {
      look: async () => {
        await stage.store.transaction(async (tx) => {
          await lastLook(tx, stage.parts, claimed)
          decided = decide()
          // Time for it to get as far as it can.
          await Promise.race([decided, pause(500)])
        })
        await decided
      },
    }
  }

  test('what it holds back leaves when the broadcast goes on in the same moment', async () => {
    const { id } = await send(stage)
    await stage.reminders.runOnce()
    const { look } = await during(() => other.reminders.resume(id))
    await stage.reminders.pause(id)
    await look()
    await stage.work()
    expect(await stage.outcomes(id)).toEqual(['p-1 sent', 'p-2 sent'])
    expect((await loadBroadcast(stage.store.db, WARD, id))!.state).toBe('done')
  })

  test('what it takes back to word it anew ends with a stop of the same moment', async () => {
    await addResidents(stage.store, [31, 32], { by: 'c-2' })
    await sql`delete from address where address in ('31', '32')`.execute(stage.store.db)
    const { id } = await send(stage)
    await stage.reminders.runOnce()
    const { look } = await during(() => other.reminders.stop(id))
    await sql`update run set state = 'finished' where id in ('r-1', 'r-31')`.execute(stage.store.db)
    await look()
    await stage.work()
    expect((await stage.outcomes(id)).filter((one) => one.endsWith('waiting'))).toEqual([])
    expect(stage.channel.calls).toEqual([])
  })
})
