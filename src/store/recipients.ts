import { type RawBuilder, sql } from 'kysely'
import type { Place, Result, Route } from '../core/model/broadcast.js'
import type { ChannelName } from '../core/model/message.js'
import type { Placement } from '../core/policy/reach.js'
import type { Scope } from '../core/policy/roles.js'
import { placeWhen } from './prices.js'
import { inScope } from './scope.js'
import { releaseBroadcast } from './reminded.js'
import { columns, engineOf, field, rows, storable, texts } from './rows.js'
import type { Db } from './tables.js'

/** A person of a broadcast as the plan placed them. */
export interface NewRecipient {
  person: string
  run: string | null
  step: string | null
  group: number | null
  placement: Placement
}

/** A recipient who waits for a message. */
export interface WaitingRecipient {
  person: string
  /** Whoever was to read it when the plan was made; null: they have gone since. */
  contact: string | null
  place: Place
  price: number
  notBefore: number
}

/** One row of the outcome. */
export interface OutcomeRow {
  person: string
  contact: string | null
  channel: ChannelName | null
  group: number | null
  step: string | null
  place: Place
  price: number
  result: Result
  reason: string | null
  /** When it arrived, ms. */
  at: number | null
}

const RECIPIENT = columns({ broadcast: 'text', person: 'text', contact: 'text', channel: 'text', address: 'text', run: 'text', step: 'text', grp: 'int', place: 'text', reason: 'text', price: 'int', not_before: 'int', state: 'text' }) // prettier-ignore

/** Writes recipients down; one who is there already stays as they are. */
export async function insertRecipients(db: Db, broadcast: string, people: readonly NewRecipient[]): Promise<void> {
  if (people.length === 0) return
  const batch = rows(db, people.map((one) => recipientRow(broadcast, one))) // prettier-ignore
  await sql`
    insert into recipient (${RECIPIENT.names}) select ${RECIPIENT.fields} from ${batch} where true
    on conflict (broadcast, person) do nothing`.execute(db)
}

function recipientRow(broadcast: string, { person, run, step, group, placement }: NewRecipient): readonly unknown[] {
  const { place, reason } = placement
  if (reason !== null) return [broadcast, person, null, null, null, run, step, group, place, reason, 0, 0, 'offline']
  const { contact, channel, address } = placement.route
  return [broadcast, person, contact, channel, address, run, step, group, place, null, placement.price, placement.at, 'waiting'] // prettier-ignore
}

/** Takes back up to `limit` recipients of a freeze that came to nothing; how many there were. */
export async function forgetRecipients(db: Db, broadcast: string, limit: number): Promise<number> {
  const gone = await sql`
    delete from recipient where broadcast = ${broadcast} and person in (
      select person from recipient where broadcast = ${broadcast} limit ${limit})`.execute(db)
  return Number(gone.numAffectedRows ?? 0)
}

/**
 * Up to `limit` recipients of an app whose time has come, and with each of them all who have the same reader; on Postgres those that another process
 * holds are passed over. Inside a transaction.
 */
export async function takeWaiting(
  db: Db,
  broadcast: string,
  { channel, now, limit }: { channel: ChannelName; now: number; limit: number },
): Promise<WaitingRecipient[]> {
  const skip = engineOf(db) === 'postgres' ? sql`for update skip locked` : sql``
  const found = await sql<WaitingRecipient>`
    select ${TAKEN} from recipient
    where broadcast = ${broadcast} and channel = ${channel} and state = 'waiting' and not_before <= ${now}
    order by not_before, person limit ${limit} ${skip}`.execute(db)
  const readers = [...new Set(found.rows.flatMap(({ contact }) => contact ?? []))]
  if (readers.length === 0) return found.rows
  const more = await sql<WaitingRecipient>`
    select ${TAKEN} from recipient
    where contact in ${texts(db, readers)} and broadcast = ${broadcast} and state = 'waiting' and not_before <= ${now}
    order by person ${skip}`.execute(db)
  const taken = new Set(found.rows.map(({ person }) => person))
  return [...found.rows, ...more.rows.filter(({ person }) => !taken.has(person))]
}

const TAKEN = sql.raw(`person, contact, place, price, not_before as "notBefore"`)

/** Rows that are looked up one by one: joined to a batch alone, SQLite walks the whole broadcast for each row of it. */
function among(db: Db, broadcast: string, some: readonly { person: string }[]) {
  const persons = some.map(({ person }) => person)
  return sql`recipient.broadcast = ${broadcast} and recipient.person in ${texts(db, persons)}`
}

/** Recipients whose message stands in the outbox now. */
export async function queueRecipients(
  db: Db,
  broadcast: string,
  queued: readonly { person: string; route: Route; run: string | null; step: string | null; n: number; at: number; price: number; charged: boolean }[], // prettier-ignore
): Promise<void> {
  if (queued.length === 0) return
  const batch = rows(db, queued.map(({ person, route, run, step, n, at, price, charged }) => [person, route.contact, route.channel, route.address, run, step, n, at, price, charged ? 1 : 0])) // prettier-ignore
  await sql`
    update recipient set state = 'queued', contact = ${field(1, 'text')}, channel = ${field(2, 'text')}, address = ${field(3, 'text')},
      run = ${field(4, 'text')}, step = ${field(5, 'text')}, n = ${field(6, 'int')}, at = ${field(7, 'int')}, price = ${field(8, 'int')},
      place = ${placeWhen(field(9, 'int'))}
    from ${batch} where ${among(db, broadcast, queued)} and recipient.person = ${field(0, 'text')}`.execute(db)
}

/** Recipients who get no message after all, each with why. */
export async function cancelRecipients(
  db: Db,
  broadcast: string,
  cancelled: readonly { person: string; reason: string }[],
): Promise<void> {
  if (cancelled.length === 0) return
  const batch = rows(db, cancelled.map(({ person, reason }) => [person, reason])) // prettier-ignore
  await sql`
    update recipient set state = 'cancelled', reason = ${field(1, 'text')}
    from ${batch} where ${among(db, broadcast, cancelled)} and recipient.person = ${field(0, 'text')}
    and recipient.state = 'waiting'`.execute(db)
}

/** Recipients who wait for a later time. */
export async function postponeRecipients(
  db: Db,
  broadcast: string,
  later: readonly { person: string; notBefore: number }[],
): Promise<void> {
  if (later.length === 0) return
  const batch = rows(db, later.map(({ person, notBefore }) => [person, notBefore])) // prettier-ignore
  await sql`
    update recipient set not_before = ${field(1, 'int')}
    from ${batch} where ${among(db, broadcast, later)} and recipient.person = ${field(0, 'text')}
    and recipient.state = 'waiting'`.execute(db)
}

/** Ends all that waits in a broadcast, in the outbox too; what is in flight goes on. How many there were. */
export async function cancelBroadcast(db: Db, broadcast: string, reason: string): Promise<number> {
  const waiting = await sql`
    update recipient set state = 'cancelled', reason = ${reason}
    where broadcast = ${broadcast} and state = 'waiting'`.execute(db)
  const queued = await sql`
    update outbox set status = 'cancelled', error = ${storable(reason)}
    where status = 'queued' and (contact, n) in (
      select contact, n from recipient where broadcast = ${broadcast} and state = 'queued')`.execute(db)
  await releaseBroadcast(db, broadcast)
  return Number(waiting.numAffectedRows ?? 0) + Number(queued.numAffectedRows ?? 0)
}

/** The one word for what became of a recipient: the outbox has it as long as it keeps the message. */
export const RESULT = sql.raw(`case
  when r.state = 'offline' then r.place
  when r.state = 'queued' then case coalesce(o.status, r.became)
    when 'sent' then 'sent' when 'kept' then 'sent' when 'maybe' then 'maybe' when 'failed' then 'failed' when 'cancelled' then 'cancelled'
    else 'waiting' end
  else r.state end`)

/** Why: the outbox says it as long as it keeps the message. Whoever waits has no outcome yet, whatever the last try came to. */
export const WHY = sql.raw(`case
  when r.state = 'queued' and o.status in ('queued', 'sending') then null
  when r.state = 'queued' and o.status is not null then o.error else r.reason end`)

export interface ResultCount {
  result: Result
  reason: string | null
  count: number
  /** đồng, of what was sent or may have been. */
  cost: number
}

/** What became of everybody, counted. */
export async function resultsOf(db: Db, broadcast: string): Promise<ResultCount[]> {
  const found = await sql<ResultCount>`
    select result, reason, count(*) as count, sum(case when result in ('sent', 'maybe') then price else 0 end) as cost from (
      select ${RESULT} as result, ${WHY} as reason, r.price
      from recipient r left join outbox o on o.contact = r.contact and o.n = r.n
      where r.broadcast = ${broadcast}) s
    group by result, reason order by result, reason`.execute(db)
  return found.rows
}

/** What became of each, in the order of the persons' ids, from behind `after`. */
export async function outcomePage(
  db: Db,
  scope: Scope,
  broadcast: string,
  after: string,
  limit: number,
): Promise<OutcomeRow[]> {
  const found = await sql<Omit<OutcomeRow, 'group'> & { grp: number | null }>`
    select r.person, r.contact, r.channel, r.grp, r.step, r.place, r.price, ${RESULT} as result,
      ${WHY} as reason,
      case when o.status is null and r.became in ('sent', 'maybe') then r.at else o.sent_at end as at
    from recipient r left join outbox o on o.contact = r.contact and o.n = r.n
    where r.broadcast = ${broadcast} and r.person > ${after} and ${inScope(scope, sql`r.grp`)} order by r.person limit ${limit}`.execute(
    db,
  )
  return found.rows.map(({ grp, ...row }) => ({ ...row, group: grp }))
}

/** Somebody of whom a message speaks that is about to leave. */
export interface LeavingRecipient {
  contact: string
  n: number
  broadcast: string
  person: string
  run: string | null
  step: string | null
  place: Place
  price: number
}

/** The recipients behind messages of the outbox, those of one message together. */
export async function leavingRecipients(
  db: Db,
  messages: readonly { contact: string; n: number }[],
): Promise<LeavingRecipient[]> {
  if (messages.length === 0) return []
  const batch = rows(db, messages.map(({ contact, n }) => [contact, n])) // prettier-ignore
  const found = await sql<LeavingRecipient>`
    select r.contact, r.n, r.broadcast, r.person, r.run, r.step, r.place, r.price
    from ${batch}
    join recipient r on r.contact = ${field(0, 'text')} and r.n = ${field(1, 'int')}
    where r.state = 'queued' order by r.contact, r.n, r.person`.execute(db)
  return found.rows
}

/** What the messages of the outbox that end here came to is kept with their recipients. `which` says of row `o` of the outbox whether it ends. */
export async function keepOutcomes(db: Db, which: RawBuilder<unknown>): Promise<void> {
  await sql`
    update recipient set became = o.status, reason = o.error, at = coalesce(o.sent_at, recipient.at)
    from (select o.contact, o.n, o.status, o.error, o.sent_at from outbox o where o.kind = 'reminder' and ${which}) o
    where recipient.contact = o.contact and recipient.n = o.n and recipient.state = 'queued'`.execute(db)
}
