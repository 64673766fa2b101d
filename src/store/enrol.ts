import { sql } from 'kysely'
import type { Household, RosterPerson } from '../core/model/roster.js'
import type { Scope } from '../core/policy/roles.js'
import { nameKey } from '../core/roster/names.js'
import { households, people, PHONE } from './roster.js'
import { byText, columns, engineOf, field, rows, storable, texts } from './rows.js'
import { inScope } from './scope.js'
import type { Seals } from './sealed.js'
import type { Db } from './tables.js'

/** Nothing was written: these are not in the scope, or not there. */
export interface Refused {
  refused: string[]
}
export type Written = { written: number } | Refused

const HOUSEHOLD = columns({
  id: 'text',
  grp: 'int',
  code: 'text',
  street: 'text',
  house: 'text',
  reviewed_on: 'text',
  reviewed_by: 'text',
  created_at: 'int',
})

const ROSTER = columns({
  person: 'text',
  household: 'text',
  name: 'text',
  folded: 'text',
  born: 'int',
  residence: 'text',
  card: 'text',
  card_reason: 'text',
  visit: 'int',
  official: 'int',
  phone: 'text',
  phone_hash: 'text',
  note: 'text',
  updated_at: 'int',
  visit_since: 'int',
})

/** Until the end of the transaction nobody else writes to the roster: two imports of one list do not both find it new. Reading goes on. */
export async function lockRoster(db: Db): Promise<void> {
  // SQLite has one writer anyway.
  if (engineOf(db) === 'postgres') await sql`lock table roster in share row exclusive mode`.execute(db)
}

/** Makes and changes households. All of them are in the scope before and after, or nothing is written. */
export async function putHouseholds(db: Db, scope: Scope, put: readonly Household[], at: number): Promise<Written> {
  const outside = put.filter(({ group }) => !scope.holds(group)).map(({ id }) => id)
  const ids = put.map(({ id }) => id)
  const foreign = await sql<{ id: string }>`
    select id from household where id in ${texts(db, ids)} and not (${inScope(scope, sql`grp`)})`.execute(db)
  const refused = [...new Set([...outside, ...foreign.rows.map(({ id }) => id)])]
  if (refused.length > 0) return { refused }
  const batch = rows(
    db,
    [...put]
      .sort(byText(({ id }) => id))
      .map(({ id, group, code, street, house, reviewedOn }) => [
        id, group, code, street, house, reviewedOn, reviewedOn === null ? null : scope.who, at,
      ]), // prettier-ignore
  )
  await sql`
    insert into household (${HOUSEHOLD.names}) select ${HOUSEHOLD.fields} from ${batch} where true
    on conflict (id) do update set grp = excluded.grp, code = excluded.code, street = excluded.street, house = excluded.house,
      reviewed_by = case when coalesce(household.reviewed_on, '') = coalesce(excluded.reviewed_on, '')
        then household.reviewed_by else excluded.reviewed_by end,
      reviewed_on = excluded.reviewed_on`.execute(db)
  return { written: put.length }
}

/**
 * Makes and changes persons of the roster. Each belongs to the scope before and after and to a household of the own group, or nothing is
 * written. Somebody who is only known from the chat gets a row here only in a scope that holds their group: whoever they are, is confirmed elsewhere.
 */
export async function putPeople(
  db: Db,
  scope: Scope,
  seals: Seals,
  put: readonly RosterPerson[],
  at: number,
): Promise<Written> {
  const refused = await foreign(db, scope, put)
  if (refused.length > 0) return { refused }
  const sorted = [...put].sort(byText(({ id }) => id))
  const persons = rows(
    db,
    sorted.map(({ id, group }) => [id, group, at]),
  )
  await sql`
    insert into person (id, grp, created_at) select ${field(0, 'text')}, ${field(1, 'int')}, ${field(2, 'int')} from ${persons} where true
    on conflict (id) do update set grp = excluded.grp`.execute(db)
  await sql`
    update contact set grp = ${field(1, 'int')} from ${persons}
    where contact.person = ${field(0, 'text')} and coalesce(contact.grp, -1) <> ${field(1, 'int')}`.execute(db)
  const batch = rows(
    db,
    sorted.map((person) => rosterRow(seals, person, at)),
  )
  await sql`
    insert into roster (${ROSTER.names}) select ${ROSTER.fields} from ${batch} where true
    on conflict (person) do update set household = excluded.household, name = excluded.name, folded = excluded.folded,
      born = excluded.born, residence = excluded.residence, card = excluded.card, card_reason = excluded.card_reason,
      visit = excluded.visit, official = excluded.official, phone = excluded.phone, phone_hash = excluded.phone_hash,
      note = excluded.note, updated_at = excluded.updated_at,
      -- A wish that stands keeps its time, and whoever has it.
      visit_since = case when excluded.visit = 1 then coalesce(roster.visit_since, excluded.visit_since) end,
      visit_by = case when excluded.visit = 1 then roster.visit_by end,
      visit_taken_at = case when excluded.visit = 1 then roster.visit_taken_at end`.execute(db)
  return { written: put.length }
}

/** Those of the rows that the scope does not hold, as they are or as they should become. */
async function foreign(db: Db, scope: Scope, put: readonly RosterPerson[]): Promise<string[]> {
  const outside = put.filter(({ group }) => !scope.holds(group)).map(({ id }) => id)
  const batch = rows(
    db,
    put.map(({ id, group, household }) => [id, group, household]),
  )
  const found = await sql<{ id: string }>`
    select ${field(0, 'text')} as id from ${batch}
    left join person p on p.id = ${field(0, 'text')}
    left join household h on h.id = ${field(2, 'text')}
    where (p.id is not null and (p.merged_into is not null or not (${inScope(scope, sql`p.grp`)})))
      or (${field(2, 'text')} is not null and (h.id is null or h.grp <> ${field(1, 'int')}))`.execute(db)
  return [...new Set([...outside, ...found.rows.map(({ id }) => id)])]
}

function rosterRow(seals: Seals, person: RosterPerson, at: number): readonly unknown[] {
  const { id, household, name, born, residence, card, cardReason, visit, official, phone, note } = person
  return [
    id,
    household,
    storable(name),
    nameKey(name),
    born,
    residence,
    card,
    cardReason,
    visit ? 1 : 0,
    official ? 1 : 0,
    phone === null ? null : seals.seal(PHONE, id, phone),
    phone === null ? null : seals.hash(PHONE, phone),
    note,
    at,
    visit ? at : null,
  ]
}

/** The head went through these households on a day. */
export async function reviewHouseholds(db: Db, scope: Scope, ids: readonly string[], day: string): Promise<Written> {
  const known = await households(db, scope, { ids })
  const mine = new Set(known.map(({ id }) => id))
  const refused = ids.filter((id) => !mine.has(id))
  if (refused.length > 0) return { refused }
  await sql`
    update household set reviewed_on = ${day}, reviewed_by = ${scope.who} where id in ${texts(db, ids)}`.execute(db)
  return { written: ids.length }
}

/** Takes persons off the roster; what they did stays theirs, under an id that no longer has a name. */
export async function dropPeople(db: Db, scope: Scope, ids: readonly string[]): Promise<Written> {
  const mine = new Set((await people(db, scope, { ids })).map(({ id }) => id))
  const refused = ids.filter((id) => !mine.has(id))
  if (refused.length > 0) return { refused }
  await sql`delete from slip where person in ${texts(db, ids)}`.execute(db)
  await sql`delete from roster where person in ${texts(db, ids)}`.execute(db)
  return { written: ids.length }
}
