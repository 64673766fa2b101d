import { sql } from 'kysely'
import type { ReminderRule } from '../../src/core/model/ward.js'
import { createSchedules } from '../../src/reminders/schedules.js'
import { optOut, setQuietHours } from '../../src/store/opt-outs.js'
import { dayOf, isoLocal, weekday } from '../../src/core/policy/calendar.js'
import { beginFreeze } from '../../src/store/broadcasts.js'
import { claimDay } from '../../src/store/reminded.js'
import { setRole } from '../../src/store/contacts.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { addResidents, createStage, PLAN, type Stage, WARD } from './stage.js'

const RULES: ReminderRule[] = [
  { id: 'stuck', kind: 'stuck', flow: 'vneid-level-1', days: 3, at: '08:30' },
  { id: 'overdue', kind: 'overdue', flow: 'vneid-level-1', at: '08:30' },
  { id: 'activate', kind: 'activation-due', days: 2, at: '09:00' },
  { id: 'team', kind: 'visit', flow: 'vneid-level-1', on: '2026-11-25', groups: [6], at: '10:00' },
]

describeEngines('rules that repeat', await engines(), (engine) => {
  let database: TestDatabase
  let stage: Stage
  let schedules: ReturnType<typeof createSchedules>
  const pass = async (step: string) => {
    await schedules.runOnce()
    await stage.work()
    stage.clock.pass(step)
  }
  const day = async () => {
    const before = stage.channel.calls.length
    for (let n = 0; n < 8; n++) await pass('3 hours')
    return stage.channel.calls.slice(before).map((call) => call.split(':')[0])
  }
  /** A day in two steps, for tests of many days. */
  const shortDay = async () => {
    const before = stage.channel.calls.length
    for (let n = 0; n < 2; n++) await pass('12 hours')
    return stage.channel.calls.length - before
  }
  beforeEach(async () => {
    database = await engine.fresh()
    stage = createStage(database.store)
    const { ward } = stage.parts
    stage.parts.ward = { ...ward, reminders: { ...ward.reminders, rules: RULES, summary: null } }
    schedules = createSchedules(stage.parts, stage.reminders)
  })
  afterEach(() => database.drop())

  test('do nothing before staff switch them on, and then remind every three days and twice in a week, until the cause is gone', async () => {
    await addResidents(stage.store, [1, 2])
    expect(await day()).toEqual([])
    expect(await schedules.set('stuck', true, 'staff')).toBe('on')
    expect(await schedules.set('no-such-rule', true, 'staff')).toBe('no-such-rule')
    const week = []
    for (let n = 0; n < 7; n++) week.push((await day()).length)
    expect(week).toEqual([2, 0, 0, 2, 0, 0, 0])
    await sql`update run set state = 'finished' where id = 'r-1'`.execute(stage.store.db)
    expect(await day()).toEqual(['2'])
    await schedules.set('stuck', false, 'staff')
    expect(await day()).toEqual([])
  })

  test('four times without an answer are enough, until the person moves on; who had them is to be visited', async () => {
    await addResidents(stage.store, [1])
    await schedules.set('stuck', true, 'staff')
    let sent = 0
    for (let n = 0; n < 25; n++) sent += await shortDay()
    expect(sent).toBe(4)
    expect((await schedules.preview('stuck'))?.tally.reasons).toEqual({ 'paper: unanswered': 1 })
    await sql`update run set step = 'check-data', seq = 2, entered_at = ${stage.clock()} where id = 'r-1'`.execute(stage.store.db) // prettier-ignore
    for (let n = 0; n < 25; n++) sent += await shortDay()
    expect(sent).toBe(8)
  })

  test('rest on Sundays and on public holidays, whatever their cause', async () => {
    stage.clock.pass(Date.parse('2027-02-01T07:00:00+07:00') - stage.clock())
    await addResidents(
      stage.store,
      Array.from({ length: 8 }, (_, n) => n + 1),
    )
    for (const rule of ['stuck', 'overdue']) await schedules.set(rule, true, 'staff')
    stage.parts.ward.reminders['rule-most'] = 20
    const { holidays } = stage.parts.world
    const days: string[] = []
    for (let n = 0; n < 30; n++) {
      const today = dayOf(stage.clock())
      if ((await shortDay()) > 0) days.push(today)
    }
    expect(days.length).toBeGreaterThan(3)
    expect(days.filter((one) => holidays.has(one) || weekday(one) === 0)).toEqual([])
    expect([...holidays].some((one) => one > '2027-02-01' && one < '2027-03-01')).toBe(true)
  })

  test('one that is switched on after its time runs on the next day, and says so', async () => {
    await addResidents(stage.store, [1])
    stage.clock.pass(Date.parse('2026-11-23T23:34:00+07:00') - stage.clock())
    await schedules.set('stuck', true, 'staff')
    const next = (await schedules.rules()).find(({ rule }) => rule.id === 'stuck')!.next!
    expect(isoLocal(next)).toBe('2026-11-24T08:30:00+07:00')
    await schedules.runOnce()
    expect((await sql`select 1 from broadcast`.execute(stage.store.db)).rows).toEqual([])
    stage.clock.pass(next - stage.clock())
    await schedules.runOnce()
    await stage.work()
    expect(stage.channel.calls).toHaveLength(1)
  })

  test('one that is switched off takes back what it has not sent', async () => {
    await addResidents(stage.store, [1, 2])
    await schedules.set('stuck', true, 'staff')
    stage.clock.pass('2 hours')
    await schedules.runOnce()
    await stage.reminders.runOnce()
    await schedules.set('stuck', false, 'staff')
    await stage.work()
    expect(stage.channel.calls).toEqual([])
    expect((await sql<{ state: string }>`select state from broadcast`.execute(stage.store.db)).rows).toEqual([{ state: 'stopped' }]) // prettier-ignore
  })

  test('one that would write to more than the ward’s number is switched on by two persons, not by one with two apps', async () => {
    stage.parts.ward.reminders['approval-above'] = 2
    await addResidents(stage.store, [1, 2, 3])
    await addResidents(stage.store, [7, 8, 9], { started: false })
    await setRole(stage.store.db, 'c-7', 'staff', [], 1)
    expect(await schedules.set('stuck', true, 'c-7')).toBe('nobody-to-agree')
    for (const id of ['c-8', 'c-9']) await setRole(stage.store.db, id, 'staff', [], 1)
    await sql`update contact set person = 'p-7' where id = 'c-8'`.execute(stage.store.db)
    expect(await schedules.set('stuck', true, 'c-7')).toBe('asked')
    expect(await schedules.set('stuck', true, 'c-8')).toBe('asked')
    await stage.work()
    // The one who may agree was told, once, and nothing has left.
    expect((await day()).filter((to) => to !== '9')).toEqual([])
    expect(stage.channel.calls.filter((call) => call.startsWith('9:'))).toHaveLength(1)
    expect(await schedules.set('stuck', true, 'c-9')).toBe('on')
    expect((await day()).sort()).toEqual(['1', '2', '3'])
  })

  test('one that has grown beyond the ward’s number since one person switched it on waits for a second', async () => {
    stage.parts.ward.reminders['approval-above'] = 2
    await addResidents(stage.store, [1, 2])
    await addResidents(stage.store, [7, 9], { started: false })
    for (const id of ['c-7', 'c-9']) await setRole(stage.store.db, id, 'staff', [], 1)
    expect(await schedules.set('stuck', true, 'c-7')).toBe('on')
    await addResidents(stage.store, [3])
    expect(await day()).toEqual(['9'])
    expect(await schedules.set('stuck', true, 'c-9')).toBe('on')
    expect((await day()).sort()).toEqual(['1', '2', '3'])
  })

  test('keep their day when people kept coming in, and try again within it', async () => {
    await addResidents(stage.store, [1])
    const restless = createSchedules(stage.parts, {
      ...stage.reminders,
      confirm: async ({ id }) => ({ kind: 'changed', id }) as never,
    })
    await restless.set('stuck', true, 'staff')
    stage.clock.pass('2 hours')
    expect(await restless.runOnce()).toBe(0)
    expect(stage.logs.filter((line) => line.includes('tried again'))).toHaveLength(1)
    expect((await sql`select 1 from broadcast`.execute(stage.store.db)).rows).toEqual([])
    expect(await schedules.runOnce()).toBe(1)
    await stage.work()
    expect(stage.channel.calls).toHaveLength(1)
  })

  test('keep their day when the process died while they were confirmed', async () => {
    await addResidents(stage.store, [1])
    await schedules.set('stuck', true, 'staff')
    stage.clock.pass('2 hours')
    const shown = await stage.reminders.preview({ contact: null, scope: WARD, rule: 'stuck' }, PLAN)
    if (shown.kind !== 'preview') throw new Error(shown.kind)
    await beginFreeze(stage.store.db, shown.id, { key: 'rule stuck 2026-11-23', by: null, at: stage.clock(), staleBefore: 0 }) // prettier-ignore
    expect(await schedules.runOnce()).toBe(0)
    stage.clock.pass('3 minutes')
    await stage.reminders.runOnce()
    expect(await schedules.runOnce()).toBe(1)
    await stage.work()
    expect(stage.channel.calls).toHaveLength(1)
  })

  test('the team is announced to people who had their two of the week; who had one today is told at the door', async () => {
    await addResidents(stage.store, [1, 2], { group: 6 })
    await addResidents(stage.store, [3])
    const had = (id: number, day: string) => claimDay(stage.store.db, day, [{ contact: `c-${id}`, person: `p-${id}`, broadcast: 'earlier', n: 99 }]) // prettier-ignore
    for (const day of ['2026-11-20', '2026-11-22']) await had(1, day)
    for (const rule of ['stuck', 'team']) await schedules.set(rule, true, 'staff')
    // The day before the team comes: the other rule leaves its groups alone.
    stage.clock.pass(Date.parse('2026-11-24T07:00:00+07:00') - stage.clock())
    await had(2, '2026-11-24')
    expect((await day()).sort()).toEqual(['1', '3'])
    expect(stage.channel.calls.find((call) => call.startsWith('1:'))).toContain('thứ Tư 25/11')
    const { rows } = await sql<{ person: string; reason: string }>`
      select r.person, r.reason from recipient r join broadcast b on b.id = r.broadcast
      where b.rule = 'team' and r.state = 'offline'`.execute(stage.store.db)
    expect(rows).toEqual([{ person: 'p-2', reason: 'had-another' }])
  })

  test('two rules for one person are one message a day', async () => {
    await addResidents(stage.store, [1], { step: 'wait-approval' })
    await addResidents(stage.store, [2])
    for (const rule of ['stuck', 'overdue']) await schedules.set(rule, true, 'staff')
    expect((await day()).sort()).toEqual(['1', '2'])
  })

  test('an approved account is reminded to be activated when two of its seven days are left', async () => {
    const approved = stage.clock()
    await addResidents(stage.store, [1], { step: 'wait-approval', at: approved, run: { state: 'finished' } })
    await schedules.set('activate', true, 'staff')
    const days: (string | undefined)[][] = []
    for (let n = 0; n < 8; n++) days.push(await day())
    expect(days.map((sent) => sent.length)).toEqual([0, 0, 0, 0, 0, 1, 1, 0])
    expect(stage.channel.calls[0]).toContain('7 ngày')
  })

  test('the mobile team is announced on the day before, to its groups only', async () => {
    await addResidents(stage.store, [1])
    await addResidents(stage.store, [2], { group: 6 })
    await schedules.set('team', true, 'staff')
    expect([await day(), await day(), await day()]).toEqual([[], ['2'], []])
    expect(stage.channel.calls[0]).toContain('thứ Tư 25/11')
  })

  test('show whom the next run would reach, and when, without sending', async () => {
    await addResidents(stage.store, [1, 2])
    const shown = await schedules.preview('stuck')
    expect(shown?.tally.places.now).toBe(2)
    expect((await schedules.rules()).map(({ rule, schedule, next }) => [rule.id, schedule, next === null ? null : new Date(next).toISOString()])).toEqual([
      ['stuck', null, '2026-11-23T01:30:00.000Z'],
      ['overdue', null, '2026-11-23T01:30:00.000Z'],
      ['activate', null, '2026-11-23T02:00:00.000Z'],
      ['team', null, '2026-11-24T03:00:00.000Z'],
    ]) // prettier-ignore
    await stage.work()
    expect(stage.channel.calls).toEqual([])
  })

  test('two processes start one run', async () => {
    await addResidents(stage.store, [1, 2])
    await schedules.set('stuck', true, 'staff')
    stage.clock.pass('an hour')
    const other = createStage(database.peer(), { channel: stage.channel, clock: stage.clock, newId: () => 'other' })
    other.parts.ward = stage.parts.ward
    const others = createSchedules(other.parts, other.reminders)
    await Promise.allSettled([schedules.runOnce(), others.runOnce()])
    await Promise.all([schedules.runOnce(), others.runOnce()])
    await stage.work()
    expect(stage.channel.calls).toHaveLength(2)
  })

  test('heads and staff get the figures of their scope on Monday, once, and not those who want nothing', async () => {
    stage.parts.ward = { ...stage.parts.ward, reminders: { ...stage.parts.ward.reminders, summary: { weekday: 1, at: '08:00' } } } // prettier-ignore
    schedules = createSchedules(stage.parts, stage.reminders)
    await addResidents(stage.store, [1, 2, 3, 4, 5, 6])
    await setRole(stage.store.db, 'c-1', 'leader', [5], 1)
    await setRole(stage.store.db, 'c-2', 'staff', [], 1)
    await setRole(stage.store.db, 'c-3', 'staff', [], 1)
    await stage.store.transaction((tx) => optOut(tx, ['c-3'], 1))
    const week = []
    for (let n = 0; n < 8; n++) week.push((await day()).sort())
    expect(week).toEqual([['1', '2'], [], [], [], [], [], [], ['1', '2']])
    expect(stage.channel.calls.find((call) => call.startsWith('1:'))).toContain('6 người')
  })

  describe('the week’s figures', () => {
    const at = (iso: string) => stage.clock.pass(Date.parse(`${iso}:00+07:00`) - stage.clock())
    const seen = (iso: string) => sql`update address set last_interaction = ${Date.parse(`${iso}:00+07:00`)} where address = '1'`.execute(stage.store.db) // prettier-ignore
    const sent = async () => {
      await schedules.runOnce()
      await stage.work()
      return stage.channel.calls.length
    }
    const weekly = async (time: string) => {
      const { ward } = stage.parts
      stage.parts.ward = { ...ward, reminders: { ...ward.reminders, summary: { weekday: 1, at: time } } }
      stage.parts.channels = [stage.channel]
      schedules = createSchedules(stage.parts, stage.reminders)
      await addResidents(stage.store, [1])
      await setRole(stage.store.db, 'c-1', 'leader', [5], 1)
    }

    test('cost nothing: behind the free window they are not sent, and within it they are', async () => {
      const hours = 3_600_000
      stage.channel.capabilities.window = { free: 48 * hours, paid: 168 * hours, price: 55 }
      await weekly('08:00')
      await seen('2026-11-20T08:00')
      at('2026-11-23T08:30')
      expect(await sent()).toBe(0)
      // They came back in the morning.
      await seen('2026-11-23T09:00')
      at('2026-11-23T09:30')
      expect(await sent()).toBe(1)
    })

    test('wait for no night: after a pause until late in the evening they are left out', async () => {
      await weekly('16:00')
      at('2026-11-23T22:30')
      expect(await sent()).toBe(0)
      at('2026-11-24T08:00')
      expect(await sent()).toBe(0)
      at('2026-11-30T16:30')
      expect(await sent()).toBe(1)
    })

    test('keep to the hours that somebody wants for themselves', async () => {
      await weekly('08:00')
      await setQuietHours(stage.store.db, 'p-1', { from: '20:00', until: '10:00' })
      at('2026-11-23T08:30')
      expect(await sent()).toBe(0)
      at('2026-11-23T10:00')
      expect(await sent()).toBe(1)
    })

    test('that still wait are replaced by the next ones', async () => {
      await weekly('08:00')
      for (const day of ['2026-11-23', '2026-11-30', '2026-12-07']) {
        at(`${day}T08:30`)
        await schedules.runOnce()
      }
      await stage.work()
      expect(stage.channel.calls).toHaveLength(1)
      // One that has waited for half a day is not worth an evening.
      at('2026-12-14T08:30')
      await schedules.runOnce()
      at('2026-12-14T20:45')
      await schedules.runOnce()
      await stage.work()
      expect(stage.channel.calls).toHaveLength(1)
    })
  })
})
