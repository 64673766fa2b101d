import { type RawBuilder, sql } from 'kysely'
import { FEW, type Asker, scopeOf, type Scope } from '../core/policy/roles.js'
import type { Db } from './tables.js'

/** True for rows whose group is in the scope, false (never null) for others: the one condition that keeps a head to the own groups. */
export function inScope(scope: Scope, group: RawBuilder<unknown>): RawBuilder<unknown> {
  if (scope.groups === 'ward') return sql`true`
  return scope.groups.length === 0
    ? sql`false`
    : sql`(${group} is not null and ${group} in (${sql.join([...scope.groups])}))`
}

/** The groups that a contact leads, or works in as a helper. */
export async function groupsOf(db: Db, contact: string): Promise<number[]> {
  const found = await sql<{ grp: number }>`select grp from leads where contact = ${contact} order by grp`.execute(db)
  return found.rows.map(({ grp }) => grp)
}

/** The scope of a contact as it is now; ask anew for each piece of work, so that a revoked role ends at once. */
export async function scopeOfContact(db: Db, contact: string): Promise<Scope> {
  const found = await sql<Pick<Asker, 'role'>>`select role from contact where id = ${contact}`.execute(db)
  const role = found.rows[0]?.role ?? 'resident'
  return scopeOf({ id: contact, role, leads: await groupsOf(db, contact) })
}

/** False for the persons, born at the beginning of time, to whom the runs of the erased went (store/erase.ts): they stand in figures and are nobody. */
export const isSomebody = sql.raw('p.created_at > 0')

/** Groups of fewer people than may be broken down before somebody who does not lead them. Looks at a few people of each group, not at all of them. */
export async function smallGroups(db: Db, scope: Scope): Promise<ReadonlySet<number>> {
  const found = await sql<{ grp: number }>`
    with recursive there (grp) as (
      select min(grp) from person where merged_into is null
      union all
      select (select min(p.grp) from person p where p.merged_into is null and p.grp > there.grp) from there where grp is not null
    )
    select grp from there where grp is not null and (
      select count(*) from (
        select 1 from person p where p.grp = there.grp and p.merged_into is null and ${isSomebody} limit ${FEW}) seen
    ) < ${FEW}`.execute(db)
  return new Set(found.rows.map(({ grp }) => grp).filter((group) => !scope.leads(group)))
}

/** Ids of the people of these groups, under every id that they ever had, and of the contacts that they are: for groups of a few. */
export async function idsOfGroups(db: Db, groups: readonly number[]): Promise<ReadonlySet<string>> {
  if (groups.length === 0) return new Set()
  const among = sql`(select id from person where grp in (${sql.join([...groups])}))`
  const found = await sql<{ id: string }>`
    select id from person where id in ${among} or merged_into in ${among}
    union select id from contact where person in ${among}`.execute(db)
  return new Set(found.rows.map(({ id }) => id))
}
