import { type RawBuilder, sql } from 'kysely'
import type { BroadcastPlan, BroadcastState } from '../core/model/broadcast.js'
import type { ShownTally } from '../core/broadcast/changes.js'
import type { Tally } from '../core/broadcast/planner.js'
import type { Scope } from '../core/policy/roles.js'
import { engineOf, listsOnly } from './rows.js'
import type { Db } from './tables.js'

/** A broadcast as it is kept. */
export interface Broadcast {
  id: string
  state: BroadcastState
  /** The contact who sends it; null: a rule does. */
  sender: string | null
  rule: string | null
  plan: BroadcastPlan
  /** Numbers of the preview that was shown last, and of the plan once it is confirmed. */
  tally: ShownTally
  /** Who would get what, in one word: another one is another plan. */
  fingerprint: string
  confirmKey: string | null
  createdAt: number
  confirmedAt: number | null
  confirmedBy: string | null
  endedAt: number | null
  /** Since when it is paused, ms. */
  pausedAt: number | null
}

interface Columns {
  id: string
  state: BroadcastState
  sender: string | null
  rule: string | null
  plan: string
  tally: string
  fingerprint: string
  confirm_key: string | null
  created_at: number
  confirmed_at: number | null
  confirmed_by: string | null
  ended_at: number | null
  paused_at: number | null
}

const FOUND = sql.raw(
  'id, state, sender, rule, plan, tally, fingerprint, confirm_key, created_at, confirmed_at, confirmed_by, ended_at, paused_at',
)

/** Keeps a preview. */
export async function insertBroadcast(
  db: Db,
  made: Pick<Broadcast, 'id' | 'sender' | 'rule' | 'plan' | 'tally' | 'fingerprint' | 'createdAt'> & { shown: string },
): Promise<void> {
  await sql`
    insert into broadcast (id, state, sender, rule, flow, plan, tally, fingerprint, shown, created_at)
    values (${made.id}, 'preview', ${made.sender}, ${made.rule}, ${made.plan.audience.flow}, ${JSON.stringify(made.plan)}, ${JSON.stringify(made.tally)},
      ${made.fingerprint}, ${made.shown}, ${made.createdAt})`.execute(db)
}

/** Which broadcasts somebody may look at, stop or let go on: ward staff every one, a head the own ones within the own groups. */
function visible(db: Db, { who, groups }: Scope): RawBuilder<unknown> {
  if (groups === 'ward') return sql`true`
  return groups.length === 0
    ? sql`false`
    : sql`(sender is not null and sender = ${who} and ${listsOnly(db, sql.ref('plan'), ['audience', 'groups'], groups)})`
}

/** A broadcast for somebody who looks at it or decides about it; null: there is none that is theirs. */
export async function loadBroadcast(
  db: Db,
  scope: Scope,
  id: string,
  { lock = false } = {},
): Promise<Broadcast | null> {
  const held = lock && engineOf(db) === 'postgres' ? sql`for update` : sql``
  const found = await sql<Columns>`
    select ${FOUND} from broadcast where id = ${id} and ${visible(db, scope)} ${held}`.execute(db)
  return found.rows[0] ? broadcastOf(found.rows[0]) : null
}

/** A broadcast whosever it is, for the machine's own work at sending: nothing of it is shown to anybody who was not asked for their scope. */
export async function broadcastToSend(
  db: Db,
  id: string,
  { lock = null }: { lock?: 'share' | 'update' | null } = {},
): Promise<Broadcast | null> {
  const held = lock !== null && engineOf(db) === 'postgres' ? sql.raw(`for ${lock}`) : sql``
  const found = await sql<Columns>`select ${FOUND} from broadcast where id = ${id} ${held}`.execute(db)
  return found.rows[0] ? broadcastOf(found.rows[0]) : null
}

/** What its last preview has shown; null once it is confirmed. */
export async function shownOf(db: Db, id: string): Promise<string | null> {
  const found = await sql<{ shown: string | null }>`select shown from broadcast where id = ${id}`.execute(db)
  return found.rows[0]?.shown ?? null
}

export async function broadcastByKey(db: Db, confirmKey: string): Promise<Broadcast | null> {
  const found = await sql<Columns>`select ${FOUND} from broadcast where confirm_key = ${confirmKey}`.execute(db)
  return found.rows[0] ? broadcastOf(found.rows[0]) : null
}

/** The newest broadcasts of the scope that were confirmed, or wait for somebody's yes. */
export async function listBroadcasts(db: Db, scope: Scope, limit: number): Promise<Broadcast[]> {
  const found = await sql<Columns>`
    select ${FOUND} from broadcast
    where ${visible(db, scope)} and (state <> 'preview' or confirmed_at is not null)
    order by created_at desc, id limit ${limit}`.execute(db)
  return found.rows.map(broadcastOf)
}

/** What somebody was shown last and has not confirmed. */
export async function newestPreview(db: Db, sender: string): Promise<Broadcast | null> {
  const found = await sql<Columns>`
    select ${FOUND} from broadcast where sender = ${sender} and state = 'preview' and confirmed_at is null
    order by created_at desc, id limit 1`.execute(db)
  return found.rows[0] ? broadcastOf(found.rows[0]) : null
}

/** Those of a rule that are not over. */
export async function openOfRule(db: Db, rule: string): Promise<string[]> {
  const found = await sql<{ id: string }>`
    select id from broadcast where rule = ${rule} and state in ('freezing', 'running', 'paused') order by id`.execute(
    db,
  )
  return found.rows.map(({ id }) => id)
}

/** Those of which nothing may leave any more: paused since before `pausedBefore`, or begun before `begunBefore` (ms). */
export async function outlived(
  db: Db,
  { pausedBefore, begunBefore }: { pausedBefore: number; begunBefore: number },
): Promise<Broadcast[]> {
  const found = await sql<Columns>`
    select ${FOUND} from broadcast
    where (state = 'paused' and paused_at < ${pausedBefore}) or (state in ('running', 'paused') and confirmed_at < ${begunBefore})
    order by id`.execute(db)
  return found.rows.map(broadcastOf)
}

/** Those that have something to send. */
export async function runningBroadcasts(db: Db): Promise<Broadcast[]> {
  const found = await sql<Columns>`
    select ${FOUND} from broadcast where state = 'running' order by confirmed_at, id`.execute(db)
  return found.rows.map(broadcastOf)
}

/**
 * A new preview of the same broadcast, as long as nobody has confirmed it. `asked`: its sender confirmed it and waits for somebody else's yes; that
 * stands in the columns of the confirmation.
 */
export async function renewPreview(
  db: Db,
  id: string,
  { tally, fingerprint, shown }: Pick<Broadcast, 'tally' | 'fingerprint'> & { shown: string },
  asked: Pick<Broadcast, 'confirmedAt' | 'confirmedBy'> | null = null,
): Promise<void> {
  await sql`
    update broadcast set state = 'preview', tally = ${JSON.stringify(tally)}, fingerprint = ${fingerprint}, shown = ${shown},
      confirm_key = null, confirmed_at = ${asked?.confirmedAt ?? null}, confirmed_by = ${asked?.confirmedBy ?? null}
    where id = ${id} and state in ('preview', 'freezing')`.execute(db)
}

/** The sender has confirmed, and somebody else has to agree; false when it is no preview any more. */
export async function askApproval(db: Db, id: string, { by, at }: { by: string; at: number }): Promise<boolean> {
  const asked = await sql<{ id: string }>`
    update broadcast set confirmed_at = ${at}, confirmed_by = ${by}
    where id = ${id} and state = 'preview' and sender = ${by} returning id`.execute(db)
  return asked.rows.length > 0
}

/** Forgets a preview that nobody confirmed; false when it is more than that. */
export async function dropPreview(db: Db, id: string): Promise<boolean> {
  const gone = await sql<{ id: string }>`
    delete from broadcast where id = ${id} and state = 'preview' returning id`.execute(db)
  return gone.rows.length > 0
}

/** Previews that nobody confirmed since `before` (ms), those left in the middle of a confirmation by a dead process among them: up to `limit`. */
export async function abandonedPreviews(db: Db, before: number, limit: number): Promise<string[]> {
  const found = await sql<{ id: string }>`
    select id from broadcast where state in ('preview', 'freezing') and coalesce(confirmed_at, created_at) < ${before}
    order by created_at, id limit ${limit}`.execute(db)
  return found.rows.map(({ id }) => id)
}

/** Forgets a broadcast of which nothing ever left; its recipients are gone before. */
export async function forgetPreview(db: Db, id: string): Promise<void> {
  await sql`delete from broadcast where id = ${id} and state in ('preview', 'freezing')`.execute(db)
}

/** Begins to write recipients down under the key of a confirmation; false when the broadcast is past that. A freeze that a dead process left is begun anew. */
export async function beginFreeze(
  db: Db,
  id: string,
  { key, by, at, staleBefore }: { key: string; by: string | null; at: number; staleBefore: number },
): Promise<boolean> {
  const begun = await sql<{ id: string }>`
    update broadcast set state = 'freezing', confirm_key = ${key}, confirmed_at = ${at}, confirmed_by = ${by}
    where id = ${id} and (state = 'preview' or (state = 'freezing' and confirmed_at <= ${staleBefore})) returning id`.execute(
    db,
  )
  return begun.rows.length > 0
}

/** The recipients go on being written down: false when the freeze was taken from whoever writes. */
export async function goOnFreezing(db: Db, id: string, key: string, at: number): Promise<boolean> {
  const mine = await sql<{ id: string }>`
    update broadcast set confirmed_at = ${at}
    where id = ${id} and state = 'freezing' and confirm_key = ${key} returning id`.execute(db)
  return mine.rows.length > 0
}

/** All recipients are written down; false when the freeze was taken from whoever writes. `tally`: of those who are in it. */
export async function endFreeze(
  db: Db,
  id: string,
  { key, tally, at }: { key: string; tally: Tally; at: number },
): Promise<boolean> {
  const frozen = await sql<{ id: string }>`
    update broadcast set state = 'running', tally = ${JSON.stringify(tally)}, shown = null, confirmed_at = ${at}
    where id = ${id} and state = 'freezing' and confirm_key = ${key} returning id`.execute(db)
  return frozen.rows.length > 0
}

/** Freezes that nobody has gone on with since `before` (ms): the process died. */
export async function deadFreezes(db: Db, before: number): Promise<Broadcast[]> {
  const found = await sql<Columns>`
    select ${FOUND} from broadcast where state = 'freezing' and confirmed_at <= ${before} order by id`.execute(db)
  return found.rows.map(broadcastOf)
}

/** A dead freeze is a preview again; one that somebody else had agreed to waits for that yes again. False: it is none any more. */
export async function thawBroadcast(db: Db, id: string, before: number): Promise<boolean> {
  const thawed = await sql<{ id: string }>`
    update broadcast set state = 'preview', confirm_key = null,
      confirmed_at = case when confirmed_by <> sender then confirmed_at end, confirmed_by = case when confirmed_by <> sender then sender end
    where id = ${id} and state = 'freezing' and confirmed_at <= ${before} returning id`.execute(db)
  return thawed.rows.length > 0
}

/** Moves a broadcast on; false when it was in none of the states named. */
export async function moveBroadcast(
  db: Db,
  id: string,
  { from, to, at }: { from: readonly BroadcastState[]; to: BroadcastState; at: number },
): Promise<boolean> {
  const ends = to === 'stopped' || to === 'done' ? at : null
  const moved = await sql<{ id: string }>`
    update broadcast set state = ${to}, ended_at = ${ends}, paused_at = ${to === 'paused' ? at : null}
    where id = ${id} and state in (${sql.join(from)}) returning id`.execute(db)
  return moved.rows.length > 0
}

function broadcastOf(row: Columns): Broadcast {
  return {
    id: row.id,
    state: row.state,
    sender: row.sender,
    rule: row.rule,
    plan: JSON.parse(row.plan) as BroadcastPlan,
    tally: JSON.parse(row.tally) as ShownTally,
    fingerprint: row.fingerprint,
    confirmKey: row.confirm_key,
    createdAt: row.created_at,
    confirmedAt: row.confirmed_at,
    confirmedBy: row.confirmed_by,
    endedAt: row.ended_at,
    pausedAt: row.paused_at,
  }
}
