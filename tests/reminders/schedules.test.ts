import { sql } from 'kysely'
import type { ReminderRule } from '../../src/core/model/ward.js'
import { createSchedules } from '../../src/reminders/schedules.js'
import { optOut } from '../../src/store/opt-outs.js'
import { setRole } from '../../src/store/contacts.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { addResidents, createStage, type Stage } from './stage.js'

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
  const hour = async () => {
    await schedules.runOnce()
    await stage.work()
    stage.clock.pass('an hour')
  }
  const day = async () => {
    const before = stage.channel.calls.length
    for (let n = 0; n < 24; n++) await hour()
    return stage.channel.calls.slice(before).map((call) => call.split(':')[0])
  }
  beforeEach(async () => {
    database = await engine.fresh()
    stage = createStage(database.store)
    const { ward } = stage.parts
    stage.parts.ward = { ...ward, reminders: { ...ward.reminders, rules: RULES, summary: null } }
    schedules = createSchedules(stage.parts, stage.reminders)
  })
  afterEach(() => database.drop())

  test('do nothing before staff switch them on, and then remind at most once a day and twice in a week, until the cause is gone', async () => {
    await addResidents(stage.store, [1, 2])
    expect(await day()).toEqual([])
    expect(await schedules.set('stuck', true, 'staff')).toBe(true)
    expect(await schedules.set('no-such-rule', true, 'staff')).toBe(false)
    expect(await day()).toEqual(['1', '2'])
    expect(await day()).toEqual(['1', '2'])
    expect(await day()).toEqual([])
    await sql`update run set state = 'finished' where id = 'r-1'`.execute(stage.store.db)
    stage.clock.pass('5 days')
    expect(await day()).toEqual(['2'])
    await schedules.set('stuck', false, 'staff')
    expect(await day()).toEqual([])
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
})
