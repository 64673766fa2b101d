import { confirm, type Confirmation, vouch } from '../core/flow/confirm.js'
import type { Actor, Move } from '../core/flow/advance.js'
import { holding, lastRecorded } from '../core/flow/undo.js'
import { isOfficial, type Source } from '../core/model/ledger.js'
import type { Run } from '../core/model/run.js'
import { may, type Scope } from '../core/policy/roles.js'
import type { World } from '../core/talk/world.js'
import { audit } from '../store/audit.js'
import { storeFailure } from '../store/errors.js'
import { appendLedger, ledgerOfRun } from '../store/ledger.js'
import { personsIn } from '../store/progress.js'
import { holdPersons, loadRuns, saveRuns } from '../store/runs.js'
import type { Store } from '../store/open.js'
import type { Db } from '../store/tables.js'
import { type Ended, type Settling, settleRoster } from './settle.js'

export interface RecordParts {
  store: Store
  world: World
  newId: () => string
}

/** How many events each person's runs in the guide had on the page that speaks of them; who is not in it is taken as they stand. */
type Seen = ReadonlyMap<string, number>

export interface Recording {
  flow: string
  persons: readonly string[]
  upTo: Confirmation
  seen?: Seen
  /** What the roster is to say too of those who have done all of it; left out: nothing. */
  settle?: Settling
  now: number
}

/** How far each of several persons has come. */
export interface Marks {
  flow: string
  marks: ReadonlyMap<string, Confirmation>
  seen?: Seen
  settle?: Settling
  now: number
  /** Asked in the transaction before anything is written; false: nothing is. */
  also?: (tx: Db, written: Written) => Promise<boolean>
}

/** What is or would be written. */
export interface Written {
  recorded: number
  /** Written down before: by somebody else, or by the same tap twice. */
  already: number
  /** Not where the page showed them any more, so that «this step» would be another one: nothing is written of them. */
  moved: number
  steps: number
  /** Persons of whom the roster says something else with it; left out: nobody. */
  settled?: number
}

/** `refused`: nothing was written, because not all of them are in the scope, or the guide is none. */
export type Recorded = Omit<Written, 'steps'> | 'refused'

/**
 * A head or somebody of the ward says what persons have done, on paper or at the door: in the ledger with them as the source, apart from what people
 * report themselves. Of somebody who reported the end themselves it is vouched for. One transaction, with its lines in the audit log.
 */
export async function recordDone(
  parts: RecordParts,
  scope: Scope,
  { persons, upTo, ...recording }: Recording,
): Promise<Recorded> {
  const done = await recordMarks(parts, scope, { ...recording, marks: new Map(persons.map((person) => [person, upTo])) }) // prettier-ignore
  if (done === 'refused') return done
  const { recorded, already, moved, settled } = done
  return { recorded, already, moved, ...(settled === undefined ? {} : { settled }) }
}

/** The same for persons who have come to different steps. */
export async function recordMarks(parts: RecordParts, scope: Scope, marks: Marks): Promise<Written | 'refused'> {
  return again(() => record(parts, scope, marks))
}

/** Once more where the person was just moving on themselves: what they did stands, and this goes on from there. */
export async function again<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (storeFailure(error) !== 'conflict') throw error
    return work()
  }
}

/** What `recordMarks` would write now. */
export async function countMarks({ store, ...parts }: RecordParts, scope: Scope, marks: Marks): Promise<Written | 'refused'> {
  const moves = await movesOf(store.db, parts, scope, marks)
  return moves === 'refused' ? moves : writtenOf(moves, marks)
} // prettier-ignore

interface Moves {
  moves: (Move & { group: number | null })[]
  /** Who has reached the end with it, or had before. */
  ended: Ended[]
  moved: number
}

function writtenOf({ moves, moved }: Moves, { marks }: Marks): Written {
  const steps = moves.flatMap(({ events }) => events).filter(({ outcome }) => outcome === 'done' || outcome === 'skipped').length // prettier-ignore
  return { recorded: moves.length, already: marks.size - moves.length - moved, moved, steps }
}

async function movesOf(
  db: Db,
  { world, newId }: Omit<RecordParts, 'store'>,
  scope: Scope,
  { flow: id, marks, seen, now }: Marks,
): Promise<Moves | 'refused'> {
  const flow = world.flows.get(id)
  const wanted = [...marks.keys()]
  if (!flow || !may(scope.role, 'record')) return 'refused'
  const known = await personsIn(db, scope, wanted)
  if (known.length !== wanted.length) return 'refused'
  const runs = (await loadRuns(db, wanted)).filter((run) => run.flow === id)
  const found: Moves = { moves: [], ended: [], moved: 0 }
  for (const { id: person, group } of known) {
    const own = runs.filter((run) => run.person === person)
    const upTo = marks.get(person)!
    const actor: Actor = { contact: scope.who, channel: 'web', group, source: sourceOf(scope), at: now }
    const ended = own.findLast(({ state }) => state === 'finished')
    if (ended) {
      // Whatever somebody who has finished once began again since, they are done.
      if (upTo !== 'end') continue
      const fresh = !(await isVouchedFor(db, own))
      if (fresh) found.moves.push({ ...vouch(flow, ended, actor), group })
      found.ended.push({ person, run: ended.id, fresh })
      continue
    }
    const shown = seen?.get(person)
    const stale = shown !== undefined && shown !== own.reduce((sum, { seq }) => sum + seq, 0)
    // That somebody has done all of it is true wherever they were when the page was opened.
    if (stale && upTo === 'step') {
      if (!(await isSameTap(db, own, { who: scope.who, seen: shown }))) found.moved++
      continue
    }
    const move = confirm(flow, { person, run: own[0] ?? null, newId }, actor, upTo)
    if (!move) continue
    found.moves.push({ ...move, group })
    if (upTo === 'end') found.ended.push({ person, run: move.run.id, fresh: true })
  }
  return found
}

async function isVouchedFor(db: Db, own: readonly Run[]): Promise<boolean> {
  for (const { id, state } of own) {
    // The last event of an ended run that holds is its end, or that somebody vouched for it.
    if (state === 'finished' && isOfficial(holding(await ledgerOfRun(db, id)).at(-1)!.source)) return true
  }
  return false
}

/** The same tap twice, or once more from a page that was gone back to: the step that it shows is written down already. */
async function isSameTap(db: Db, [run, ...others]: readonly Run[], { who, seen }: { who: string; seen: number }) {
  if (run === undefined || others.length > 0) return false
  const events = await ledgerOfRun(db, run.id)
  const last = lastRecorded(events)
  return last[0]?.seq === seen + 1 && last[0].contact === who && last.at(-1)!.seq === events.length
}

async function record(parts: RecordParts, scope: Scope, recording: Marks): Promise<Written | 'refused'> {
  const { newId } = parts
  const { flow: id, marks, now, also, settle } = recording
  return parts.store.transaction(async (tx) => {
    await holdPersons(tx, [...marks.keys()])
    const found = await movesOf(tx, parts, scope, recording)
    if (found === 'refused') return found
    const { moves } = found
    const written = writtenOf(found, recording)
    if (also && !(await also(tx, written))) return written
    await saveRuns(tx, moves.map(({ run }) => run)) // prettier-ignore
    await appendLedger(tx, moves.flatMap(({ events }) => events)) // prettier-ignore
    await audit(
      tx,
      scope,
      moves.map(({ run, group }) => ({ id: newId(), at: now, deed: 'recorded' as const, kind: id, subject: run.person, group, count: 1 })), // prettier-ignore
    )
    if (!settle) return written
    const settled = await settleRoster(tx, parts, scope, { flow: parts.world.flows.get(id)!, ended: found.ended, settle, now }) // prettier-ignore
    return settled > 0 ? { ...written, settled } : written
  })
}

/** What a head confirms is the head's word, everything else of the pages the ward's. */
export function sourceOf(scope: Scope): Source {
  return scope.role === 'leader' ? 'leader' : 'staff'
}
