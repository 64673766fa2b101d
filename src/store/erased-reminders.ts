import { sql } from 'kysely'
import { postToPaper } from './posts.js'
import { cancelBroadcast, keepOutcomes } from './recipients.js'
import { texts } from './rows.js'
import { takeBack } from './take-back.js'
import type { Db } from './tables.js'

/**
 * Takes a contact and persons that are erased with it out of all reminders, in a transaction: what speaks of them does not leave, what others were
 * to get by them is judged anew, what was sent stays counted, and a broadcast of theirs ends.
 */
export async function eraseReminders(
  db: Db,
  contact: string,
  persons: readonly string[],
  newId: () => string,
): Promise<void> {
  const whose = sql`r.person in ${texts(db, persons)}`
  const broadcasts = await sql<{ id: string }>`
    update broadcast set state = 'stopped', ended_at = confirmed_at
    where sender = ${contact} and state in ('running', 'paused') returning id`.execute(db)
  for (const { id } of broadcasts.rows) {
    await postToPaper(db, id, null)
    await cancelBroadcast(db, id, 'no-scope')
  }
  // The link between a recipient and their message is cut: what became of it is kept first.
  await keepOutcomes(
    db,
    sql`o.status not in ('queued', 'sending') and (o.contact = ${contact} or (o.contact, o.n) in (
      select r.contact, r.n from recipient r where ${whose} and r.state = 'queued'))`,
  )
  const unsent = await sql<{ contact: string; n: number }>`
    select distinct r.contact, r.n from recipient r join outbox o on o.contact = r.contact and o.n = r.n
    where r.state = 'queued' and ((o.status in ('queued', 'sending') and r.contact = ${contact}) or (o.status = 'queued' and ${whose}))`.execute(
    db,
  )
  await sql`
    update recipient as r set state = 'cancelled', reason = 'erased'
    where ${whose} and (r.state = 'waiting' or (r.state = 'queued' and exists (
      select 1 from outbox o where o.contact = r.contact and o.n = r.n and o.status in ('queued', 'sending'))))`.execute(
    db,
  )
  await takeBack(db, unsent.rows, 'erased')
  const rows = await sql<{ broadcast: string; person: string }>`
    select r.broadcast, r.person from recipient r where ${whose}`.execute(db)
  for (const { broadcast, person } of rows.rows)
    await sql`
      update recipient set person = ${newId()}, contact = null, address = null, run = null
      where broadcast = ${broadcast} and person = ${person}`.execute(db)
}
