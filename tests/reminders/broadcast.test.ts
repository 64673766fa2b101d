import { sql } from 'kysely'
import { isToVisit } from '../../src/core/broadcast/visits.js'
import { OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { optIn, optOut, setQuietHours } from '../../src/store/opt-outs.js'
import { outcomePage } from '../../src/store/recipients.js'
import { beginFreeze, endFreeze, broadcastToSend, goOnFreezing } from '../../src/store/broadcasts.js'
import { insertRecipients } from '../../src/store/recipients.js'
import { claimDay } from '../../src/store/reminded.js'
import { decide, lookAgain } from '../../src/reminders/desk.js'
import { loadByAddresses, setRole } from '../../src/store/contacts.js'
import { storeFailure } from '../../src/store/errors.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { enrol, rosterPerson } from '../store/roster-samples.js'
import { createClock } from '../support/clock.js'
import { addResidents, createStage, PLAN, WARD, send, type Stage, onFreshStage } from './stage.js'

const numbers = (n: number) => Array.from({ length: n }, (_, i) => i + 1)

describeEngines('a broadcast', await engines(), (engine) => {
  let database: TestDatabase
  let stage: Stage
  onFreshStage(engine, (made) => void ({ database, stage } = made))

  const setRun = (id: number, set: string) =>
    sql.raw(`update run set ${set} where id = 'r-${id}'`).execute(stage.store.db)
  const statuses = async () =>
    (await sql<{ status: string; n: number }>`select status, count(*) as n from outbox group by status`.execute(stage.store.db)).rows // prettier-ignore

  test('shows who, how many and what they will see, before anything is kept or sent', async () => {
    await addResidents(stage.store, [1, 2, 3])
    await addResidents(stage.store, [4], { step: 'choose-level-1' })
    await addResidents(stage.store, [5], { started: false })
    await stage.store.transaction((tx) => optOut(tx, ['c-3'], 1))
    const shown = await stage.reminders.preview({ contact: 'head', scope: WARD }, PLAN)
    if (shown.kind !== 'preview') throw new Error(shown.kind)
    expect(shown.tally).toEqual({
      people: 5,
      places: { now: 4, later: 0, paid: 0, 'other-channel': 0, 'group-post': 0, paper: 0, 'left-out': 1 },
      reasons: { 'left-out: opted-out': 1 },
      first: stage.clock(),
      made: stage.clock(),
      cost: 0,
    })
    expect(shown.samples.map(({ step }) => step)).toEqual(['scan-card', 'choose-level-1', null])
    const [scan, choose, fresh] = shown.samples.map(({ said }) => said)
    expect(scan!.text).toContain('phường Hoa Sen')
    expect(scan!.text).toContain('bước 5')
    expect(choose!.text).toContain('bước 2')
    expect(scan!.options[0]!.label).toBe('Làm tiếp')
    expect(fresh!.options[0]!.label).toBe('Bắt đầu từ bước 1')
    expect(stage.channel.calls).toEqual([])
    await stage.work()
    expect(stage.channel.calls).toEqual([])
    expect(await statuses()).toEqual([])
  })

  test('reaches everybody once, and the answer goes to the person’s own step', async () => {
    await addResidents(stage.store, numbers(30))
    const { id, confirmed } = await send(stage)
    expect(confirmed).toMatchObject({ kind: 'confirmed', again: false })
    await stage.work()
    expect(stage.channel.calls).toHaveLength(30)
    expect(new Set(stage.channel.calls.map((call) => call.split(':')[0])).size).toBe(30)
    expect(await stage.reminders.progress(id)).toEqual([{ result: 'sent', reason: null, count: 30, cost: 0 }])
    const [row] = await loadByAddresses(stage.store.db, [{ channel: 'telegram', address: '7' }])
    expect(row!.session).toMatchObject({ said: 1, run: 'r-7', person: 'p-7', prompt: { n: 1, ask: { kind: 'recap' } } })
    expect(row!.session.prompt.options[0]).toBe('continue')
    expect((await sql<{ state: string }>`select state from broadcast`.execute(stage.store.db)).rows).toEqual([{ state: 'done' }]) // prettier-ignore
  })

  test('is confirmed by the count, once, whatever page timed out: the key of a confirmation makes it one', async () => {
    await addResidents(stage.store, [1, 2])
    const shown = await stage.reminders.preview({ contact: 'head', scope: WARD }, PLAN)
    if (shown.kind !== 'preview') throw new Error(shown.kind)
    const confirmation = { id: shown.id, key: 'k', by: 'head', count: 2 }
    expect(await stage.reminders.confirm({ ...confirmation, count: 3 })).toEqual({ kind: 'wrong-count', count: 2 })
    const results = await Promise.allSettled([stage.reminders.confirm(confirmation), createStage(database.peer()).reminders.confirm(confirmation)]) // prettier-ignore
    const kinds = results.map((one) => (one.status === 'fulfilled' ? one.value.kind : storeFailure(one.reason)))
    expect(kinds).toContain('confirmed')
    expect(kinds.every((kind) => ['confirmed', 'busy', 'gone'].includes(String(kind)))).toBe(true)
    await stage.work()
    expect(await stage.reminders.confirm(confirmation)).toMatchObject({ kind: 'confirmed', again: true })
    expect(await stage.reminders.confirm({ ...confirmation, key: 'another' })).toEqual({ kind: 'gone' })
    await stage.work()
    expect(stage.channel.calls).toHaveLength(2)
  })

  const shownTo = async (plan = PLAN) => {
    const shown = await stage.reminders.preview({ contact: 'head', scope: WARD }, plan)
    if (shown.kind !== 'preview') throw new Error(shown.kind)
    return { id: shown.id, key: `key of ${shown.id}`, by: 'head', count: shown.tally.places.now + shown.tally.places.later, seen: shown.fingerprint } // prettier-ignore
  }
  const recipients = async () => (await sql<{ person: string }>`select person from recipient order by person`.execute(stage.store.db)).rows.map(({ person }) => person) // prettier-ignore

  test('needs no new yes when people have only moved on since its preview', async () => {
    await addResidents(stage.store, [1, 3])
    const confirmation = await shownTo()
    await setRun(3, `step = 'check-data', seq = 2`)
    expect(await stage.reminders.confirm(confirmation)).toMatchObject({
      kind: 'confirmed',
      broadcast: { tally: { people: 2, places: { now: 2 } } },
    })
    await stage.work()
    expect(await stage.outcomes(confirmation.id)).toEqual(['p-1 sent', 'p-3 sent'])
    expect(stage.channel.calls.find((call) => call.startsWith('3:'))).toContain('Xem lại thông tin')
  })

  test('is confirmed although somebody moves a step before every confirmation', async () => {
    await addResidents(stage.store, numbers(30))
    for (let n = 1; n <= 5; n++) {
      const confirmation = await shownTo()
      await setRun(n, `step = 'check-data', seq = 2`)
      expect((await stage.reminders.confirm(confirmation)).kind).toBe('confirmed')
      await stage.reminders.stop(confirmation.id)
    }
  })

  test('is shown again when people dropped out since its preview, with how many and why', async () => {
    await addResidents(stage.store, numbers(23))
    const confirmation = await shownTo()
    await setRun(2, `state = 'finished'`)
    await setRun(3, `state = 'finished'`)
    await stage.store.transaction((tx) => optOut(tx, ['c-4'], 1))
    const changed = await stage.reminders.confirm(confirmation)
    expect(changed).toMatchObject({
      kind: 'changed',
      changes: { messages: { before: 23, after: 20 }, gone: 3, come: 0, left: 2, reasons: { 'left-out: opted-out': 1 }, cost: null, time: false }, // prettier-ignore
    })
    await stage.work()
    expect(stage.channel.calls).toEqual([])
    expect(await recipients()).toEqual([])
    expect((await stage.reminders.confirm({ id: confirmation.id, key: 'k2', by: 'head', count: 20 })).kind).toBe('confirmed') // prettier-ignore
  })

  test('is shown again when the time has passed at which it was to leave, and when the night has begun', async () => {
    await addResidents(stage.store, [1, 2])
    const at = stage.clock() + 3_600_000
    const planned = await shownTo({ ...PLAN, at })
    stage.clock.pass('2 hours')
    const late = await stage.reminders.confirm(planned)
    expect(late).toMatchObject({ kind: 'changed', changes: { gone: 0, come: 0, time: true }, tally: { first: stage.clock() } }) // prettier-ignore
    await stage.work()
    expect(stage.channel.calls).toEqual([])
    stage.clock.pass('1 minute')
    expect((await stage.reminders.confirm({ ...planned, key: 'k2', seen: undefined })).kind).toBe('confirmed')
    await stage.reminders.stop(planned.id)
    const atOnce = await shownTo()
    stage.clock.pass('12 hours')
    const tomorrow = await stage.reminders.confirm(atOnce)
    expect(tomorrow).toMatchObject({ kind: 'changed', changes: { time: true } })
  })

  test('is shown again when somebody came into it since its preview, and nothing of it is left behind', async () => {
    await addResidents(stage.store, [1, 2, 3])
    await setRun(3, `state = 'finished'`)
    const confirmation = await shownTo()
    await setRun(3, `state = 'open'`)
    await setRun(2, `state = 'finished'`)
    const changed = await stage.reminders.confirm(confirmation)
    expect(changed).toMatchObject({ kind: 'changed', tally: { places: { now: 2 } } })
    await stage.work()
    expect(stage.channel.calls).toEqual([])
    expect(await recipients()).toEqual([])
    expect(await stage.reminders.confirm({ id: confirmation.id, key: 'k2', by: 'head', count: 2 })).toMatchObject({ kind: 'confirmed' }) // prettier-ignore
    await stage.work()
    expect(await stage.outcomes(confirmation.id)).toEqual(['p-1 sent', 'p-3 sent'])
  })

  test('is confirmed for those who were shown: looked at anew in another window, it is shown again in the first', async () => {
    await addResidents(stage.store, [1, 2])
    await setRun(2, `state = 'finished'`)
    const first = await shownTo()
    await setRun(1, `state = 'finished'`)
    await setRun(2, `state = 'open'`)
    const second = await lookAgain(stage.parts, WARD, first.id)
    expect(await stage.reminders.confirm(first)).toMatchObject({ kind: 'changed', tally: { places: { now: 1 } } })
    expect(await recipients()).toEqual([])
    expect((await stage.reminders.confirm({ ...first, seen: second!.fingerprint })).kind).toBe('confirmed')
    await stage.work()
    expect(await stage.outcomes(first.id)).toEqual(['p-2 sent'])
  })

  test('killed in the middle of a confirmation it is a preview again, and keeps nobody from other reminders', async () => {
    await addResidents(stage.store, [1, 2, 3])
    const confirmation = await shownTo()
    const { db } = stage.store
    // What a process leaves behind that dies after the first page.
    await beginFreeze(db, confirmation.id, { key: confirmation.key, by: 'head', at: stage.clock(), staleBefore: 0 })
    const route = { contact: 'c-1', channel: 'telegram', address: '1' } as const
    await insertRecipients(db, confirmation.id, [{ person: 'p-1', run: 'r-1', step: 'scan-card', group: 5, placement: { place: 'now', reason: null, reader: { person: 'p-1', label: null, optedOut: false, ticket: false, days: [], quiet: null, ways: [] }, route, at: 0, price: 0, uses: null } }]) // prettier-ignore
    await stage.reminders.runOnce()
    expect((await broadcastToSend(db, confirmation.id))!.state).toBe('freezing')
    stage.clock.pass('3 minutes')
    await stage.reminders.runOnce()
    expect(await broadcastToSend(db, confirmation.id)).toMatchObject({ state: 'preview', confirmKey: null, confirmedAt: null }) // prettier-ignore
    expect(await recipients()).toEqual([])
    const other = await send(stage)
    await stage.work()
    expect(await stage.outcomes(other.id)).toEqual(['p-1 sent', 'p-2 sent', 'p-3 sent'])
  })

  test('taken for dead while it was only slow, a confirmation ends without sending', async () => {
    await addResidents(stage.store, [1])
    const confirmation = await shownTo()
    await beginFreeze(stage.store.db, confirmation.id, { key: 'slow', by: 'head', at: stage.clock(), staleBefore: 0 })
    stage.clock.pass('3 minutes')
    await stage.reminders.runOnce()
    expect(await goOnFreezing(stage.store.db, confirmation.id, 'slow', stage.clock())).toBe(false)
    expect(await endFreeze(stage.store.db, confirmation.id, { key: 'slow', tally: { people: 0, places: {} as never, reasons: {}, cost: 0 }, at: stage.clock() })).toBe(false) // prettier-ignore
  })

  test('put off, it is judged by the day on which it leaves', async () => {
    await addResidents(stage.store, [1, 2])
    const { db } = stage.store
    const had = (id: number, day: string) =>
      claimDay(db, day, [{ contact: `c-${id}`, person: `p-${id}`, broadcast: 'earlier', n: 99 }])
    await had(1, '2026-11-23')
    for (const day of ['2026-11-19', '2026-11-21']) await had(2, day)
    const planned = async (at: string | null) => {
      const plan = { ...PLAN, at: at === null ? null : Date.parse(`${at}+07:00`) }
      const shown = await stage.reminders.preview({ contact: 'head', scope: WARD }, plan)
      return shown.kind === 'preview' ? [shown.tally.places.later, shown.tally.reasons] : shown.kind
    }
    expect(await planned(null)).toEqual([0, { 'left-out: today': 1, 'left-out: capped': 1 }])
    expect(await planned('2026-11-26T08:00')).toEqual([2, {}])
    expect(await planned('2026-12-03T08:00')).toEqual([2, {}])
    stage.clock.pass(Date.parse('2026-11-23T22:30:00+07:00') - stage.clock())
    expect(await planned(null)).toEqual([1, { 'left-out: capped': 1 }])
  })

  test('above the ward’s number somebody else than the sender confirms', async () => {
    const ward = { ...stage.parts.ward, reminders: { ...stage.parts.ward.reminders, 'approval-above': 1 } }
    const strict = createStage(database.store, { ward })
    await addResidents(stage.store, [1, 2])
    const { id, confirmed } = await send(strict)
    expect(confirmed).toEqual({ kind: 'needs-approval' })
    expect(await strict.reminders.confirm({ id, key: 'x', by: 'staff', count: 2 })).toMatchObject({ kind: 'confirmed' })
  })

  describe('above the ward’s number', () => {
    let strict: Stage
    const staff = (id: number) => scopeOf({ id: `c-${id}`, role: 'staff', leads: [] })
    const bySender = async (groups: number[]) => {
      const plan = { ...PLAN, audience: { ...PLAN.audience, groups } }
      const shown = await strict.reminders.preview({ contact: 'c-11', scope: staff(11) }, plan)
      if (shown.kind !== 'preview') throw new Error(shown.kind)
      const confirmation = { id: shown.id, key: `key of ${shown.id}`, count: shown.tally.places.now }
      return { ...confirmation, needsApproval: shown.needsApproval, done: (await decide(strict.parts, staff(11), confirmation)).kind } // prettier-ignore
    }
    const asked = async () => {
      await strict.work()
      return strict.channel.calls.filter((call) => call.includes('chờ người thứ hai')).map((call) => call.split(':')[0])
    }
    beforeEach(async () => {
      const ward = { ...stage.parts.ward, reminders: { ...stage.parts.ward.reminders, 'approval-above': 5 } }
      strict = createStage(database.store, { ward })
      await addResidents(strict.store, [11, 12, 13], { started: false, group: null })
      await setRole(strict.store.db, 'c-11', 'staff', [], 1)
    })
    const colleague = (id: number) => setRole(strict.store.db, `c-${id}`, 'staff', [], 1)

    test('whoever wants to send is told when there is nobody who could agree, and nothing waits for them', async () => {
      await addResidents(strict.store, numbers(6))
      const { done, needsApproval, id } = await bySender([5])
      expect([needsApproval, done]).toEqual([true, 'nobody-to-agree'])
      expect((await broadcastToSend(strict.store.db, id))!.confirmedAt).toBeNull()
    })

    test('the others are told once, and the same person by another app is nobody else', async () => {
      await addResidents(strict.store, numbers(6))
      await colleague(12)
      await sql`update contact set person = 'p-11' where id = 'c-12'`.execute(strict.store.db)
      expect((await bySender([5])).done).toBe('nobody-to-agree')
      await colleague(13)
      const { done, id, count } = await bySender([5])
      expect(done).toBe('asked')
      for (const [key, by] of [
        ['again', 11],
        ['by the other app', 12],
      ] as const)
        expect((await decide(strict.parts, staff(by), { id, key, count })).kind).toBe('asked')
      expect(await asked()).toEqual(['13'])
      expect((await decide(strict.parts, staff(13), { id, key: 'agreed', count })).kind).toBe('confirmed')
    })

    test('three small ones are one large one', async () => {
      for (const group of [1, 2, 3]) await addResidents(strict.store, [1, 2].map((n) => group * 100 + n), { group }) // prettier-ignore
      await colleague(13)
      expect([(await bySender([1])).done, (await bySender([2])).done]).toEqual(['confirmed', 'confirmed'])
      const third = await bySender([3])
      expect([third.needsApproval, third.done]).toEqual([true, 'asked'])
      // What somebody else agreed to counts no more, and neither does yesterday.
      expect((await decide(strict.parts, staff(13), third)).kind).toBe('confirmed')
      strict.clock.pass('1 day')
      await addResidents(strict.store, [401, 402], { group: 4 })
      expect((await bySender([4])).done).toBe('confirmed')
    })
  })

  test('looks once more before each message leaves: finished, moved on, opted out, came back', async () => {
    await addResidents(stage.store, numbers(6))
    const { id } = await send(stage)
    await stage.reminders.runOnce()
    expect(await statuses()).toEqual([{ status: 'queued', n: 6 }])
    stage.clock.pass('a minute')
    await setRun(1, `state = 'finished'`)
    await setRun(2, `step = 'check-data', seq = 2`)
    await stage.store.transaction((tx) => optOut(tx, ['p-3'], stage.clock()))
    await stage.store.transaction((tx) => optOut(tx, ['c-4'], stage.clock()))
    await sql`update session set last_at = ${stage.clock()} where contact = 'c-5'`.execute(stage.store.db)
    await stage.work()
    expect(await stage.outcomes(id)).toEqual([
      'p-1 cancelled: finished',
      'p-2 cancelled: moved-on',
      'p-3 cancelled: opted-out',
      'p-4 cancelled: opted-out',
      'p-5 cancelled: came-back',
      'p-6 sent',
    ])
    expect(stage.channel.calls.map((call) => call.split(':')[0])).toEqual(['6'])
    // What did not leave counts for nothing.
    expect((await sql<{ person: string }>`select person from reminded order by person`.execute(stage.store.db)).rows.filter(({ person }) => ['p-1', 'p-2', 'p-5'].includes(person))).toEqual([]) // prettier-ignore
  })

  test('those who want nothing are left out of the next one, until they want it again', async () => {
    await addResidents(stage.store, [1])
    await stage.store.transaction((tx) => optOut(tx, ['c-1'], 1))
    expect(await stage.outcomes((await send(stage)).id)).toEqual(['p-1 left-out: opted-out'])
    await optIn(stage.store.db, ['c-1'])
    const { id } = await send(stage)
    await stage.work()
    expect(await stage.outcomes(id)).toEqual(['p-1 sent'])
  })

  test('stops within one batch, for good', async () => {
    await addResidents(stage.store, numbers(900))
    const { id } = await send(createStage(database.store, { ward: { ...stage.parts.ward, reminders: { ...stage.parts.ward.reminders, 'approval-above': 10_000 } }, newId: () => 'big' })) // prettier-ignore
    await stage.reminders.runOnce()
    await stage.delivery.runOnce()
    await stage.reminders.runOnce()
    const before = stage.channel.calls.length
    expect(before).toBe(200)
    expect(await stage.reminders.stop(id)).toBe(700)
    await stage.work()
    expect(stage.channel.calls).toHaveLength(before)
    expect(await stage.reminders.progress(id)).toEqual([
      { result: 'cancelled', reason: 'stopped', count: 700, cost: 0 },
      { result: 'sent', reason: null, count: 200, cost: 0 },
    ])
    expect(await stage.reminders.stop(id)).toBe(null)
    expect(await stage.reminders.resume(id)).toBe(false)
  })

  test('holds still while it is paused, and goes on where it was', async () => {
    await addResidents(stage.store, numbers(300))
    const { id } = await send(stage)
    await stage.reminders.runOnce()
    expect(await stage.reminders.pause(id)).toBe(true)
    await stage.work()
    stage.clock.pass('an hour')
    await stage.work()
    expect(stage.channel.calls).toEqual([])
    expect(await stage.reminders.resume(id)).toBe(true)
    await stage.work()
    expect(stage.channel.calls).toHaveLength(300)
    expect(new Set(stage.channel.calls).size).toBe(300)
  })

  test('waits for the morning, and for a person’s own hours', async () => {
    const clock = createClock('2026-11-23T20:59:00+07:00')
    const late = createStage(database.store, { clock, channel: stage.channel })
    await addResidents(late.store, [1, 2, 3])
    await setQuietHours(late.store.db, 'p-2', { from: '20:00', until: '09:30' })
    const { id } = await send(late)
    await late.reminders.runOnce()
    // The batch was written at 20:59; what has not left by nine waits.
    clock.pass('a minute')
    await late.work()
    expect(late.channel.calls).toEqual([])
    clock.pass('10 hours')
    await late.work()
    expect(late.channel.calls.map((call) => call.split(':')[0])).toEqual(['1', '3'])
    clock.pass('3 hours')
    await late.work()
    expect(await late.outcomes(id)).toEqual(['p-1 sent', 'p-2 sent', 'p-3 sent'])
  })

  test('one a day, and two in a week, whatever is planned', async () => {
    await addResidents(stage.store, [1])
    const sentOn: number[] = []
    for (let day = 0; day < 15; day++) {
      for (const hour of [0, 1]) {
        const before = stage.channel.calls.length
        await send(stage, PLAN, `head ${hour}`)
        await stage.work()
        if (stage.channel.calls.length > before) sentOn.push(day)
        stage.clock.pass('an hour')
      }
      stage.clock.pass('22 hours')
    }
    expect(sentOn).toEqual([0, 1, 7, 8, 14])
  })

  test('what never arrived counts for nothing: neither for the day nor for the week, and they stand on the list of visits', async () => {
    await addResidents(stage.store, [1, 2])
    stage.channel.outcomes.push({ kind: 'blocked' })
    const { id } = await send(stage)
    await stage.work()
    const rows = await outcomePage(stage.store.db, scopeOf(OPERATOR), id, '', 10)
    expect(rows.map((row) => [row.person, row.result, isToVisit(row)])).toEqual([['p-1', 'cancelled', true], ['p-2', 'sent', false]]) // prettier-ignore
    expect((await sql`select person from reminded`.execute(stage.store.db)).rows).toEqual([{ person: 'p-2' }])
    expect(await stage.outcomes((await send(stage)).id)).toEqual(['p-1 paper: blocked', 'p-2 left-out: today'])
  })

  test('what a stop kept back is not counted as reminded', async () => {
    await addResidents(stage.store, [1])
    const { id } = await send(stage)
    await stage.reminders.runOnce()
    expect(await stage.reminders.stop(id)).toBe(1)
    const again = await send(stage)
    await stage.work()
    expect(await stage.outcomes(again.id)).toEqual(['p-1 sent'])
  })

  test('a head reaches the own groups only, whatever the plan says', async () => {
    await addResidents(stage.store, [1])
    await addResidents(stage.store, [2], { group: 6 })
    await addResidents(stage.store, [3], { group: null })
    const scope = scopeOf({ id: 'c-9', role: 'leader', leads: [5] })
    for (const groups of [null, [5, 6], [6]]) {
      const shown = await stage.reminders.preview({ contact: 'c-9', scope }, { ...PLAN, audience: { ...PLAN.audience, groups } }) // prettier-ignore
      if (shown.kind !== 'preview') throw new Error(shown.kind)
      expect(shown.tally.people).toBe(groups?.join() === '6' ? 0 : 1)
    }
  })

  test('two at once to the same people are one message', async () => {
    await addResidents(stage.store, numbers(20))
    const other = createStage(database.peer(), { channel: stage.channel, clock: stage.clock, newId: () => 'other' })
    const shown = await Promise.all([stage.reminders.preview({ contact: 'a', scope: WARD }, PLAN), other.reminders.preview({ contact: 'b', scope: WARD }, PLAN)]) // prettier-ignore
    for (const [i, one] of shown.entries()) {
      if (one.kind !== 'preview') throw new Error(one.kind)
      const confirmed = await stage.reminders.confirm({ id: one.id, key: one.id, by: 'a', count: 20 })
      expect(confirmed.kind).toBe(i === 0 ? 'confirmed' : 'changed')
    }
    await Promise.all([stage.work(), other.work()])
    await stage.work()
    expect(stage.channel.calls).toHaveLength(20)
  })

  test('speaks to the helper in place of a person whose steps the helper takes', async () => {
    await addResidents(stage.store, [1])
    await addResidents(stage.store, [2], { started: false })
    await addResidents(stage.store, [3], { by: 'c-2' })
    const { id } = await send(stage, { ...PLAN, audience: { ...PLAN.audience, who: { kind: 'at-step', step: 'scan-card' } } }) // prettier-ignore
    await stage.work()
    expect(await stage.outcomes(id)).toEqual(['p-1 sent', 'p-3 sent'])
    expect(stage.channel.calls.map((call) => call.split(':')[0])).toEqual(['1', '2'])
    const [row] = await loadByAddresses(stage.store.db, [{ channel: 'telegram', address: '2' }])
    expect(row!.session).toMatchObject({ person: 'p-3', run: 'r-3' })
  })

  test('leaves out whoever is talked to by one of us, has not agreed to anything, or cannot be reached', async () => {
    const own = stage
    await addResidents(own.store, [1, 4])
    await sql`insert into ticket (id, number, contact, person, tries, channel, reason, state, opened_at) values ('t', 1, 'c-1', 'p-1', 3, 'telegram', 'third-miss', 'open', 1)`.execute(own.store.db) // prettier-ignore
    await addResidents(own.store, [2], { session: { consent: null } })
    await addResidents(own.store, [3])
    await sql`update address set state = 'blocked' where address = '3'`.execute(own.store.db)
    await enrol(own.store.db, [rosterPerson(9, { id: 'p-9' })])
    const { id } = await send(own)
    await own.work()
    expect(await own.outcomes(id)).toEqual([
      'p-1 left-out: ticket',
      'p-2 left-out: no-consent',
      'p-3 paper: blocked',
      'p-4 sent',
      'p-9 paper: no-contact',
    ])
  })

  test.each([
    ['not-started', { kind: 'not-started' }, ['p-4']],
    ['at a step', { kind: 'at-step', step: 'scan-card' }, ['p-1', 'p-2']],
    ['at a number', { kind: 'at-number', number: 5 }, ['p-1', 'p-2']],
    ['stuck for 3 days, but not where waiting is nobody’s fault', { kind: 'stuck', days: 3 }, ['p-1']],
    ['over the limit of a wait', { kind: 'overdue' }, ['p-3']],
  ] as const)('finds those who are %s, in the groups of the sender only', async (_, who, expected) => {
    await addResidents(stage.store, [1])
    await addResidents(stage.store, [2], { at: stage.clock() - 86_400_000 })
    await addResidents(stage.store, [3], { step: 'wait-approval' })
    await addResidents(stage.store, [4], { started: false })
    await addResidents(stage.store, [5], { group: 6 })
    await addResidents(stage.store, [6], { group: 6, step: 'wait-approval' })
    await addResidents(stage.store, [7], { run: { state: 'finished' } })
    const { id } = await send(stage, { ...PLAN, audience: { ...PLAN.audience, who, groups: [5] } })
    await stage.work()
    expect(await stage.outcomes(id)).toEqual(expected.map((person) => `${person} sent`))
  })
})
