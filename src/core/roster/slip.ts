import { DAY_MS } from '../policy/calendar.js'

/** How long a slip may be taken up, ms: paper lies on a cupboard until the grandson comes. */
export const SLIP_MS = 45 * DAY_MS
/** Wrong codes of one contact within a day, after which no code is tried any more. */
export const WRONG_LIMIT = 5

/** Letters that are not taken for each other on paper or on the phone, and no digits: the shield masks runs of digits. */
const LETTERS = 'ABCDEFGHKLMNPQRSTVXY'
/** Letters of a code: 20 to the 10th is 43 bits, and a contact has five tries a day. */
const LENGTH = 10

/** Random bytes that a code needs; bytes above the last whole multiple of 20 are thrown away, so that no letter is likelier. */
export const SLIP_BYTES = 40

/** A code from random bytes, as it is hashed; null when the bytes did not suffice (one time in 10^20). */
export function slipCode(random: Uint8Array): string | null {
  return lettersOf(random, LENGTH)
}

/** That many letters that are told apart on paper and on the phone; null when the bytes did not suffice. */
export function lettersOf(bytes: Uint8Array, length: number): string | null {
  const most = 256 - (256 % LETTERS.length)
  const letters = [...bytes].filter((byte) => byte < most).map((byte) => LETTERS[byte % LETTERS.length]!)
  return letters.length < length ? null : letters.slice(0, length).join('')
}

/** A code as it is printed: `ABCDE-FGHKL`. */
export function printedCode(code: string): string {
  return `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`
}

/** A code out of what somebody typed, in any case, with or without hyphen and spaces; null: it is none. */
export function readCode(text: string): string | null {
  const code = text.toUpperCase().replace(/[\s-]/g, '')
  return code.length === LENGTH && [...code].every((letter) => LETTERS.includes(letter)) ? code : null
}

/** Wrong codes of a contact since an instant. */
export interface Tries {
  since: number
  wrong: number
}

export function mayTry(tries: Tries | null, now: number): boolean {
  return tries === null || now - tries.since >= DAY_MS || tries.wrong < WRONG_LIMIT
}

export function afterWrong(tries: Tries | null, now: number): Tries {
  return tries === null || now - tries.since >= DAY_MS
    ? { since: now, wrong: 1 }
    : { since: tries.since, wrong: tries.wrong + 1 }
}
