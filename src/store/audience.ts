import { sql } from 'kysely'
import type { Audience } from '../core/model/broadcast.js'
import type { Session } from '../core/model/contact.js'
import type { ChannelName } from '../core/model/message.js'
import { addDays, DAY_MS, dayOf } from '../core/policy/calendar.js'
import type { Candidate, Reader, Way } from '../core/policy/reach.js'
import type { StepLimits } from '../core/broadcast/limits.js'
import { helpersOfAll } from './helping.js'
import { field, rows, texts } from './rows.js'
import type { Db } from './tables.js'

/** A person of an audience with all that decides whether they are written to, and where they stand. */
export interface Member extends Candidate {
  /** The run that is not finished; null: not started. */
  run: string | null
  step: string | null
  /** What the helper who reads for the person calls them; null: the person reads themselves. */
  label: string | null
}

export interface AudienceQuery {
  audience: Audience
  /** What the flow's steps allow, worked out for `now`. */
  limits: StepLimits
  now: number
  /** The broadcast that asks: what waits in it does not count as waiting elsewhere. */
  broadcast: string | null
}

interface Columns {
  person: string
  grp: number | null
  run: string | null
  step: string | null
  helper: string | null
  optedOut: number
  today: number
  thisWeek: number
  waiting: number
  quietFrom: string | null
  quietUntil: string | null
}

/** Persons of an audience behind `after`, in the order of their ids; those who have finished are in none. */
export async function audiencePage(db: Db, query: AudienceQuery, after: string, limit: number): Promise<Member[]> {
  return members(db, query, sql`p.id > ${after}`, sql`limit ${limit}`)
}

/** How many people of an audience stand at each step; null: not started. */
export async function countStanding(db: Db, query: AudienceQuery): Promise<Map<string | null, number>> {
  const found = await sql<{ step: string | null; n: number }>`
    select r.step, count(*) as n from person p
    left join run r on r.person = p.id and r.flow = ${query.audience.flow} and r.state <> 'finished'
    where ${isMember(db, query)} group by r.step`.execute(db)
  return new Map(found.rows.map(({ step, n }) => [step, Number(n)]))
}

/** Those of the persons who still belong to the audience. */
export async function stillInAudience(db: Db, query: AudienceQuery, persons: readonly string[]): Promise<Member[]> {
  return persons.length === 0 ? [] : members(db, query, sql`p.id in ${texts(db, persons)}`, sql``)
}

/** Those of the persons who have finished a flow. */
export async function finishedOf(db: Db, flow: string, persons: readonly string[]): Promise<Set<string>> {
  if (persons.length === 0) return new Set()
  const found = await sql<{ person: string }>`
    select distinct person from run
    where person in ${texts(db, persons)} and flow = ${flow} and state = 'finished'`.execute(db)
  return new Set(found.rows.map(({ person }) => person))
}

/** How many persons these groups have (null: all), counted up to `most`. */
export async function countPersons(db: Db, groups: readonly number[] | null, most: number): Promise<number> {
  const found = await sql<{ n: number }>`
    select count(*) as n from (
      select 1 from person p
      where p.merged_into is null and ${inGroups(db, { groups })} limit ${most}) s`.execute(db)
  return Number(found.rows[0]!.n)
}

type Fragment = ReturnType<typeof sql<unknown>>

async function members(db: Db, query: AudienceQuery, which: Fragment, end: Fragment): Promise<Member[]> {
  const { audience, now, broadcast } = query
  const today = dayOf(now)
  const found = await sql<Columns>`
    select p.id as person, p.grp, r.id as run, r.step,
      case when l.source = 'helper' then l.contact end as helper,
      case when o.subject is null then 0 else 1 end as "optedOut",
      (select count(*) from reminded d where d.person = p.id and d.day = ${today}) as today,
      (select count(*) from reminded d where d.person = p.id and d.day > ${addDays(today, -7)} and d.day < ${today}) as "thisWeek",
      (select count(*) from recipient x
        left join outbox m on m.contact = x.contact and m.n = x.n
        where x.person = p.id and x.state in ('waiting', 'queued') and x.broadcast <> ${broadcast ?? ''}
        and (x.state = 'waiting' or (x.state = 'queued' and m.status in ('queued', 'sending')))) as waiting,
      q.quiet_from as "quietFrom", q.quiet_until as "quietUntil"
    from person p
    left join run r on r.person = p.id and r.flow = ${audience.flow} and r.state <> 'finished'
    left join ledger l on l.run = r.id and l.seq = r.seq
    left join opt_out o on o.subject = p.id
    left join quiet_hours q on q.subject = p.id
    where ${which} and ${isMember(db, query)}
    order by p.id ${end}`.execute(db)
  const readers = await readersOf(db, found.rows, today)
  const waiting = await inTickets(db)
  return found.rows.map((row) => {
    const reader = readers(row)
    return {
      person: row.person,
      group: row.grp,
      run: row.run,
      step: row.step,
      label: reader?.label ?? null,
      finished: false,
      optedOut: row.optedOut > 0,
      ticket: waiting.has(row.person) || (reader !== null && waiting.has(reader.contact)),
      today: row.today > 0,
      thisWeek: row.thisWeek,
      waiting: row.waiting > 0,
      quiet: row.quietFrom === null ? null : { from: row.quietFrom, until: row.quietUntil! },
      reader,
    }
  })
}

/** Persons and contacts in a conversation that waits for one of us: never many. */
async function inTickets(db: Db): Promise<Set<string>> {
  const found = await sql<{ person: string | null; contact: string }>`
    select person, contact from ticket where state <> 'closed'`.execute(db)
  return new Set(found.rows.flatMap(({ person, contact }) => (person === null ? [contact] : [person, contact])))
}

/** Whether person `p`, with the run `r` that is not finished, is in an audience. */
function isMember(db: Db, query: AudienceQuery): Fragment {
  const { audience } = query
  return sql`p.merged_into is null and ${inGroups(db, audience)} and ${belongs(query)}
    and ${audience.residence === null ? sql`true` : listed(sql`w.residence = ${audience.residence}`)}
    and not exists (select 1 from run f where f.person = p.id and f.flow = ${audience.flow} and f.state = 'finished')`
}

function inGroups(db: Db, { groups }: Pick<Audience, 'groups'>): Fragment {
  if (groups === null) return sql`true`
  return sql`p.grp in (select ${field(0, 'int')} from ${rows(
    db,
    groups.map((group) => [group]),
  )})`
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
        select 1 from run a join ledger e on e.run = a.id and e.seq = a.seq
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

interface WayColumns {
  person: string
  contact: string
  channel: ChannelName
  address: string
  status: Way['state']
  seen: number | null
  held: number | null
  last_at: number
  session: string
  optedOut: number
  today: number
}

/**
 * Who reads for each person: whoever took the last step for them and still acts for them, otherwise the own contact that wrote last; for a person
 * without a phone the one who brought them in.
 */
async function readersOf(
  db: Db,
  persons: readonly Pick<Columns, 'person' | 'helper'>[],
  today: string,
): Promise<(row: Pick<Columns, 'person' | 'helper'>) => (Reader & { label: string | null }) | null> {
  const helping = await helpersOfAll(db, persons.map(({ person }) => person)) // prettier-ignore
  const helpers = [...helping.values()].flatMap((all) => all.map(({ contact }) => contact))
  const select = sql.raw(
    `c.person, c.id as contact, a.channel, a.address, a.state as status, a.last_interaction as seen, a.held_until as held, s.last_at, s.state as session`,
  )
  const found = persons.length === 0 ? [] : (
    await sql<WayColumns>`
      select ${select}, case when o.subject is null then 0 else 1 end as "optedOut", case when d.day is null then 0 else 1 end as today
      from contact c
      join session s on s.contact = c.id
      join address a on a.contact = c.id
      left join opt_out o on o.subject = c.id
      left join reminded d on d.contact = c.id and d.day = ${today}
      where c.person in ${texts(db, persons.map(({ person }) => person))}
      ${helpers.length === 0 ? sql`` : sql`or c.id in ${texts(db, helpers)}`}
      order by s.last_at desc, c.id, a.channel, a.address`.execute(db)
  ).rows // prettier-ignore
  const byContact = new Map<string, Reader>()
  const own = new Map<string, string>()
  for (const row of found) {
    if (!own.has(row.person)) own.set(row.person, row.contact)
    let reader = byContact.get(row.contact)
    if (!reader) {
      reader = {
        contact: row.contact,
        helper: false,
        consented: (JSON.parse(row.session) as Pick<Session, 'consent'>).consent !== null,
        optedOut: row.optedOut > 0,
        today: row.today > 0,
        ways: [],
      }
      byContact.set(row.contact, reader)
    }
    ;(reader.ways as Way[]).push({
      channel: row.channel,
      address: row.address,
      state: row.status,
      lastAt: row.seen,
      heldUntil: row.held,
    })
  }
  return ({ person, helper }) => {
    const mine = own.get(person)
    const all = helping.get(person) ?? []
    const by = all.find(({ contact }) => contact === helper) ?? (mine === undefined ? all[0] : undefined)
    const other = by && by.contact !== mine ? byContact.get(by.contact) : undefined
    if (by && other) return { ...other, helper: true, label: by.label }
    return mine === undefined ? null : { ...byContact.get(mine)!, label: null }
  }
}
