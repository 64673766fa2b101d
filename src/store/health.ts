import { sql } from 'kysely'
import type { ChannelName } from '../core/model/message.js'
import { MIGRATIONS } from './migrations/list.js'
import type { Store } from './open.js'
import type { Db } from './tables.js'

/** Which migrations the database does not have yet, and which it has that this code does not know. */
export async function schemaState({ db }: Store): Promise<{ missing: string[]; unknown: string[] }> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  const there = tables.some(({ name }) => name === 'kysely_migration')
  const found = there ? (await sql<{ name: string }>`select name from kysely_migration`.execute(db)).rows : []
  const names = new Set(found.map(({ name }) => name))
  return {
    missing: Object.keys(MIGRATIONS).filter((name) => !names.has(name)),
    unknown: [...names].filter((name) => !(name in MIGRATIONS)).sort(),
  }
}

/** Whether the database is sound and takes writes, as far as it can say so itself; null when it is. */
export async function unsound({ engine, db }: Store): Promise<'damaged' | 'read-only' | null> {
  if (engine === 'postgres') {
    const found = await sql<{ standby: boolean; read_only: string }>`
      select pg_is_in_recovery() as standby, current_setting('transaction_read_only') as read_only`.execute(db)
    return found.rows[0]!.standby || found.rows[0]!.read_only === 'on' ? 'read-only' : null
  }
  const found = await sql<{ quick_check: string }>`pragma quick_check(1)`.execute(db)
  return found.rows[0]?.quick_check === 'ok' ? null : 'damaged'
}

/** When somebody last wrote from this app, ms; null: nobody yet. */
export async function lastHeard(db: Db, channel: ChannelName): Promise<number | null> {
  const found = await sql<{ at: number | null }>`
    select max(s.last_at) as at from address a join session s on s.contact = a.contact
    where a.channel = ${channel}`.execute(db)
  return found.rows[0]?.at ?? null
}

/** Messages of ours that somebody should look at. */
export interface Stuck {
  /** Replies that should have left more than `lateMs` ago. */
  late: number
  /** Given up. */
  failed: number
  /** May have arrived, and are not repeated. */
  doubtful: number
}

export async function stuckMessages(db: Db, now: number, lateMs: number, since: number): Promise<Stuck> {
  const found = await sql<Stuck>`
    select coalesce(sum(case when status in ('queued', 'sending') and kind = 'reply' and not_before <= ${now - lateMs}
        and waits_for is null then 1 else 0 end), 0) as late,
      coalesce(sum(case when status = 'failed' and at >= ${since} then 1 else 0 end), 0) as failed,
      coalesce(sum(case when status = 'maybe' and at >= ${since} then 1 else 0 end), 0) as doubtful
    from outbox where status in ('queued', 'sending', 'failed', 'maybe')`.execute(db)
  return found.rows[0]!
}

/** Messages that were put aside because their turn failed, since an instant. */
export async function deadSince(db: Db, since: number): Promise<number> {
  const found = await sql<{ n: number }>`
    select count(*) as n from inbox where status <> 'done' and status = 'dead' and at >= ${since}`.execute(db)
  return found.rows[0]!.n
}
