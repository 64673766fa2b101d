import { SECRET_KINDS } from '../model/message.js'
import { MASKS, shield, type Shielded } from './shield.js'

/** What staff mean to publish, as it may be kept. */
export interface Published extends Shielded {
  /** Phone numbers that are not among the known ones: the end of each, `…678`, or a hotline as it was written. */
  phones: string[]
}

/** Letters of a script that nobody writes here: each stands for a piece that the shield must not touch. */
const FIRST = 0xa500
const LAST = 0xa60b
const STAND_INS = /[\uA500-\uA60B]/g
/** `08:30`: two of them, or one with «mà» beside it, are no code. */
const TIME = /(?<![\d:.])(?:[01]?\d|2[0-3]):[0-5]\d(?![\d:])/g
const HOTLINE = /(?<!\d)1[89]00[ .-]?\d{2}[ .-]?\d{2}(?:[ .-]?\d{2})?(?!\d)/g
const PHONE = /⟦phone(?:-(\d{3}))?⟧/g

/** A phone number as digits alone, from 0: `+84 912 345 678` → `0912345678`. */
export function plainPhone(number: string): string {
  const digits = number.replace(/\D/g, '')
  return /^\s*\+?84/.test(number) && digits.length >= 10 ? `0${digits.slice(2)}` : digits
}

/**
 * The shield for what staff write for others to read. `numbers` (as `plainPhone` gives them) stay as they are written, and times of day too;
 * of any other phone number nothing is kept but its end, by which its writer knows it.
 */
export function shieldPublished(text: string, numbers: ReadonlySet<string>): Published {
  const normal = text.normalize('NFC')
  const kept: string[] = []
  const keep = (piece: string) => {
    if (FIRST + kept.length > LAST) return piece
    kept.push(piece)
    return String.fromCodePoint(FIRST + kept.length - 1)
  }
  const free = STAND_INS.test(normal) ? normal : knownIn(normal, numbers, keep).replace(TIME, keep)
  STAND_INS.lastIndex = 0
  const { text: shielded } = shield(free, (kind, raw) => kind === 'phone' ? `⟦phone-${raw.replace(/\D/g, '').slice(-3)}⟧` : MASKS[kind]) // prettier-ignore
  const phones = [
    ...[...shielded.matchAll(PHONE)].map(([, end]) => `…${end ?? ''}`),
    ...[...shielded.matchAll(HOTLINE)].map(([hotline]) => hotline),
  ]
  return {
    text: shielded.replace(STAND_INS, (sign) => kept[sign.codePointAt(0)! - FIRST] ?? sign),
    // A text that was masked before holds masks and nothing else of what they stand for.
    secrets: SECRET_KINDS.filter((kind) => shielded.includes(MASKS[kind])),
    phones: [...new Set(phones)],
  }
}

/** The known numbers in whatever way they are spaced. */
function knownIn(text: string, numbers: ReadonlySet<string>, keep: (piece: string) => string): string {
  return [...numbers].reduce((rest, number) => {
    const digits = (some: string) => [...some].join('[ .\\-()]{0,2}')
    const written = number.startsWith('0') ? `(?:${digits(number)}|\\+?${digits(`84${number.slice(1)}`)})` : digits(number)
    return rest.replace(new RegExp(`(?<![\\d+])${written}(?!\\d)`, 'g'), keep)
  }, text) // prettier-ignore
}
