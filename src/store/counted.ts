import { sql } from 'kysely'
import type { Beside, FigureRow } from '../core/figures.js'
import type { Scope } from '../core/policy/roles.js'
import { type FigureFilter, figures } from './figures.js'
import { confirmedFinishes } from './progress.js'
import { inScope } from './scope.js'
import type { Db } from './tables.js'

/** The figures of a scope as they are said everywhere: who stands where, by whose word, out of how many. */
export interface Counted {
  rows: FigureRow[]
  beside: Beside
}

export async function counted(db: Db, scope: Scope, filter: FigureFilter = {}): Promise<Counted> {
  const rows = (await figures(db, scope, filter)).map(({ grp, ...row }) => ({ ...row, group: grp }))
  const confirmed = (await confirmedFinishes(db, scope, filter.group ?? undefined)).filter(
    ({ flow, group }) =>
      (filter.flow === undefined || flow === filter.flow) && (filter.group === undefined || group === filter.group),
  )
  return { rows, beside: { listed: await listedPeople(db, scope, filter.group), confirmed } }
}

/** How many people the roster has in each group of the scope that has one. */
async function listedPeople(db: Db, scope: Scope, group: number | null | undefined): Promise<Beside['listed']> {
  if (group === null) return []
  const one = group === undefined ? sql`true` : sql`p.grp = ${group}`
  const found = await sql<{ grp: number; people: number }>`
    select p.grp, count(*) as people from roster r join person p on p.id = r.person
    where p.merged_into is null and p.grp is not null and ${one} and ${inScope(scope, sql`p.grp`)}
    group by p.grp order by p.grp`.execute(db)
  return found.rows.map(({ grp, people }) => ({ group: grp, people: Number(people) }))
}
