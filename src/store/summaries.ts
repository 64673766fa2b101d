import { sql } from 'kysely'
import type { ChannelName } from '../core/model/message.js'
import { texts } from './rows.js'
import type { Db } from './tables.js'

/** A way to somebody who leads or works for the ward, the one used last first. */
export interface SummaryReader {
  contact: string
  channel: ChannelName
  address: string
  /** The person that the contact is itself. */
  person: string
  /** When they were last there on this app, ms; null: never, or it is not known. */
  lastAt: number | null
}

/** Heads and staff with the addresses that may be written to. */
export async function summaryReaders(db: Db): Promise<SummaryReader[]> {
  const found = await sql<SummaryReader>`
    select c.id as contact, c.person, a.channel, a.address, a.last_interaction as "lastAt" from contact c join address a on a.contact = c.id
    where c.role in ('leader', 'staff', 'admin') and a.state = 'ok'
    order by c.id, coalesce(a.last_interaction, 0) desc, a.channel, a.address`.execute(db)
  return found.rows
}

/** Those of the keys under which a message was written already. */
export async function withMessage(db: Db, keys: readonly string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set()
  const found = await sql<{ key: string }>`
    select dedupe_key as key from outbox where dedupe_key in ${texts(db, keys)}`.execute(db)
  return new Set(found.rows.map(({ key }) => key))
}

/** Takes back what waits under keys that begin so, and is older than `before` (ms): it has been replaced, or is no longer worth an evening. */
export async function cancelWaiting(db: Db, begins: string, { contact, before }: { contact: string | null; before: number }): Promise<void> {
  await sql`
    update outbox set status = 'cancelled', error = 'replaced'
    where status = 'queued' and dedupe_key like ${`${begins}%`} and at < ${before}
      and ${contact === null ? sql`true` : sql`contact = ${contact}`}`.execute(db)
} // prettier-ignore
