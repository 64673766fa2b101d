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

/** Whether a rule has to run now: once a day, not before its time. A visit is announced on the day before, and on no other. */
export function isDue(rule: ReminderRule, lastDay: string | null, now: number): boolean {
  const today = dayOf(now)
  if (lastDay !== null && lastDay >= today) return false
  if (rule.kind === 'visit' && today !== addDays(rule.on, -1)) return false
  return now >= instantOf(today, rule.at)
}

/** When a rule runs next, ms; null: never again. */
export function nextRun(rule: ReminderRule, lastDay: string | null, now: number): number | null {
  const today = dayOf(now)
  const day = lastDay !== null && lastDay >= today ? addDays(today, 1) : today
  if (rule.kind !== 'visit') return Math.max(now, instantOf(day, rule.at))
  const eve = addDays(rule.on, -1)
  return eve < day ? null : Math.max(now, instantOf(eve, rule.at))
}

/** The day of the newest weekly summary that is due at `now`: the last such weekday whose time has come. `weekday`: 1 Monday … 7 Sunday. */
export function summaryDay(at: { weekday: number; at: string }, now: number): string {
  let day = dayOf(now)
  while (weekday(day) !== at.weekday % 7 || instantOf(day, at.at) > now) day = addDays(day, -1)
  return day
}
