import { sql } from 'kysely'
import type { Scope } from '../core/policy/roles.js'
import { inScope, smallGroups } from './scope.js'
import type { Db } from './tables.js'

/** How often a trouble was reported at a step, and by how many persons. */
export interface Trouble {
  flow: string
  step: string
  /** The trouble as the flow names it; null where none was named. */
  trouble: string | null
  times: number
  persons: number
}

/**
 * What does not work for people of the scope since an instant, the most frequent first. Groups too small to be broken down are left out: a trouble of
 * theirs would be somebody's.
 */
export async function troublesSince(db: Db, scope: Scope, since: number): Promise<Trouble[]> {
  const small = [...(await smallGroups(db, scope))]
  const large = small.length === 0 ? sql`true` : sql`(l.grp is null or l.grp not in (${sql.join(small)}))`
  const found = await sql<Trouble>`
    select l.flow, l.step, l.detail as trouble, count(*) as times, count(distinct l.person) as persons
    from ledger l
    where l.outcome = 'trouble' and l.at >= ${since} and ${large} and ${inScope(scope, sql`l.grp`)}
    group by l.flow, l.step, l.detail order by count(*) desc, l.flow, l.step, l.detail`.execute(db)
  return found.rows.map((row) => ({ ...row, times: Number(row.times), persons: Number(row.persons) }))
}
