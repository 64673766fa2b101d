import { type RawBuilder, sql } from 'kysely'
import type { Db } from './tables.js'

/** What a contact may have under way that needs its role: a page, a link to one, an invitation, a reminder, a rule. */
const UNDER_WAY = (now: number): RawBuilder<unknown> => sql`(
  exists (select 1 from page_session p where p.contact = c.id and p.expires_at > ${now})
  or exists (select 1 from page_link l where l.contact = c.id and l.used_at is null and l.expires_at > ${now})
  or exists (select 1 from invitation i where i.created_by = c.id and i.used_at is null and i.cancelled_at is null and i.expires_at > ${now})
  or exists (select 1 from broadcast b where b.sender = c.id and b.confirmed_at is not null and b.ended_at is null)
  or exists (select 1 from schedule s where s.by_contact = c.id and s.enabled = 1))`

/**
 * Takes the role from whoever was let in by a link alone and can come back by nothing, inside a transaction: their next link makes somebody new.
 * What their role still carries (an invitation, a reminder) is waited for. What they are called stays, for the log. How many there were.
 */
export async function endLinkContacts(db: Db, now: number): Promise<number> {
  const ended = await sql<{ id: string }>`
    update contact set role = 'resident' where id in (
      select c.id from contact c where c.role <> 'resident'
        and not exists (select 1 from address a where a.contact = c.id) and not ${UNDER_WAY(now)})
    returning id`.execute(db)
  for (const { id } of ended.rows) {
    await sql`delete from leads where contact = ${id}`.execute(db)
    await sql`update ticket set state = 'open', taken_by = null, taken_at = null, escalated_at = null
      where state = 'taken' and taken_by = ${id}`.execute(db)
  }
  return ended.rows.length
}
