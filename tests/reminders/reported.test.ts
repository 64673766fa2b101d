import { OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { sql } from 'kysely'
import { createTelegram } from '../../src/channels/telegram/telegram.js'
import { createDelivery } from '../../src/delivery/delivery.js'
import { createLocalBudget } from '../../src/delivery/budget.js'
import { createWakes } from '../../src/delivery/wakes.js'
import { lastLook } from '../../src/reminders/leaving.js'
import { exportBroadcast } from '../../src/exports/broadcast.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { FAKE_TOKEN, type FakeTelegram, startFakeTelegram } from '../support/fake-telegram/fake-telegram.js'
import { addResidents, createStage, PLAN, send, type Stage, WARD } from './stage.js'

/** What users of other systems reported, so that it does not happen here. */
describeEngines('failures that others were reported for', await engines(), (engine) => {
  let database: TestDatabase
  let fake: FakeTelegram
  let stage: Stage
  let deliver: () => Promise<number>
  const people = Array.from({ length: 12 }, (_, i) => 500 + i)
  const heard = () => people.map((id) => fake.state.chats.get(id)!.messages.length)
  beforeEach(async () => {
    database = await engine.fresh()
    stage = createStage(database.store)
    const { clock, parts, store } = stage
    fake = await startFakeTelegram(clock)
    for (const id of people)
      fake.state.chats.set(id, {
        id,
        language: 'vi',
        started: true,
        blocked: false,
        deactivated: false,
        messages: [],
        keys: [],
      })
    await addResidents(store, people)
    const telegram = createTelegram({ token: FAKE_TOKEN, apiRoot: fake.url, callSeconds: 5 })
    const delivery = createDelivery({
      store, channels: [telegram], budget: createLocalBudget(clock, {}), wakes: createWakes(parts.log), clock, log: parts.log, alone: true,
      lastLook: (tx, rows) => lastLook(tx, parts, rows),
    }) // prettier-ignore
    deliver = () => delivery.runOnce()
  })
  afterEach(async () => {
    await fake.close()
    await database.drop()
  })

  test('ten people written off by one 429: nobody is, all of them get it after the pause', async () => {
    fake.faults.plan('sendMessage', { refuse: 429, retryAfter: 7 }, { times: 10 })
    const { id } = await send(stage)
    await stage.reminders.runOnce()
    await deliver()
    // Those in flight were told to wait; nobody behind them is tried before the time that the app named.
    const tried = fake.state.calls.get('sendMessage')!
    expect(tried).toBeLessThan(people.length)
    stage.clock.pass('6 seconds')
    await deliver()
    expect(fake.state.calls.get('sendMessage')).toBe(tried)
    for (let n = 0; n < 6; n++) {
      stage.clock.pass('7 seconds')
      await deliver()
    }
    expect(heard()).toEqual(people.map(() => 1))
    expect(await stage.reminders.progress(id)).toEqual([{ result: 'sent', reason: null, count: 12, cost: 0 }])
  })

  test('a send repeated because the page timed out: the same confirmation again changes nothing', async () => {
    const shown = await stage.reminders.preview({ contact: 'head', scope: WARD }, PLAN)
    if (shown.kind !== 'preview') throw new Error(shown.kind)
    const confirmation = { id: shown.id, key: 'the page’s key', by: 'head', count: people.length }
    for (let n = 0; n < 3; n++) {
      expect(await stage.reminders.confirm(confirmation)).toMatchObject({ kind: 'confirmed', again: n > 0 })
      await stage.reminders.runOnce()
      await deliver()
    }
    // A page that was loaded anew makes another key for what it shows still.
    expect(await stage.reminders.confirm({ ...confirmation, key: 'another key' })).toEqual({ kind: 'gone' })
    await stage.reminders.runOnce()
    await deliver()
    expect(heard()).toEqual(people.map(() => 1))
  })

  test('a recipient marked as processed before the send: whoever is not sent to stays waiting, and is sent to later', async () => {
    const { id } = await send(stage)
    await stage.reminders.runOnce()
    expect(await stage.reminders.progress(id)).toEqual([{ result: 'waiting', reason: null, count: 12, cost: 0 }])
    // The app is away before the first byte has left.
    fake.faults.plan('sendMessage', { refuse: 429, retryAfter: 60 }, { times: 8 })
    await deliver()
    await stage.reminders.runOnce()
    expect((await stage.reminders.progress(id)).filter(({ result }) => result !== 'waiting')).toEqual([])
    expect((await sql<{ state: string }>`select state from broadcast`.execute(stage.store.db)).rows).toEqual([{ state: 'running' }]) // prettier-ignore
    for (let n = 0; n < 4; n++) {
      stage.clock.pass('a minute')
      await deliver()
    }
    expect(heard()).toEqual(people.map(() => 1))
    const rows = []
    for await (const row of exportBroadcast(stage.store.db, scopeOf(OPERATOR), id)) rows.push(row)
    expect(rows.map((row) => row.slice(1, 10).join(' '))).toEqual(people.map((n) => `p-${n} c-${n} telegram 5 scan-card now 0 sent `)) // prettier-ignore
    expect(rows.every((row) => String(row.at(-1)).endsWith('+07:00'))).toBe(true)
  })
})
