import { sql } from 'kysely'
import { texts } from './rows.js'
import type { Db } from './tables.js'

/** What rules have said to a person. */
export interface RuleHistory {
  /** When the last message about them left, ms. */
  last: number
  /** Messages about a flow since they last moved on in it. */
  unanswered: number
}

/** What these rules have said to the persons; whoever they have said nothing to is not in it. */
export async function ruleHistory(
  db: Db,
  { rules, flow }: { rules: readonly string[]; flow: string },
  persons: readonly string[],
): Promise<Map<string, RuleHistory>> {
  if (persons.length === 0 || rules.length === 0) return new Map()
  const found = await sql<{ person: string; last: number; unanswered: number }>`
    select r.person, max(r.at) as last,
      sum(case when b.flow = ${flow} and r.at > coalesce((
        select max(u.entered_at) from run u where u.person = r.person and u.flow = ${flow}), 0) then 1 else 0 end) as unanswered
    from recipient r
    join broadcast b on b.id = r.broadcast
    left join outbox o on o.contact = r.contact and o.n = r.n
    where r.person in ${texts(db, persons)} and r.state in ('waiting', 'queued') and r.n is not null
      and b.rule in ${texts(db, rules)} and coalesce(o.status, 'sent') not in ('cancelled', 'failed')
    group by r.person`.execute(db)
  return new Map(
    found.rows.map(({ person, last, unanswered }) => [person, { last: Number(last), unanswered: Number(unanswered) }]),
  )
}
