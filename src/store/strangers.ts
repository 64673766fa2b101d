import { type RawBuilder, sql } from 'kysely'
import type { Scope } from '../core/policy/roles.js'
import { HAS_AGREED } from './contacts.js'
import { absorb } from './merges.js'
import { people } from './roster.js'
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

/** Contacts of the scope who have agreed and belong to nobody of the roster, the newest first; `ids`: of these alone. */
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
    where ${which} and ${inScope(scope, sql`p.grp`)} and ${unlisted(sql`c.person`)} and ${HAS_AGREED}
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
    where p.grp = ${group} and ${inScope(scope, sql`p.grp`)} and ${unlisted(sql`p.id`)} and ${HAS_AGREED}
      and exists (select 1 from address a where a.contact = c.id)
    order by s.last_at desc, c.id`.execute(db)
  return found.rows.map(({ id }) => id)
}

/** Somebody for whom others act, who does not chat and whom the roster does not know. */
export interface HelpedStranger {
  person: string
  group: number | null
  createdAt: number
  /** Who acts for them and what they call them, whoever began first first; a name only where the roster has one and the scope holds it. */
  helpers: { contact: string; label: string; own: string; name: string | null }[]
}

/** Those of the scope and one group who were brought in by others, the newest first; `person`: this one alone. */
export async function helpedStrangers(
  db: Db,
  scope: Scope,
  { group, person, limit, offset = 0 }: { group?: number; person?: string; limit: number; offset?: number },
): Promise<{ total: number; people: HelpedStranger[] }> {
  const found = await sql<{ id: string; grp: number | null; created_at: number; total: number }>`
    select p.id, p.grp, p.created_at, count(*) over () as total from person p
    where p.merged_into is null and ${inScope(scope, sql`p.grp`)} and ${unlisted(sql`p.id`)}
      and ${group === undefined ? sql`true` : sql`p.grp = ${group}`} and ${person === undefined ? sql`true` : sql`p.id = ${person}`}
      and exists (select 1 from helping h where h.person = p.id) and not exists (select 1 from contact c where c.person = p.id)
    order by p.created_at desc, p.id limit ${limit} offset ${offset}`.execute(db)
  const ids = found.rows.map(({ id }) => id)
  const helpers = await sql<{ person: string; contact: string; label: string; own: string; name: string | null }>`
    select h.person, h.contact, h.label, c.person as own, r.name
    from helping h join contact c on c.id = h.contact join person p on p.id = c.person
    left join roster r on r.person = c.person and ${inScope(scope, sql`p.grp`)}
    where h.person in ${texts(db, ids)} order by h.since, h.contact`.execute(db)
  return {
    total: Number(found.rows[0]?.total ?? 0),
    people: found.rows.map(({ id, grp, created_at }) => ({
      person: id,
      group: grp,
      createdAt: created_at,
      helpers: helpers.rows.flatMap(({ person: whom, ...one }) => (whom === id ? [one] : [])),
    })),
  }
}

/** `own-helper`: the one chosen is who acts for them, and nobody acts for themselves. */
export type HelpedJoined = 'joined' | 'not-there' | 'own-helper'

/** Somebody brought in by others is this person of the roster, by the head's word; inside a transaction. Sessions are written. */
export async function joinHelped(
  db: Db,
  scope: Scope,
  { helped, person, now }: { helped: string; person: string; now: number },
): Promise<{ outcome: HelpedJoined; helpers: HelpedStranger['helpers'] }> {
  const [one] = (await helpedStrangers(db, scope, { person: helped, limit: 1 })).people
  const [known] = await people(db, scope, { ids: [person] })
  if (!one || !known) return { outcome: 'not-there', helpers: [] }
  if (one.helpers.some(({ own }) => own === person)) return { outcome: 'own-helper', helpers: [] }
  await absorb(db, { kept: person, gone: helped, at: now, who: scope.who, how: 'head' })
  return { outcome: 'joined', helpers: one.helpers }
}

function unlisted(person: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`not exists (select 1 from roster r where r.person = ${person})`
}
