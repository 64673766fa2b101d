import { sql } from 'kysely'
import type { Audience } from '../core/model/broadcast.js'
import { DAY_MS } from '../core/policy/calendar.js'
import type { Candidate } from '../core/policy/reach.js'
import type { Scope } from '../core/policy/roles.js'
import type { StepLimits } from '../core/broadcast/limits.js'
import { holds } from './ledger.js'
import { readersOf } from './readers.js'
import { texts } from './rows.js'
import { inScope, isSomebody } from './scope.js'
import type { Db } from './tables.js'

/** A person of an audience with all that decides whether they are written to, and where they stand. */
export interface Member extends Candidate {
  /** The run that is not finished; null: not started. */
  run: string | null
  step: string | null
}

export interface AudienceQuery {
  audience: Audience
  /** What the flow's steps allow, worked out for `now`. */
  limits: StepLimits
  now: number
  /** Guides of which one unfinished is enough to belong, in place of the plan's own; left out where that one decides. */
  anyOf?: readonly string[]
  /** The broadcast that asks: what waits in it does not count as waiting elsewhere. */
  broadcast: string | null
  /** Messages that ask whether they may leave: the day that they hold is theirs. */
  own?: readonly { contact: string; n: number }[]
}

interface Columns {
  person: string
  grp: number | null
  run: string | null
  step: string | null
  helper: string | null
  optedOut: number
  waiting: number
}

/** Persons of an audience behind `after`, in the order of their ids; those who have finished are in none. */
export async function audiencePage(db: Db, query: AudienceQuery, after: string, limit: number): Promise<Member[]> {
  return members(db, query, sql`p.id > ${after}`, sql`limit ${limit}`)
}

/** How many people of an audience, as far as it is in the scope, stand at each step; null: not started. */
export async function countStanding(db: Db, scope: Scope, query: AudienceQuery): Promise<Map<string | null, number>> {
  const found = await sql<{ step: string | null; n: number }>`
    select r.step, count(*) as n from person p
    left join run r on r.person = p.id and r.flow = ${query.audience.flow} and r.state <> 'finished'
    where ${inScope(scope, sql`p.grp`)} and ${isMember(query)} group by r.step`.execute(db)
  return new Map(found.rows.map(({ step, n }) => [step, Number(n)]))
}

/** Those of the persons who still belong to the audience. */
export async function stillInAudience(db: Db, query: AudienceQuery, persons: readonly string[]): Promise<Member[]> {
  return persons.length === 0 ? [] : members(db, query, sql`p.id in ${texts(db, persons)}`, sql``)
}

/** Who each of the persons is now: somebody merged is whoever they were taken into; who is not there any more is not in it. */
export async function personsNow(db: Db, persons: readonly string[]): Promise<Map<string, string>> {
  if (persons.length === 0) return new Map()
  const found = await sql<{ id: string; now: string }>`
    select id, coalesce(merged_into, id) as now from person where id in ${texts(db, persons)}`.execute(db)
  return new Map(found.rows.map(({ id, now }) => [id, now]))
}

/** Those of the persons who have finished a flow. */
export async function finishedOf(db: Db, flow: string, persons: readonly string[]): Promise<Set<string>> {
  if (persons.length === 0) return new Set()
  const found = await sql<{ person: string }>`
    select distinct person from run
    where person in ${texts(db, persons)} and flow = ${flow} and state = 'finished'`.execute(db)
  return new Set(found.rows.map(({ person }) => person))
}

/** How many persons the scope, or the one group of it, has, counted up to `most`. */
export async function countPersons(db: Db, scope: Scope, group: number | null, most: number): Promise<number> {
  const found = await sql<{ n: number }>`
    select count(*) as n from (
      select 1 from person p
      where p.merged_into is null and ${isSomebody} and ${inScope(scope, sql`p.grp`)} and ${group === null ? sql`true` : sql`p.grp = ${group}`} limit ${most}) s`.execute(
    db,
  )
  return Number(found.rows[0]!.n)
}

type Fragment = ReturnType<typeof sql<unknown>>

async function members(db: Db, query: AudienceQuery, which: Fragment, end: Fragment): Promise<Member[]> {
  const { audience, broadcast } = query
  const found = await sql<Columns>`
    select p.id as person, p.grp, r.id as run, r.step,
      case when l.source = 'helper' then l.contact end as helper,
      case when o.subject is null then 0 else 1 end as "optedOut",
      (select count(*) from recipient x
        join broadcast b on b.id = x.broadcast and b.state = 'running'
        left join outbox m on m.contact = x.contact and m.n = x.n
        where x.person = p.id and x.state in ('waiting', 'queued') and x.broadcast <> ${broadcast ?? ''}
        and (x.state = 'waiting' or (x.state = 'queued' and m.status in ('queued', 'sending')))) as waiting
    from person p
    left join run r on r.person = p.id and r.flow = ${audience.flow} and r.state <> 'finished'
    left join ledger l on l.run = r.id and l.seq = r.seq
    left join opt_out o on o.subject = p.id
    where ${which} and ${isMember(query)}
    order by p.id ${end}`.execute(db)
  const readers = await readersOf(db, found.rows, query)
  return found.rows.map((row) => {
    const { own, days, all } = readers(row)
    return {
      person: row.person,
      group: row.grp,
      run: row.run,
      step: row.step,
      finished: false,
      optedOut: row.optedOut > 0 || own?.optedOut === true,
      ticket: own?.ticket === true,
      days,
      waiting: row.waiting > 0,
      readers: all,
    }
  })
}

/** Whether person `p`, with the run `r` that is not finished, is in an audience. */
function isMember(query: AudienceQuery): Fragment {
  const { audience } = query
  return sql`p.merged_into is null and ${isSomebody} and ${inGroups(audience)} and ${belongs(query)} and ${KNOWN}
    and ${audience.residence === null ? sql`true` : listed(sql`w.residence = ${audience.residence}`)}
    and ${hasNotFinished(query)}`
}

function hasNotFinished({ audience, anyOf = [audience.flow] }: AudienceQuery): Fragment {
  const finished = (flow: string) =>
    sql`exists (select 1 from run f where f.person = p.id and f.flow = ${flow} and f.state = 'finished')`
  return sql`not (${sql.join(anyOf.map(finished), sql` and `)})`
}

/**
 * The roster has them, an app reaches them, or somebody acts for them. Left out: who moved away or died and was taken off the list, and a colleague
 * who only came to the pages by a link.
 */
const KNOWN = sql.raw(`((select 1 from roster k where k.person = p.id limit 1) is not null
  or (select 1 from contact k join address a on a.contact = k.id where k.person = p.id limit 1) is not null
  or (select 1 from helping k where k.person = p.id limit 1) is not null)`)

function inGroups({ groups }: Pick<Audience, 'groups'>): Fragment {
  if (groups === null) return sql`true`
  // As values, not as a batch: PostgreSQL takes a batch for a hundred groups, and reads the whole ward for one.
  return groups.length === 0 ? sql`(1 = 0)` : sql`p.grp in (${sql.join([...groups])})`
}

/** Where the persons of an audience stand; `r` is the run that is not finished. */
function belongs({ audience, limits, now }: AudienceQuery): Fragment {
  const { who } = audience
  switch (who.kind) {
    case 'unfinished':
      return sql`true`
    case 'not-started':
      return sql`r.id is null`
    case 'at-step':
      return sql`r.step = ${who.step}`
    case 'at-number':
      return oneOf(limits.steps.filter(({ number }) => number === who.number).map(({ id }) => sql`r.step = ${id}`))
    case 'stuck':
      // A waiting step is nobody's fault before its limit.
      return sql`r.entered_at <= ${now - who.days * DAY_MS} and not ${oneOf(limits.waits.map(({ id }) => sql`r.step = ${id}`))}`
    case 'overdue':
      return oneOf(limits.waits.map(({ id, before }) => sql`(r.step = ${id} and r.entered_at < ${before})`))
    case 'activation-due':
      return sql`exists (
        select 1 from run a join ledger e on e.run = a.id and e.outcome = 'finished' and ${holds('e')}
        where a.person = p.id and a.state = 'finished' and ${oneOf(limits.before.map((flow) => sql`a.flow = ${flow}`))}
        and e.at > ${now - limits.activationDays * DAY_MS} and e.at <= ${now - (limits.activationDays - who.days) * DAY_MS})`
    case 'no-card':
      return listed(sql`w.card = 'none'`)
    case 'officials':
      return listed(sql`w.official = 1`)
  }
}

/** What the ward's list says of the person. */
function listed(condition: Fragment): Fragment {
  return sql`exists (select 1 from roster w where w.person = p.id and ${condition})`
}

function oneOf(conditions: readonly Fragment[]): Fragment {
  return conditions.length === 0 ? sql`(1 = 0)` : sql`(${sql.join(conditions, sql` or `)})`
}
