import { sql } from 'kysely'
import type { BroadcastState, Place, Result, Route } from '../core/model/broadcast.js'
import type { ChannelName } from '../core/model/message.js'
import type { Placement } from '../core/policy/reach.js'
import { byText, columns, engineOf, field, rows, storable, texts } from './rows.js'
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

/** Up to `limit` recipients whose time has come; on Postgres those that another process holds are passed over. Inside a transaction. */
export async function takeWaiting(db: Db, broadcast: string, now: number, limit: number): Promise<WaitingRecipient[]> {
  const skip = engineOf(db) === 'postgres' ? sql`for update skip locked` : sql``
  const found = await sql<WaitingRecipient>`
    select person, place, price, not_before as "notBefore" from recipient
    where broadcast = ${broadcast} and state = 'waiting' and not_before <= ${now}
    order by not_before, person limit ${limit} ${skip}`.execute(db)
  return found.rows
}

/** Rows that are looked up one by one: joined to a batch alone, SQLite walks the whole broadcast for each row of it. */
function among(db: Db, broadcast: string, some: readonly { person: string }[]) {
  const persons = some.map(({ person }) => person)
  return sql`recipient.broadcast = ${broadcast} and recipient.person in ${texts(db, persons)}`
}

/** Recipients whose message stands in the outbox now. */
export async function queueRecipients(
  db: Db,
  broadcast: string,
  queued: readonly { person: string; route: Route; run: string | null; step: string | null; n: number; at: number; price: number }[], // prettier-ignore
): Promise<void> {
  if (queued.length === 0) return
  const batch = rows(db, queued.map(({ person, route, run, step, n, at, price }) => [person, route.contact, route.channel, route.address, run, step, n, at, price])) // prettier-ignore
  await sql`
    update recipient set state = 'queued', contact = ${field(1, 'text')}, channel = ${field(2, 'text')}, address = ${field(3, 'text')},
      run = ${field(4, 'text')}, step = ${field(5, 'text')}, n = ${field(6, 'int')}, at = ${field(7, 'int')}, price = ${field(8, 'int')}
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

/** Holds back or lets go what a broadcast has in the outbox. */
export async function holdBroadcast(db: Db, broadcast: string, notBefore: number): Promise<void> {
  await sql`
    update outbox set not_before = ${notBefore}
    where status = 'queued' and (contact, n) in (
      select contact, n from recipient where broadcast = ${broadcast} and state = 'queued')`.execute(db)
}

/** Whether somebody of a broadcast still waits, and how many of its messages have not left. */
export async function leftOf(db: Db, broadcast: string): Promise<{ waiting: boolean; queued: number }> {
  const found = await sql<{ waiting: number; queued: number }>`
    select
      (select count(*) from (select 1 from recipient where broadcast = ${broadcast} and state = 'waiting' limit 1) one) as waiting,
      (select count(*) from outbox o where o.status in ('queued', 'sending') and o.kind = 'reminder' and exists (
        select 1 from recipient r where r.contact = o.contact and r.n = o.n and r.broadcast = ${broadcast})) as queued`.execute(
    db,
  )
  const { waiting, queued } = found.rows[0]!
  return { waiting: waiting > 0, queued }
}

/** The one word for what became of a recipient: the outbox has it as soon as there is a message. */
const RESULT = sql.raw(`case
  when r.state = 'offline' then r.place
  when r.state = 'queued' then case o.status
    when 'sent' then 'sent' when 'kept' then 'sent' when 'maybe' then 'maybe' when 'failed' then 'failed' when 'cancelled' then 'cancelled'
    else 'waiting' end
  else r.state end`)

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
      select ${RESULT} as result, case when r.state = 'queued' then o.error else r.reason end as reason, r.price
      from recipient r left join outbox o on o.contact = r.contact and o.n = r.n
      where r.broadcast = ${broadcast}) s
    group by result, reason order by result, reason`.execute(db)
  return found.rows
}

/** What became of each, in the order of the persons' ids, from behind `after`. */
export async function outcomePage(db: Db, broadcast: string, after: string, limit: number): Promise<OutcomeRow[]> {
  const found = await sql<Omit<OutcomeRow, 'group'> & { grp: number | null }>`
    select r.person, r.contact, r.channel, r.grp, r.step, r.place, r.price, ${RESULT} as result,
      case when r.state = 'queued' then o.error else r.reason end as reason, o.sent_at as at
    from recipient r left join outbox o on o.contact = r.contact and o.n = r.n
    where r.broadcast = ${broadcast} and r.person > ${after} order by r.person limit ${limit}`.execute(db)
  return found.rows.map(({ grp, ...row }) => ({ ...row, group: grp }))
}

/** A message that is about to leave, and what is known of it now. */
export interface LeavingRecipient {
  contact: string
  n: number
  broadcast: string
  state: BroadcastState
  flow: string
  person: string
  run: string | null
  step: string | null
  place: Place
  price: number
  /** Where the run stands now; null: it is not there any more. */
  runState: string | null
  runStep: string | null
  finished: number
  optedOut: number
  /** The person that the reader is itself. */
  self: string
  /** What the reader calls the person they act for; null: they act for this person no more, or it is themselves. */
  label: string | null
  group: number | null
  /** When the reader was last there on this app, ms; null: never, or it is not known. */
  lastInteraction: number | null
  /** A colleague has the talk until then, ms. */
  heldUntil: number | null
}

/** The recipients behind messages of the outbox; other reminders are not in it. */
export async function leavingRecipients(
  db: Db,
  messages: readonly { contact: string; n: number }[],
): Promise<LeavingRecipient[]> {
  if (messages.length === 0) return []
  const batch = rows(db, messages.map(({ contact, n }) => [contact, n])) // prettier-ignore
  const found = await sql<LeavingRecipient>`
    select r.contact, r.n, r.broadcast, b.state, b.flow, r.person, r.run, r.step, r.place, r.price,
      c.person as self, h.label, r.grp as "group", u.state as "runState", u.step as "runStep", a.last_interaction as "lastInteraction", a.held_until as "heldUntil",
      (select count(*) from opt_out o where o.subject = r.contact or o.subject = r.person) as "optedOut",
      (select count(*) from run f where f.person = r.person and f.state = 'finished' and f.flow = b.flow) as finished
    from ${batch}
    join recipient r on r.contact = ${field(0, 'text')} and r.n = ${field(1, 'int')}
    join broadcast b on b.id = r.broadcast
    join contact c on c.id = r.contact
    left join helping h on h.contact = r.contact and h.person = r.person
    left join run u on u.id = r.run
    left join address a on a.channel = r.channel and a.address = r.address`.execute(db)
  return found.rows
}

/**
 * Notes that these are reminded on a day and says for whom: whoever was written to that day already, as a reader or about the person, is left
 * out. It is the database that holds «one a day».
 */
export async function claimDay(
  db: Db,
  broadcast: string,
  day: string,
  claims: readonly { contact: string; person: string }[],
): Promise<Set<string>> {
  if (claims.length === 0) return new Set()
  const batch = rows(
    db,
    [...claims].sort(byText(({ contact, person }) => `${contact} ${person}`)).map(({ contact, person }) => [contact, person]),
  ) // prettier-ignore
  const won = await sql<{ person: string }>`
    insert into reminded (contact, day, person, broadcast)
    select ${field(0, 'text')}, ${day}, ${field(1, 'text')}, ${broadcast} from ${batch} where true
    on conflict do nothing returning person`.execute(db)
  return new Set(won.rows.map(({ person }) => person))
}

/** Messages to these contacts, or about these persons, that were cancelled or given up behind the last look: they count for nothing either. */
export async function releaseUnsent(db: Db, subjects: readonly string[]): Promise<void> {
  if (subjects.length === 0) return
  await sql`
    delete from reminded where (contact in ${texts(db, subjects)} or person in ${texts(db, subjects)}) and ${UNSENT}`.execute(
    db,
  )
}

/** The same of a whole broadcast. */
async function releaseBroadcast(db: Db, broadcast: string): Promise<void> {
  await sql`delete from reminded where broadcast = ${broadcast} and ${UNSENT}`.execute(db)
}

const UNSENT = sql.raw(`exists (
  select 1 from recipient r join outbox o on o.contact = r.contact and o.n = r.n
  where r.broadcast = reminded.broadcast and r.person = reminded.person and r.state = 'queued' and o.status in ('cancelled', 'failed'))`)

/** Messages that did not leave count for nothing. */
export async function releaseDay(db: Db, broadcast: string, persons: readonly string[]): Promise<void> {
  if (persons.length === 0) return
  await sql`delete from reminded where broadcast = ${broadcast} and person in ${texts(db, persons)}`.execute(db)
}
