import { type Dated, datedOf, inTime } from '../core/broadcast/dated.js'
import { ACTIVATION_DAYS } from '../core/broadcast/limits.js'
import { isLasting, nextRun } from '../core/broadcast/rules.js'
import type { BroadcastPlan } from '../core/model/broadcast.js'
import type { ReminderRule } from '../core/model/ward.js'
import { addDays, dayOf } from '../core/policy/calendar.js'
import type { Placement } from '../core/policy/reach.js'
import { finishedOf, type Member, stillInAudience } from '../store/audience.js'
import { ruleHistory } from '../store/rule-history.js'
import { schedules } from '../store/schedules.js'
import { firstOf, queryOf, type ReminderParts } from './parts.js'

/** Puts a person elsewhere than everybody's rules did. */
export type But = (member: Member, placed: Placement) => Placement
type ButOfPage = (page: readonly Member[]) => Promise<But>

/** What holds for a plan beyond the rules for all: a rule wears nobody out, and nobody misses what is announced for a date. */
export async function exceptions(
  parts: ReminderParts,
  plan: BroadcastPlan,
  rule: string | null,
  now: number,
): Promise<ButOfPage> {
  const dated = datedOf(plan, rule)
  if (dated !== null && dated.until !== null) return async () => (_, placed) => inTime(dated, placed)
  const own = parts.ward.reminders.rules.find(({ id }) => id === rule)
  if (dated !== null && own) return lastChance(parts, plan, own, now, dated)
  const team = await leaveToTheTeam(parts, plan, now)
  if (!own || !isLasting(own)) return team
  const patience = patienceOf(parts, plan, now)
  return async (page) => {
    const [waits, comes] = [await patience(page), await team(page)]
    return (member, placed) => comes(member, waits(member, placed))
  }
}

/** Rules that go on as long as their cause is there: every few days, and not for ever. */
function patienceOf(parts: ReminderParts, plan: BroadcastPlan, now: number): ButOfPage {
  const day = dayOf(firstOf(parts, plan, now))
  const { rules: all, 'rule-every-days': every, 'rule-most': most } = parts.ward.reminders
  const rules = all.filter(isLasting).map(({ id }) => id)
  return async (page) => {
    const history = await ruleHistory(parts.store.db, { rules, flow: plan.audience.flow }, idsOf(page))
    return ({ person }, placed) => {
      if (placed.place === 'left-out') return placed
      const before = history.get(person)
      if (before && before.unanswered >= most) return { place: 'paper', reason: 'unanswered' }
      const soon = before !== undefined && dayOf(before.last) > addDays(day, -every)
      return soon && placed.reason === null ? { place: 'left-out', reason: 'spaced' } : placed
    }
  }
}

/** The message of the day on which the team is announced is that: whoever is to hear it gets no other before. */
async function leaveToTheTeam(parts: ReminderParts, plan: BroadcastPlan, now: number): Promise<ButOfPage> {
  const { ward, store, world } = parts
  const on = await schedules(store.db)
  const rest = { weekdays: ward.reminders['rest-days'], holidays: world.holidays }
  const announced = ward.reminders.rules.flatMap((rule) => {
    const schedule = on.get(rule.id)
    if (rule.kind !== 'visit' || !schedule?.enabled) return []
    const next = nextRun(rule, { since: schedule.at, lastDay: schedule.lastDay }, rest, now)
    return next === null ? [] : [{ ...rule, day: dayOf(next) }]
  })
  if (announced.length === 0) return async () => (_, placed) => placed
  const posted = firstOf(parts, plan, now)
  return async (page) => {
    const finished = new Map<string, ReadonlySet<string>>()
    for (const { flow } of announced)
      if (!finished.has(flow)) finished.set(flow, await finishedOf(store.db, flow, idsOf(page)))
    return ({ person, group }, placed) => {
      if (group === null || placed.place === 'paper' || placed.place === 'left-out') return placed
      const day = dayOf(placed.reason === null ? placed.at : posted)
      const hears = announced.some((one) => one.day === day && one.groups.includes(group) && !finished.get(one.flow)!.has(person)) // prettier-ignore
      return hears ? { place: 'left-out', reason: 'team-comes' } : placed
    }
  }
}

/** Who has not been told, and whose time will be over at the next run, is told at the door. */
function lastChance(parts: ReminderParts, plan: BroadcastPlan, rule: ReminderRule, now: number, dated: Dated): ButOfPage {
  const { ward, store, world } = parts
  const rest = { weekdays: ward.reminders['rest-days'], holidays: world.holidays }
  const next = nextRun(rule, { since: 0, lastDay: dayOf(now) }, rest, now)
  return async (page) => {
    const query = queryOf(parts, plan, next ?? now, null)
    const later = next === null ? [] : await stillInAudience(store.db, query, idsOf(page))
    const again = new Set(later.map(({ person }) => person))
    const history = await ruleHistory(store.db, { rules: [rule.id], flow: plan.audience.flow }, idsOf(page))
    const since = addDays(dayOf(now), -ACTIVATION_DAYS)
    return ({ person }, placed) => {
      const told = dayOf(history.get(person)?.last ?? 0) > since
      return told || again.has(person) ? placed : inTime(dated, placed)
    }
  }
} // prettier-ignore

function idsOf(page: readonly Member[]): string[] {
  return page.map(({ person }) => person)
}
