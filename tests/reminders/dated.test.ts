import { sql } from 'kysely'
import type { BroadcastPlan } from '../../src/core/model/broadcast.js'
import type { ReminderRule } from '../../src/core/model/ward.js'
import { createSchedules } from '../../src/reminders/schedules.js'
import { unreachedBy } from '../../src/reminders/unreached.js'
import { loadBroadcast } from '../../src/store/broadcasts.js'
import { setQuietHours } from '../../src/store/opt-outs.js'
import { claimDay } from '../../src/store/reminded.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { addResidents, createStage, PLAN, send, type Stage, WARD } from './stage.js'

const RULES: ReminderRule[] = [
  { id: 'activate', kind: 'activation-due', days: 2, at: '09:00' },
  { id: 'team', kind: 'visit', flow: 'vneid-level-1', on: '2026-11-25', groups: [6], at: '10:00' },
]

describeEngines('what is announced for a date', await engines(), (engine) => {
  let database: TestDatabase
  let stage: Stage
  let schedules: ReturnType<typeof createSchedules>
  beforeEach(async () => {
    database = await engine.fresh()
    stage = createStage(database.store)
    const { ward } = stage.parts
    stage.parts.ward = { ...ward, reminders: { ...ward.reminders, rules: RULES, summary: null } }
    schedules = createSchedules(stage.parts, stage.reminders)
  })
  afterEach(() => database.drop())

  const db = () => stage.store.db
  const until = (iso: string) => stage.clock.pass(Date.parse(`${iso}:00+07:00`) - stage.clock())
  const pass = async () => {
    await schedules.runOnce()
    await stage.work()
  }
  const to = () => stage.channel.calls.map((call) => call.split(':')[0])
  const inGroups = (groups: number[] | null, more: Partial<BroadcastPlan> = {}): BroadcastPlan => ({ ...PLAN, audience: { ...PLAN.audience, groups }, ...more }) // prettier-ignore
  const had = (id: number, day: string) => claimDay(db(), day, [{ contact: `c-${id}`, person: `p-${id}`, broadcast: 'earlier', n: 99 }]) // prettier-ignore
  /** What became of the newest run of a rule, and who stands on its list of visits. */
  const came = async (rule: string) => {
    const { rows } = await sql<{ id: string }>`select id from broadcast where rule = ${rule} order by created_at desc limit 1`.execute(db()) // prettier-ignore
    const { id } = rows[0]!
    const visits = await unreachedBy(stage.parts, WARD, (await loadBroadcast(db(), WARD, id))!)
    return { outcomes: await stage.outcomes(id), visits: Object.fromEntries(visits) }
  }

  describe('that the team comes', () => {
    beforeEach(() => schedules.set('team', true, 'staff'))

    test('is not lost to a reminder of the same morning: that one leaves its groups to the announcement', async () => {
      await addResidents(stage.store, [1, 2], { group: 6 })
      await addResidents(stage.store, [3])
      await addResidents(stage.store, [4], { group: 6, flow: 'vneid-level-1', run: { state: 'finished' } })
      await addResidents(stage.store, [5], { group: 6, flow: 'vneid-level-2', step: 'go-police' })
      await sql`update run set person = 'p-4' where id = 'r-5'`.execute(db())
      until('2026-11-24T08:00')
      const { id } = await send(stage)
      await stage.work()
      expect(await stage.outcomes(id)).toEqual(['p-1 left-out: team-comes', 'p-2 left-out: team-comes', 'p-3 sent', 'p-5 left-out: team-comes']) // prettier-ignore
      // Who has finished what the team comes for hears nothing of it, and may be reminded of the next.
      const other = await send(stage, { ...PLAN, audience: { ...PLAN.audience, flow: 'vneid-level-2', who: { kind: 'at-step', step: 'go-police' } } }) // prettier-ignore
      await stage.work()
      expect(await stage.outcomes(other.id)).toEqual(['p-4 sent'])
      until('2026-11-24T10:00')
      await pass()
      expect((await came('team')).outcomes).toEqual(['p-1 sent', 'p-2 sent', 'p-5 sent'])
    })

    test('is not lost to one that was put off to that day, nor to one that somebody’s own hours bring there', async () => {
      await addResidents(stage.store, [1, 2], { group: 6 })
      await setQuietHours(db(), 'p-2', { from: '09:30', until: '08:30' })
      until('2026-11-23T15:00')
      const tomorrow = await send(stage, inGroups([6], { at: Date.parse('2026-11-24T08:00:00+07:00') }))
      expect(await stage.outcomes(tomorrow.id)).toEqual(['p-1 left-out: team-comes', 'p-2 left-out: team-comes'])
      const today = await send(stage, inGroups([6]))
      await stage.work()
      expect(await stage.outcomes(today.id)).toEqual(['p-1 sent', 'p-2 left-out: team-comes'])
      until('2026-11-24T10:00')
      await pass()
      until('2026-11-25T08:30')
      await stage.work()
      // Whoever can be written to for an hour in the morning only is told at the door.
      expect(await came('team')).toEqual({
        outcomes: ['p-1 sent', 'p-2 paper: too-late'],
        visits: { 'p-2': 'too-late' },
      })
    })

    test('to somebody whose message of the day went to their helper about another person: they are to be visited', async () => {
      await addResidents(stage.store, [2], { started: false, group: 7 })
      await addResidents(stage.store, [3], { by: 'c-2', group: 6 })
      await addResidents(stage.store, [4], { by: 'c-2', group: 5 })
      await sql`delete from address where address in ('3', '4')`.execute(db())
      until('2026-11-24T09:59')
      const about = await send(stage, inGroups([5], { at: Date.parse('2026-11-24T10:01:00+07:00') }))
      until('2026-11-24T10:00')
      await schedules.runOnce()
      until('2026-11-24T10:01')
      await stage.work()
      const sent = to()
      expect(sent).toEqual(['2'])
      const outcomes = [...(await stage.outcomes(about.id)), ...(await came('team')).outcomes]
      expect(outcomes).toEqual(['p-4 sent', 'p-3 cancelled: had-another'])
      expect((await came('team')).visits).toEqual({ 'p-3': 'had-another' })
    })

    test('is said all the same to somebody who wrote, or did a step, while it waited to leave', async () => {
      await addResidents(stage.store, [1, 2], { group: 6 })
      until('2026-11-24T10:00')
      await schedules.runOnce()
      await stage.reminders.runOnce()
      await sql`update run set step = 'check-data', seq = 2 where id = 'r-1'`.execute(db())
      await sql`update session set last_at = ${stage.clock() + 1}, state = ${await wroteAt('c-2', stage.clock() + 1)} where contact = 'c-2'`.execute(db()) // prettier-ignore
      stage.clock.pass('a minute')
      await stage.work()
      await stage.work()
      expect(to()).toEqual(['1'])
      stage.clock.pass('10 minutes')
      await stage.work()
      expect((await came('team')).outcomes).toEqual(['p-1 sent', 'p-2 sent'])
      expect(to()).toEqual(['1', '2'])
    })

    test('is not said when it is over: what was held so long is told at the door', async () => {
      await addResidents(stage.store, [1], { group: 6 })
      until('2026-11-24T10:00')
      await schedules.runOnce()
      await stage.reminders.runOnce()
      const { rows } = await sql<{ id: string }>`select id from broadcast`.execute(db())
      await stage.reminders.pause(rows[0]!.id)
      until('2026-11-26T09:00')
      await stage.reminders.resume(rows[0]!.id)
      await stage.work()
      expect(to()).toEqual([])
      expect(await came('team')).toEqual({ outcomes: ['p-1 cancelled: too-late'], visits: { 'p-1': 'too-late' } })
    })
  })

  describe('that seven days are nearly over', () => {
    beforeEach(async () => {
      await addResidents(stage.store, [1], { flow: 'vneid-level-2', step: 'wait-approval', at: stage.clock(), run: { state: 'finished' } })
      await schedules.set('activate', true, 'staff')
    }) // prettier-ignore

    test('is said on the next day to somebody who had another message on this one', async () => {
      await had(1, '2026-11-28')
      until('2026-11-28T09:00')
      await pass()
      expect(to()).toEqual([])
      until('2026-11-29T09:00')
      await pass()
      expect(to()).toEqual(['1'])
    })

    test('to somebody who has had their two of the week: on the last day they are to be visited', async () => {
      await had(1, '2026-11-26')
      await had(1, '2026-11-27')
      until('2026-11-28T09:00')
      await pass()
      until('2026-11-29T09:00')
      await pass()
      expect(to()).toEqual([])
      expect(await came('activate')).toEqual({ outcomes: ['p-1 paper: had-another'], visits: { 'p-1': 'had-another' } })
    })

    test('and was said: who then has had enough messages is not visited for it', async () => {
      await had(1, '2026-11-26')
      until('2026-11-28T09:00')
      await pass()
      expect(to()).toEqual(['1'])
      until('2026-11-29T09:00')
      await pass()
      const { rows } = await sql<{ reason: string }>`select reason from recipient where reason is not null`.execute(
        db(),
      )
      expect(rows.filter(({ reason }) => reason === 'had-another')).toEqual([])
    })
  })

  async function wroteAt(contact: string, at: number): Promise<string> {
    const { rows } = await sql<{ state: string }>`select state from session where contact = ${contact}`.execute(db())
    return JSON.stringify({ ...(JSON.parse(rows[0]!.state) as object), lastAt: at })
  }
})
