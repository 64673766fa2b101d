import { sql } from 'kysely'
import type { ChannelName } from '../core/model/message.js'
import { engineOf, storable } from './rows.js'
import type { OutboxMessage } from './outbox.js'
import type { Db } from './tables.js'

/** Replies are one lane of an address, reminders and bulk the other: in a lane messages keep their order, and none of one waits for the other's. */
export type Lane = 'replies' | 'rest'

/** A message that was taken to be sent: whoever holds it works on it until the lease ends. */
export interface ClaimedRow extends Pick<
  OutboxMessage,
  'contact' | 'n' | 'channel' | 'address' | 'at' | 'kind' | 'body'
> {
  /** How often it was claimed, this time included. */
  attempts: number
  /** How many of its pieces have arrived. */
  parts: number
  /** How often it may have arrived without our knowing. */
  doubts: number
  leaseUntil: number
  /** When it was first to leave: a day of failures counts from here. */
  dueAt: number
}

/** Which message, and by which claim. */
export type Claim = Pick<ClaimedRow, 'contact' | 'n' | 'leaseUntil'>

/** A message that will never be sent. */
export interface FailedRow {
  contact: string
  n: number
  channel: ChannelName
  kind: ClaimedRow['kind']
  at: number
  attempts: number
  error: string | null
}

/** Characters of an error that are kept. */
const ERROR_LIMIT = 200
/** Lock of the claims of all processes on one Postgres; the number is of no meaning but must not change. */
const CLAIM_LOCK = 7_147_202

const CLAIMED = sql.raw(
  'contact, n, channel, address, at, kind, body, attempts, parts, doubts, lease_until as "leaseUntil", coalesce(due_at, at) as "dueAt"',
)

/**
 * Takes up to `limit` messages that are due, reminders before bulk and oldest first, at most one an address. A message waits for the
 * earlier ones of its lane, and for whatever is in flight to its address; reminders and bulk wait for a reply that is due. Call it in a
 * transaction: on Postgres claims take turns, so that each sees what the one before took.
 */
export async function claimOutbox(
  db: Db,
  {
    channel,
    lane,
    now,
    leaseMs,
    limit,
  }: { channel: ChannelName; lane: Lane; now: number; leaseMs: number; limit: number },
): Promise<ClaimedRow[]> {
  const postgres = engineOf(db) === 'postgres'
  if (postgres) await sql`select pg_advisory_xact_lock(${CLAIM_LOCK})`.execute(db)
  const mine = lane === 'replies' ? sql`o.kind = 'reply'` : sql`o.kind in ('reminder', 'bulk')`
  const before =
    lane === 'replies'
      ? sql`p.status = 'sending' or (p.kind = 'reply' and p.n < o.n)`
      : sql`p.status = 'sending' or (p.kind = 'reply' and p.not_before <= ${now}) or (p.kind <> 'reply' and p.n < o.n)`
  const claimed = await sql<ClaimedRow>`
    with due (c, m) as materialized (
      select o.contact, o.n from outbox o
      where o.channel = ${channel} and o.status = 'queued' and ${mine} and o.not_before <= ${now}
      and not exists (
        select 1 from outbox p where p.channel = o.channel and p.address = o.address
        and p.status in ('queued', 'sending') and p.waits_for is null and (${before})
      )
      order by o.kind desc, o.not_before, o.contact, o.n limit ${limit} ${postgres ? sql`for update skip locked` : sql``}
    )
    update outbox set status = 'sending', lease_until = ${now + leaseMs}, attempts = attempts + 1 from due
    where contact = c and n = m
    returning ${CLAIMED}`.execute(db)
  return claimed.rows.sort((a, b) => a.at - b.at || (a.contact < b.contact ? -1 : 1))
}

/** Messages that a process took and left: whoever finds them treats them as «may have arrived». */
export async function expiredLeases(db: Db, channel: ChannelName, now: number): Promise<ClaimedRow[]> {
  const found = await sql<ClaimedRow>`
    select ${CLAIMED} from outbox where channel = ${channel} and status = 'sending' and lease_until <= ${now}`.execute(
    db,
  )
  return found.rows
}

/** It arrived. Written whoever holds the claim by now: what has arrived must not be sent again. */
export async function recordSent(
  db: Db,
  { contact, n }: Claim,
  { providerId, parts, keyboard, at }: { providerId: string | null; parts: number; keyboard: boolean; at: number },
): Promise<void> {
  await sql`
    update outbox set status = 'sent', sent_at = ${at}, lease_until = null, error = null,
      provider_id = ${providerId}, parts = ${parts}, keyboard = ${keyboard ? 1 : 0}
    where contact = ${contact} and n = ${n} and status <> 'sent'`.execute(db)
}

/** One more piece of it arrived; the rest is still to be sent. */
export async function recordParts(db: Db, claim: Claim, parts: number): Promise<void> {
  await sql`update outbox set parts = ${parts} where ${held(claim)}`.execute(db)
}

/** It waits again until `notBefore`; `doubt`: it may have arrived. */
export async function putBack(
  db: Db,
  claim: Claim,
  { notBefore, error, doubt }: { notBefore: number; error: string | null; doubt: boolean },
): Promise<void> {
  await sql`
    update outbox set status = 'queued', lease_until = null, not_before = ${notBefore}, error = ${cut(error)},
      doubts = doubts + ${doubt ? 1 : 0}
    where ${held(claim)}`.execute(db)
}

/** It is over: never sent, or never again. */
export async function settleRow(
  db: Db,
  claim: Claim,
  status: 'maybe' | 'failed' | 'cancelled',
  error: string,
): Promise<void> {
  await sql`
    update outbox set status = ${status}, lease_until = null, error = ${cut(error)} where ${held(claim)}`.execute(db)
}

/** Everything that still waits for an address is cancelled; how many there were. */
export async function cancelWaiting(db: Db, channel: ChannelName, address: string, why: string): Promise<number> {
  const { numAffectedRows } = await sql`
    update outbox set status = 'cancelled', waits_for = null, error = ${cut(why)}
    where channel = ${channel} and address = ${address} and status = 'queued'`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** The newest messages that left for an address, or may have: with the app's id as soon as it is known. */
export async function sentLately(
  db: Db,
  { channel, address }: Pick<ClaimedRow, 'channel' | 'address'>,
  since: number,
): Promise<{ body: string; providerId: string | null; sentAt: number | null }[]> {
  const found = await sql<{ body: string; providerId: string | null; sentAt: number | null }>`
    select body, provider_id as "providerId", sent_at as "sentAt" from outbox
    where channel = ${channel} and address = ${address} and attempts > 0
    and status in ('queued', 'sending', 'sent', 'maybe', 'failed') and coalesce(sent_at, lease_until, ${since}) >= ${since}
    order by n desc limit 20`.execute(db)
  return found.rows
}

/** The last few earlier messages of an address that still show buttons, with the app's ids of them. */
export async function keyboardsBefore(
  db: Db,
  { channel, address, n }: Pick<ClaimedRow, 'channel' | 'address' | 'n'>,
): Promise<{ contact: string; n: number; providerId: string }[]> {
  const found = await sql<{ contact: string; n: number; providerId: string }>`
    select contact, n, provider_id as "providerId" from outbox
    where channel = ${channel} and address = ${address} and n < ${n} and keyboard = 1 and provider_id is not null
    order by n desc limit 10`.execute(db)
  return found.rows
}

/** The buttons of a message are gone. */
export async function keyboardGone(db: Db, { contact, n }: { contact: string; n: number }): Promise<void> {
  await sql`update outbox set keyboard = 0 where contact = ${contact} and n = ${n}`.execute(db)
}

/** The newest messages that failed for good: what an operator should look at. */
export async function listFailed(db: Db, limit: number): Promise<FailedRow[]> {
  const found = await sql<FailedRow>`
    select contact, n, channel, kind, at, attempts, error from outbox
    where status = 'failed' order by at desc, contact, n limit ${limit}`.execute(db)
  return found.rows
}

/** How many messages still have to leave. */
export async function countWaiting(db: Db): Promise<number> {
  const found = await sql<{ n: number }>`
    select count(*) as n from outbox where status in ('queued', 'sending') and waits_for is null`.execute(db)
  return found.rows[0]!.n
}

export async function countFailed(db: Db): Promise<number> {
  const found = await sql<{ n: number }>`select count(*) as n from outbox where status = 'failed'`.execute(db)
  return found.rows[0]!.n
}

/** The row, as long as the claim holds it. */
export function held({ contact, n, leaseUntil }: Claim) {
  return sql`contact = ${contact} and n = ${n} and status = 'sending' and lease_until = ${leaseUntil}`
}

export function cut(error: string | null): string | null {
  return error === null ? null : storable(error.slice(0, ERROR_LIMIT))
}
