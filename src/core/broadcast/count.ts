import { fold } from '../language/fold.js'

/** The largest number that is read. */
const MOST = 9_999_999

const UNITS: Readonly<Record<string, number>> = { khong: 0, mot: 1, hai: 2, ba: 3, bon: 4, tu: 4, nam: 5, lam: 5, nham: 5, sau: 6, bay: 7, tam: 8, chin: 9, muoi: 10, chuc: 10 } // prettier-ignore
const ENGLISH: Readonly<Record<string, number>> = Object.fromEntries(
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'
    .split(' ')
    .map((word, i) => [word, i]),
)
const TENS: Readonly<Record<string, number>> = { twenty: 20, thirty: 30, forty: 40, fifty: 50, sixty: 60, seventy: 70, eighty: 80, ninety: 90 } // prettier-ignore
/** What a part of a number in words is multiplied by. */
const TIMES: Readonly<Record<string, number>> = { tram: 100, hundred: 100, nghin: 1000, ngan: 1000, thousand: 1000 }
/** Words that stand beside a count and change nothing about it. */
const BESIDE =
  /(?<![\p{L}\p{N}])(?:tin(?: nhan)?|nguoi|ho|ngay|tuan|so|la|gui|du|dung|dong y|da|vang|u|ok|a|nhe|nha|ah|toi|cho|bac|messages?|people|persons?|days?|weeks?|send|yes|the|number|is)(?![\p{L}\p{N}])/gu

/**
 * A whole number as somebody types it: `205`, `205 người`, `1.234 tin`, `1 234`, «hai trăm lẻ năm», `two hundred and five`. Null where there is
 * none, or more than one.
 */
export function readCount(text: string): number | null {
  const folded = text.normalize('NFKC').replace(/\p{Cf}/gu, '')
  const digits = [...folded.matchAll(/\d[\d.,\s]*/gu)].map(([run]) => run.replace(/[.,\s]+$/u, ''))
  if (digits.length > 1) return null
  const [run] = digits
  if (run !== undefined) {
    // «-5» and «1/2» are no counts of anything.
    if (/không|khong|chưa|chua|đừng|\bnot\b|don.?t/iu.test(folded)) return null
    if (/[-−/%+]\s*\d|\d\s*[-−/%:]/u.test(folded) || letters(folded) > 40) return null
    if (!/^(?:\d{1,7}|\d{1,3}(?:[.,\s]\d{3}){1,2})$/u.test(run)) return null
    return within(Number(run.replace(/\D/g, '')))
  }
  const words = fold(folded).replace(BESIDE, ' ').split(' ').filter((word) => word !== '') // prettier-ignore
  return words.length === 0 ? null : inWords(words)
}

/** Days as somebody types them: `7`, «ba ngày», «2 tuần». */
export function readDays(text: string): number | null {
  const count = readCount(text)
  return count === null ? null : count * (/(?<!\p{L})(?:tuần|tuan|weeks?)(?!\p{L})/iu.test(text) ? 7 : 1)
}

function letters(text: string): number {
  return [...text.matchAll(/\p{L}/gu)].length
}

function within(count: number): number | null {
  return count <= MOST ? count : null
}

/** «Hai trăm lẻ năm» → 205: every part must be smaller than the one before it, and every word must be one of a number. */
function inWords(words: readonly string[]): number | null {
  let [total, part, seen] = [0, 0, false]
  /** The last word that was a number, for «hai mươi» and «hai mươi mốt». */
  let last: number | null = null
  for (const word of words) {
    if (['le', 'linh', 'va', 'and'].includes(word)) {
      if (!seen) return null
      last = null
      continue
    }
    const times = TIMES[word]
    if (times !== undefined) {
      if (times === 1000) {
        total += (part === 0 && !seen ? 1 : part) * 1000
        part = 0
      } else {
        const left = last ?? (seen ? 0 : 1)
        part = part - (last ?? 0) + left * times
      }
      ;[seen, last] = [true, null]
      continue
    }
    const value = UNITS[word] ?? ENGLISH[word] ?? TENS[word]
    if (value === undefined) return null
    if (value === 10 && last !== null && last >= 1 && last <= 9) {
      part += last * 9
      last = null
      seen = true
      continue
    }
    // Two numbers one behind the other are none: «ba bốn».
    if (last !== null && !(last >= 20 && value < 10) && last !== 10) return null
    part += value
    ;[last, seen] = [value, true]
  }
  return seen ? within(total + part) : null
}
