import { DAY_MS, OFFSET_MS } from './calendar.js'

/** What an app allows in time, as its capabilities say it. */
export interface TimeRules {
  /** Writing is taken until `paid` ms after the resident's last interaction; null: always. */
  window: { paid: number } | null
  /** Hours (Asia/Ho_Chi_Minh) in which nothing leaves that is not a reply; null: none. */
  quiet: { from: string; until: string } | null
}

/** What is known of the one to be written to. */
export interface Standing {
  /** When they last wrote, tapped or followed, ms; null: never, or it is not known. */
  lastInteraction: number | null
  /** A colleague has the talk until then, ms; null: nobody. */
  heldUntil: number | null
}

/** Whether a message may leave now, at what time it may, or that it waits for the resident. */
export type Leave = { kind: 'now' } | { kind: 'at'; at: number; why: 'night' | 'held' } | { kind: 'on-contact' }

/** Clocks of an app and ours differ, and a message is a moment under way: this much of a window is left unused, ms. */
export const WINDOW_MARGIN_MS = 60_000
/** Minutes after the end of the night at which what waited leaves: an app's clock may be behind ours. */
const MORNING_MINUTES = 5

/** When a message may leave. A reply answers somebody who is there: neither the night nor a colleague holds it up. */
export function mayLeave(message: { reply: boolean; now: number }, rules: TimeRules, standing: Standing): Leave {
  const { reply, now } = message
  const { lastInteraction, heldUntil } = standing
  if (rules.window !== null) {
    // What is answered has just been written, even where the note of it is still to come.
    if (lastInteraction === null ? !reply : now - lastInteraction > rules.window.paid - WINDOW_MARGIN_MS)
      return { kind: 'on-contact' }
  }
  if (reply) return { kind: 'now' }
  if (heldUntil !== null && heldUntil > now) return { kind: 'at', at: heldUntil, why: 'held' }
  const morning = rules.quiet === null ? null : endOfNight(now, rules.quiet)
  return morning === null ? { kind: 'now' } : { kind: 'at', at: morning, why: 'night' }
}

/** The instant at which the quiet hours around `now` are over, a few minutes later; null outside of them. `from` may lie behind `until`. */
export function endOfNight(now: number, quiet: { from: string; until: string }): number | null {
  const [from, until] = [minutesOf(quiet.from), minutesOf(quiet.until)]
  const midnight = Math.floor((now + OFFSET_MS) / DAY_MS) * DAY_MS - OFFSET_MS
  const minute = (now - midnight) / 60_000
  const within = from <= until ? minute >= from && minute < until : minute >= from || minute < until
  if (!within) return null
  const end = midnight + (until + MORNING_MINUTES) * 60_000
  return minute < until ? end : end + DAY_MS
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number)
  return hours * 60 + minutes
}
