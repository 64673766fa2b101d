import type { Audience, BroadcastPlan } from '../core/model/broadcast.js'
import type { Scope } from '../core/policy/roles.js'
import { isToVisit } from '../core/broadcast/visits.js'
import type { Broadcast } from '../store/broadcasts.js'
import { lostByGroup, lostRecipients } from '../store/lost.js'
import type { NewRecipient } from '../store/recipients.js'
import type { ReminderParts } from './parts.js'
import { isUnreached, runPlan } from './plan.js'

/** Those whom no message reaches, each with the reason. */
export type Unreached = ReadonlyMap<string, string>

/** Whom a plan would not reach if it were sent now. */
export async function unreachedByPlan(
  parts: ReminderParts,
  plan: BroadcastPlan,
  rule: string | null = null,
): Promise<Unreached> {
  const found = new Map<string, string>()
  await runPlan(parts, plan, parts.clock(), null, rule, async (page) => {
    for (const { person, placement } of page) if (isUnreached(placement)) found.set(person, placement.reason!)
  })
  return found
}

/** Everybody of a group who has not finished, as a reminder by hand would be planned for them. */
export function unfinishedOf(flow: string, group: number): BroadcastPlan {
  const audience: Audience = { flow, who: { kind: 'unfinished' }, groups: [group], residence: null }
  return { audience, wording: { kind: 'ready' }, at: null, paid: false }
}

/** How many people of a group with one of these guides before them no message would reach now: each once, by the rule of every plan. */
export async function countUnreachedOf(parts: ReminderParts, group: number, flows: readonly string[]): Promise<number> {
  const [flow] = flows
  if (flow === undefined) return 0
  let count = 0
  const write = async (page: readonly NewRecipient[]) => {
    count += page.filter(({ placement }) => isUnreached(placement)).length
  }
  await runPlan(parts, unfinishedOf(flow, group), parts.clock(), null, null, write, flows)
  return count
}

/** Whom a broadcast did not reach – or will not, as long as it is not confirmed – and who has not finished since. */
export async function unreachedBy(
  parts: ReminderParts,
  scope: Scope,
  { id, state, plan, rule }: Pick<Broadcast, 'id' | 'state' | 'plan' | 'rule'>,
): Promise<Unreached> {
  if (state === 'preview' || state === 'freezing') return unreachedByPlan(parts, plan, rule)
  const lost = await lostRecipients(parts.store.db, scope, id, plan.audience.flow)
  return new Map(lost.filter(isToVisit).map(({ person, reason }) => [person, reason ?? '']))
}

/** How many there are of them in each group, of a broadcast that was confirmed; null: whose group is not known. */
export async function countUnreached(
  { store }: ReminderParts,
  scope: Scope,
  { id, plan }: Pick<Broadcast, 'id' | 'plan'>,
): Promise<Map<number | null, number>> {
  const counts = new Map<number | null, number>()
  for (const row of await lostByGroup(store.db, scope, id, plan.audience.flow))
    if (isToVisit(row)) counts.set(row.group, (counts.get(row.group) ?? 0) + Number(row.count))
  return counts
}
