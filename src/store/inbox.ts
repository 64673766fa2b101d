import { sql } from 'kysely'
import type { ChannelName } from '../core/model/message.js'
import { byText, columns, engineOf, field, rows, storable } from './rows.js'
import type { Db } from './tables.js'

/** Which inbound event: the channel's own id of it. */
export interface InboxKey {
  channel: ChannelName
  externalId: string
}

/** An inbound event that is taken in; never what was written in it. */
export interface InboxRow extends InboxKey {
  contact: string
  at: number
  status: 'done' | 'deferred' | 'dead'
  /** What is still to be done after the turn, as JSON; null when nothing is. */
  request: string | null
  /** Why it is dead. */
  error?: string | null
}

/** A deferred event that was claimed: whoever holds it works on it until the lease ends. */
export interface DeferredRow extends InboxKey {
  contact: string
  at: number
  /** What is to be done, as JSON. */
  request: string
  /** How often it was claimed, this time included. */
  tries: number
  leaseUntil: number
}

/** An event whose handling failed for good. */
export interface DeadRow extends InboxKey {
  contact: string
  at: number
  tries: number
  error: string | null
}

/** Characters of an error that are kept. */
const ERROR_LIMIT = 500

const INBOX = columns({
  channel: 'text',
  external_id: 'text',
  contact: 'text',
  at: 'int',
  status: 'text',
  request: 'text',
  tries: 'int',
  error: 'text',
})

/** The key of an event as one text. */
export function inboxKey({ channel, externalId }: InboxKey): string {
  return `${channel}\u0000${externalId}`
}

/** Takes events in, once each; the keys (`inboxKey`) of those that were new. */
export async function insertInbox(db: Db, events: readonly InboxRow[]): Promise<Set<string>> {
  if (events.length === 0) return new Set()
  const sorted = [...events].sort(byText(inboxKey))
  const batch = rows(
    db,
    sorted.map((row) => [row.channel, row.externalId, row.contact, row.at, row.status, row.request, 0, cut(row.error)]),
  )
  const added = await sql<{ channel: ChannelName; external_id: string }>`
    insert into inbox (${INBOX.names}) select ${INBOX.fields} from ${batch} where true
    on conflict do nothing returning channel, external_id`.execute(db)
  const keys = new Set(added.rows.map(({ channel, external_id }) => inboxKey({ channel, externalId: external_id })))
  // An id may hold what no database keeps; the caller asks by the id as it came.
  return new Set(sorted.filter((row) => keys.has(`${row.channel}\u0000${storable(row.externalId)}`)).map(inboxKey))
}

/** Events taken in just now whose answer is worked out later. */
export async function deferInbox(db: Db, events: readonly (InboxKey & { request: string })[]): Promise<void> {
  if (events.length === 0) return
  const batch = rows(
    db,
    [...events].sort(byText(inboxKey)).map(({ channel, externalId, request }) => [channel, externalId, request]),
  )
  await sql`
    update inbox set status = 'deferred', request = ${field(2, 'text')}, lease_until = null from ${batch}
    where inbox.channel = ${field(0, 'text')} and inbox.external_id = ${field(1, 'text')}`.execute(db)
}

/** Takes up to `limit` deferred events that nobody works on, oldest first. */
export async function claimDeferred(db: Db, now: number, leaseMs: number, limit: number): Promise<DeferredRow[]> {
  const skip = engineOf(db) === 'postgres' ? sql`for update skip locked` : sql``
  const claimed = await sql<
    Omit<DeferredRow, 'externalId' | 'leaseUntil'> & { external_id: string; lease_until: number }
  >`
    with due (c, x) as materialized (
      select channel, external_id from inbox
      where status = 'deferred' and (lease_until is null or lease_until <= ${now})
      order by at, channel, external_id limit ${limit} ${skip}
    )
    update inbox set lease_until = ${now + leaseMs}, tries = tries + 1 from due
    where channel = c and external_id = x
    returning channel, external_id, contact, at, request, tries, lease_until`.execute(db)
  return claimed.rows
    .map(({ external_id, lease_until, ...row }) => ({ ...row, externalId: external_id, leaseUntil: lease_until }))
    .sort((a, b) => a.at - b.at || byText(inboxKey)(a, b))
}

/** Deferred events are done; what was to be done is forgotten. */
export async function finishDeferred(db: Db, keys: readonly InboxKey[]): Promise<void> {
  if (keys.length === 0) return
  const batch = rows(
    db,
    [...keys].sort(byText(inboxKey)).map(({ channel, externalId }) => [channel, externalId]),
  )
  await sql`
    update inbox set status = 'done', request = null, lease_until = null, error = null from ${batch}
    where inbox.channel = ${field(0, 'text')} and inbox.external_id = ${field(1, 'text')}`.execute(db)
}

/** An event whose handling failed for good: kept for the operator, never tried again. */
export async function markDead(db: Db, key: InboxKey, error: string): Promise<void> {
  await sql`
    update inbox set status = 'dead', lease_until = null, error = ${cut(error)}
    where channel = ${key.channel} and external_id = ${storable(key.externalId)}`.execute(db)
}

export async function countDead(db: Db): Promise<number> {
  return countStatus(db, 'dead')
}

export async function countDeferred(db: Db): Promise<number> {
  return countStatus(db, 'deferred')
}

/** The newest dead events. */
export async function listDead(db: Db, limit: number): Promise<DeadRow[]> {
  const found = await sql<Omit<DeadRow, 'externalId'> & { external_id: string }>`
    select channel, external_id, contact, at, tries, error from inbox
    where status = 'dead' order by at desc, channel, external_id limit ${limit}`.execute(db)
  return found.rows.map(({ external_id, ...row }) => ({ ...row, externalId: external_id }))
}

async function countStatus(db: Db, status: 'dead' | 'deferred'): Promise<number> {
  const found = await sql<{ n: number }>`
    select count(*) as n from inbox where status <> 'done' and status = ${status}`.execute(db)
  return found.rows[0]!.n
}

function cut(error: string | null | undefined): string | null {
  return error == null ? null : storable(error.slice(0, ERROR_LIMIT))
}
