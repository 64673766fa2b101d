import { addDays, DAY_MS, dayOf, startOfDay, weekday } from '../policy/calendar.js'
import { take, type TypedWords } from './moment-words.js'

/** Why what was typed names no time; `what` are the words it is about. */
export type NoMoment =
  | { kind: 'no-time' }
  /** «3h»: in the morning or in the afternoon? */
  | { kind: 'which-half'; what: string }
  /** «15h sáng», «25h», «31/2». */
  | { kind: 'no-such'; what: string }
  /** «thứ Ba 2/12», which is a Wednesday. */
  | { kind: 'other-weekday'; what: string; day: string }
  | { kind: 'over' }
  | { kind: 'too-far' }
  /** Words that were not understood: what they mean is not guessed. */
  | { kind: 'unread'; what: string }

/** The day that was named. */
export interface DayWords {
  day: string
  /** A weekday: when its time is over today, the next one is meant. */
  weekly: boolean
  /** «hôm qua». */
  over: boolean
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const MONTH = `(${MONTHS.join('|')})[a-z]*`
const ORDINAL = '(\\d{1,2})(?:st|nd|rd|th)?'
const ISO = /(?<![\d/.-])(\d{4})-(\d{1,2})-(\d{1,2})(?:t(?=\d)|(?![\d/-]))/
const SLASHED =
  /(?<![\d/.:-])(?:(?:ngay|mung) )?(\d{1,2})(?:([/-])(\d{1,2})(?:\2(\d{4}|\d{2}))?|\.(\d{1,2})\.(\d{4}))(?![\d/:-])/
const SPOKEN = /(?<![\d/.:-])(?:(?:ngay|mung) )?(\d{1,2}) thang (\d{1,2})(?: nam (\d{4}))?(?!\w)/
const ENGLISH = new RegExp(`(?<!\\w)${ORDINAL}(?: of)? ${MONTH}(?: (\\d{4}))?(?!\\w)`)
const AMERICAN = new RegExp(`(?<!\\w)${MONTH} ${ORDINAL}(?: (\\d{4}))?(?!\\w)`)
const OF_MONTH = /(?<!\w)ngay (\d{1,2})(?! ?(?:h|g|gio|:)(?![a-z]))(?![\w/:.-])/
const DAYS_ON = /(?<!\w)(?:in )?(\d{1,2}) (?:ngay nua|ngay sau|days)(?!\w)/
const NEAR: readonly (readonly [RegExp, number])[] = [
  [/(?<!\w)day after tomorrow(?!\w)/, 2],
  [/(?<!\w)(?:hom qua|bua qua|toi qua|chieu qua|sang qua|hom kia|bua kia|hom truoc|yesterday)(?!\w)/, -1],
  [/(?<!\w)(?:ngay|sang|trua|chieu(?! toi)|toi) (?:kia|mot)(?!\w)/, 2],
  [/(?<!\w)mot(?! (?:gio|tieng|h))(?!\w)/, 2],
  [/(?<!\w)(?:hom |bua )?(?:ngay )?(?:mai|tomorrow)(?! kia)(?!\w)/, 1],
  [/(?<!\w)(?:hom |bua |ngay )?(?:nay|today)(?!\w)/, 0],
  [/(?<!\w)tonight(?!\w)/, 0],
]
const WEEKDAYS: Partial<Record<string, number>> = {
  'chu nhat': 0, cn: 0, hai: 1, ba: 2, tu: 3, nam: 4, sau: 5, bay: 6, bOy: 6, 2: 1, 3: 2, 4: 3, 5: 4, 6: 5, 7: 6,
  sun: 0, mon: 1, tue: 2, wed: 3, thu: 4, fri: 5, sat: 6,
} // prettier-ignore
const WEEKDAY =
  /(?<!\w)(?:(chu nhat|cn)|th[uO] (hai|ba|tu|nam|sau|bay|bOy|[2-7](?! ?(?:h|g|gio|:)))|t([2-7])|(sun|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?)(?:day)?)(?![\w:])(?: tOi(?!\w)| (?:nay)(?!\w))?/
const WEEK = /(?<!\w)(?:(tuan nay|this week)|(tuan (?:sau|tOi|toi|ke|ke tiep)|next week))(?!\w)/
/** How far ahead a day without its year may be, ms: the new year is near. */
const NEXT_YEAR_MS = 31 * DAY_MS

/** Null: no day was named. Two that are not the same day are none. */
export function takeDay(words: TypedWords, now: number): DayWords | NoMoment | null {
  const today = dayOf(now)
  const date = takeDate(words, today, now)
  if (date !== null && 'kind' in date) return date
  const week = take(words, WEEK)
  const name = take(words, WEEKDAY)
  const near = date === null ? takeNear(words, today) : null
  const exact = date?.day ?? near
  if (!name) {
    // «tuần sau» alone names no day.
    if (week) return { kind: 'unread', what: week.what }
    return exact === null ? null : { day: exact, weekly: false, over: exact < today }
  }
  const wanted = WEEKDAYS[name[1] ?? name[2] ?? name[3] ?? name[4]!.slice(0, 3)]!
  if (exact !== null) {
    if (weekday(exact) !== wanted) return { kind: 'other-weekday', what: name.what, day: exact }
    return { day: exact, weekly: false, over: exact < today }
  }
  if (!week) return { day: addDays(today, (wanted - weekday(today) + 7) % 7), weekly: true, over: false }
  const monday = addDays(today, -((weekday(today) + 6) % 7))
  const day = addDays(monday, ((wanted + 6) % 7) + (week[2] === undefined ? 0 : 7))
  return { day, weekly: false, over: day < today }
}

function takeNear(words: TypedWords, today: string): string | null {
  const on = take(words, DAYS_ON)
  if (on) return addDays(today, Number(on[1]))
  for (const [pattern, days] of NEAR) {
    const found = pattern.exec(words.line)
    if (!found) continue
    // The part of the day that stands with it is read later: «tối mai», «tonight».
    const half = /^(?:sang|trua|chieu|toi)(?= (?:kia|mot|qua))/.exec(found[0])?.[0] ?? (found[0] === 'tonight' ? 'toi' : '') // prettier-ignore
    take(words, pattern)
    if (half !== '') words.line = words.line.slice(0, found.index) + half.padEnd(found[0].length) + words.line.slice(found.index + found[0].length) // prettier-ignore
    return addDays(today, days)
  }
  return null
}

function takeDate(words: TypedWords, today: string, now: number): { day: string } | NoMoment | null {
  const iso = take(words, ISO)
  if (iso) return dateOf(iso[1], iso[2]!, iso[3]!, iso.what, today, now)
  const slashed = take(words, SLASHED)
  if (slashed) return dateOf(slashed[4] ?? slashed[6], slashed[3] ?? slashed[5]!, slashed[1]!, slashed.what, today, now)
  const spoken = take(words, SPOKEN)
  if (spoken) return dateOf(spoken[3], spoken[2]!, spoken[1]!, spoken.what, today, now)
  const english = take(words, ENGLISH)
  if (english) return dateOf(english[3], monthOf(english[2]!), english[1]!, english.what, today, now)
  const american = take(words, AMERICAN)
  if (american) return dateOf(american[3], monthOf(american[1]!), american[2]!, american.what, today, now)
  const alone = take(words, OF_MONTH)
  if (!alone) return null
  const day = Number(alone[1])
  const [year = 0, month = 0, date = 0] = today.split('-').map(Number)
  const on = date <= day ? [year, month] : month === 12 ? [year + 1, 1] : [year, month + 1]
  return dateOf(String(on[0]), String(on[1]), alone[1]!, alone.what, today, now)
}

function monthOf(name: string): string {
  return String(MONTHS.indexOf(name) + 1)
}

/** A day without its year is the next one, if that is near; «31/2» is no day, and a parser that takes it would name another one. */
function dateOf(year: string | undefined, month: string, day: string, what: string, today: string, now: number): { day: string } | NoMoment {
  const on = (y: string) => `${y}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const real = (date: string) => !Number.isNaN(Date.parse(date)) && new Date(Date.parse(date)).toISOString().startsWith(date)
  const named = on(year === undefined ? today.slice(0, 4) : year.length === 2 ? `20${year}` : year)
  if (!real(named)) return { kind: 'no-such', what }
  if (year !== undefined || named >= today) return { day: named }
  const next = on(String(Number(today.slice(0, 4)) + 1))
  return { day: real(next) && startOfDay(next) - now <= NEXT_YEAR_MS ? next : named }
} // prettier-ignore
