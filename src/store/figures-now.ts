import { sql } from 'kysely'
import type { Week } from '../core/figures.js'
import type { Scope } from '../core/policy/roles.js'
import { inScope } from './scope.js'
import type { Db } from './tables.js'

/** Days of one stretch, ms. */
export const WEEK_MS = 7 * 86_400_000

/** Persons of a scope who reached the end of a flow for the first time in the last seven days, against the seven before. */
export async function finishedByWeek(
  db: Db,
  scope: Scope,
  { group, now }: { group?: number | null; now: number },
): Promise<Week[]> {
  const one = group === undefined || group === null ? sql`true` : sql`r.grp = ${group}`
  const found = await sql<Week>`
    select r.flow,
      sum(case when r.done_at > ${now - WEEK_MS} then 1 else 0 end) as now,
      sum(case when r.done_at <= ${now - WEEK_MS} then 1 else 0 end) as before,
      sum(case when r.done_at > ${now - WEEK_MS} and r.counts = 2 then 1 else 0 end) as "nowConfirmed",
      sum(case when r.done_at <= ${now - WEEK_MS} and r.counts = 2 then 1 else 0 end) as "beforeConfirmed"
    from run r
    where r.done_at > ${now - 2 * WEEK_MS} and r.done_at <= ${now} and ${one} and ${inScope(scope, sql`r.grp`)}
    group by r.flow order by r.flow`.execute(db)
  return found.rows.map(({ flow, now, before, nowConfirmed, beforeConfirmed }) => ({
    flow,
    now: Number(now),
    before: Number(before),
    nowConfirmed: Number(nowConfirmed),
    beforeConfirmed: Number(beforeConfirmed),
  }))
}
