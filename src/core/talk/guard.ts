import { readCount } from '../broadcast/count.js'
import { readMoment } from '../broadcast/moment.js'
import { shieldPublished } from '../language/published.js'
import { shield } from '../language/shield.js'
import type { Contact, Session } from '../model/contact.js'
import type { SecretKind } from '../model/message.js'
import type { World } from './world.js'

/** A typed message as it may be kept. */
export interface Guarded {
  text: string
  /** What its writer is warned about, most dangerous first. */
  secrets: SecretKind[]
  /** Something was masked that must not stay in sight either, warned about or not. */
  hides: boolean
}

/** Roles whose forms ask for what the shield would take for a resident's secret. */
const OFFICIALS: ReadonlySet<string> = new Set(['leader', 'staff', 'admin'])

/**
 * Masks what must not be kept of a typed message, before anything is done with it. Where a form of the ward's own people waits for a count, a moment or
 * words for others, that answer is read as what it is, and the form says itself what is wrong with another one; a resident's message never is.
 */
export function guard(
  world: Pick<World, 'numbers'>,
  { contact, session }: { contact: Contact; session: Session },
  text: string,
  at: number,
): Guarded {
  const { ask } = session.prompt
  const reads = ask.kind === 'dialog' && OFFICIALS.has(contact.role) ? ask.reads : undefined
  if (reads?.kind === 'published') {
    const { text: kept, secrets } = shieldPublished(text, world.numbers)
    return { text: kept, secrets: [], hides: secrets.length > 0 }
  }
  const { text: masked, secrets } = shield(text)
  const hides = secrets.length > 0
  if (reads === undefined || secrets.some((kind) => kind !== 'otp')) return { text: masked, secrets, hides }
  const asked = reads.kind === 'count' ? readCount(text) === reads.count : isMoment(text, at)
  return asked ? { text, secrets: [], hides: false } : { text: masked, secrets: [], hides }
}

/** Whether every word of it is one of a day or a time: then none of its digits is a code. */
function isMoment(text: string, at: number): boolean {
  const { kind } = readMoment(text, at)
  return kind !== 'unread' && kind !== 'no-time'
}
