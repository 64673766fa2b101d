import { sql } from 'kysely'
import type { Tally } from '../core/broadcast/planner.js'
import { texts } from './rows.js'
import type { Db } from './tables.js'

/** The contacts of whoever stands behind one: somebody with two apps is one person. An operator at the server is nobody's. */
export async function sameOwner(db: Db, contact: string): Promise<string[]> {
  const found = await sql<{ id: string }>`
    select o.id from contact c join contact o on o.person = c.person where c.id = ${contact} order by o.id`.execute(db)
  return [...new Set([contact, ...found.rows.map(({ id }) => id)])]
}

/** Numbers of the broadcasts that these contacts sent since `since` (ms) without anybody else's yes. */
export async function sentAlone(db: Db, contacts: readonly string[], since: number): Promise<Tally[]> {
  const found = await sql<{ tally: string }>`
    select tally from broadcast
    where sender in ${texts(db, contacts)} and confirmed_by in ${texts(db, contacts)} and confirmed_at >= ${since}
      and rule is null and state in ('freezing', 'running', 'paused', 'stopped', 'done')`.execute(db)
  return found.rows.map(({ tally }) => JSON.parse(tally) as Tally)
}
