import { addDays, DAY_MS, dayOf, startOfDay } from '../policy/calendar.js'
import { fold } from '../language/fold.js'

/** How far ahead a message may be put off, ms. */
export const AHEAD_MS = 30 * DAY_MS

/**
 * When something is to leave, as people type it: «8h30», «19:00», «8h mai», «8h ngày 2/12». Without a day it is the next such time. Null: no time, one that
 * is over, or more than 30 days ahead.
 */
export function readMoment(text: string, now: number): number | null {
  const folded = fold(text)
  const time = /(?:^|\s)([01]?\d|2[0-3])\s*(?:h|:|gio)\s*([0-5]\d)?/.exec(` ${text.toLowerCase().replace('giờ', 'h')}`)
  if (!time) return null
  const offset = (Number(time[1]) * 60 + Number(time[2] ?? 0)) * 60_000
  const today = dayOf(now)
  const date = /(\d{1,2})[/-](\d{1,2})(?!\d)/.exec(text)
  const tomorrow = /\b(mai|ngay mai|tomorrow)\b/.test(folded)
  let at = startOfDay(tomorrow ? addDays(today, 1) : today) + offset
  if (date) {
    const [month, day] = [date[2]!.padStart(2, '0'), date[1]!.padStart(2, '0')]
    const year = Number(today.slice(0, 4))
    const named = [year, year + 1].map((one) => Date.parse(`${one}-${month}-${day}T00:00:00+07:00`) + offset)
    // «31/2» is no day: a parser that takes it would name another one.
    at = named.find((one) => one > now && dayOf(one).slice(5) === `${month}-${day}`) ?? NaN
  } else if (!tomorrow && at <= now) at += DAY_MS
  return at > now && at - now <= AHEAD_MS ? at : null
}
