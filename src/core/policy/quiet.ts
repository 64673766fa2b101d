import { DAY_MS, OFFSET_MS } from './calendar.js'

/** Hours in Asia/Ho_Chi_Minh, `21:00` to `07:00`: `from` belongs to them, `until` no longer; over midnight where `from` is the later one. */
export interface Hours {
  from: string
  until: string
}

/** More hops from one end of quiet hours to the next than a day can have with a handful of them: then they cover all of it. */
const HOPS = 50

/** Whether an instant (ms) lies in the hours. Hours whose ends are the same are none. */
export function within(hours: Hours, at: number): boolean {
  const [from, until] = [minutesOf(hours.from), minutesOf(hours.until)]
  const minute = Math.floor((at + OFFSET_MS) / 60_000) % 1440
  return from <= until ? minute >= from && minute < until : minute >= from || minute < until
}

/** The first instant (ms) not before `at` that lies in none of the hours; null when there is none at all. */
export function afterQuiet(quiet: readonly Hours[], at: number): number | null {
  let now = at
  for (let hop = 0; hop < HOPS; hop++) {
    const around = quiet.find((hours) => within(hours, now))
    if (!around) return now
    now = endOf(around, now)
  }
  return null
}

/** When the hours around an instant end, ms. */
function endOf({ until }: Hours, at: number): number {
  const midnight = Math.floor((at + OFFSET_MS) / DAY_MS) * DAY_MS - OFFSET_MS
  const end = midnight + minutesOf(until) * 60_000
  return end > at ? end : end + DAY_MS
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number)
  return hours * 60 + minutes
}
