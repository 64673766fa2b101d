import type { BroadcastPlan } from '../model/broadcast.js'
import type { ReminderRule } from '../model/ward.js'
import { addDays, dayOf, startOfDay, weekday } from '../policy/calendar.js'
import { ACTIVATION_FLOW } from './limits.js'

/** The broadcast of a rule; who is in it is asked anew at every run, so that it ends by itself when its cause is gone. */
export function planOf(rule: ReminderRule): BroadcastPlan {
  const base = { wording: { kind: 'ready' }, at: null, paid: false } as const
  const everywhere = { groups: null, residence: null }
  switch (rule.kind) {
    case 'stuck':
      return { ...base, audience: { flow: rule.flow, who: { kind: 'stuck', days: rule.days }, ...everywhere } }
    case 'overdue':
      return { ...base, audience: { flow: rule.flow, who: { kind: 'overdue' }, ...everywhere } }
    case 'activation-due':
      return { ...base, audience: { flow: ACTIVATION_FLOW, who: { kind: 'activation-due', days: rule.days }, ...everywhere } }
    case 'visit':
      return {
        ...base,
        wording: { kind: 'visit', day: rule.on },
        audience: { flow: rule.flow, who: { kind: 'unfinished' }, groups: rule.groups, residence: null },
      }
  }
} // prettier-ignore

/** The instant (ms) of a time of day on a day. */
export function instantOf(day: string, clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number)
  return startOfDay(day) + (hours * 60 + minutes) * 60_000
}

/** Days on which rules rest: weekdays (1 Monday … 7 Sunday) and public holidays. */
export interface RestDays {
  weekdays: readonly number[]
  holidays: ReadonlySet<string>
}

/** Since when a rule is on, ms, and the day on which it last ran. */
export interface RuleState {
  since: number
  lastDay: string | null
}

/** Days that are looked at for the next run: longer than any holidays. */
const LOOKED_AT = 60

/** Whether a rule has to run now: once a day, not before its time, and never for a time at which it was not on yet. */
export function isDue(rule: ReminderRule, { since, lastDay }: RuleState, rest: RestDays, now: number): boolean {
  const today = dayOf(now)
  if ((lastDay !== null && lastDay >= today) || !runsOn(rule, today, rest)) return false
  const at = instantOf(today, rule.at)
  return now >= at && at >= since
}

/** When a rule runs next, ms; null: never again. */
export function nextRun(rule: ReminderRule, { since, lastDay }: RuleState, rest: RestDays, now: number): number | null {
  const today = dayOf(now)
  // A visit may be months ahead.
  const first = rule.kind === 'visit' && addDays(rule.on, -1) > today ? addDays(rule.on, -1) : today
  for (let n = 0, day = first; n < LOOKED_AT; n++, day = addDays(day, 1)) {
    const at = instantOf(day, rule.at)
    if ((lastDay === null || day > lastDay) && at >= since && runsOn(rule, day, rest)) return Math.max(now, at)
  }
  return null
}

/** A visit is announced on the day before and on no other; who has a week to activate is told on a Sunday too, and on no holiday. */
function runsOn(rule: ReminderRule, day: string, { weekdays, holidays }: RestDays): boolean {
  if (rule.kind === 'visit') return day === addDays(rule.on, -1)
  if (holidays.has(day)) return false
  return rule.kind === 'activation-due' || !weekdays.includes(weekday(day) || 7)
}

/** Rules that go on as long as their cause is there, and wear people out: the others end by themselves. */
export function isLasting({ kind }: ReminderRule): boolean {
  return kind === 'stuck' || kind === 'overdue'
}

/** The day of the newest weekly summary that is due at `now`: the last such weekday whose time has come. `weekday`: 1 Monday … 7 Sunday. */
export function summaryDay(at: { weekday: number; at: string }, now: number): string {
  let day = dayOf(now)
  while (weekday(day) !== at.weekday % 7 || instantOf(day, at.at) > now) day = addDays(day, -1)
  return day
}
