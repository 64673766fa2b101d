import { messagesOf } from '../core/broadcast/planner.js'
import type { Line } from '../core/model/message.js'
import { dayOf, startOfDay } from '../core/policy/calendar.js'
import { phrase } from '../core/talk/draft.js'
import { sayTo } from '../speak/speak.js'
import { sameOwner, sentAlone } from '../store/approval.js'
import { loadReachable } from '../store/contacts.js'
import type { Db } from '../store/tables.js'
import { staffOf } from '../store/tickets.js'
import type { ReminderParts } from './parts.js'

/** Whether somebody else than the sender has to agree: so many messages leave by one person's word in a day, however they are cut up. */
export async function needsAnother(
  { store, ward, clock }: ReminderParts,
  sender: string | null,
  messages: number,
): Promise<boolean> {
  const most = ward.reminders['approval-above']
  if (messages > most || sender === null || messages === 0) return messages > most
  const sent = await sentAlone(store.db, await sameOwner(store.db, sender), startOfDay(dayOf(clock())))
  return sent.reduce((sum, tally) => sum + messagesOf(tally), messages) > most
}

/** Staff who may agree to what somebody wants, and can be written to: not the same person by another app. */
export async function othersThan(db: Db, by: string): Promise<string[]> {
  const own = new Set(await sameOwner(db, by))
  return (await staffOf(db)).filter((contact) => !own.has(contact))
}

/** Says something to those of the contacts who can be written to. */
export async function tell(
  tx: Db,
  parts: ReminderParts,
  contacts: readonly string[],
  key: string,
  vars: NonNullable<Line['vars']>,
): Promise<void> {
  const told: string[] = []
  for (const contact of [...contacts].sort()) {
    const found = await loadReachable(tx, contact, { lock: true })
    if (!found) continue
    await sayTo(tx, parts, found, [[phrase(key, vars)]])
    told.push(contact)
  }
  parts.wake(told)
}
