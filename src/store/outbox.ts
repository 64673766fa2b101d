import { sql } from 'kysely'
import type { ChannelName } from '../core/model/message.js'
import { byText, columns, rows, texts } from './rows.js'
import type { Db } from './tables.js'

/** A message to be said. */
export interface OutboxMessage {
  contact: string
  /** Its number: 1, 2, 3 … per contact. */
  n: number
  channel: ChannelName
  address: string
  at: number
  kind: 'reply' | 'reminder' | 'bulk'
  /** JSON. */
  body: string
  /** `kept` for a channel that is read from here. */
  status: 'queued' | 'kept'
  /** Not before this time, ms; `at` when left out. */
  notBefore?: number
  /** At most one message ever has it; a second one is left out in silence. */
  dedupeKey?: string | null
}

/** A message as it is kept. */
export interface OutboxRow {
  contact: string
  n: number
  channel: ChannelName
  at: number
  kind: OutboxMessage['kind']
  /** JSON. */
  body: string
  status: OutboxMessage['status'] | 'sending' | 'sent' | 'maybe' | 'failed' | 'cancelled'
}

const OUTBOX = columns({
  contact: 'text',
  n: 'int',
  channel: 'text',
  address: 'text',
  at: 'int',
  kind: 'text',
  body: 'text',
  status: 'text',
  not_before: 'int',
  attempts: 'int',
  dedupe_key: 'text',
  due_at: 'int',
})

const FOUND = sql.raw('contact, n, channel, at, kind, body, status')

/** Appends messages; says how many, which is fewer than given only by those whose `dedupeKey` was there before. */
export async function appendOutbox(db: Db, messages: readonly OutboxMessage[]): Promise<number> {
  if (messages.length === 0) return 0
  const batch = rows(
    db,
    [...messages].sort((a, b) => byText<OutboxMessage>(({ contact }) => contact)(a, b) || a.n - b.n).map(outboxRow),
  )
  const { numAffectedRows } = await sql`
    insert into outbox (${OUTBOX.names}) select ${OUTBOX.fields} from ${batch} where true
    on conflict (dedupe_key) where dedupe_key is not null do nothing`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** Messages of a contact behind number `n`, oldest first: what a page that was away has missed. */
export async function outboxAfter(db: Db, contact: string, n: number, limit: number): Promise<OutboxRow[]> {
  const found = await sql<OutboxRow>`
    select ${FOUND} from outbox
    where contact = ${contact} and n > ${n} order by n limit ${limit}`.execute(db)
  return found.rows
}

/** The last `limit` messages of a contact, oldest first. */
export async function outboxLast(db: Db, contact: string, limit: number): Promise<OutboxRow[]> {
  const found = await sql<OutboxRow>`
    select ${FOUND} from outbox
    where contact = ${contact} order by n desc limit ${limit}`.execute(db)
  return found.rows.reverse()
}

/** The number of the newest message of each contact; one without messages is not in it. */
export async function newestByContact(db: Db, contacts: readonly string[]): Promise<Map<string, number>> {
  if (contacts.length === 0) return new Map()
  const found = await sql<{ contact: string; n: number }>`
    select contact, max(n) as n from outbox where contact in ${texts(db, contacts)} group by contact`.execute(db)
  return new Map(found.rows.map(({ contact, n }) => [contact, n]))
}

function outboxRow(message: OutboxMessage): readonly unknown[] {
  const { contact, n, channel, address, at, kind, body, status, notBefore, dedupeKey } = message
  return [
    contact,
    n,
    channel,
    address,
    at,
    kind,
    body,
    status,
    notBefore ?? at,
    0,
    dedupeKey ?? null,
    notBefore ?? null,
  ]
}
