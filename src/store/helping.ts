import { sql } from 'kysely'
import type { Role } from '../core/model/contact.js'
import type { Scope } from '../core/policy/roles.js'
import { storable, texts } from './rows.js'
import { inScope } from './scope.js'
import type { Db } from './tables.js'

/** Somebody a contact acts for, under the name that the contact gave them («mẹ»). */
export interface Helped {
  person: string
  label: string
  /** Residential group of the person. */
  group: number | null
}

/** Characters of a label. */
export const LABEL_MAX = 30

/** Those a contact acts for, in the order in which they came. */
export async function helpedBy(db: Db, contact: string): Promise<Helped[]> {
  const found = await sql<{ person: string; label: string; grp: number | null }>`
    select h.person, h.label, p.grp from helping h join person p on p.id = h.person
    where h.contact = ${contact} order by h.since, h.person`.execute(db)
  return found.rows.map(({ grp, ...row }) => ({ ...row, group: grp }))
}

/** Those of them whom a contact brought in without a slip: the roster does not know them, and they do not chat. */
export async function helpedUnlisted(db: Db, contact: string): Promise<Helped[]> {
  const found = await sql<{ person: string; label: string; grp: number | null }>`
    select h.person, h.label, p.grp from helping h join person p on p.id = h.person
    where h.contact = ${contact} and p.merged_into is null
      and not exists (select 1 from roster r where r.person = h.person) and not exists (select 1 from contact c where c.person = h.person)
    order by h.since, h.person`.execute(db)
  return found.rows.map(({ grp, ...row }) => ({ ...row, group: grp }))
}

/** A person who has no phone of their own, in the group of whoever brings them in. */
export async function makePerson(db: Db, id: string, group: number | null, now: number): Promise<void> {
  await sql`insert into person (id, grp, created_at) values (${id}, ${group}, ${now})`.execute(db)
}

export async function startHelping(
  db: Db,
  {
    contact,
    person,
    label,
    how,
    now,
  }: { contact: string; person: string; label: string; how: 'made' | 'slip'; now: number },
): Promise<void> {
  await sql`
    insert into helping (contact, person, label, how, since) values (${contact}, ${person}, ${storable(label)}, ${how}, ${now})
    on conflict (contact, person) do update set label = excluded.label`.execute(db)
}

export async function stopHelping(db: Db, contact: string, person: string): Promise<void> {
  await sql`delete from helping where contact = ${contact} and person = ${person}`.execute(db)
}

/** Who acts for each of the persons, whoever began last first; somebody for whom nobody acts is not in it. */
export async function helpersOfAll(
  db: Db,
  persons: readonly string[],
): Promise<Map<string, { contact: string; label: string }[]>> {
  const helpers = new Map<string, { contact: string; label: string }[]>()
  if (persons.length === 0) return helpers
  const found = await sql<{ person: string; contact: string; label: string }>`
    select person, contact, label from helping where person in ${texts(db, persons)} order by since desc, contact`.execute(
    db,
  )
  for (const { person, ...one } of found.rows) helpers.set(person, [...(helpers.get(person) ?? []), one])
  return helpers
}

/** Contacts who act for a person, besides the person's own. */
export async function helpersOf(db: Db, person: string): Promise<string[]> {
  const found = await sql<{ contact: string }>`
    select contact from helping where person = ${person} order by since, contact`.execute(db)
  return found.rows.map(({ contact }) => contact)
}

/** Somebody who acts for a person, for those who look after that person. */
export interface Helper {
  contact: string
  role: Role
  /** Who the helper is themselves: a name only where the roster has one and the scope holds it. */
  own: string
  name: string | null
  /** What they call the person. */
  label: string
  how: 'made' | 'slip'
  since: number
}

/** Who acts for a person of the scope, as far as the scope may know them. */
export async function helpersShown(db: Db, scope: Scope, person: string): Promise<Helper[]> {
  const found = await sql<Helper>`
    select h.contact, c.role, c.person as own, r.name, h.label, h.how, h.since
    from helping h join contact c on c.id = h.contact join person p on p.id = c.person
    join person q on q.id = h.person and ${inScope(scope, sql`q.grp`)}
    left join roster r on r.person = c.person and ${inScope(scope, sql`p.grp`)}
    where h.person = ${person} order by h.since, h.contact`.execute(db)
  return found.rows
}
