import { confirm, type Confirmation } from '../core/flow/confirm.js'
import type { Move } from '../core/flow/advance.js'
import type { Source } from '../core/model/ledger.js'
import type { Run } from '../core/model/run.js'
import { may, type Scope } from '../core/policy/roles.js'
import type { World } from '../core/talk/world.js'
import { audit } from '../store/audit.js'
import { storeFailure } from '../store/errors.js'
import { appendLedger } from '../store/ledger.js'
import { personsIn } from '../store/progress.js'
import { loadRuns, saveRuns } from '../store/runs.js'
import type { Store } from '../store/open.js'
import type { Db } from '../store/tables.js'

export interface Recording {
  flow: string
  persons: readonly string[]
  upTo: Confirmation
  now: number
}

/** How far each of several persons has come. */
export interface Marks {
  flow: string
  marks: ReadonlyMap<string, Confirmation>
  now: number
  /** Asked in the transaction before anything is written; false: nothing is. */
  also?: (tx: Db, written: Written) => Promise<boolean>
}

/** What is or would be written. */
export interface Written {
  recorded: number
  already: number
  steps: number
}

/** `refused`: nothing was written, because not all of them are in the scope, or the guide is none. */
export type Recorded = { recorded: number; already: number } | 'refused'

/**
 * A head or somebody of the ward says what persons have done, on paper or at the door: in the ledger with them as the source, apart from what people
 * report themselves. All of it or nothing, with its line in the audit log.
 */
export async function recordDone(
  { store, world, newId }: { store: Store; world: World; newId: () => string },
  scope: Scope,
  { flow, persons, upTo, now }: Recording,
): Promise<Recorded> {
  const marks = new Map(persons.map((person) => [person, upTo]))
  const done = await recordMarks({ store, world, newId }, scope, { flow, marks, now })
  return done === 'refused' ? done : { recorded: done.recorded, already: done.already }
}

/** The same for persons who have come to different steps. */
export async function recordMarks(parts: RecordParts, scope: Scope, marks: Marks): Promise<Written | 'refused'> {
  try {
    return await record(parts, scope, marks)
  } catch (error) {
    // The person was just moving on themselves: what they did stands, and this goes on from there.
    if (storeFailure(error) !== 'conflict') throw error
    return record(parts, scope, marks)
  }
}

/** What `recordMarks` would write now. */
export async function countMarks({ store, ...parts }: RecordParts, scope: Scope, marks: Marks): Promise<Written | 'refused'> {
  const moves = await movesOf(store.db, parts, scope, marks)
  return moves === 'refused' ? moves : writtenOf(moves, marks)
} // prettier-ignore

interface RecordParts {
  store: Store
  world: World
  newId: () => string
}

type Moves = (Move & { group: number | null })[]

function writtenOf(moves: Moves, { marks }: Marks): Written {
  const steps = moves.flatMap(({ events }) => events).filter(({ outcome }) => outcome === 'done' || outcome === 'skipped').length // prettier-ignore
  return { recorded: moves.length, already: marks.size - moves.length, steps }
}

async function movesOf(
  db: Db,
  { world, newId }: Omit<RecordParts, 'store'>,
  scope: Scope,
  { flow: id, marks, now }: Marks,
): Promise<Moves | 'refused'> {
  const flow = world.flows.get(id)
  const wanted = [...marks.keys()]
  if (!flow || !may(scope.role, 'record')) return 'refused'
  const known = await personsIn(db, scope, wanted)
  if (known.length !== wanted.length) return 'refused'
  const runs = (await loadRuns(db, wanted)).filter((run) => run.flow === id)
  return known.flatMap(({ id: person, group }) => {
    const own = runs.filter((run) => run.person === person)
    // Somebody who has finished once is done, whatever they began again since.
    if (own.some(({ state }) => state === 'finished')) return []
    const run: Run | null = own[0] ?? null
    const actor = { contact: scope.who, channel: 'web' as const, group, source: sourceOf(scope), at: now }
    const move = confirm(flow, { person, run, newId }, actor, marks.get(person)!)
    return move ? [{ ...move, group }] : []
  })
}

async function record(parts: RecordParts, scope: Scope, recording: Marks): Promise<Written | 'refused'> {
  const { newId } = parts
  const { flow: id, now, also } = recording
  return parts.store.transaction(async (tx) => {
    const moves = await movesOf(tx, parts, scope, recording)
    if (moves === 'refused') return moves
    const written = writtenOf(moves, recording)
    if (also && !(await also(tx, written))) return written
    await saveRuns(tx, moves.map(({ run }) => run)) // prettier-ignore
    await appendLedger(tx, moves.flatMap(({ events }) => events)) // prettier-ignore
    await audit(
      tx,
      scope,
      moves.map(({ run, group }) => ({ id: newId(), at: now, deed: 'recorded' as const, kind: id, subject: run.person, group, count: 1 })), // prettier-ignore
    )
    return written
  })
}

/** What a head confirms is the head's word, everything else of the pages the ward's. */
export function sourceOf(scope: Scope): Source {
  return scope.role === 'leader' ? 'leader' : 'staff'
}
