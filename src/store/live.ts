import { sql } from 'kysely'
import type { ChannelName } from '../core/model/message.js'
import type { OutboxRow } from './outbox.js'
import type { Db } from './tables.js'

/** A message of ours that follows a broadcast. */
export interface LiveMessage {
  broadcast: string
  contact: string
  /** Its number. */
  n: number
  madeAt: number
}

/** Makes a message the one that follows a broadcast for a contact; the one before follows it no more. */
export async function keepLive(db: Db, { broadcast, contact, n, madeAt }: LiveMessage): Promise<void> {
  await sql`
    insert into live_message (broadcast, contact, n, made_at, looked_at) values (${broadcast}, ${contact}, ${n}, ${madeAt}, ${madeAt})
    on conflict (broadcast, contact) do update set n = excluded.n, made_at = excluded.made_at`.execute(db)
}

/** Takes one message a broadcast whose turn it is: none of a broadcast that was looked at since `before`, whatever the processes do. */
export async function takeLive(db: Db, now: number, before: number): Promise<LiveMessage[]> {
  // Most of the time there is none: nobody waits for a lock to find that out.
  if ((await sql`select 1 from live_message limit 1`.execute(db)).rows.length === 0) return []
  const taken = await sql<LiveMessage>`
    update live_message set looked_at = ${now}
    where looked_at <= ${before} and (broadcast, contact) in (
      select broadcast, contact from (
        select broadcast, contact, row_number() over (partition by broadcast order by looked_at, contact) as place,
          max(looked_at) over (partition by broadcast) as newest
        from live_message) l
      where place = 1 and newest <= ${before})
    returning broadcast, contact, n, made_at as "madeAt"`.execute(db)
  return taken.rows
}

/** It is followed no more; another message of the same contact may be by now, and is left alone. */
export async function dropLive(
  db: Db,
  { broadcast, contact, n }: Pick<LiveMessage, 'broadcast' | 'contact' | 'n'>,
): Promise<void> {
  await sql`delete from live_message where broadcast = ${broadcast} and contact = ${contact} and n = ${n}`.execute(db)
}

/** What stands on the screen under a number. */
export interface SaidRow {
  channel: ChannelName
  address: string
  status: OutboxRow['status']
  /** JSON. */
  body: string
  providerId: string | null
}

export async function saidAs(db: Db, { contact, n }: Pick<LiveMessage, 'contact' | 'n'>): Promise<SaidRow | null> {
  const found = await sql<SaidRow>`
    select channel, address, status, body, provider_id as "providerId" from outbox
    where contact = ${contact} and n = ${n}`.execute(db)
  return found.rows[0] ?? null
}

/** A message says something else now. */
export async function rewrite(
  db: Db,
  { contact, n }: Pick<LiveMessage, 'contact' | 'n'>,
  { body, keyboard, at }: { body: string; keyboard: boolean; at: number },
): Promise<void> {
  await sql`
    update outbox set body = ${body}, edited_at = ${at}, keyboard = case when ${keyboard ? 1 : 0} = 1 then keyboard else 0 end
    where contact = ${contact} and n = ${n}`.execute(db)
}

/** Messages of a contact among the newest, from `from` on, that changed after `since`, ms. */
export async function rewritten(
  db: Db,
  contact: string,
  { from, since }: { from: number; since: number },
): Promise<(OutboxRow & { editedAt: number })[]> {
  const found = await sql<OutboxRow & { editedAt: number }>`
    select contact, n, channel, at, kind, body, status, edited_at as "editedAt" from outbox
    where contact = ${contact} and n >= ${from} and edited_at > ${since} order by edited_at, n`.execute(db)
  return found.rows
}
