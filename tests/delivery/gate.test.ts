import { sql } from 'kysely'
import { UNBOUND } from '../../src/channels/channel.js'
import { createDelivery } from '../../src/delivery/delivery.js'
import { createLocalBudget } from '../../src/delivery/budget.js'
import { createWakes } from '../../src/delivery/wakes.js'
import { holdAddress, touch } from '../../src/store/addresses.js'
import { countWaiting } from '../../src/store/sending.js'
import { countOnContact, releaseWaiting } from '../../src/store/waiting.js'
import { pino } from 'pino'
import { createClock } from '../support/clock.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { addPeople, createScripted, put } from './scripted.js'

const HOUR = 3_600_000
const quiet = pino({ level: 'silent' })

describeEngines('a channel with a reply window and a night', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => void (database = await engine.fresh()))
  afterEach(() => database.drop())

  async function open() {
    const { store } = database
    const clock = createClock()
    const channel = createScripted()
    const rules = { window: { free: 48 * HOUR, paid: 48 * HOUR, price: 55 }, quiet: { from: '22:00', until: '06:00' } }
    channel.capabilities = { ...UNBOUND, ...rules }
    const parts = { store, budget: createLocalBudget(clock, {}), wakes: createWakes(quiet), clock, log: quiet }
    const delivery = createDelivery({ ...parts, channels: [channel] })
    await addPeople(store, 1, 2, 3)
    const writes = async (id: number) => {
      const address = { channel: 'telegram' as const, address: String(id) }
      await touch(store.db, [{ ...address, at: clock() }])
      await releaseWaiting(store.db, [address], clock())
    }
    return { store, clock, channel, delivery, writes }
  }

  const rows = async () =>
    (
      await sql<{ row: string }>`
        select contact || '/' || n || ' ' || status || ' ' || coalesce(waits_for, '-') || ' ' || coalesce(error, '-') as row
        from outbox order by contact, n`.execute(database.store.db)
    ).rows.map(({ row }) => row)

  test('what the window shuts out waits, does not hold up anybody, and leaves when the resident writes', async () => {
    const { store, clock, channel, delivery, writes } = await open()
    await writes(1)
    clock.pass('3 days')
    await writes(2)
    await put(store, 1, 1, 'reminder', { kind: 'bulk', at: clock() })
    await put(store, 2, 1, 'another', { kind: 'bulk', at: clock() })
    await put(store, 3, 1, 'never wrote', { kind: 'bulk', at: clock() })
    expect(await delivery.runOnce()).toBe(1)
    expect(channel.calls).toEqual(['2: another'])
    expect(await rows()).toEqual(['c-1/1 queued contact window', 'c-2/1 sent - -', 'c-3/1 queued contact window'])
    expect([await countOnContact(store.db), await countWaiting(store.db)]).toEqual([2, 0])
    clock.pass('20 days')
    expect(await delivery.runOnce()).toBe(0)
    await writes(1)
    await put(store, 1, 2, 'reply', { at: clock() })
    expect(await delivery.runOnce()).toBe(2)
    expect(channel.calls.slice(1)).toEqual(['1: reply', '1: reminder'])
    expect(await rows()).toEqual(['c-1/1 sent - -', 'c-1/2 sent - -', 'c-2/1 sent - -', 'c-3/1 queued contact window'])
  })

  test('the app’s own «too long ago» is believed, and a day of failures counts from when it may leave', async () => {
    const { store, clock, channel, delivery, writes } = await open()
    await writes(1)
    channel.outcomes = [{ kind: 'window-closed' }]
    await put(store, 1, 1, 'reminder', { kind: 'bulk' })
    await delivery.runOnce()
    expect(await rows()).toEqual(['c-1/1 queued contact window-closed'])
    clock.pass('30 days')
    await writes(1)
    channel.outcomes = [{ kind: 'not-sent', reason: 'ECONNREFUSED' }]
    await delivery.runOnce()
    clock.pass('a minute')
    await delivery.runOnce()
    expect(await rows()).toEqual(['c-1/1 sent - -'])
  })

  test('somebody who writes while the app refuses is not kept waiting', async () => {
    const { store, clock, channel, delivery, writes } = await open()
    await writes(1)
    clock.pass('a minute')
    channel.outcomes = [
      async () => {
        clock.pass('a second')
        await writes(1)
        return { kind: 'window-closed' }
      },
    ]
    await put(store, 1, 1, 'reminder', { kind: 'bulk' })
    await delivery.runOnce()
    await delivery.runOnce()
    expect(await rows()).toEqual(['c-1/1 sent - -'])
  })

  test('a reminder waits for nobody: it is over, and its reader is known not to take any before they write', async () => {
    const { store, clock, channel, delivery, writes } = await open()
    await writes(1)
    await put(store, 1, 1, 'refused', { kind: 'reminder' })
    channel.outcomes = [{ kind: 'window-closed' }]
    await delivery.runOnce()
    await put(store, 3, 1, 'never wrote', { kind: 'reminder', at: clock() })
    await delivery.runOnce()
    expect(channel.calls).toEqual(['1: refused'])
    expect(await rows()).toEqual(['c-1/1 cancelled - window-closed', 'c-3/1 cancelled - window-closed'])
    const shut = await sql<{ address: string }>`select address from address where shut_at is not null order by address`.execute(store.db) // prettier-ignore
    expect(shut.rows.map(({ address }) => address)).toEqual(['1', '3'])
  })

  test('several that wait for one resident are all known to wait, and leave in their order', async () => {
    const { store, clock, channel, delivery, writes } = await open()
    for (const n of [1, 2, 3]) await put(store, 1, n, `r${n}`, { kind: 'bulk', at: clock() })
    await delivery.runOnce()
    expect([await countOnContact(store.db), await countWaiting(store.db)]).toEqual([3, 0])
    await writes(1)
    await delivery.runOnce()
    expect(channel.calls).toEqual(['1: r1', '1: r2', '1: r3'])
  })

  test('nothing but replies leaves at night; the rest leaves in the morning', async () => {
    const { store, clock, channel, delivery, writes } = await open()
    clock.pass('14 hours')
    for (const id of [1, 2]) await writes(id)
    for (let n = 1; n <= 20; n++) await put(store, 1, n, `r${n}`, { kind: 'reminder', at: clock() })
    await put(store, 2, 1, 'reply', { at: clock() })
    expect(await delivery.runOnce()).toBe(1)
    clock.pass(8 * HOUR + 4 * 60_000)
    expect(await delivery.runOnce()).toBe(0)
    clock.pass('a minute')
    expect(await delivery.runOnce()).toBe(20)
    expect(channel.calls).toHaveLength(21)
  })

  test('while a colleague has the talk only replies leave', async () => {
    const { store, clock, channel, delivery, writes } = await open()
    await writes(1)
    const address = { channel: 'telegram', address: '1' } as const
    await holdAddress(store.db, address, clock() + HOUR)
    await holdAddress(store.db, address, clock() + 1000)
    await put(store, 1, 1, 'reminder', { kind: 'reminder' })
    await put(store, 1, 2, 'reply')
    await delivery.runOnce()
    clock.pass(HOUR - 1)
    await delivery.runOnce()
    expect(channel.calls).toEqual(['1: reply'])
    clock.pass(1)
    await delivery.runOnce()
    expect(channel.calls).toEqual(['1: reply', '1: reminder'])
  })

  test('an older time changes nothing, and only known addresses are given back', async () => {
    const { store } = await open()
    const one = { channel: 'telegram', address: '1' } as const
    const both = [{ ...one, at: 50 }, { ...one, at: 70 }, { ...one, address: 'x', at: 9 }] // prettier-ignore
    expect([...(await touch(store.db, both))]).toEqual([['telegram\u00001', null]])
    expect((await touch(store.db, [{ ...one, at: 60 }])).size).toBe(1)
    const found = await sql<{ at: number }>`select last_interaction as at from address where address = '1'`.execute(
      store.db,
    )
    expect(found.rows).toEqual([{ at: 70 }])
  })
})
