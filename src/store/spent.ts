import { sql } from 'kysely'
import type { Db } from './tables.js'

/** Instants (ms) before which something is spent. */
export interface Spent {
  /** Codes and tries that ended: invitations, slips, joins, consents. */
  codes: number
  /** Tickets that were closed. */
  tickets: number
  /** Days on which somebody was reminded or told of a trouble: the caps look back a week. */
  days: number
}

/** Lets go of what was needed for a while and names somebody: used and expired codes, closed tickets, the days that caps count. */
export async function forgetSpent(db: Db, { codes, tickets, days }: Spent): Promise<void> {
  for (const table of ['invitation', 'slip', 'join_code', 'consent_link'])
    await sql`delete from ${sql.table(table)} where coalesce(used_at, expires_at) < ${codes}`.execute(db)
  for (const table of ['slip_try', 'join_try'])
    await sql`delete from ${sql.table(table)} where since < ${codes}`.execute(db)
  await sql`delete from ticket where state = 'closed' and closed_at < ${tickets}`.execute(db)
  await sql`delete from notice where at < ${days}`.execute(db)
  // A day is written YYYY-MM-DD; a day and a half covers whatever zone it was written in.
  const day = new Date(days).toISOString().slice(0, 10)
  await sql`delete from reminded where day < ${day}`.execute(db)
}

/** Broadcasts that ended before an instant and still have recipients, oldest first. */
export async function endedBroadcasts(db: Db, before: number, limit: number): Promise<string[]> {
  const found = await sql<{ id: string }>`
    select b.id from broadcast b where b.ended_at < ${before}
      and exists (select 1 from recipient r where r.broadcast = b.id)
    order by b.ended_at, b.id limit ${limit}`.execute(db)
  return found.rows.map(({ id }) => id)
}
