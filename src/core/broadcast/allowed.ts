import { plainPhone } from '../language/published.js'
import type { Ward } from '../model/ward.js'

/** What a sender's own text may lead its readers to. */
export interface Allowed {
  /** Hosts, and what lies below them. */
  hosts: readonly string[]
  /** Phone numbers, as `plainPhone` gives them. */
  numbers: ReadonlySet<string>
}

/** Digits of a number, with what people put between them. */
const NUMBER = /\+?\d(?:[ .\-()]{0,2}\d){6,13}/g

/** What the ward's settings name: its contacts, and what was added for own texts. */
export function allowedIn({ contacts, reminders }: Pick<Ward, 'contacts' | 'reminders'>): Allowed {
  const written = [...Object.values(contacts).map((place) => place?.phone ?? ''), ...reminders.numbers]
  const numbers = written.flatMap((text) => [...text.matchAll(NUMBER)].map(([number]) => plainPhone(number)))
  return { hosts: reminders.links, numbers: new Set(numbers) }
}
