import { type RawBuilder, sql } from 'kysely'
import type { Scope } from '../core/policy/roles.js'
import { texts } from './rows.js'
import { inScope } from './scope.js'
import type { Db } from './tables.js'

/** Somebody who chats and whom the roster does not know. */
export interface Stranger {
  contact: string
  /** Whom their progress is credited to as long as nobody says who they are. */
  person: string
  group: number | null
  channel: string
  createdAt: number
  lastAt: number
}

/** Contacts of the scope that belong to nobody of the roster, the newest first; `ids`: of these alone. */
export async function strangers(
  db: Db,
  scope: Scope,
  { ids, limit }: { ids?: readonly string[]; limit: number },
): Promise<Stranger[]> {
  const which = ids === undefined ? sql`true` : sql`c.id in ${texts(db, ids)}`
  const found = await sql<{
    contact: string
    person: string
    grp: number | null
    channel: string
    created_at: number
    last_at: number
  }>`
    select c.id as contact, c.person, p.grp, min(a.channel) as channel, c.created_at, s.last_at
    from contact c join person p on p.id = c.person join session s on s.contact = c.id join address a on a.contact = c.id
    where ${which} and ${inScope(scope, sql`p.grp`)} and ${unlisted(sql`c.person`)}
    group by c.id, c.person, p.grp, c.created_at, s.last_at order by s.last_at desc, c.id limit ${limit}`.execute(db)
  return found.rows.map(({ grp, created_at, last_at, ...row }) => ({
    ...row,
    group: grp,
    createdAt: created_at,
    lastAt: last_at,
  }))
}

/** All of them in one group, by id, the newest first: a page shows some, and whoever reads their code out is looked for among all. */
export async function strangersOf(db: Db, scope: Scope, group: number): Promise<string[]> {
  const found = await sql<{ id: string }>`
    select c.id from person p join contact c on c.person = p.id join session s on s.contact = c.id
    where p.grp = ${group} and ${inScope(scope, sql`p.grp`)} and ${unlisted(sql`p.id`)}
      and exists (select 1 from address a where a.contact = c.id)
    order by s.last_at desc, c.id`.execute(db)
  return found.rows.map(({ id }) => id)
}

function unlisted(person: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`not exists (select 1 from roster r where r.person = ${person})`
}
