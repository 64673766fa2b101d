import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { pino } from 'pino'
import { createDelivery } from '../../src/delivery/delivery.js'
import { createWakes } from '../../src/delivery/wakes.js'
import { addressState, revive } from '../../src/store/addresses.js'
import { claimOutbox, listFailed } from '../../src/store/sending.js'
import { createLocalBudget } from '../../src/delivery/budget.js'
import { createClock } from '../support/clock.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { addPeople, type Bench, createBench, createScripted, put } from './scripted.js'

const SECRET_TEXT = 'Bước của bác Tư'

describeEngines('delivery', await engines(), (engine) => {
  let database: TestDatabase
  let bench: Bench
  beforeEach(async () => {
    database = await engine.fresh()
    bench = createBench(database.store)
    await addPeople(database.store, 1, 2, 3)
  })
  afterEach(() => database.drop())

  const rows = async () =>
    (
      await sql<{ id: string; status: string; error: string | null }>`
        select contact || '/' || n as id, status, error from outbox order by contact, n`.execute(database.store.db)
    ).rows.map(({ id, status, error }) => `${id} ${status}${error === null ? '' : ` ${error}`}`)

  test('replies go before reminders, reminders before bulk, the oldest first', async () => {
    const { store, channel, delivery, clock } = bench
    const at = clock()
    await put(store, 1, 1, 'bulk', { kind: 'bulk', at: at - 9 })
    await put(store, 2, 1, 'reminder', { kind: 'reminder', at: at - 8 })
    await put(store, 3, 1, 'reply', { at: at - 1 })
    await put(store, 1, 2, 'older reply', { at: at - 2 })
    // One at a time, so that the order is plain.
    channel.outcomes = []
    const narrow = createBench(store, { channel, budget: oneByOne() })
    while ((await narrow.delivery.runOnce()) > 0);
    expect(channel.calls).toEqual(['1: older reply', '3: reply', '2: reminder', '1: bulk'])
    expect(await delivery.runOnce()).toBe(0)
  })

  test('an app that hangs keeps back nobody of another', async () => {
    const { store, channel: telegram, clock } = bench
    const zalo = Object.assign(createScripted(), { name: 'zalo' as const })
    let release = () => {}
    const hangs = new Promise<void>((resolve) => (release = resolve))
    zalo.outcomes = [() => hangs.then(() => ({ kind: 'sent', providerId: '1' }))]
    const log = pino({ level: 'silent' })
    const wakes = createWakes(log)
    const delivery = createDelivery({ store, channels: [zalo, telegram], budget: createLocalBudget(clock, {}), wakes, clock, log }) // prettier-ignore
    await put(store, 1, 1, 'hangs', { channel: 'zalo' })
    delivery.start()
    try {
      for (const n of [1, 2, 3]) {
        await put(store, 2, n, `${n}`)
        wakes.wake(['c-2'])
        for (let tries = 0; telegram.calls.length < n && tries < 100; tries++) await pause(20)
        expect(telegram.calls).toHaveLength(n)
        // It has nothing more to do now.
        await pause(200)
      }
      expect(zalo.calls).toEqual(['1: hangs'])
    } finally {
      release()
      await delivery.stop()
    }
    expect(await rows()).toEqual(['c-1/1 sent', 'c-2/1 sent', 'c-2/2 sent', 'c-2/3 sent'])
  })

  test('a message waits for the earlier ones of its address, and one is in flight at a time', async () => {
    const { store, channel, delivery } = bench
    for (let n = 1; n <= 12; n++) await put(store, (n % 3) + 1, n, `${n}`)
    expect(await delivery.runOnce()).toBe(12)
    for (const id of [1, 2, 3]) {
      const own = channel.calls.filter((call) => call.startsWith(`${id}: `)).map((call) => Number(call.slice(3)))
      expect(own).toEqual([...own].sort((a, b) => a - b))
    }
    expect(channel.most).toBe(1)
  })

  test('a reminder put off to the morning never holds up a reply; a reply that is due goes before a reminder that is', async () => {
    const { store, channel, delivery, clock } = bench
    await put(store, 1, 1, 'tomorrow', { kind: 'reminder', notBefore: clock() + 3_600_000 })
    await put(store, 1, 2, 'also a reminder', { kind: 'reminder' })
    await put(store, 1, 3, 'reply')
    expect(await delivery.runOnce()).toBe(1)
    clock.pass('an hour')
    await put(store, 1, 4, 'another reply')
    expect(await delivery.runOnce()).toBe(3)
    expect(channel.calls).toEqual(['1: reply', '1: another reply', '1: tomorrow', '1: also a reminder'])
  })

  test('a pause that the app asks for is kept to the millisecond, by everybody, and nothing is lost', async () => {
    const { store, channel, delivery, clock } = bench
    channel.outcomes = [{ kind: 'retry-after', ms: 7000, scope: 'channel' }]
    await put(store, 1, 1, 'a')
    await delivery.runOnce()
    await put(store, 2, 1, 'b')
    clock.pass(6999)
    await delivery.runOnce()
    expect(channel.calls).toHaveLength(1)
    clock.pass(1)
    await delivery.runOnce()
    expect(channel.calls.slice(1).sort()).toEqual(['1: a', '2: b'])
    expect(await rows()).toEqual(['c-1/1 sent', 'c-2/1 sent'])
  })

  test('a pause for one address holds up nobody else', async () => {
    const { store, channel, delivery, clock } = bench
    channel.outcomes = [{ kind: 'retry-after', ms: 7000, scope: 'address' }]
    await put(store, 1, 1, 'a')
    await put(store, 1, 2, 'behind')
    await delivery.runOnce()
    await put(store, 2, 1, 'b')
    await delivery.runOnce()
    clock.pass(7000)
    await delivery.runOnce()
    expect(channel.calls).toEqual(['1: a', '2: b', '1: a', '1: behind'])
  })

  test('an unknown outcome: a reply is sent once more and then never, anything else never', async () => {
    const { store, channel, delivery, clock } = bench
    const lost = { kind: 'unknown', reason: 'ECONNRESET' } as const
    channel.outcomes = [lost, lost, lost]
    await put(store, 1, 1, 'reply')
    await delivery.runOnce()
    await put(store, 2, 1, 'reminder', { kind: 'reminder' })
    await delivery.runOnce()
    clock.pass('an hour')
    await delivery.runOnce()
    clock.pass('a day')
    expect(await delivery.runOnce()).toBe(0)
    expect([...channel.calls].sort()).toEqual(['1: reply', '1: reply', '2: reminder'])
    expect(await rows()).toEqual(['c-1/1 maybe unknown: ECONNRESET', 'c-2/1 maybe unknown: ECONNRESET'])
  })

  test('a message that surely did not leave is tried until the app is back, and less and less often', async () => {
    const { store, channel, delivery, clock } = bench
    channel.outcomes = [{ kind: 'not-sent', reason: 'ECONNREFUSED' }]
    channel.answers = [false, false, false]
    await put(store, 1, 1, 'a')
    const times: number[] = []
    const from = clock()
    for (let second = 0; second < 20; second++) {
      const asked = channel.answers.length
      await delivery.runOnce()
      if (channel.answers.length < asked) times.push((clock() - from) / 1000)
      clock.pass('a second')
    }
    expect(times).toEqual([0, 1, 3])
    expect(channel.calls).toEqual(['1: a', '1: a'])
    expect(await rows()).toEqual(['c-1/1 sent'])
  })

  test('is given up after a day', async () => {
    const { store, channel, delivery, clock } = bench
    await put(store, 1, 1, 'a')
    channel.outcomes = Array.from({ length: 9 }, () => ({ kind: 'not-sent', reason: 'ENOTFOUND' }) as const)
    await delivery.runOnce()
    clock.pass('25 hours')
    await delivery.runOnce()
    expect(await rows()).toEqual(['c-1/1 failed not-sent: ENOTFOUND'])
  })

  test.each(['blocked', 'dead-address'] as const)(
    '%s: what waits for this person is cancelled, others go on, and writing opens the address again',
    async (kind) => {
      const { store, channel, delivery, clock } = bench
      channel.outcomes = [{ kind }]
      await put(store, 1, 1, 'a')
      await put(store, 1, 2, 'b')
      await put(store, 1, 3, 'c', { kind: 'reminder', notBefore: clock() + 1000 })
      await delivery.runOnce()
      await put(store, 2, 1, 'other', { kind: 'reminder' })
      // Planned before anybody knew.
      await put(store, 1, 4, 'd', { kind: 'bulk' })
      await delivery.runOnce()
      expect(channel.calls).toEqual(['1: a', '2: other'])
      const address = { channel: 'telegram', address: '1' } as const
      expect(await addressState(store.db, address)).toBe(kind === 'blocked' ? 'blocked' : 'dead')
      expect(await rows()).toEqual([`c-1/1 cancelled ${kind}`, `c-1/2 cancelled ${kind}`, `c-1/3 cancelled ${kind}`, 'c-1/4 cancelled address closed', 'c-2/1 sent']) // prettier-ignore
      await revive(store.db, [address], clock())
      await put(store, 1, 5, 'again', { kind: 'reminder' })
      await delivery.runOnce()
      expect(channel.calls.at(-1)).toBe('1: again')
      expect(await listFailed(store.db, 10)).toEqual([])
    },
  )

  test('somebody who wrote while we found out that we were blocked is not shut out', async () => {
    const { store, channel, delivery, clock } = bench
    channel.outcomes = [
      async () => {
        clock.pass('a second')
        await sql`update session set last_at = ${clock()} where contact = 'c-1'`.execute(store.db)
        return { kind: 'blocked' }
      },
    ]
    await put(store, 1, 1, 'a')
    await put(store, 1, 2, 'answer')
    await delivery.runOnce()
    expect(channel.calls).toEqual(['1: a', '1: answer'])
    expect(await addressState(store.db, { channel: 'telegram', address: '1' })).toBe('ok')
  })

  test('what the app will never take is listed for the operator, and those behind it go on', async () => {
    const { store, channel, delivery } = bench
    channel.outcomes = [{ kind: 'rejected', code: '400 Bad Request' }]
    await put(store, 1, 1, SECRET_TEXT)
    await put(store, 1, 2, 'b')
    await delivery.runOnce()
    expect(channel.calls).toEqual([`1: ${SECRET_TEXT}`, '1: b'])
    expect(await listFailed(store.db, 10)).toMatchObject([{ contact: 'c-1', n: 1, error: 'rejected: 400 Bad Request' }])
    await sql`update outbox set body = 'no json', status = 'queued' where n = 2`.execute(store.db)
    await delivery.runOnce()
    expect((await listFailed(store.db, 10)).map(({ n, error }) => [n, error])).toEqual([[1, 'rejected: 400 Bad Request'], [2, 'rejected: SyntaxError']]) // prettier-ignore
    expect(bench.logs.join('')).not.toContain(SECRET_TEXT)
    expect(bench.logs.join('')).toContain('given up')
  })

  test('an account that is no longer accepted stops the channel, and loses nothing', async () => {
    const { store, channel, delivery, clock } = bench
    channel.outcomes = [{ kind: 'auth-lost', reason: '401 Unauthorized' }]
    await put(store, 1, 1, 'a')
    await delivery.runOnce()
    await put(store, 2, 1, 'b')
    clock.pass('9 minutes')
    expect(await delivery.runOnce()).toBe(0)
    clock.pass('a minute')
    expect(await delivery.runOnce()).toBe(2)
    expect(await rows()).toEqual(['c-1/1 sent', 'c-2/1 sent'])
    expect(bench.logs.join('')).toContain('the account is not accepted')
  })

  test('a message that a dead process held: a reply is sent once more, a reminder may have arrived', async () => {
    const { store, channel, delivery, clock } = bench
    await put(store, 1, 1, 'reply')
    await put(store, 2, 1, 'reminder', { kind: 'reminder' })
    const held = { channel: 'telegram', now: clock(), leaseMs: 60_000, limit: 9 } as const
    const die = async () => {
      const asked = { ...held, now: clock() }
      const replies = await store.transaction((tx) => claimOutbox(tx, { ...asked, lane: 'replies' }))
      const rest = await store.transaction((tx) => claimOutbox(tx, { ...asked, lane: 'rest' }))
      return replies.length + rest.length
    }
    expect(await die()).toBe(2)
    clock.pass(59_999)
    expect(await delivery.runOnce()).toBe(0)
    clock.pass(1)
    await delivery.runOnce()
    expect(await rows()).toEqual(['c-1/1 queued unknown: the sender died', 'c-2/1 maybe unknown: the sender died'])
    clock.pass('a minute')
    expect(await die()).toBe(1)
    clock.pass('a minute')
    expect(await delivery.runOnce()).toBe(0)
    expect(await rows()).toEqual(['c-1/1 maybe unknown: the sender died', 'c-2/1 maybe unknown: the sender died'])
    expect(channel.calls).toEqual([])
  })

  test('a long message goes on where it stopped', async () => {
    const { store, channel, delivery, clock } = bench
    channel.outcomes = [
      { kind: 'sent', providerId: '1' },
      { kind: 'not-sent', reason: 'ECONNREFUSED' },
    ]
    await put(store, 1, 1, 'one|two|three')
    await delivery.runOnce()
    clock.pass('a minute')
    await delivery.runOnce()
    expect(channel.calls).toEqual(['1: one', '1: two', '1: two', '1: three'])
  })

  test('bulk leaves what is kept for replies alone', async () => {
    const clock = createClock()
    const budget = createLocalBudget(clock, { telegram: { perSecond: 25, kept: 10 } })
    const { channel, delivery, store } = createBench(database.store, { clock, budget })
    const people = Array.from({ length: 40 }, (_, i) => 100 + i)
    await addPeople(store, ...people)
    for (const id of people) await put(store, id, 1, 'bulk', { kind: 'bulk' })
    expect(await delivery.runOnce()).toBe(15)
    for (const id of people.slice(0, 20)) await put(store, id, 2, 'reply')
    expect(await delivery.runOnce()).toBe(10)
    expect(channel.calls.filter((call) => call.endsWith('reply'))).toHaveLength(10)
    clock.pass('a second')
    await delivery.runOnce()
    expect(channel.calls.filter((call) => call.endsWith('reply'))).toHaveLength(20)
  })

  test('two loops at once send nothing twice, keep the order of every address, and one in flight an address', async () => {
    const channel = createScripted()
    const clock = createClock()
    const benches = [database.store, database.peer(), database.peer()].map((store) =>
      createBench(store, { channel, clock }),
    )
    const people = Array.from({ length: 30 }, (_, i) => 200 + i)
    await addPeople(database.store, ...people)
    for (let n = 1; n <= 6; n++)
      for (const id of people) await put(database.store, id, n, `${n}`, n % 3 === 0 ? { kind: 'reminder' } : {})
    await Promise.all(benches.map(({ delivery }) => delivery.runOnce()))
    await Promise.all(benches.map(({ delivery }) => delivery.runOnce()))
    expect(channel.calls).toHaveLength(180)
    expect(new Set(channel.calls).size).toBe(180)
    expect(channel.most).toBe(1)
    for (const id of people) {
      const own = channel.calls.filter((call) => call.startsWith(`${id}: `)).map((call) => Number(call.split(': ')[1]))
      expect(own.filter((n) => n % 3 > 0)).toEqual([1, 2, 4, 5])
      expect(own.filter((n) => n % 3 === 0)).toEqual([3, 6])
    }
  })

  test('a stop sends the replies that are due and leaves the rest', async () => {
    const { store, channel, delivery, clock } = bench
    await put(store, 1, 1, 'reply')
    await put(store, 2, 1, 'reminder', { kind: 'reminder' })
    await put(store, 3, 1, 'later', { notBefore: clock() + 1000 })
    await delivery.stop()
    expect(channel.calls).toEqual(['1: reply'])
    expect(await rows()).toEqual(['c-1/1 sent', 'c-2/1 queued', 'c-3/1 queued'])
  })
})

/** A budget that lets one message out at a time. */
function oneByOne() {
  const budget = createLocalBudget(() => 0, {})
  let tokens = 1
  return {
    ...budget,
    async take() {
      const granted = tokens
      tokens = 0
      if (granted === 0) tokens = 1
      return { granted, wait: 0 }
    },
    async give(_: string, unused: number) {
      tokens += unused
    },
  }
}
