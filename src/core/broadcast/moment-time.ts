import { take, type TypedWords } from './moment-words.js'

/** The part of the day that was named. */
export type Half = 'sang' | 'trua' | 'chieu' | 'toi' | 'dem' | 'am' | 'pm'

const NUMBERS: Partial<Record<string, number>> = { mot: 1, hai: 2, ba: 3, bon: 4, nam: 5, lam: 5, sau: 6, bOy: 7, tam: 8, chin: 9, muoi: 10, 'muoi mot': 11, 'muoi hai': 12, 'muoi lam': 15 } // prettier-ignore
const NUMBER = '(\\d{1,2}|muoi mot|muoi hai|muoi lam|mot|hai|ba|bon|nam|sau|bOy|tam|chin|muoi)'
const SOON = new RegExp(`(?<![\\w:/-])(?:in )?${NUMBER} ?(tieng|gio|h|phut|hours?|minutes?|mins?)( ruoi)?(?: dong ho)? nua(?!\\w)`) // prettier-ignore
const SOON_EN = /(?<!\w)in (\d{1,2}) ?(hours?|minutes?|mins?)(?!\w)/
const HALVES: Partial<Record<string, Half>> = { sang: 'sang', trua: 'trua', chieu: 'chieu', toi: 'toi', dem: 'dem', khuya: 'dem', morning: 'sang', noon: 'trua', afternoon: 'chieu', evening: 'toi', night: 'dem' } // prettier-ignore
const HALF =
  /(?<!\w)(?:buoi |in the |at )?(sang|trua|chieu|toi|dem|khuya|morning|noon|afternoon|evening|night)(?: som)?(?!\w)/
const CLOCK = /(?<![\d:/.-])(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?:\+07:?00)? ?(?:([ap])[. ]?m)?(?![\w:])/
const HOURS = new RegExp(
  `(?<![\\w:/.-])${NUMBER} ?(?:gio|h|g)(?![a-z]) ?(?:kem ${NUMBER}(?: ?(?:phut|ph|p))?|(\\d{2})(?: ?(?:phut|ph|p))?(?!\\w)|${NUMBER} ?(?:phut|ph|p)(?!\\w)|(ruoi)(?!\\w))?(?![\\d:/])`,
)
const ENGLISH = /(?<![\w:/.-])(\d{1,2}) ?([ap])[. ]?m(?!\w)/

export interface TimeWords {
  hours: number
  minutes: number
  /** Typed like `08`: a clock of 24 hours is meant. */
  padded: boolean
  half: Half | null
  what: string
}

/** «2 tiếng nữa», «30 phút nữa»: how much later, ms. */
export function takeSoon(words: TypedWords): number | null {
  const found = take(words, SOON) ?? take(words, SOON_EN)
  if (!found) return null
  const minutes = /^(?:phut|min)/.test(found[2]!)
  return valueOf(found[1]!) * (minutes ? 60_000 : 3_600_000) + (found[3] && !minutes ? 1_800_000 : 0)
}

export function takeHalf(words: TypedWords): Half | null {
  const found = take(words, HALF)
  return found ? (HALVES[found[1]!] ?? null) : null
}

/** Of two times in a line the second is left over. */
export function takeTime(words: TypedWords): TimeWords | null {
  const clock = take(words, CLOCK)
  if (clock) {
    const [, hours = '', minutes = '', half] = clock
    return { ...timeOf(hours, Number(minutes), clock.what), half: half === undefined ? null : half === 'a' ? 'am' : 'pm' } // prettier-ignore
  }
  const english = take(words, ENGLISH)
  if (english) return { ...timeOf(english[1]!, 0, english.what), padded: false, half: english[2] === 'a' ? 'am' : 'pm' }
  const found = take(words, HOURS)
  if (!found) return null
  const [, hours = '', less, two, some, ruoi] = found
  const time = timeOf(hours, ruoi ? 30 : valueOf(two ?? some ?? '0'), found.what)
  return less === undefined ? time : { ...time, hours: time.hours - 1, minutes: 60 - valueOf(less) }
}

function timeOf(hours: string, minutes: number, what: string): TimeWords {
  return { hours: valueOf(hours), minutes, padded: /^0\d$/.test(hours), half: null, what }
}

function valueOf(word: string): number {
  return NUMBERS[word] ?? Number(word)
}

/** The hour of 24; `which-half`: too early for anybody to be written to, so that the other half of the day may be meant. */
export function hourOf(hours: number, half: Half | null, padded: boolean): number | 'which-half' | 'no-such' {
  if (hours > 23) return 'no-such'
  const later = (from: number, until: number) => {
    if (hours >= from && hours <= until) return hours + 12
    return hours >= from + 12 && hours <= until + 12 ? hours : 'no-such'
  }
  switch (half) {
    case null:
      return hours >= 1 && hours <= 6 && !padded ? 'which-half' : hours
    case 'sang':
      return hours <= 11 ? hours : 'no-such'
    case 'trua':
      return hours >= 10 && hours <= 14 ? hours : later(1, 2)
    case 'chieu':
      return later(1, 7)
    case 'toi':
      return later(5, 11)
    case 'dem':
      return later(8, 11)
    case 'am':
      return hours >= 1 && hours <= 12 ? hours % 12 : 'no-such'
    case 'pm':
      return hours >= 1 && hours <= 12 ? (hours % 12) + 12 : 'no-such'
  }
}
