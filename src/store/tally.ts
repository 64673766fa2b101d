import { sql } from 'kysely'
import type { RunState } from '../core/model/run.js'
import type { Scope } from '../core/policy/roles.js'
import { engineOf } from './rows.js'
import { inScope } from './scope.js'
import type { Db } from './tables.js'

/** Persons at one place of a flow, as triggers have summed them up (migration 0023). */
export interface Tallied {
  flow: string
  grp: number | null
  step: string
  state: RunState
  count: number
  /** How often they reported together that the step does not work. */
  tries: number
  /** Those of them who finished by a head's or the ward's word. */
  confirmed: number
}

/** The sums of a scope, of one moment: one statement. */
export async function tallied(
  db: Db,
  scope: Scope,
  { flow, group }: { flow?: string; group?: number | null },
): Promise<Tallied[]> {
  const found = await sql<Tallied>`
    select t.flow, t.grp, t.state, t.step, sum(t.count) as count, sum(t.tries) as tries, sum(t.confirmed) as confirmed
    from tally t
    where ${flow === undefined ? sql`true` : sql`t.flow = ${flow}`}
      and ${group === undefined ? sql`true` : sql`t.grp = ${group ?? 0}`} and ${inScope(scope, sql`t.grp`)}
    group by t.flow, t.grp, t.state, t.step having sum(t.count) <> 0
    order by t.flow, t.grp, t.state, t.step`.execute(db)
  return found.rows.map(({ flow, grp, step, state, count, tries, confirmed }) => ({
    flow,
    grp: grp === 0 ? null : grp,
    step,
    state,
    count: Number(count),
    tries: Number(tries),
    confirmed: Number(confirmed),
  }))
}

/** Folding may be done by one process at a time; any number that nobody else uses. */
const FOLDING = 20_261_123

/**
 * On PostgreSQL, makes one row of all that were added for a place, once they are many; what is read before, meanwhile and after is the same. `least`: rows
 * beyond two a place from which on it is worth it.
 */
export async function foldTally(db: Db, least = 1000): Promise<void> {
  if (engineOf(db) === 'sqlite') return
  await sql`
    with worth as materialized (
      select count(*) > 2 * count(distinct (flow, grp, state, step)) + ${sql.lit(least)} as it from tally
    ), mine as materialized (select case when it then pg_try_advisory_xact_lock(${sql.lit(FOLDING)}) end as held from worth),
    gone as (delete from tally where (select held from mine) returning *)
    insert into tally (flow, grp, state, step, count, tries, confirmed)
    select flow, grp, state, step, sum(count), sum(tries), sum(confirmed) from gone group by flow, grp, state, step
    having sum(count) <> 0 or sum(tries) <> 0 or sum(confirmed) <> 0`.execute(db)
}
