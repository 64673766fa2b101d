import type { BroadcastPlan, LeftOut, NoMessage } from '../model/broadcast.js'
import type { Placement } from '../policy/reach.js'
import { instantOf } from './rules.js'

/** From when on its day the team may be at the door. */
const TEAM_COMES = '08:00'

/** An announcement for a date, after which it is of no use. */
export interface Dated {
  /** ms; null: when it is over is different for everybody. */
  until: number | null
}

/** What a broadcast announces for a date; null: a reminder, which can come on another day as well. `rule`: the rule that sends it. */
export function datedOf({ wording, audience: { who } }: BroadcastPlan, rule: string | null): Dated | null {
  if (wording.kind === 'visit') return { until: instantOf(wording.day, TEAM_COMES) }
  return rule !== null && who.kind === 'activation-due' ? { until: null } : null
}

/** What keeps a message from somebody and would be gone on another day. */
const ANOTHER_DAY: ReadonlySet<string> = new Set<LeftOut>(['today', 'helper-today', 'capped', 'waiting-elsewhere'])

/** The reason for which somebody is told at the door what cannot wait; null: it is none. */
export function atTheDoor(dated: Dated | null, reason: string): NoMessage | null {
  return dated !== null && ANOTHER_DAY.has(reason) ? 'had-another' : null
}

/** Whether a message would leave when it is of no use any more. */
export function isTooLate(dated: Dated | null, at: number): boolean {
  return dated !== null && dated.until !== null && at >= dated.until
}

/** Where a person stands whom an announcement does not reach in time: on the list of visits. */
export function inTime(dated: Dated, placed: Placement): Placement {
  if (placed.reason === null) return isTooLate(dated, placed.at) ? { place: 'paper', reason: 'too-late' } : placed
  const reason = placed.place === 'left-out' ? atTheDoor(dated, placed.reason) : null
  return reason === null ? placed : { place: 'paper', reason }
}
