import { sql } from 'kysely'
import type { ChannelName } from '../core/model/message.js'
import type { AddressKey } from './contacts.js'
import type { Db } from './tables.js'

/** Wrong codes that a contact may type before it has to wait, and how long, ms (issue 3: ten minutes, five tries). */
export const JOIN_TRIES = 5
export const JOIN_MS = 10 * 60_000

/** Where an address was before it was joined to another contact. */
export interface Joined extends AddressKey {
  contact: string
  cameFrom: string
  at: number
}

/** Keeps a code's hash; codes that the contact asked for before are worth nothing any more. */
export async function createJoinCode(db: Db, codeHash: string, contact: string, now: number): Promise<void> {
  await sql`delete from join_code where contact = ${contact}`.execute(db)
  await sql`
    insert into join_code (code_hash, contact, created_at, expires_at)
    values (${codeHash}, ${contact}, ${now}, ${now + JOIN_MS})`.execute(db)
}

/**
 * Uses a code up for somebody who typed it: the contact it belongs to, or why not. Wrong codes are counted for whoever types them; past the
 * limit even a right one is refused for a while.
 */
export async function redeemJoinCode(
  db: Db,
  codeHash: string,
  by: string,
  now: number,
): Promise<{ contact: string } | 'wrong' | 'own' | 'too-many'> {
  const tries = await sql<{ since: number; count: number }>`
    select since, count from join_try where contact = ${by}`.execute(db)
  const [known] = tries.rows
  const counted = known && now - known.since < JOIN_MS ? known : { since: now, count: 0 }
  if (counted.count >= JOIN_TRIES) return 'too-many'
  const own = await sql<{ contact: string }>`
    select contact from join_code where code_hash = ${codeHash} and contact = ${by}`.execute(db)
  if (own.rows.length > 0) return 'own'
  const taken = await sql<{ contact: string }>`
    update join_code set used_at = ${now}
    where code_hash = ${codeHash} and used_at is null and expires_at > ${now} returning contact`.execute(db)
  if (taken.rows[0]) return taken.rows[0]
  await sql`
    insert into join_try (contact, since, count) values (${by}, ${counted.since}, ${counted.count + 1})
    on conflict (contact) do update set since = excluded.since, count = excluded.count`.execute(db)
  return counted.count + 1 >= JOIN_TRIES ? 'too-many' : 'wrong'
}

/** From now on the address speaks for another contact. An address that was joined before goes back, in the end, to where it first was. */
export async function joinAddress(db: Db, { channel, address }: AddressKey, to: string, now: number): Promise<void> {
  await sql`
    insert into joined (channel, address, contact, came_from, at)
    select channel, address, ${to}, contact, ${now} from address where channel = ${channel} and address = ${address}
    on conflict (channel, address) do update set contact = excluded.contact, at = excluded.at`.execute(db)
  await sql`update address set contact = ${to} where channel = ${channel} and address = ${address}`.execute(db)
}

/** Addresses that were joined to a contact. */
export async function joinedTo(db: Db, contact: string): Promise<Joined[]> {
  const found = await sql<Joined>`
    select channel, address, contact, came_from as "cameFrom", at from joined
    where contact = ${contact} order by at, channel, address`.execute(db)
  return found.rows
}

/** The address speaks for its first contact again, whose talk and progress were kept. */
export async function unjoinAddress(db: Db, { channel, address }: AddressKey): Promise<string | null> {
  const gone = await sql<{ came_from: string }>`
    delete from joined where channel = ${channel} and address = ${address} returning came_from`.execute(db)
  const first = gone.rows[0]?.came_from
  if (first === undefined) return null
  await sql`update address set contact = ${first} where channel = ${channel} and address = ${address}`.execute(db)
  return first
}

/** The apps on which a contact can be reached. */
export async function channelsOf(db: Db, contact: string): Promise<ChannelName[]> {
  const found = await sql<{ channel: ChannelName }>`
    select distinct channel from address where contact = ${contact} order by channel`.execute(db)
  return found.rows.map(({ channel }) => channel)
}

/** Numbers of messages go on from the higher of two talks: a page that has read up to the one must not miss the next of the other. */
export async function raiseSaid(db: Db, contact: string, least: number): Promise<void> {
  await sql`update session set said = ${least}, version = version + 1 where contact = ${contact} and said < ${least}`.execute(
    db,
  )
}
