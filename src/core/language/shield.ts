import { type SecretKind, SECRET_KINDS } from '../model/message.js'
import { fold } from './fold.js'

/** What the shield made of a text: safe to store, and what it took out. */
export interface Shielded {
  text: string
  /** Most dangerous first; empty when nothing was found. */
  secrets: SecretKind[]
}

/** What stands in a stored text where a secret was. The braces keep it from being read as anything else. */
export const MASKS: Record<SecretKind | 'phone', string> = {
  otp: '⟦otp⟧',
  password: '⟦password⟧',
  card: '⟦card⟧',
  'id-number': '⟦id-number⟧',
  phone: '⟦phone⟧',
}

/** Digits with whatever signs people put between them: up to five that are neither letter nor digit. */
const DIGITS = /\+?\d(?:[^\p{L}\p{N}⟦⟧]{0,5}\d){3,}/gu
/** Words that announce a one-time code or a passcode, and words that may. */
const CODE_WORDS =
  /\b(otp|ma xac (thuc|nhan|minh)|ma kich hoat|passcode|pass code|pin|ma gui ve|ma tin nhan|ma bao mat)\b/
const MAYBE_CODE_WORDS = /\b(ma so|code|ma)\b/
/** Six digits that are money or a count are no code. */
const AMOUNT = /\d\s*(d|đ|dong|đồng|vnd|vnđ|nghin|nghìn|ngan|ngàn|trieu|triệu|k|người|nguoi|ho|hộ)(?!\p{L})/iu
/** Words that announce a password; what follows them up to the next blank is the password. */
const PASSWORD =
  /((?:m[aậ]t\s*kh[aẩ]u|password|passwd|pass|mk|mkhau)(?:\s*(?:vneid|cua\s+\S+|của\s+\S+|tài khoản|tai khoan|mới|moi|cũ|cu))*\s*(?:là|la|:|=|is)\s*)(["“'«]?)([^\s,;"”'»]{3,})/giu
/** The same with a few words between («pass vneid e là …»); then only what has a letter beside a digit or a sign is taken for one. */
const PASSWORD_TOLD =
  /((?:m[aậ]t\s*kh[aẩ]u|password|passwd|pass|mk)(?:\s+\p{L}{1,10}){1,5}\s*(?:là|la|:|=|is)\s*)(["“'«]?)((?=\S*\p{L})(?=\S*[\d#@!$%^&*])[^\s,;"”'»]{5,})/giu
/** What may follow «mật khẩu là» without being the password itself. */
const NOT_A_PASSWORD =
  /^(gi|sao|nao|dau|the|bao|khong|chua|ai|cai|quen|co|duoc|may|what|not|too|ma|mat|phai|nhung|mot|bi|do|nay|toi|minh|con|can|so|chu|8|6)$/

/** One word of 8–20 characters with a digit, both cases and a special character: VNeID's rule for a password (domain.md §4, 3.B4). */
function looksLikePassword(text: string): boolean {
  return (
    /^\S{8,20}$/.test(text) &&
    /\d/.test(text) &&
    /\p{Ll}/u.test(text) &&
    /\p{Lu}/u.test(text) &&
    /[^\p{L}\p{N}.,:/]/u.test(text)
  )
}

/** `٣` → `3`: decimal digits stand in blocks of ten in Unicode, each beginning at a zero. */
function asciiDigit(digit: string): string {
  if (/[0-9]/.test(digit)) return digit
  let zero = digit.codePointAt(0)!
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1)) && digit.codePointAt(0)! - zero < 9) zero--
  return String(digit.codePointAt(0)! - zero)
}

/** Luhn's check: every bank card number passes it, one in ten other numbers does. */
function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    let d = digits.charCodeAt(digits.length - 1 - i) - 48
    if (i % 2 === 1) d = d * 2 > 9 ? d * 2 - 9 : d * 2
    sum += d
  }
  return sum % 10 === 0
}

/** What is public within a run of digits: dates (`24/10/2022`, `1-7-2025`) and numbers of hotlines (`1900 0368`, `18001096`). */
const PUBLIC =
  /(?<!\d)(?:(?:0?[1-9]|[12]\d|3[01])[ .\-/](?:0?[1-9]|1[0-2])[ .\-/](?:19|20)\d{2}|1[89]00[ .-]?\d{2}[ .-]?\d{2}(?:[ .-]?\d{2})?)(?!\d)/g

/** A Vietnamese phone number: ten digits from 0, or 84 and nine; service numbers 1800… and 1900…. */
function isPhone(digits: string, raw: string): boolean {
  if (/^0[2-9]\d{8,9}$/.test(digits) && digits.length <= 11) return true
  if (/^84[2-9]\d{8}$/.test(digits)) return true
  return raw.startsWith('+') && digits.length >= 9 && digits.length <= 15
}

/** The parts of a text between what is public in it, changed; what is public stays. */
function betweenPublic(run: string, change: (part: string) => string): string {
  let at = 0
  let out = ''
  for (const { index, 0: found } of run.matchAll(PUBLIC)) {
    out += change(run.slice(at, index)) + found
    at = index + found.length
  }
  return out + change(run.slice(at))
}

/**
 * False for a run in which dates or hotlines stand beside other numbers. A run that is a secret as a whole is one number even if a date
 * could be read into it, and so is one that would leave a piece too long for a count and too short for a number of its own.
 */
function isOneNumber(run: string, folded: string): boolean {
  const count = run.replace(/\D/g, '').length
  if (count === 12 || count === 9 || run.search(PUBLIC) < 0) return true
  if (count >= 13 && count <= 19 && passesLuhn(run.replace(/\D/g, ''))) return true
  if (count <= 8 && CODE_WORDS.test(folded)) return true
  let torn = false
  betweenPublic(run, (part) => {
    const left = part.replace(/\D/g, '').length
    torn ||= left >= 4 && left <= 8
    return part
  })
  return torn
}

/** What a run of digits is; null for one that may stay. `alone`: the message is hardly more than this run. */
function kindOfNumber(raw: string, alone: boolean, folded: string): SecretKind | 'phone' | null {
  const digits = raw.replace(/\D/g, '')
  if (digits.length === 12) return 'id-number'
  if (isPhone(digits, raw)) return 'phone'
  if (digits.length === 9) return 'id-number'
  if (digits.length >= 13 && digits.length <= 19 && passesLuhn(digits)) return 'card'
  // More digits than any of these is still somebody's number: an ID with a slip of the finger, two numbers run together.
  if (digits.length >= 10) return 'id-number'
  if (digits.length < 4) return null
  if (CODE_WORDS.test(folded)) return 'otp'
  const year = /^(19|20)\d\d$/.test(digits)
  if (year) return null
  // A message that is hardly more than four to eight digits answers no question of ours: it is the code on the screen.
  return alone || MAYBE_CODE_WORDS.test(folded) ? 'otp' : null
}

/** True for a message that is nothing but these digits, or six of them and a few words. */
function standsAlone(raw: string, whole: string): boolean {
  const rest = whole
    .replace(raw, ' ')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
  // The number of a law: «69/2024».
  if (/^\d{1,4}\/(19|20)\d\d$/.test(raw)) return false
  return rest.length === 0 || (raw.replace(/\D/g, '').length === 6 && rest.length <= 3 && !AMOUNT.test(whole))
}

/**
 * Masks what must not be kept: ID numbers of 12 and 9 digits, codes in context, passwords, bank cards; phone numbers too, without a
 * warning (residents give theirs in good faith). Runs before the first write of a message anywhere (domain.md §5 R4).
 * Errs on the side of masking: a number it cannot place is masked, a date or a hotline is not. `maskOf` says what stands in the place of a number.
 */
export function shield(
  text: string,
  maskOf: (kind: keyof typeof MASKS, raw: string) => string = (kind) => MASKS[kind],
): Shielded {
  const found = new Set<SecretKind>()
  const normal = text.normalize('NFC')
  if (looksLikePassword(normal.trim())) return { text: MASKS.password, secrets: ['password'] }
  const withoutPasswords = normal.replace(PASSWORD, (all, lead: string, quote: string, secret: string) => {
    if (NOT_A_PASSWORD.test(fold(secret))) return all
    found.add('password')
    return `${lead}${quote}${MASKS.password}`
  })
  const told = withoutPasswords.replace(PASSWORD_TOLD, (all, lead: string, quote: string) => {
    found.add('password')
    return `${lead}${quote}${MASKS.password}`
  })
  const folded = fold(told)
  const mask = (raw: string): string => {
    const kind = kindOfNumber(raw, standsAlone(raw, told), folded)
    if (kind === null) return raw
    if (kind !== 'phone') found.add(kind)
    return maskOf(kind, raw)
  }
  // Digits of other scripts and widths are digits all the same.
  const masked = told
    .replace(/\p{Nd}/gu, asciiDigit)
    .replace(DIGITS, (run) =>
      isOneNumber(run, folded) ? mask(run) : betweenPublic(run, (part) => part.replace(DIGITS, mask)),
    )
  return { text: masked, secrets: SECRET_KINDS.filter((kind) => found.has(kind)) }
}
