import { type RawBuilder, sql } from 'kysely'
import type { Ticket } from '../core/model/ticket.js'
import type { Scope } from '../core/policy/roles.js'
import { inScope } from './scope.js'
import type { Db } from './tables.js'

/** A ticket as it is opened. */
export type NewTicket = Pick<
  Ticket,
  'id' | 'contact' | 'person' | 'group' | 'flow' | 'step' | 'stepNumber' | 'tries' | 'channel' | 'reason' | 'openedAt'
>

const FOUND =
  sql.raw(`id, number, contact, person, grp as "group", flow, step, step_number as "stepNumber", tries, channel, reason,
  suits, state, taken_by as "takenBy", opened_at as "openedAt", taken_at as "takenAt", closed_at as "closedAt",
  escalated_at as "escalatedAt"`)

/** Opens a ticket; a contact who has one already keeps it. The one that is open now, and whether it is new. */
export async function openTicket(db: Db, ticket: NewTicket): Promise<{ ticket: Ticket; fresh: boolean }> {
  const { id, contact, person, group, flow, step, stepNumber, tries, channel, reason, openedAt } = ticket
  const added = await sql`
    insert into ticket (id, number, contact, person, grp, flow, step, step_number, tries, channel, reason, state, opened_at)
    select ${id}, coalesce(max(number), 0) + 1, ${contact}, ${person}, ${group}, ${flow}, ${step}, ${stepNumber}, ${tries}, ${channel},
      ${reason}, 'open', ${openedAt} from ticket
    having not exists (select 1 from ticket where contact = ${contact} and state <> 'closed')`.execute(db)
  const found = await one(db, sql`contact = ${contact} and state <> 'closed'`)
  return { ticket: found!, fresh: Number(added.numAffectedRows ?? 0) > 0 }
}

export async function setSuits(db: Db, id: string, suits: Ticket['suits']): Promise<void> {
  await sql`update ticket set suits = ${suits} where id = ${id} and state <> 'closed'`.execute(db)
}

/** Somebody is to come to the house: from now on that is the reason. */
export async function wantVisit(db: Db, id: string): Promise<void> {
  await sql`update ticket set reason = 'visit' where id = ${id} and state <> 'closed'`.execute(db)
}

/** Somebody is being defrauded: from now on that is the reason; false when it was already. */
export async function nowScam(db: Db, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update ticket set reason = 'scam' where id = ${id} and state <> 'closed' and reason <> 'scam'`.execute(db)
  return Number(numAffectedRows ?? 0) > 0
}

/** Somebody takes a ticket that waits, or with `from` one that this contact has: of two who try at once, one gets it. */
export async function takeTicket(
  db: Db,
  scope: Scope,
  id: string,
  { now, from = null }: { now: number; from?: string | null },
): Promise<Ticket | null> {
  const before = from === null ? sql`state = 'open'` : sql`state = 'taken' and taken_by = ${from}`
  const { numAffectedRows } = await sql`
    update ticket set state = 'taken', taken_by = ${scope.who}, taken_at = ${now}
    where id = ${id} and ${before} and ${visible(scope)}`.execute(db)
  return Number(numAffectedRows ?? 0) > 0 ? one(db, sql`id = ${id}`) : null
}

/** Puts a ticket back into the queue, as if nobody had taken it or been told of it. */
export async function giveBackTicket(db: Db, by: string, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update ticket set state = 'open', taken_by = null, taken_at = null, escalated_at = null
    where id = ${id} and state = 'taken' and taken_by = ${by}`.execute(db)
  return Number(numAffectedRows ?? 0) > 0
}

/** Closes a ticket that is one's own or in one's scope; null when it is closed already or nobody's to close. */
export async function closeTicket(db: Db, scope: Scope, id: string, now: number): Promise<Ticket | null> {
  const { numAffectedRows } = await sql`
    update ticket set state = 'closed', closed_at = ${now}
    where id = ${id} and state <> 'closed' and (taken_by = ${scope.who} or ${visible(scope)})`.execute(db)
  return Number(numAffectedRows ?? 0) > 0 ? one(db, sql`id = ${id}`) : null
}

/** Tickets that somebody has, oldest first. */
export async function takenBy(db: Db, contact: string): Promise<Ticket[]> {
  const found = await sql<Ticket>`
    select ${FOUND} from ticket where state = 'taken' and taken_by = ${contact} order by opened_at, id`.execute(db)
  return found.rows
}

/** Tickets that wait or are taken, in a scope, oldest first, whoever may be being defrauded before all; taken ones last. */
export async function queueOf(
  db: Db,
  scope: Scope,
  { limit, offset = 0 }: { limit: number; offset?: number },
): Promise<Ticket[]> {
  const found = await sql<Ticket>`
    select ${FOUND} from ticket where state <> 'closed' and ${visible(scope)}
    order by case when state = 'open' then 0 else 1 end, case when reason = 'scam' then 0 else 1 end, opened_at, id
    limit ${limit} offset ${offset}`.execute(db)
  return found.rows
}

/** How many tickets wait in a scope, and how many the asker has. */
export async function countTickets(db: Db, scope: Scope): Promise<{ open: number; own: number }> {
  const found = await sql<Record<'open' | 'own', number>>`
    select coalesce(sum(case when state = 'open' then 1 else 0 end), 0) as open,
      coalesce(sum(case when state = 'taken' and taken_by = ${scope.who} then 1 else 0 end), 0) as own
    from ticket where state <> 'closed' and ${visible(scope)}`.execute(db)
  return { open: Number(found.rows[0]!.open), own: Number(found.rows[0]!.own) }
}

/** A ticket that is not closed, by the number it is spoken of by. */
export async function ticketNumbered(db: Db, scope: Scope, number: number): Promise<Ticket | null> {
  return one(db, sql`number = ${number} and state <> 'closed' and (taken_by = ${scope.who} or ${visible(scope)})`)
}

export async function ticketById(db: Db, scope: Scope, id: string): Promise<Ticket | null> {
  return one(db, sql`id = ${id} and (taken_by = ${scope.who} or ${visible(scope)})`)
}

/** The ticket that a contact's talk is in the hands of, or waits with. */
export async function ticketOf(db: Db, contact: string): Promise<Ticket | null> {
  return one(db, sql`contact = ${contact} and state <> 'closed'`)
}

/** Open tickets that nobody took since `before` and that nobody above was told of; from now on somebody was. */
export async function escalateTickets(db: Db, before: number, now: number): Promise<Ticket[]> {
  const due = await sql<{ id: string }>`
    update ticket set escalated_at = ${now}
    where state = 'open' and escalated_at is null and opened_at <= ${before} returning id`.execute(db)
  const tickets = await Promise.all(due.rows.map(({ id }) => one(db, sql`id = ${id}`)))
  return tickets.filter((ticket) => ticket !== null).sort((a, b) => a.openedAt - b.openedAt)
}

/** Contacts who answer for a group, its heads; for none, or where it has no head, ward staff and admins. */
export async function answerersOf(db: Db, group: number | null): Promise<string[]> {
  const heads = group === null ? [] : await leadersOf(db, group)
  return heads.length > 0 ? heads : staffOf(db)
}

async function leadersOf(db: Db, group: number): Promise<string[]> {
  const found = await sql<{ id: string }>`
    select c.id from contact c join leads l on l.contact = c.id
    where c.role = 'leader' and l.grp = ${group} and ${REACHABLE} order by c.id`.execute(db)
  return found.rows.map(({ id }) => id)
}

/** Ward staff and admins who can be written to. */
export async function staffOf(db: Db): Promise<string[]> {
  const found = await sql<{ id: string }>`
    select c.id from contact c where c.role in ('staff', 'admin') and ${REACHABLE} order by c.id`.execute(db)
  return found.rows.map(({ id }) => id)
}

const REACHABLE = sql.raw(`exists (select 1 from address a where a.contact = c.id and a.state = 'ok')`)

/** A ticket of a group is its head's and the staff's; one without a group is the staff's alone. */
function visible(scope: Scope): RawBuilder<unknown> {
  return inScope(scope, sql`grp`)
}

async function one(db: Db, where: RawBuilder<unknown>): Promise<Ticket | null> {
  const found = await sql<Ticket>`select ${FOUND} from ticket where ${where}`.execute(db)
  return found.rows[0] ?? null
}
