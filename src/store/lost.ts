import { sql } from 'kysely'
import type { Result } from '../core/model/broadcast.js'
import type { Scope } from '../core/policy/roles.js'
import { RESULT, WHY } from './recipients.js'
import { inScope } from './scope.js'
import type { Db } from './tables.js'

/** Persons who got nothing, as they are now, without those who have finished the flow since. */
const lost = (scope: Scope, broadcast: string, flow: string) => sql`
  (select coalesce(q.merged_into, q.id) as id, ${RESULT} as result, ${WHY} as reason
    from recipient r left join outbox o on o.contact = r.contact and o.n = r.n join person q on q.id = r.person
    where r.broadcast = ${broadcast}) s
  join person p on p.id = s.id
  where ${inScope(scope, sql`p.grp`)} and s.result in ('paper', 'failed', 'cancelled', 'left-out')
  and not exists (select 1 from run f where f.person = p.id and f.flow = ${flow} and f.state = 'finished')`

/** Those of a broadcast who got nothing, and have not finished the flow since. */
export async function lostRecipients(
  db: Db,
  scope: Scope,
  broadcast: string,
  flow: string,
): Promise<{ person: string; result: Result; reason: string | null }[]> {
  const found = await sql<{ person: string; result: Result; reason: string | null }>`
    select p.id as person, s.result, s.reason from ${lost(scope, broadcast, flow)} order by p.id`.execute(db)
  return found.rows
}

/** The same counted by the groups in which they are now. */
export async function lostByGroup(
  db: Db,
  scope: Scope,
  broadcast: string,
  flow: string,
): Promise<{ group: number | null; result: Result; reason: string | null; count: number }[]> {
  const found = await sql<{ group: number | null; result: Result; reason: string | null; count: number }>`
    select p.grp as "group", s.result, s.reason, count(distinct p.id) as count from ${lost(scope, broadcast, flow)}
    group by p.grp, s.result, s.reason`.execute(db)
  return found.rows
}
