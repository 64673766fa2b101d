import { type RawBuilder, sql } from 'kysely'
import type { Card, Residence } from '../core/model/roster.js'
import type { RunState } from '../core/model/run.js'
import type { Scope } from '../core/policy/roles.js'
import { searchWords } from '../core/roster/names.js'
import { texts } from './rows.js'
import { inScope } from './scope.js'
import type { Db } from './tables.js'
import { tallied } from './tally.js'

/** Which people of a group, by where they stand in a guide. `stuck`: unfinished, and they said that their step does not work. */
export const PROGRESS_FILTERS = ['all', 'not-started', 'under-way', 'stuck', 'finished', 'no-card', 'visit', 'unlisted'] as const // prettier-ignore
export type ProgressFilter = (typeof PROGRESS_FILTERS)[number]

/** Those of them that say where somebody stands in a guide. */
export const STANDING_FILTERS: readonly ProgressFilter[] = ['not-started', 'under-way', 'stuck', 'finished']

/** A person of a group, of the roster or only known from the chat – by themselves or by whoever acts for them –, and where they stand in one guide. */
export interface PersonProgress {
  id: string
  group: number
  /** Null: the roster does not know them. */
  name: string | null
  /** What whoever acts for them calls them, where the roster does not know them: all that anybody knows of who they are. */
  label: string | null
  born: number | null
  residence: Residence | null
  card: Card | null
  visit: boolean
  /** Since when they wish for a visit, and who is going; null: they do not. */
  wish: { since: number; by: string | null } | null
  official: boolean
  household: string | null
  street: string | null
  house: string | null
  code: string | null
  /** Whether they chat with the bot at all. */
  chats: boolean
  /** `confirmed`: a head or the ward wrote it down; `self`: they reported it themselves, or their helper did. */
  finished: 'no' | 'self' | 'confirmed'
  /** How many events their runs in the guide have: a form shows what it was made from, and is refused once it is out of date. */
  mark: number
  /** Where their unfinished run stands; null: none. */
  at: { step: string; state: Exclude<RunState, 'finished'>; tries: number; since: number } | null
}

export interface ProgressQuestion {
  flow: string
  group?: number
  official?: boolean
  filter?: ProgressFilter
  /** These alone, known to the roster or not. */
  ids?: readonly string[]
  /** Those alone who asked for a visit, have no card, or are among `lost` and listed and chat. */
  toVisit?: { lost: readonly string[] }
  /** Beginnings of words of a name. */
  name?: string
  limit: number
  offset?: number
}

type Columns = Omit<PersonProgress, 'group' | 'visit' | 'wish' | 'official' | 'chats' | 'finished' | 'at'> & {
  grp: number
  visit: number | null
  visit_since: number | null
  visit_by: string | null
  official: number | null
  chats: number
  finished: number
  mark: number
  step: string | null
  state: 'open' | 'paused' | null
  tries: number | null
  entered_at: number | null
  total: number
}

const ended = (flow: string) =>
  sql`exists (select 1 from run f where f.person = p.id and f.flow = ${flow} and f.state = 'finished')`

/** «exists», looked up person by person: PostgreSQL would otherwise gather everybody who chats first. */
function some(rows: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select 1 ${rows} limit 1) is not null`
}

/** A page of people of the scope, by name, those without one at the end; `total` is how many there are on all pages. */
export async function progressOf(
  db: Db,
  scope: Scope,
  { flow, group, official, filter = 'all', ids, toVisit, name, limit, offset = 0 }: ProgressQuestion,
): Promise<{ total: number; people: PersonProgress[] }> {
  const conditions = [
    sql`p.merged_into is null`,
    inScope(scope, sql`p.grp`),
    ids ? sql`p.id in ${texts(db, ids)}` : KNOWN,
    byFilter(filter, flow),
  ]
  // The rows of a group are found by it in both tables: PostgreSQL would read the whole roster for one of sixty groups.
  const there = group === undefined ? sql`true` : sql`r.grp = ${group}`
  if (group !== undefined) conditions.push(sql`p.grp = ${group}`)
  if (toVisit)
    conditions.push(
      sql`(r.visit = 1 or r.card = 'none' or (r.person is not null and p.id in ${texts(db, toVisit.lost)} and ${CHATS}))`,
    )
  if (official !== undefined) conditions.push(sql`r.official = ${official ? 1 : 0}`)
  for (const word of name === undefined ? [] : searchWords(name))
    conditions.push(sql`' ' || r.folded like ${`% ${word}%`}`)
  const open = sql`left join run u on u.person = p.id and u.flow = ${flow} and u.state <> 'finished'`
  // Who is on the page first: the rest is asked of those alone.
  const found = await sql<Columns>`
    with page as (
      select p.id, p.grp, case when r.person is null then 1 else 0 end as unlisted, r.folded, count(*) over () as total
      from person p left join roster r on r.person = p.id and ${there} ${OF_RUN.has(filter) ? open : sql``}
      where ${sql.join(conditions, sql` and `)}
      order by unlisted, r.folded, p.id limit ${limit} offset ${offset}
    )
    select p.id, p.grp, r.name, case when r.person is null then (${LABEL}) end as label, r.born, r.residence, r.card, r.visit, coalesce(r.visit_since, r.updated_at) as visit_since, r.visit_by, r.official, r.household, h.street, h.house, h.code,
      case when ${CHATS} then 1 else 0 end as chats,
      case when not ${ended(flow)} then 0 when ${confirmedBy(flow)} then 2 else 1 end as finished,
      (select coalesce(sum(f.seq), 0) from run f where f.person = p.id and f.flow = ${flow}) as mark,
      u.step, u.state, u.tries, u.entered_at, p.total
    from page p left join roster r on r.person = p.id left join household h on h.id = r.household ${open}
    order by p.unlisted, p.folded, p.id`.execute(db)
  return { total: Number(found.rows[0]?.total ?? 0), people: found.rows.map(personOf) }
}

const CHATS = some(sql`from contact c where c.person = p.id`)

/** The roster has them, they chat, or somebody acts for them; whoever only came to these pages by a link is no resident of a list. */
const KNOWN = sql`(r.person is not null or ${some(sql`from contact c join address a on a.contact = c.id where c.person = p.id`)} or ${some(sql`from helping h where h.person = p.id`)})`

const LABEL = sql`select h.label from helping h where h.person = p.id order by h.since, h.contact limit 1`

/** The filters that ask where an unfinished run stands. */
const OF_RUN: ReadonlySet<ProgressFilter> = new Set(['under-way', 'stuck'])

function byFilter(filter: ProgressFilter, flow: string): RawBuilder<unknown> {
  switch (filter) {
    case 'all':
      return sql`true`
    case 'not-started':
      return sql`not exists (select 1 from run f where f.person = p.id and f.flow = ${flow})`
    case 'under-way':
      return sql`u.id is not null and not ${ended(flow)}`
    case 'stuck':
      return sql`u.tries > 0 and not ${ended(flow)}`
    case 'finished':
      return ended(flow)
    case 'no-card':
      return sql`r.card = 'none'`
    case 'visit':
      return sql`r.visit = 1`
    case 'unlisted':
      return sql`r.person is null`
  }
}

/** The last event of a run that ended is its end, or that somebody vouched for it, or took that back: whose word the end is stands there. */
function confirmedBy(flow: string): RawBuilder<unknown> {
  return sql`exists (
    select 1 from run f join ledger l on l.run = f.id and l.seq = f.seq
    where f.person = p.id and f.flow = ${flow} and f.state = 'finished'
      and l.outcome in ('finished', 'confirmed') and l.source in ('leader', 'staff'))`
}

function personOf({ grp, visit, visit_since, visit_by, official, chats, finished, mark, step, state, tries, entered_at, total: _, ...row }: Columns): PersonProgress {
  return {
    ...row,
    group: grp,
    visit: visit === 1,
    wish: visit === 1 ? { since: visit_since!, by: visit_by } : null,
    official: official === 1,
    chats: chats === 1,
    finished: finished === 0 ? 'no' : finished === 2 ? 'confirmed' : 'self',
    mark: Number(mark),
    at: step === null ? null : { step, state: state!, tries: tries!, since: entered_at! },
  }
} // prettier-ignore

/** Those of these persons that are in the scope, with their groups; the roster need not know them. */
export async function personsIn(
  db: Db,
  scope: Scope,
  ids: readonly string[],
): Promise<{ id: string; group: number | null }[]> {
  if (ids.length === 0) return []
  const found = await sql<{ id: string; grp: number | null }>`
    select p.id, p.grp from person p
    where p.id in ${texts(db, ids)} and p.merged_into is null and ${inScope(scope, sql`p.grp`)} order by p.id`.execute(
    db,
  )
  return found.rows.map(({ id, grp }) => ({ id, group: grp }))
}

/** How many persons of a group finished a guide by somebody else's word: a head's or the ward's. */
export interface Confirmed {
  flow: string
  group: number | null
  count: number
}

/** The finishes of the scope that a head or the ward wrote down; they are among the finished of `figures`. */
export async function confirmedFinishes(db: Db, scope: Scope, group?: number): Promise<Confirmed[]> {
  const found = new Map<string, Confirmed>()
  for (const { flow, grp, state, confirmed } of await tallied(db, scope, group === undefined ? {} : { group })) {
    if (state !== 'finished' || confirmed === 0) continue
    const key = JSON.stringify([flow, grp])
    found.set(key, { flow, group: grp, count: (found.get(key)?.count ?? 0) + confirmed })
  }
  return [...found.values()]
}
