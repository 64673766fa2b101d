import { sql } from 'kysely'
import type { RunState } from '../core/model/run.js'
import type { Scope } from '../core/policy/roles.js'
import { coarsen, type Figure, type FigureFilter, gather, type Stand } from './figures.js'
import { ledgerByRun, type LedgerRow } from './ledger.js'
import { smallGroups } from './scope.js'
import type { Db } from './tables.js'

/** Events read at a time. */
const PAGE = 5000

/** A run as the ledger tells it. */
interface Told {
  person: string
  flow: string
  step: string
  state: RunState
  tries: number
}

/**
 * The same figures from nothing but the ledger: the proof that the runs tell the truth. The group of a person is the one of their
 * newest event, or the one the roster names, and a step that was renamed has its old name until the person moves on.
 */
export async function recountFigures(db: Db, scope: Scope, filter: FigureFilter = {}): Promise<Figure[]> {
  const { kept, left, listed, returned } = await roster(db)
  const nameless = await namelessRuns(db)
  const runs = new Map<string, Told>()
  const groups = new Map<string, { at: number; grp: number | null }>()
  /** Whom the run at hand names where it does: events that somebody said of themselves may be nobody's by now, beside those that a head wrote down. */
  let named: string | null = null
  /** Behind each event of the run at hand; nothing behind a taking back that leaves nothing. */
  let past: (Told | undefined)[] = []
  for await (const event of everyEvent(db)) {
    if (event.seq === 1) named = null
    named = event.person ?? named
    const whose = nameless.get(event.run)
    // Where the person was taken out of all of it, the run says who counts.
    const credited = returnedTo(returned.get(event.run), event) ?? named ?? whose?.person ?? `run ${event.run}`
    const person = kept.get(credited) ?? credited
    if (listed.has(person)) groups.set(person, { at: Infinity, grp: listed.get(person)! })
    if (whose) groups.set(person, { at: Infinity, grp: whose.grp })
    const known = groups.get(person)
    if (!known || known.at <= event.at) groups.set(person, { at: event.at, grp: event.group })
    if (event.seq === 1) past = []
    const back = event.outcome === 'undone' ? past[Number(event.detail) - 1] : null
    const told = back === null ? after(past[event.seq - 1], event, person) : back && { ...back, person }
    past[event.seq] = told
    if (told) runs.set(event.run, told)
    else runs.delete(event.run)
  }
  const persons = new Map<string, Told>()
  for (const [run, told] of runs) {
    if (left.has(run) || nameless.get(run)?.counts === false) continue
    const key = JSON.stringify([told.person, told.flow])
    if (persons.get(key)?.state !== 'finished') persons.set(key, told)
  }
  const counted = gather(stands([...persons.values()], groups, scope, filter))
  return coarsen(counted, await smallGroups(db, scope), filter)
}

/** Whose an event is that was written while a merge, undone since, had its run with another person; null: whom it names. */
function returnedTo(back: { person: string; seq: number } | undefined, event: LedgerRow): string | null {
  return back !== undefined && event.seq <= back.seq ? back.person : null
}

/** Who was taken into whom, the runs that stayed behind because the kept person stood in the same guide, and the groups that the roster names. */
async function roster(db: Db) {
  const merged = await sql<{ gone: string; kept: string; grp: number | null; left_runs: string }>`
    select m.gone, p.id as kept, p.grp, m.left_runs
    from merge m join person g on g.id = m.gone join person p on p.id = g.merged_into`.execute(db)
  const known = await sql<{ id: string; grp: number | null }>`
    select p.id, p.grp from roster r join person p on p.id = r.person`.execute(db)
  const undone = await sql<{ gone: string; grp: number | null; runs: string }>`
    select u.gone, p.grp, u.runs from unmerge u join person p on p.id = u.gone order by u.at, u.id`.execute(db)
  const returned = new Map<string, { person: string; seq: number }>()
  for (const { gone, runs } of undone.rows)
    for (const [run, seq] of Object.entries(JSON.parse(runs) as Record<string, number>))
      returned.set(run, { person: gone, seq })
  return {
    returned,
    kept: new Map(merged.rows.map(({ gone, kept }) => [gone, kept])),
    left: new Set(merged.rows.flatMap(({ left_runs }) => JSON.parse(left_runs) as string[])),
    listed: new Map([
      ...undone.rows.map(({ gone, grp }) => [gone, grp] as const),
      ...merged.rows.map(({ kept, grp }) => [kept, grp] as const),
      ...known.rows.map(({ id, grp }) => [id, grp] as const),
    ]),
  }
}

/**
 * Runs of which the ledger no longer says whose they are: those of whoever was erased, with the group that the person had then (a roster may have moved
 * them since the newest event), and those of somebody who was forgotten as a contact.
 */
async function namelessRuns(db: Db): Promise<Map<string, { person: string; grp: number | null; counts: boolean }>> {
  const found = await sql<{ id: string; person: string; grp: number | null; counts: number }>`
    select r.id, r.person, p.grp,
      case when p.merged_into is not null and not exists (select 1 from merge m where m.gone = p.id) then 0 else 1 end as counts
    from run r join person p on p.id = r.person
    where not exists (select 1 from ledger l where l.run = r.id and l.person is not null)`.execute(db)
  return new Map(found.rows.map(({ id, person, grp, counts }) => [id, { person, grp, counts: counts === 1 }]))
}

async function* everyEvent(db: Db): AsyncGenerator<LedgerRow> {
  let page = await ledgerByRun(db, null, PAGE)
  while (page.length > 0) {
    yield* page
    page = await ledgerByRun(db, page.at(-1)!, PAGE)
  }
}

function after(told: Told | undefined, event: LedgerRow, person: string): Told {
  const entered = event.to !== null
  const next = { person, flow: event.flow, step: event.to ?? event.step }
  const before = { state: told?.state ?? 'open', tries: told?.tries ?? 0 } as const
  if (event.outcome === 'finished') return { ...next, state: 'finished', tries: 0 }
  if (event.outcome === 'paused') return { ...next, state: 'paused', tries: before.tries }
  if (entered) return { ...next, state: 'open', tries: 0 }
  return { ...next, state: before.state, tries: before.tries + (event.outcome === 'trouble' ? 1 : 0) }
}

function* stands(
  persons: readonly Told[],
  groups: ReadonlyMap<string, { grp: number | null }>,
  scope: Scope,
  filter: FigureFilter,
): Generator<Stand> {
  for (const { person, flow, step, state, tries } of persons) {
    const grp = groups.get(person)?.grp ?? null
    if (filter.flow !== undefined && flow !== filter.flow) continue
    if (filter.group !== undefined && grp !== filter.group) continue
    if (scope.groups !== 'ward' && !scope.holds(grp)) continue
    yield { flow, grp, count: 1, at: state === 'finished' ? null : { step, state, tries } }
  }
}
