import type { BroadcastPlan, BroadcastState } from '../model/broadcast.js'
import { DAY_MS } from '../policy/calendar.js'

/** For how many days a broadcast may be paused: over a weekend. What is to be said then is planned anew, for those who stand there then. */
export const PAUSE_DAYS = 3
/** For how many days a broadcast goes on: no window of an app that was open when it began is open longer, and where people stand has changed. */
export const LIFE_DAYS = 7

/** Why a broadcast ends by itself before all of it has left. */
export const ENDINGS = ['paused-long', 'not-in-time'] as const
export type Ending = (typeof ENDINGS)[number]

/** What is known of a broadcast that may be over. */
export interface Aging {
  state: BroadcastState
  pausedAt: number | null
  confirmedAt: number | null
  plan: Pick<BroadcastPlan, 'at'>
}

/** Why a broadcast is over at `now`; null: it is not. Its days count from the time for which it was put off. */
export function endOf({ state, pausedAt, confirmedAt, plan }: Aging, now: number): Ending | null {
  if (state !== 'running' && state !== 'paused') return null
  if (state === 'paused' && pausedAt !== null && now - pausedAt >= PAUSE_DAYS * DAY_MS) return 'paused-long'
  return now - Math.max(confirmedAt ?? now, plan.at ?? 0) >= LIFE_DAYS * DAY_MS ? 'not-in-time' : null
}
