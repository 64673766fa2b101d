import { sql } from 'kysely'
import type { Role, Session } from '../core/model/contact.js'
import { engineOf } from './rows.js'
import type { Db } from './tables.js'

/** Another phone of a person: a contact that a slip or a head joined to them, too. */
export interface OtherPhone {
  contact: string
  role: Role
}

/** The other contacts who are the same person as this one; whoever only acts for the person is none of them. */
export async function otherPhones(db: Db, contact: string): Promise<OtherPhone[]> {
  const found = await sql<OtherPhone>`
    select o.id as contact, o.role from contact c join contact o on o.person = c.person and o.id <> c.id
    where c.id = ${contact} order by o.id`.execute(db)
  return found.rows
}

/** Makes a contact a person of its own, of whom nothing is known yet. It writes the session: whoever loaded it loads it again before saving it. */
export async function becomeSomebodyNew(db: Db, contact: string, person: string, now: number): Promise<void> {
  const locked = engineOf(db) === 'postgres' ? sql`for no key update of s` : sql``
  const found = await sql<{ was: string; grp: number | null; version: number; state: string }>`
    select c.person as was, c.grp, s.version, s.state from contact c join session s on s.contact = c.id where c.id = ${contact} ${locked}`.execute(
    db,
  )
  const [row] = found.rows
  if (!row) return
  await sql`insert into person (id, grp, created_at) values (${person}, ${row.grp}, ${now})`.execute(db)
  await sql`update contact set person = ${person} where id = ${contact}`.execute(db)
  const session = JSON.parse(row.state) as Session
  if (session.person !== row.was) return
  const state = JSON.stringify({ ...session, person, run: null } satisfies Session)
  await sql`update session set state = ${state}, version = ${row.version + 1} where contact = ${contact}`.execute(db)
}
