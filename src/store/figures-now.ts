import { sql } from 'kysely'
import type { Week } from '../core/figures.js'
import type { Scope } from '../core/policy/roles.js'
import { texts } from './rows.js'
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

/**
 * People of a scope, of the roster or in a guide, who have not finished all of these guides and whom no app reaches, whether they ever began or not:
 * they are visited.
 */
export async function countUnreachable(
  db: Db,
  scope: Scope,
  { group, flows }: { group: number | null; flows: readonly string[] },
): Promise<number> {
  const one = group === null ? sql`true` : sql`p.grp = ${group}`
  const found = await sql<{ n: number }>`
    select count(*) as n from person p
    where p.merged_into is null and ${one} and ${inScope(scope, sql`p.grp`)}
    and (exists (select 1 from roster r where r.person = p.id) or exists (select 1 from run r where r.person = p.id))
    and (
      select count(distinct f.flow) from run f
      where f.person = p.id and f.state = 'finished' and f.flow in ${texts(db, flows)}) < ${sql.lit(flows.length)}
    and not exists (
      select 1 from contact c join address a on a.contact = c.id and a.state = 'ok' where c.person = p.id
    )`.execute(db)
  return Number(found.rows[0]!.n)
}
