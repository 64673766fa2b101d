import { sql } from 'kysely'
import { byText, field, rows, texts } from './rows.js'
import type { Db } from './tables.js'

/** A message that speaks to a person, or of them. */
export interface DayClaim {
  person: string
  contact: string
  n: number
  broadcast: string
}

/**
 * Notes that these hear of us on a day and gives those that were noted: whoever heard of us that day already, as a reader or as somebody spoken of,
 * is left out. It is the database that holds «one a day».
 */
export async function claimDay(db: Db, day: string, claims: readonly DayClaim[]): Promise<DayClaim[]> {
  if (claims.length === 0) return []
  const sorted = [...claims].sort(byText(({ person, contact }) => `${person} ${contact}`))
  const batch = rows(db, sorted.map(({ person, contact, broadcast, n }) => [person, contact, broadcast, n])) // prettier-ignore
  const won = await sql<DayClaim>`
    insert into reminded (person, day, contact, broadcast, n)
    select ${field(0, 'text')}, ${day}, ${field(1, 'text')}, ${field(2, 'text')}, ${field(3, 'int')} from ${batch} where true
    on conflict do nothing returning person, contact, n, broadcast`.execute(db)
  return won.rows
}

/** Of these messages, those whose day is not this one. */
export async function claimedElsewhere(
  db: Db,
  day: string,
  messages: readonly { contact: string; n: number }[],
): Promise<DayClaim[]> {
  if (messages.length === 0) return []
  const batch = rows(db, messages.map(({ contact, n }) => [contact, n])) // prettier-ignore
  const found = await sql<DayClaim>`
    select d.person, d.contact, d.n, d.broadcast from ${batch}
    join reminded d on d.contact = ${field(0, 'text')} and d.n = ${field(1, 'int')}
    where d.day <> ${day}`.execute(db)
  return found.rows
}

/** Messages that did not leave count for nothing. */
export async function releaseDay(db: Db, messages: readonly { contact: string; n: number }[]): Promise<void> {
  for (const { contact, n } of messages)
    await sql`delete from reminded where contact = ${contact} and n = ${n}`.execute(db)
}

/** The same of messages to these contacts, or about these persons, that were cancelled or given up behind the last look. */
export async function releaseUnsent(db: Db, subjects: readonly string[]): Promise<void> {
  if (subjects.length === 0) return
  // The message releases all whom it spoke of.
  await sql`
    delete from reminded where (contact, n) in (
      select d.contact, d.n from reminded d join outbox o on o.contact = d.contact and o.n = d.n and o.status in ('cancelled', 'failed')
      where d.contact in ${texts(db, subjects)} or d.person in ${texts(db, subjects)})`.execute(db)
}

/** The same of a whole broadcast. */
export async function releaseBroadcast(db: Db, broadcast: string): Promise<void> {
  await sql`
    delete from reminded where broadcast = ${broadcast} and exists (
      select 1 from outbox o where o.contact = reminded.contact and o.n = reminded.n and o.status in ('cancelled', 'failed'))`.execute(
    db,
  )
}
