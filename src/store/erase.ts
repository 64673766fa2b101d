import { type RawBuilder, sql } from 'kysely'
import { eraseReminders } from './erased-reminders.js'
import { forgetAsking } from './questions.js'
import { HAS_AGREED } from './contacts.js'
import { keepOutcomes } from './recipients.js'
import { engineOf, texts } from './rows.js'
import type { Store } from './open.js'
import type { Db } from './tables.js'
import { leaveWishes } from './visits.js'

/** What was erased with a contact. */
export interface Erased {
  /** Persons whose identity is gone: the contact's own, and those it alone had brought in. */
  persons: number
  /** Rows of the ledger that no longer say whose they are. */
  events: number
}

/** Tables in which rows of a contact are deleted, with the columns that name it; before the contact itself. */
const OF_CONTACT: readonly [table: string, ...columns: string[]][] = [
  ['live_message', 'contact'],
  ['outbox', 'contact'],
  ['dialog', 'contact'],
  ['ticket', 'contact'],
  ['join_code', 'contact'],
  ['join_try', 'contact'],
  ['joined', 'contact', 'came_from'],
  ['page_link', 'contact'],
  ['page_session', 'contact'],
  ['held_file', 'contact'],
  ['leads', 'contact'],
  ['slip_try', 'contact'],
  ['contact_detail', 'contact'],
  ['notice', 'contact'],
  ['reminded', 'contact'],
  ['helping', 'contact'],
  ['address', 'contact'],
  ['session', 'contact'],
]
/** Columns of rows that stay, in which a contact is named: the name goes. */
const NAMED: readonly [table: string, column: string][] = [
  ['ledger', 'contact'],
  ['recipient', 'contact'],
  ['invitation', 'used_by'],
  ['invitation', 'created_by'],
  ['invitation', 'cancelled_by'],
  ['slip', 'used_by'],
  ['schedule', 'by_contact'],
]
/** Tables in which rows of a person are deleted. */
const OF_PERSON: readonly [table: string, ...columns: string[]][] = [
  ['reminded', 'person'],
  ['helping', 'person'],
  ['tally_row', 'person'],
  ['slip', 'person'],
  ['roster', 'person'],
  ['merge', 'gone', 'kept'],
  ['unmerge', 'gone'],
]

/**
 * Erases a contact and the person it is, inside a transaction: everywhere but in the ledger, where the rows stay and nobody is named any more.
 * So that every figure stays what it was, each run goes on as that of a person without any link to the one before. The audit log keeps the
 * random id of what the contact did as an officer: it leads to nothing.
 */
export async function eraseContact(db: Db, contact: string, newId: () => string): Promise<Erased> {
  return eraseWith(db, contact, await personsOf(db, contact), newId)
}

/** Erases a contact, and these persons with it. */
export async function eraseWith(
  db: Db,
  contact: string,
  persons: readonly string[],
  newId: () => string,
): Promise<Erased> {
  await forgetAsking(db, contact)
  const whose = sql`person in ${texts(db, persons)}`
  // Events of a run that a merge had with another person for a while name that one: they are this person's all the same.
  const events = await sql`
    update ledger set person = null where person is not null
      and (${whose} or run in (select r.id from run r where r.${whose}))`.execute(db)
  const runs = await sql<{ id: string }>`select id from run where ${whose} order by id`.execute(db)
  const theirs = runs.rows.map(({ id }) => id)
  await passToNobody(db, theirs, newId)
  await sql`update unmerge set kept = null where kept in ${texts(db, persons)}`.execute(db)
  await eraseReminders(db, contact, persons, newId)
  await sql`update ticket set state = 'open', taken_by = null, taken_at = null where taken_by = ${contact} and state = 'taken'`.execute(
    db,
  )
  await leaveWishes(db, contact)
  await sql`update ticket set person = null where ${whose}`.execute(db)
  for (const [table, column] of NAMED)
    await sql`update ${sql.table(table)} set ${sql.ref(column)} = null where ${sql.ref(column)} = ${contact}`.execute(
      db,
    )
  // The events themselves stay known, so that one delivered again is not taken for a first word.
  await sql`update inbox set contact = '' where contact = ${contact}`.execute(db)
  for (const subjects of ['opt_out', 'quiet_hours'])
    await sql`
      delete from ${sql.table(subjects)} where subject = ${contact} or subject in ${texts(db, persons)}`.execute(db)
  for (const [table, ...columns] of OF_CONTACT) await remove(db, table, columns, sql`= ${contact}`)
  for (const [table, ...columns] of OF_PERSON) await remove(db, table, columns, sql`in ${texts(db, persons)}`)
  await sql`delete from contact where id = ${contact}`.execute(db)
  // Another contact may be the same person (a merge): the person goes with the last of them.
  await sql`
    delete from person where id in ${texts(db, persons)} and not exists (select 1 from contact c where c.person = person.id)`.execute(
    db,
  )
  return { persons: persons.length, events: Number(events.numAffectedRows ?? 0) }
}

/** The group of a person whom the roster knows; null: it does not. */
export async function groupOfListed(db: Db, person: string): Promise<{ group: number | null } | null> {
  const found = await sql<{ group: number | null }>`
    select p.grp as "group" from roster r join person p on p.id = r.person where r.person = ${person}`.execute(db)
  return found.rows[0] ?? null
}

async function remove(db: Db, table: string, columns: readonly string[], what: RawBuilder<unknown>): Promise<void> {
  const named = sql.join(
    columns.map((column) => sql`${sql.ref(column)} ${what}`),
    sql` or `,
  )
  await sql`delete from ${sql.table(table)} where ${named}`.execute(db)
}

/** The contact's own person with all who were merged into it, and those whom it alone brought in and acts for, where no roster has them. */
export async function personsOf(db: Db, contact: string): Promise<string[]> {
  const found = await sql<{ id: string }>`
    select p.id from person p join contact c on c.id = ${contact}
    where (p.id = c.person or p.merged_into = c.person)
      and not exists (select 1 from contact o where o.person = c.person and o.id <> c.id)
    union
    select h.person as id from helping h where h.contact = ${contact} and h.how = 'made'
      and not exists (select 1 from roster r where r.person = h.person)
      and not exists (select 1 from helping o where o.person = h.person and o.contact <> h.contact)
      and not exists (select 1 from contact o where o.person = h.person)`.execute(db)
  return found.rows.map(({ id }) => id).sort()
}

/**
 * Makes each of these runs that of a person of its own, who leads nowhere. One that counted in no figure, because its person counted by another run or
 * had turned out to be somebody else, counts in none afterwards. The recount from the ledger sees the same (recount.ts).
 */
export async function passToNobody(db: Db, runs: readonly string[], newId: () => string): Promise<void> {
  const found = await sql<{ id: string; grp: number | null; counts: number }>`
    select r.id, p.grp, r.counts from run r join person p on p.id = r.person where r.id in ${texts(db, runs)} order by r.id`.execute(
    db,
  )
  // Born on the day the software was: the day on which somebody first wrote is nobody's business any more.
  const nobody = async (group: number | null, is: string | null) => {
    const id = newId()
    await sql`insert into person (id, grp, created_at, merged_into) values (${id}, ${group}, 0, ${is})`.execute(db)
    return id
  }
  for (const { id, grp, counts } of found.rows) {
    const other = counts === 0 ? await nobody(null, null) : null
    await sql`update run set person = ${await nobody(grp, other)} where id = ${id}`.execute(db)
  }
}

/**
 * Contacts that nobody has written from since `idle` (ms), or that were never agreed to since `unconsented`; residents only. Who never had a chat
 * (`ward link`) was never asked.
 */
export async function contactsToForget(
  db: Db,
  { idle, unconsented, limit }: { idle: number; unconsented: number; limit: number },
): Promise<string[]> {
  const found = await sql<{ id: string }>`
    select c.id from contact c join session s on s.contact = c.id
    where c.role = 'resident' and (
      (s.last_at < ${idle} and c.created_at < ${idle})
      or (s.last_at < ${unconsented} and c.created_at < ${unconsented} and not (${HAS_AGREED})
        and exists (select 1 from address a where a.contact = c.id)))
    order by s.last_at, c.id limit ${limit}`.execute(db)
  return found.rows.map(({ id }) => id)
}

/** Forgets what was said before `messages` and which events came in before `inbox` (ms), where nothing is still to be done. */
export async function forgetOld(db: Db, { messages, inbox }: { messages: number; inbox: number }): Promise<void> {
  await keepOutcomes(db, sql`o.at < ${messages} and o.status not in ('queued', 'sending')`)
  await sql`delete from outbox where at < ${messages} and status not in ('queued', 'sending')`.execute(db)
  await sql`delete from inbox where at < ${inbox} and status = 'done'`.execute(db)
}

/** After an erasure: the bytes leave the file too (SQLite overwrites what it deletes, and its log is emptied); Postgres does so at its vacuum. */
export async function scrub(store: Store): Promise<void> {
  if (engineOf(store.db) === 'sqlite') await sql`pragma wal_checkpoint(truncate)`.execute(store.db)
}
