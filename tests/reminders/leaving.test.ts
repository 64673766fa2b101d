import { sql } from 'kysely'
import type { BroadcastPlan } from '../../src/core/model/broadcast.js'
import { eraseContact, forgetOld } from '../../src/store/erase.js'
import { loadByAddresses, setRole } from '../../src/store/contacts.js'
import { makePerson, startHelping, stopHelping } from '../../src/store/helping.js'
import { absorb } from '../../src/store/merges.js'
import { optOut } from '../../src/store/opt-outs.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { createClock } from '../support/clock.js'
import { addResidents, createStage, PLAN, send, type Stage, WARD, onFreshStage } from './stage.js'

const DAY = 86_400_000

describeEngines('the last look before a reminder leaves', await engines(), (engine) => {
  let database: TestDatabase
  let stage: Stage
  onFreshStage(engine, (made) => void ({ database, stage } = made))

  const db = () => stage.store.db
  const at = (who: BroadcastPlan['audience']['who'] = { kind: 'at-step', step: 'scan-card' }, groups: number[] | null = null): BroadcastPlan => ({ ...PLAN, audience: { ...PLAN.audience, who, groups } }) // prettier-ignore
  const to = () => stage.channel.calls.map((call) => call.split(':')[0])
  /** Written and not yet on its way, when `change` is done. */
  const between = async (plan: BroadcastPlan, change: () => Promise<unknown>, sender = 'head') => {
    const { id } = await send(stage, plan, sender)
    await stage.reminders.runOnce()
    await change()
    stage.clock.pass('an hour')
    await stage.delivery.runOnce()
    await stage.work()
    // What was taken back is worded anew at the next look.
    await stage.work()
    return stage.outcomes(id)
  }
  const merge = (kept: string, gone: string) => stage.store.transaction((tx) => absorb(tx, { kept, gone, at: 1, who: 'staff', how: 'merge' })) // prettier-ignore
  const ticket = (contact: string, person: string) => sql`insert into ticket (id, number, contact, person, tries, channel, reason, state, opened_at) values ('t', 1, ${contact}, ${person}, 3, 'telegram', 'third-miss', 'open', 1)`.execute(db()) // prettier-ignore

  test('sees a ticket, another group, a merge into somebody who finished or wants nothing', async () => {
    await addResidents(stage.store, [1, 2, 3, 4, 5])
    await addResidents(stage.store, [8], { run: { state: 'finished' } })
    await addResidents(stage.store, [9], { started: false })
    const found = await between(at(undefined, [5]), async () => {
      await ticket('c-1', 'p-1')
      await sql`update person set grp = 9 where id = 'p-2'`.execute(db())
      await merge('p-8', 'p-3')
      await stage.store.transaction((tx) => optOut(tx, ['p-9'], 1))
      await merge('p-9', 'p-4')
    })
    expect(found).toEqual([
      'p-1 cancelled: ticket',
      'p-2 cancelled: moved-on',
      'p-3 cancelled: finished',
      'p-4 cancelled: opted-out',
      'p-5 sent',
    ])
    expect(to()).toEqual(['5'])
  })

  test('goes to the person that somebody was merged into', async () => {
    await addResidents(stage.store, [1])
    await makePerson(db(), 'p-9', 5, 1)
    expect(await between(at(), () => merge('p-9', 'p-1'))).toEqual(['p-1 sent'])
    const claimed = await sql`select person from reminded`.execute(db())
    expect(claimed.rows).toEqual([{ person: 'p-9' }])
  })

  test('stops what somebody sends who has lost the group, written or still to be written', async () => {
    await addResidents(stage.store, [1, 2])
    await addResidents(stage.store, [9], { started: false })
    const dismissed = () => setRole(db(), 'c-9', 'resident', [], 2)
    const leads = () => setRole(db(), 'c-9', 'leader', [5], 1)
    await leads()
    expect(await between(at(undefined, [5]), dismissed, 'c-9')).toEqual(['p-1 cancelled: no-scope', 'p-2 cancelled: no-scope']) // prettier-ignore
    await leads()
    const { id } = await send(stage, { ...at(undefined, [5]), at: stage.clock() + DAY }, 'c-9')
    await dismissed()
    stage.clock.pass('1 day')
    await stage.work()
    expect(await stage.outcomes(id)).toEqual(['p-1 cancelled: no-scope', 'p-2 cancelled: no-scope'])
    expect((await sql`select distinct state from broadcast`.execute(db())).rows).toEqual([{ state: 'stopped' }])
    expect(to()).toEqual([])
  })

  test('takes the day on which it really leaves, and the week of that day', async () => {
    const clock = createClock('2026-11-23T20:58:00+07:00')
    stage = createStage(database.store, { clock })
    await addResidents(stage.store, [1])
    stage.channel.outcomes.push({ kind: 'retry-after', ms: 180_000, scope: 'channel' })
    const { id } = await send(stage)
    await stage.work()
    clock.pass('10 hours')
    await stage.work()
    clock.pass('4 minutes')
    await stage.work()
    expect(await stage.outcomes(id)).toEqual(['p-1 sent'])
    expect((await sql`select day from reminded`.execute(db())).rows).toEqual([{ day: '2026-11-24' }])
    clock.pass('2 hours')
    const again = await send(stage)
    await stage.work()
    expect(await stage.outcomes(again.id)).toEqual(['p-1 left-out: today'])
  })

  test('after days in which its app was away, a day or a week that is full by then keeps it back', async () => {
    await addResidents(stage.store, [1, 2])
    const full = async () => {
      const days = ['2026-11-26', '2026-11-27', '2026-11-28']
      await sql`insert into reminded (person, day, contact, broadcast) values ('p-1', ${days[0]}, 'c-1', 'x'), ('p-1', ${days[1]}, 'c-1', 'x'), ('p-2', ${days[2]}, 'c-2', 'x')`.execute(db()) // prettier-ignore
      stage.clock.pass(Date.parse('2026-11-28T09:00:00+07:00') - stage.clock())
    }
    expect(await between(at(), full)).toEqual(['p-1 cancelled: capped', 'p-2 cancelled: today'])
  })

  test('a message for later is judged by the day for which it is planned', async () => {
    await addResidents(stage.store, [1])
    await send(stage)
    await stage.work()
    const tomorrow = await stage.reminders.preview({ contact: 'head', scope: WARD }, { ...PLAN, at: stage.clock() + 2 * DAY }) // prettier-ignore
    expect(tomorrow).toMatchObject({ tally: { places: { later: 1 } } })
    await sql`insert into reminded (person, day, contact, broadcast) values ('p-1', '2026-11-22', 'c-1', 'x')`.execute(db()) // prettier-ignore
    const { id } = await send(stage, { ...PLAN, at: stage.clock() + 8 * DAY })
    expect(await stage.outcomes(id)).toEqual(['p-1 waiting'])
    stage.clock.pass('8 days')
    await stage.work()
    expect(await stage.outcomes(id)).toEqual(['p-1 sent'])
  })

  describe('of people who were erased meanwhile', () => {
    let n: number
    beforeEach(() => (n = 0))
    const erase = (contact: string) => {
      return stage.store.transaction((tx) => eraseContact(tx, contact, () => `anon-${++n}`))
    }

    test('nothing leaves, by the own phone or a helper’s, and everybody has an outcome', async () => {
      await addResidents(stage.store, [1, 2], { started: false })
      await addResidents(stage.store, [3], { by: 'c-2' })
      await addResidents(stage.store, [4])
      expect(await between(at(), async () => (await erase('c-3'), await erase('c-4')))).toHaveLength(2)
      const states = await sql<{ state: string; reason: string }>`select distinct state, reason from recipient`.execute(db()) // prettier-ignore
      expect(states.rows).toEqual([{ state: 'cancelled', reason: 'erased' }])
      expect(to()).toEqual([])
    })

    test('a message that names others too is worded anew for those', async () => {
      await addResidents(stage.store, [2])
      await addResidents(stage.store, [3, 4], { by: 'c-2' })
      await sql`delete from address where address = '4'`.execute(db())
      expect((await between(at(), () => erase('c-3'))).sort()).toEqual([expect.stringMatching(/^anon-\d cancelled: erased$/), 'p-2 sent', 'p-4 sent']) // prettier-ignore
      expect(stage.channel.calls).toHaveLength(1)
      expect(stage.channel.calls[0]).toContain('mẹ 4')
      expect(stage.channel.calls[0]).not.toContain('mẹ 3')
    })

    test('what was sent stays sent, also when the messages themselves are forgotten', async () => {
      await addResidents(stage.store, [1, 2])
      const { id } = await send(stage)
      await stage.work()
      await erase('c-1')
      expect(await stage.reminders.progress(id)).toEqual([{ result: 'sent', reason: null, count: 2, cost: 0 }])
      await forgetOld(db(), { messages: stage.clock() + 1, inbox: 0 })
      expect((await sql`select 1 from outbox`.execute(db())).rows).toEqual([])
      expect(await stage.reminders.progress(id)).toEqual([{ result: 'sent', reason: null, count: 2, cost: 0 }])
    })
  })

  describe('one phone and several people', () => {
    /** `c-2` is its own person and acts for the three others, who have no phone. */
    const family = async (started = false) => {
      await addResidents(stage.store, [2], { started })
      await addResidents(stage.store, [31, 32, 33], { by: 'c-2' })
      await sql`delete from address where address in ('31', '32', '33')`.execute(db())
    }

    test('get one message a day that names all of them, and two in a week', async () => {
      await family()
      const sentOn: number[] = []
      for (let day = 0; day < 8; day++) {
        const before = stage.channel.calls.length
        const { id } = await send(stage, at())
        await stage.work()
        if (stage.channel.calls.length > before) sentOn.push(day)
        expect(stage.channel.calls.length - before).toBeLessThanOrEqual(1)
        const all = await stage.outcomes(id)
        expect(new Set(all.map((one) => one.split(' ').slice(1).join(' '))).size).toBe(1)
        stage.clock.pass('a day')
      }
      expect(sentOn).toEqual([0, 1, 7])
      for (const label of ['mẹ 31', 'mẹ 32', 'mẹ 33']) expect(stage.channel.calls[0]).toContain(label)
    })

    test('count as one message in the plan, and the reader has had theirs', async () => {
      await family(true)
      const { id, confirmed } = await send(stage, at())
      expect(confirmed).toMatchObject({ kind: 'confirmed', broadcast: { tally: { joined: 3, places: { now: 4 } } } })
      await stage.work()
      expect(await stage.outcomes(id)).toEqual(['p-2 sent', 'p-31 sent', 'p-32 sent', 'p-33 sent'])
      expect(stage.channel.calls).toHaveLength(1)
    })

    test('on a page, which reads its messages from here, the question stands at once, about one as about several', async () => {
      stage = createStage(database.store, { pages: true })
      await family(true)
      await sql`update address set channel = 'web' where address = '2'`.execute(db())
      const front = async () => (await loadByAddresses(db(), [{ channel: 'web', address: '2' }]))[0]!.session
      await send(stage, at())
      await stage.reminders.runOnce()
      expect(await front()).toMatchObject({
        person: 'p-2',
        prompt: { n: 1, options: ['w1', 'w2', 'w3', 'w4', 'later'], ask: { kind: 'whom', people: [{ person: 'p-2', label: null }, { person: 'p-31', label: 'mẹ 31' }, {}, {}] } },
      }) // prettier-ignore
      await sql`update run set state = 'finished' where id in ('r-2', 'r-31', 'r-33')`.execute(db())
      stage.clock.pass('a day')
      await send(stage, at())
      await stage.reminders.runOnce()
      expect(await front()).toMatchObject({ person: 'p-32', run: 'r-32', actingFor: { label: 'mẹ 32', group: 5 }, prompt: { n: 2, ask: { kind: 'recap' } } }) // prettier-ignore
    })

    test('whoever drops out is not named, and the others still are', async () => {
      await family()
      const found = await between(at(), () => sql`update run set state = 'finished' where id = 'r-32'`.execute(db()))
      expect(found).toEqual(['p-31 sent', 'p-32 cancelled: finished', 'p-33 sent'])
      expect(stage.channel.calls).toHaveLength(1)
      expect(stage.channel.calls[0]).toContain('mẹ 31')
      expect(stage.channel.calls[0]).not.toContain('mẹ 32')
    })

    test('a helper who helps no more gets nothing, and the person’s own phone does', async () => {
      await addResidents(stage.store, [2], { started: false })
      await addResidents(stage.store, [3], { by: 'c-2' })
      await stopHelping(db(), 'c-2', 'p-3')
      const { id } = await send(stage, at())
      await stage.work()
      expect(await stage.outcomes(id)).toEqual(['p-3 sent'])
      expect(to()).toEqual(['3'])
    })

    test('a helper who blocked us or wants nothing is passed over for the own phone; without one the person is visited', async () => {
      await addResidents(stage.store, [2, 4], { started: false })
      await addResidents(stage.store, [3], { by: 'c-2' })
      await addResidents(stage.store, [5, 6], { by: 'c-4' })
      await sql`update address set state = 'blocked' where address = '2'`.execute(db())
      await sql`delete from address where address = '6'`.execute(db())
      await stage.store.transaction((tx) => optOut(tx, ['p-4', 'c-4'], 1))
      const { id } = await send(stage, at())
      await stage.work()
      expect(await stage.outcomes(id)).toEqual(['p-3 sent', 'p-5 sent', 'p-6 paper: no-contact'])
      expect(to()).toEqual(['3', '5'])
    })

    test('a helper who says «đừng nhắn nữa» while it waits: it goes to the own phone', async () => {
      await addResidents(stage.store, [2], { started: false })
      await addResidents(stage.store, [3], { by: 'c-2' })
      expect(await between(at(), () => stage.store.transaction((tx) => optOut(tx, ['p-2', 'c-2'], 1)))).toEqual(['p-3 sent']) // prettier-ignore
      expect(to()).toEqual(['3'])
    })

    test('whoever brought somebody in is written to before the first step', async () => {
      await addResidents(stage.store, [2], { started: false })
      await makePerson(db(), 'p-granny', 5, 1)
      await startHelping(db(), { contact: 'c-2', person: 'p-granny', label: 'bà', how: 'made', now: 1 })
      const { id } = await send(stage, at({ kind: 'not-started' }))
      await stage.work()
      expect(await stage.outcomes(id)).toEqual(['p-2 sent', 'p-granny sent'])
      expect(stage.channel.calls).toHaveLength(1)
      expect(stage.channel.calls[0]).toContain('bà: ')
    })
  })

  test('one person with two phones: the other is tried where the one used last is shut, and «đừng nhắn nữa» on one is heard on both', async () => {
    await addResidents(stage.store, [1])
    await addResidents(stage.store, [2], { started: false })
    await sql`update contact set person = 'p-1' where id = 'c-2'`.execute(db())
    await sql`update person set merged_into = 'p-1' where id = 'p-2'`.execute(db())
    await sql`update address set state = 'blocked' where address = '1'`.execute(db())
    const { id } = await send(stage)
    await stage.work()
    expect(await stage.outcomes(id)).toEqual(['p-1 sent'])
    expect(to()).toEqual(['2'])
    stage.clock.pass('a day')
    await stage.store.transaction((tx) => optOut(tx, ['c-1'], 1))
    expect(await stage.outcomes((await send(stage)).id)).toEqual(['p-1 left-out: opted-out'])
  })
})
