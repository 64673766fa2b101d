import { addDays, dayOf, OFFSET_MS, startOfDay, weekday } from './calendar.js'

/** When somebody sits at the desk: weekdays (1 Monday … 7 Sunday) and the hours of a day, `07:30`, in Asia/Ho_Chi_Minh. */
export interface OfficeHours {
  days: readonly number[]
  hours: readonly { from: string; until: string }[]
}

/** Days that are looked at for the next opening: longer than any Tết. */
const AHEAD = 21

const minutesOf = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))
const opensOn = (office: OfficeHours, day: string, holidays: ReadonlySet<string>) =>
  office.days.includes(weekday(day) || 7) && !holidays.has(day)

/** Whether the office is open at a moment (ms). */
export function isOpen(office: OfficeHours, at: number, holidays: ReadonlySet<string>): boolean {
  const minute = Math.floor(((at + OFFSET_MS) % 86_400_000) / 60_000)
  return (
    opensOn(office, dayOf(at), holidays) &&
    office.hours.some(({ from, until }) => minutesOf(from) <= minute && minute < minutesOf(until))
  )
}

/** The day and hour at which the office opens next after a moment (ms) at which it is shut; null when it does not within three weeks. */
export function opensNext(
  office: OfficeHours,
  at: number,
  holidays: ReadonlySet<string>,
): { day: string; from: string } | null {
  for (let ahead = 0; ahead <= AHEAD; ahead++) {
    const day = addDays(dayOf(at), ahead)
    if (!opensOn(office, day, holidays)) continue
    const next = [...office.hours]
      .sort((a, b) => minutesOf(a.from) - minutesOf(b.from))
      .find(({ from }) => startOfDay(day) + minutesOf(from) * 60_000 > at)
    if (next) return { day, from: next.from }
  }
  return null
}
