import { type RawBuilder, sql } from 'kysely'
import type { Scope } from '../core/policy/roles.js'
import type { LedgerEvent } from '../core/model/ledger.js'
import { byText, columns, rows, texts } from './rows.js'
import { inScope } from './scope.js'
import type { Db } from './tables.js'

/** True for an event (named by its alias, `l`) that was not taken back; what takes back holds itself, and says nothing of a step. */
export function holds(alias: string): RawBuilder<unknown> {
  const of = (column: string) => sql.ref(`${alias}.${column}`)
  return sql`not exists (
    select 1 from ledger undone where undone.run = ${of('run')} and undone.outcome = 'undone' and undone.seq > ${of('seq')}
      and case when undone.outcome = 'undone' then cast(undone.detail as integer) end <= ${of('seq')})`
}

/** An event as it is kept: who it was may have been taken out. */
export type LedgerRow = Omit<LedgerEvent, 'person' | 'contact'> & { person: string | null; contact: string | null }

/** The place of an event in the order of `streamLedger`. */
export type LedgerPlace = Pick<LedgerEvent, 'at' | 'run' | 'seq'>

export interface LedgerFilter {
  flow?: string
  /** The group of the person then; null for those without one. */
  group?: number | null
  /** ms, included. */
  from?: number
  /** ms, not included. */
  to?: number
  /** Only what was not taken back. */
  holding?: boolean
}

const LEDGER = columns({
  run: 'text',
  seq: 'int',
  at: 'int',
  person: 'text',
  contact: 'text',
  channel: 'text',
  grp: 'int',
  flow: 'text',
  edition: 'int',
  step: 'text',
  number: 'int',
  outcome: 'text',
  source: 'text',
  detail: 'text',
  to_step: 'text',
})

type LedgerColumns = Omit<LedgerRow, 'group' | 'to'> & { grp: number | null; to_step: string | null }

/** Appends events; a move that was written already fails as a conflict, one that leaves a gap as a bug. */
export async function appendLedger(db: Db, events: readonly LedgerEvent[]): Promise<void> {
  if (events.length === 0) return
  const batch = rows(
    db,
    [...events].sort((a, b) => byText<LedgerEvent>(({ run }) => run)(a, b) || a.seq - b.seq).map(ledgerRow),
  )
  await sql`insert into ledger (${LEDGER.names}) select ${LEDGER.fields} from ${batch}`.execute(db)
}

/** Everything that happened in a run, in order. */
export async function ledgerOfRun(db: Db, run: string): Promise<LedgerRow[]> {
  const found = await sql<LedgerColumns>`select ${LEDGER.names} from ledger where run = ${run} order by seq`.execute(db)
  return found.rows.map(eventOf)
}

/** What was written of these persons in runs that are no longer there, because all of it was taken back. */
export async function ledgerOfGone(db: Db, persons: readonly string[]): Promise<LedgerRow[]> {
  const found = await sql<LedgerColumns>`
    select ${LEDGER.names} from ledger where run in (
      select u.run from ledger u where u.outcome = 'undone' and u.person in ${texts(db, persons)}
        and not exists (select 1 from run r where r.id = u.run))
    order by run, seq`.execute(db)
  return found.rows.map(eventOf)
}

/** Runs in which a contact wrote something down at this instant, in one flow. */
export async function runsWrittenAt(
  db: Db,
  { contact, flow, at }: { contact: string; flow: string; at: number },
): Promise<string[]> {
  const found = await sql<{ run: string }>`
    select distinct run from ledger where flow = ${flow} and at = ${at} and contact = ${contact} order by run`.execute(
    db,
  )
  return found.rows.map(({ run }) => run)
}

/** The next `limit` events of the scope behind `after`, ordered by time, run and number: an export asks page by page and holds one at a time. */
export async function streamLedger(
  db: Db,
  scope: Scope,
  filter: LedgerFilter,
  after: LedgerPlace | null,
  limit: number,
): Promise<LedgerRow[]> {
  const found = await sql<LedgerColumns>`
    select ${LEDGER.names} from ledger where ${inScope(scope, sql`grp`)} and ${sql.join(conditions(filter, after), sql` and `)}
    order by at, run, seq limit ${limit}`.execute(db)
  return found.rows.map(eventOf)
}

function conditions(
  { flow, group, from, to, holding }: LedgerFilter,
  after: LedgerPlace | null,
): RawBuilder<unknown>[] {
  const all = [sql`true`]
  if (flow !== undefined) all.push(sql`flow = ${flow}`)
  if (group !== undefined) all.push(group === null ? sql`grp is null` : sql`grp = ${group}`)
  if (from !== undefined) all.push(sql`at >= ${from}`)
  if (to !== undefined) all.push(sql`at < ${to}`)
  if (holding) all.push(sql`outcome <> 'undone' and ${holds('ledger')}`)
  if (after) all.push(sql`at >= ${after.at} and (at, run, seq) > (${after.at}, ${after.run}, ${after.seq})`)
  return all
}

/** The next `limit` events in the order of run and number: a run's own events stand together. */
export async function ledgerByRun(
  db: Db,
  after: Pick<LedgerPlace, 'run' | 'seq'> | null,
  limit: number,
): Promise<LedgerRow[]> {
  const behind = after ? sql`where (run, seq) > (${after.run}, ${after.seq})` : sql``
  const found = await sql<LedgerColumns>`
    select ${LEDGER.names} from ledger ${behind} order by run, seq limit ${limit}`.execute(db)
  return found.rows.map(eventOf)
}

function ledgerRow(event: LedgerEvent): readonly unknown[] {
  const { run, seq, at, person, contact, channel, group, flow, edition, step, number, outcome, source, detail, to } =
    event
  return [run, seq, at, person, contact, channel, group, flow, edition, step, number, outcome, source, detail, to]
}

function eventOf({ grp, to_step, ...row }: LedgerColumns): LedgerRow {
  return { ...row, group: grp, to: to_step }
}
