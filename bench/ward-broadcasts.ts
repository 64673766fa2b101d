import type { Context } from '../src/context.js'
import { messagesOf } from '../src/core/broadcast/planner.js'
import type { BroadcastPlan } from '../src/core/model/broadcast.js'
import { addDays, dayOf } from '../src/core/policy/calendar.js'
import { OPERATOR, scopeOf } from '../src/core/policy/roles.js'

/** The rule of a visit to two groups, as `ward.yaml` would have it. */
export const TEAM = 'team'
/** Batches of 200 messages that have left of the broadcast under way. */
const BATCHES = 10

/** A broadcast to a fifth of the ward that is under way and a preview for one group; gives their ids. Switches a rule with groups into the ward. */
export async function startBroadcasts(context: Context, group: number, now: number): Promise<{ sending: string; preview: string }> {
  const { reminders, ward, world } = context
  ward.reminders['approval-above'] = 1_000_000
  const flow = [...world.flows.keys()][0]!
  ward.reminders.rules.push({ id: TEAM, kind: 'visit', flow, on: addDays(dayOf(now), 2), groups: [group, group + 1], at: '10:00' }) // prettier-ignore
  const plan = (groups: number[]): BroadcastPlan => ({
    audience: { flow, who: { kind: 'unfinished' }, groups, residence: null },
    wording: { kind: 'ready' },
    at: null,
    paid: false,
  })
  const seen = async (groups: number[]) => {
    const made = await reminders.preview({ contact: null, scope: scopeOf(OPERATOR) }, plan(groups))
    if (made.kind !== 'preview') throw new Error(made.kind)
    return made
  }
  const large = await seen(world.groups.slice(0, Math.ceil(world.groups.length * 0.3)).filter((one) => one !== group))
  const done = await reminders.confirm({ id: large.id, key: 'bench', by: null, count: messagesOf(large.tally) })
  if (done.kind !== 'confirmed') throw new Error(done.kind)
  for (let n = 0; n < BATCHES; n++) await reminders.runOnce()
  const { people, places } = large.tally
  console.log(`a broadcast to ${people}: ${places.now} at once, ${places.paper} on paper`)
  return { sending: large.id, preview: (await seen([group])).id }
} // prettier-ignore
