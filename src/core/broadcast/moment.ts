import type { Line } from '../model/message.js'
import { DAY_MS, dayOf, startOfDay } from '../policy/calendar.js'
import { phrase } from '../talk/draft.js'
import { type DayWords, type NoMoment, takeDay } from './moment-day.js'
import { type Half, hourOf, takeHalf, takeSoon, takeTime } from './moment-time.js'
import { leftOf, typedWords } from './moment-words.js'

/** How far ahead a message may be put off, ms. */
export const AHEAD_MS = 30 * DAY_MS

/** When something is to leave, or why what was typed names no such time. */
export type Moment = { kind: 'at'; at: number } | NoMoment

/**
 * When something is to leave, as people type it: «8h30», «8 giờ rưỡi tối mai», «19:00 thứ Bảy», «8h ngày 2/12», «2026-12-02 08:00», «2 tiếng nữa». Without a
 * day it is the next such time. What is not understood to the last word is refused with the reason, and never guessed.
 */
export function readMoment(text: string, now: number): Moment {
  const words = typedWords(text)
  const soon = takeSoon(words)
  const day = soon === null ? takeDay(words, now) : null
  if (day !== null && 'kind' in day) return day
  const half = takeHalf(words)
  const time = soon === null ? takeTime(words) : null
  if (soon === null && time === null) return day?.over ? { kind: 'over' } : { kind: 'no-time' }
  const left = leftOf(words)
  if (left !== '') return { kind: 'unread', what: left }
  if (time === null) return soon === null || half ? { kind: 'no-time' } : judged(now + soon, now)
  const minutes = minutesOf(time, half)
  return typeof minutes === 'number' ? judged(instantOn(day, minutes, now), now) : minutes
}

/** The sentence that says why it is none. */
export function noMomentLine(no: NoMoment): Line {
  const day = no.kind === 'other-weekday' ? { day: { day: no.day } } : {}
  return phrase(`remind.no-moment.${no.kind}`, { ...('what' in no ? { what: no.what } : {}), ...day })
}

function minutesOf(time: NonNullable<ReturnType<typeof takeTime>>, half: Half | null): number | NoMoment {
  const { hours, minutes, what } = time
  const hour = minutes > 59 ? 'no-such' : hourOf(hours, time.half ?? half, time.padded)
  return typeof hour === 'number' ? hour * 60 + minutes : { kind: hour, what }
}

/** Without a day, the next such time; of a weekday, the next one whose time has not come. */
function instantOn(day: DayWords | null, minutes: number, now: number): number {
  const at = startOfDay(day?.day ?? dayOf(now)) + minutes * 60_000
  if (at > now) return at
  return day === null ? at + DAY_MS : day.weekly ? at + 7 * DAY_MS : at
}

function judged(at: number, now: number): Moment {
  if (at <= now) return { kind: 'over' }
  return at - now > AHEAD_MS ? { kind: 'too-far' } : { kind: 'at', at }
}
