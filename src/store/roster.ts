import { type RawBuilder, sql } from 'kysely'
import type { Household, RosterPerson } from '../core/model/roster.js'
import type { Scope } from '../core/policy/roles.js'
import { searchWords } from '../core/roster/names.js'
import { texts } from './rows.js'
import { inScope } from './scope.js'
import type { Seals } from './sealed.js'
import type { Db } from './tables.js'

/** The column of phone numbers: its keys are made from this name, so it never changes. */
export const PHONE = 'roster.phone'

/** Which persons of the scope. */
export interface PeopleFilter {
  group?: number
  ids?: readonly string[]
  household?: string
  card?: RosterPerson['card']
  visit?: boolean
  official?: boolean
  /** Beginnings of words of a name, with or without diacritics, and with or without a title before them. */
  name?: string
  /** Ten digits. */
  phone?: string
  limit?: number
}

/** A person with the household's words, as lists show them. */
export interface ListedPerson extends Omit<RosterPerson, 'phone'> {
  /** Whether there is a number; the number itself is opened by `withPhones`. */
  hasPhone: boolean
  sealedPhone: string | null
  phoneHash: string | null
  code: string | null
  street: string | null
  house: string | null
  reviewedOn: string | null
}

type ListedColumns = Omit<
  ListedPerson,
  'group' | 'cardReason' | 'visit' | 'official' | 'hasPhone' | 'sealedPhone' | 'phoneHash' | 'reviewedOn'
> & {
  grp: number
  card_reason: string | null
  visit: number
  official: number
  phone: string | null
  phone_hash: string | null
  reviewed_on: string | null
}

/** Persons of the roster in the scope, by group and given name. */
export async function people(db: Db, scope: Scope, filter: PeopleFilter = {}, seals?: Seals): Promise<ListedPerson[]> {
  const limit = filter.limit === undefined ? sql`` : sql`limit ${filter.limit}`
  const found = await sql<ListedColumns>`
    select r.person as id, p.grp, r.household, r.name, r.born, r.residence, r.card, r.card_reason, r.visit, r.official, r.phone,
      r.phone_hash, r.note, h.code, h.street, h.house, h.reviewed_on
    from roster r join person p on p.id = r.person left join household h on h.id = r.household
    where p.merged_into is null and ${inScope(scope, sql`p.grp`)} and ${sql.join(conditions(db, filter, seals), sql` and `)}
    order by p.grp, r.folded, r.person ${limit}`.execute(db)
  return found.rows.map(({ grp, card_reason, visit, official, phone, phone_hash, reviewed_on, ...row }) => ({
    ...row,
    group: grp,
    cardReason: card_reason,
    visit: visit === 1,
    official: official === 1,
    hasPhone: phone !== null,
    sealedPhone: phone,
    phoneHash: phone_hash,
    reviewedOn: reviewed_on,
  }))
}

function conditions(db: Db, filter: PeopleFilter, seals: Seals | undefined): RawBuilder<unknown>[] {
  const all = [sql`true`]
  if (filter.group !== undefined) all.push(sql`p.grp = ${filter.group}`)
  if (filter.ids !== undefined) all.push(sql`r.person in ${texts(db, filter.ids)}`)
  if (filter.household !== undefined) all.push(sql`r.household = ${filter.household}`)
  if (filter.card !== undefined) all.push(sql`r.card = ${filter.card}`)
  if (filter.visit !== undefined) all.push(sql`r.visit = ${filter.visit ? 1 : 0}`)
  if (filter.official !== undefined) all.push(sql`r.official = ${filter.official ? 1 : 0}`)
  if (filter.phone !== undefined) {
    if (!seals) throw new TypeError('a search by phone number needs the seals')
    all.push(sql`r.phone_hash = ${seals.hash(PHONE, filter.phone)}`)
  }
  for (const word of filter.name === undefined ? [] : searchWords(filter.name))
    all.push(sql`' ' || r.folded like ${`% ${word}%`}`)
  return all
}

/** The numbers of these persons; one that does not open (another secret) is null. */
export function withPhones(seals: Seals, listed: readonly ListedPerson[]): RosterPerson[] {
  return listed.map((person) => {
    const opened = person.sealedPhone === null ? null : seals.open(PHONE, person.id, person.sealedPhone)
    return { ...plainOf(person), phone: opened?.ok ? opened.text : null }
  })
}

function plainOf(person: ListedPerson): Omit<RosterPerson, 'phone'> {
  const { id, group, household, name, born, residence, card, cardReason, visit, official, note } = person
  return { id, group, household, name, born, residence, card, cardReason, visit, official, note }
}

/** Households of the scope, with how many persons of the roster live there. */
export async function households(
  db: Db,
  scope: Scope,
  filter: { group?: number; ids?: readonly string[] } = {},
): Promise<(Household & { people: number })[]> {
  const group = filter.group === undefined ? sql`true` : sql`h.grp = ${filter.group}`
  const ids = filter.ids === undefined ? sql`true` : sql`h.id in ${texts(db, filter.ids)}`
  const found = await sql<Omit<Household, 'group' | 'reviewedOn'> & { grp: number; reviewed_on: string | null; people: number }>`
    select h.id, h.grp, h.code, h.street, h.house, h.reviewed_on, count(p.id) as people
    from household h left join roster r on r.household = h.id left join person p on p.id = r.person and p.merged_into is null
    where ${group} and ${ids} and ${inScope(scope, sql`h.grp`)}
    group by h.id, h.grp, h.code, h.street, h.house, h.reviewed_on order by h.grp, h.street, h.house, h.code, h.id`.execute(
    db,
  ) // prettier-ignore
  return found.rows.map(({ grp, reviewed_on, ...row }) => ({ ...row, group: grp, reviewedOn: reviewed_on }))
}
