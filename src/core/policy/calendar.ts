/** Viet Nam has one zone without daylight saving: UTC+7 (Asia/Ho_Chi_Minh). */
export const OFFSET_MS = 7 * 3_600_000
export const DAY_MS = 86_400_000

/** The day in Asia/Ho_Chi_Minh, `2026-11-23`, of an instant in ms. */
export function dayOf(at: number): string {
  return new Date(at + OFFSET_MS).toISOString().slice(0, 10)
}

/** The instant (ms) at which a day in Asia/Ho_Chi_Minh begins. */
export function startOfDay(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) - OFFSET_MS
}

/** ISO 8601 with the local offset: `2026-11-23T19:08:00+07:00`. */
export function isoLocal(at: number): string {
  return `${new Date(at + OFFSET_MS).toISOString().slice(0, 19)}+07:00`
}

/** The day `n` days later (or earlier). */
export function addDays(day: string, n: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + n * DAY_MS).toISOString().slice(0, 10)
}

/** 0 Sunday … 6 Saturday. */
export function weekday(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay()
}

/** Monday to Friday and no public holiday (days as `2026-09-02`). */
export function isWorkingDay(day: string, holidays: ReadonlySet<string>): boolean {
  const w = weekday(day)
  return w !== 0 && w !== 6 && !holidays.has(day)
}

/**
 * The day whose end is the limit of something that may take `days` working days from `at`: the first working day after the day of `at`
 * counts as one (time limits in days start on the following day: Civil Code 2015, art. 147).
 */
export function deadlineDay(at: number, days: number, holidays: ReadonlySet<string>): string {
  let day = dayOf(at)
  let left = days
  while (left > 0) {
    day = addDays(day, 1)
    if (isWorkingDay(day, holidays)) left--
  }
  return day
}
