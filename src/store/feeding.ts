import { sql } from 'kysely'
import type { ChannelName } from '../core/model/message.js'
import { field, rows } from './rows.js'
import type { Db } from './tables.js'

/** Whether somebody of a broadcast still waits, or a message of it has not left. */
export async function isUnsent(db: Db, broadcast: string): Promise<boolean> {
  const found = await sql<{ waiting: number; queued: number }>`
    select
      (select count(*) from (select 1 from recipient where broadcast = ${broadcast} and state = 'waiting' limit 1) one) as waiting,
      (select count(*) from (
        select 1 from outbox o where o.status in ('queued', 'sending') and o.kind = 'reminder' and exists (
          select 1 from recipient r where r.contact = o.contact and r.n = o.n and r.broadcast = ${broadcast}) limit 1) one) as queued`.execute(
    db,
  )
  const { waiting, queued } = found.rows[0]!
  return waiting > 0 || queued > 0
}

/**
 * Of these apps, those by which somebody of a broadcast may be written to now; and how many of its messages there are in the outbox of each that could
 * leave now. What an app put off for one address holds nobody else up.
 */
export async function dueByChannel(
  db: Db,
  broadcast: string,
  channels: readonly ChannelName[],
  now: number,
): Promise<{ channel: ChannelName; queued: number }[]> {
  const found = await sql<{ channel: ChannelName; queued: number }>`
    select c.channel, (
      select count(*) from outbox o where o.channel = c.channel and o.status in ('queued', 'sending') and o.kind = 'reminder' and o.not_before <= ${now}
      and exists (select 1 from recipient r where r.contact = o.contact and r.n = o.n and r.broadcast = ${broadcast})) as queued
    from (select ${field(0, 'text')} as channel from ${rows(
      db,
      channels.map((channel) => [channel]),
    )}) c
    where exists (
      select 1 from recipient x where x.broadcast = ${broadcast} and x.channel = c.channel and x.state = 'waiting' and x.not_before <= ${now})`.execute(
    db,
  )
  return found.rows
}
