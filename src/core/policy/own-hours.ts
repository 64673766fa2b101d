import type { Hours } from './quiet.js'

/** Parts of the day in which somebody wants to be written to, in everyday words. */
export const OWN_TIMES = ['morning', 'afternoon', 'evening'] as const
export type OwnTime = (typeof OWN_TIMES)[number]

/** The hours in which they then want to hear nothing. */
export const QUIET_OUTSIDE: Readonly<Record<OwnTime, Hours>> = {
  morning: { from: '11:30', until: '07:00' },
  afternoon: { from: '18:00', until: '13:00' },
  evening: { from: '21:00', until: '18:00' },
}

/** Which part of the day was chosen; null: hours that were set otherwise. */
export function ownTimeOf({ from, until }: Hours): OwnTime | null {
  return OWN_TIMES.find((time) => QUIET_OUTSIDE[time].from === from && QUIET_OUTSIDE[time].until === until) ?? null
}
