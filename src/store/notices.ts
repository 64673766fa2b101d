import { sql } from 'kysely'
import type { Role } from '../core/model/contact.js'
import type { ChannelName } from '../core/model/message.js'
import type { AddressKey } from './contacts.js'
import type { Db } from './tables.js'

/** Every open address of everybody in a role, who wrote last first. */
export async function addressesOfRole(db: Db, role: Role): Promise<(AddressKey & { contact: string })[]> {
  const found = await sql<{ channel: ChannelName; address: string; contact: string }>`
    select a.channel, a.address, a.contact from contact c
    join address a on a.contact = c.id and a.state = 'ok' join session s on s.contact = c.id
    where c.role = ${role} order by s.last_at desc, a.channel, a.address`.execute(db)
  return found.rows
}

/** Writes down that a contact is told of something on a day; false when that was done before, by whichever process. */
export async function noteNotice(
  db: Db,
  { contact, kind, day, at }: { contact: string; kind: string; day: string; at: number },
): Promise<boolean> {
  const added = await sql<{ contact: string }>`
    insert into notice (contact, kind, day, at) values (${contact}, ${kind}, ${day}, ${at})
    on conflict do nothing returning contact`.execute(db)
  if (added.rows.length > 0) await sql`delete from notice where at < ${at - KEPT_MS}`.execute(db)
  return added.rows.length > 0
}

/** How long it is remembered that somebody was told, ms. */
const KEPT_MS = 30 * 86_400_000
