import { sql } from 'kysely'
import type { Run, RunState } from '../core/model/run.js'
import { VersionConflict } from './errors.js'
import { byText, columns, engineOf, rows, texts } from './rows.js'
import type { Db } from './tables.js'

/** How many stand at a step of an edition. */
export interface Standing {
  flow: string
  edition: number
  step: string
  state: RunState
  count: number
}

const RUN = columns({
  id: 'text',
  person: 'text',
  flow: 'text',
  edition: 'int',
  step: 'text',
  state: 'text',
  seq: 'int',
  started_at: 'int',
  entered_at: 'int',
  trail: 'text',
  tries: 'int',
})

type RunColumns = Omit<Run, 'startedAt' | 'enteredAt' | 'trail'> & {
  started_at: number
  entered_at: number
  trail: string
}

/** Every run of these persons, finished ones too. */
export async function loadRuns(db: Db, persons: readonly string[]): Promise<Run[]> {
  if (persons.length === 0) return []
  const found = await sql<RunColumns>`
    select ${RUN.names} from run where person in ${texts(db, persons)} order by started_at, id`.execute(db)
  return found.rows.map(runOf)
}

/** These runs, whoever's they are. */
export async function runsById(db: Db, ids: readonly string[]): Promise<Run[]> {
  if (ids.length === 0) return []
  const found = await sql<RunColumns>`select ${RUN.names} from run where id in ${texts(db, ids)} order by id`.execute(
    db,
  )
  return found.rows.map(runOf)
}

/**
 * Until the commit nobody else writes down something of these persons: two who press at once are one behind the other. SQLite lets one write at a
 * time as it is.
 */
export async function holdPersons(db: Db, persons: readonly string[]): Promise<void> {
  if (engineOf(db) === 'postgres')
    await sql`select id from person where id in ${texts(db, persons)} order by id for no key update`.execute(db)
}

/** Takes away runs of which nothing is left in the ledger that holds; one that moved on meanwhile is refused with VersionConflict. */
export async function removeRuns(db: Db, gone: readonly Run[]): Promise<void> {
  for (const { id, seq } of gone) {
    const done = await sql<{ id: string }>`delete from run where id = ${id} and seq = ${seq} returning id`.execute(db)
    if (done.rows.length === 0) throw new VersionConflict('run', [id])
  }
}

/** Writes runs, new and known. One that would fall behind the ledger events already counted is refused with VersionConflict. */
export async function saveRuns(db: Db, saved: readonly Run[]): Promise<void> {
  if (saved.length === 0) return
  const batch = rows(
    db,
    // Finished ones first: one that ends makes room for another of the same person and flow.
    [...saved].sort((a, b) => ended(b) - ended(a) || byText<Run>(({ id }) => id)(a, b)).map(runRow),
  )
  const done = await sql<{ id: string }>`
    insert into run (${RUN.names}) select ${RUN.fields} from ${batch} where true
    on conflict (id) do update set edition = excluded.edition, step = excluded.step, state = excluded.state, seq = excluded.seq,
      entered_at = excluded.entered_at, trail = excluded.trail, tries = excluded.tries
    where run.seq <= excluded.seq
    returning id`.execute(db)
  if (done.rows.length === saved.length) return
  const written = new Set(done.rows.map(({ id }) => id))
  throw new VersionConflict(
    'run',
    saved.map(({ id }) => id).filter((id) => !written.has(id)),
  )
}

/** Where runs stand, by edition: for the start-up log, and for a flow that is about to change. */
export async function standing(db: Db): Promise<Standing[]> {
  const found = await sql<Standing>`
    select flow, edition, step, state, count(*) as count from run
    group by flow, edition, step, state order by flow, edition, step, state`.execute(db)
  return found.rows
}

function ended(run: Run): number {
  return run.state === 'finished' ? 1 : 0
}

function runOf({ started_at, entered_at, trail, ...row }: RunColumns): Run {
  return { ...row, startedAt: started_at, enteredAt: entered_at, trail: JSON.parse(trail) as string[] }
}

function runRow(run: Run): readonly unknown[] {
  const { id, person, flow, edition, step, state, seq, startedAt, enteredAt, trail, tries } = run
  return [id, person, flow, edition, step, state, seq, startedAt, enteredAt, JSON.stringify(trail), tries]
}
