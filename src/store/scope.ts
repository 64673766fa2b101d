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

/** Groups of fewer people than may be broken down before somebody who does not lead them. */
export async function smallGroups(db: Db, scope: Scope): Promise<ReadonlySet<number>> {
  const found = await sql<{ grp: number }>`
    select grp from person where grp is not null and merged_into is null group by grp having count(*) < ${FEW}`.execute(
    db,
  )
  return new Set(found.rows.map(({ grp }) => grp).filter((group) => !scope.leads(group)))
}
