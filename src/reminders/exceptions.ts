import type { BroadcastPlan } from '../core/model/broadcast.js'
import type { Placement } from '../core/policy/reach.js'
import { addDays, dayOf } from '../core/policy/calendar.js'
import { groupsVisited, isLasting } from '../core/broadcast/rules.js'
import type { Member } from '../store/audience.js'
import { ruleHistory } from '../store/rule-history.js'
import { schedules } from '../store/schedules.js'
import { firstOf, type ReminderParts } from './parts.js'

/** Puts a person elsewhere than everybody's rules did. */
export type But = (member: Member, placed: Placement) => Placement

/** What holds for a plan beyond the rules for all: a rule wears nobody out, and nobody misses that the team comes. */
export async function exceptions(
  parts: ReminderParts,
  plan: BroadcastPlan,
  rule: string | null,
  now: number,
): Promise<(page: readonly Member[]) => Promise<But>> {
  if (plan.wording.kind === 'visit') return async () => visited
  const { ward, store } = parts
  const all = ward.reminders.rules
  if (rule === null || !all.some((one) => one.id === rule && isLasting(one))) return async () => (_, placed) => placed
  const day = dayOf(firstOf(parts, plan, now))
  const on = await schedules(store.db)
  const told = groupsVisited(all.filter(({ id }) => on.get(id)?.enabled), day) // prettier-ignore
  const lasting = all.filter(isLasting).map(({ id }) => id)
  const { 'rule-every-days': every, 'rule-most': most } = ward.reminders
  return async (page) => {
    const { flow } = plan.audience
    const history = await ruleHistory(store.db, { rules: lasting, flow }, page.map(({ person }) => person)) // prettier-ignore
    return ({ person, group }, placed) => {
      if (placed.place === 'left-out') return placed
      const before = history.get(person)
      if (before && before.unanswered >= most) return { place: 'paper', reason: 'unanswered' }
      if (placed.reason !== null) return placed
      if (group !== null && told.has(group)) return { place: 'left-out', reason: 'team-comes' }
      const soon = before !== undefined && dayOf(before.last) > addDays(day, -every)
      return soon ? { place: 'left-out', reason: 'spaced' } : placed
    }
  }
}

/** Who has had their message of the day is told by somebody who goes there. */
function visited(_: Member, placed: Placement): Placement {
  const full = placed.place === 'left-out' && ['today', 'helper-today', 'capped', 'waiting-elsewhere'].includes(placed.reason)
  return full ? { place: 'paper', reason: 'had-another' } : placed
} // prettier-ignore
