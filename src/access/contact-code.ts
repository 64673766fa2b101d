import { lettersOf } from '../core/roster/slip.js'
import type { Seals } from '../store/sealed.js'

/** The codes' own key: it is made with this name. */
const CODE = 'contact.code'
/** Letters of a code: 20 to the 5th are three million, and a group has some hundreds who wait. */
const LENGTH = 5

/**
 * What a contact and a head compare before the head says who the contact is: `/dulieu` shows it to the one, the page to the other. It stays the same,
 * nobody can work it out without the secret, and it opens nothing.
 */
export function contactCode(seals: Seals, contact: string): string {
  // A keyed hash gives 32 bytes, of which 30 are taken on average; a second one where they did not suffice (one time in 10^29).
  for (let more = ''; ; more += ' ') {
    const code = lettersOf(Buffer.from(seals.hash(CODE, contact + more), 'base64url'), LENGTH)
    if (code !== null) return code
  }
}

/** A code out of what somebody typed, in any case, with or without spaces; empty: nothing was typed. */
export function readContactCode(typed: string): string {
  return typed.toUpperCase().replace(/[\s.-]/g, '')
}
