import { confirm, type Confirmation } from '../core/flow/confirm.js'
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

export interface Recording {
  flow: string
  persons: readonly string[]
  upTo: Confirmation
  now: number
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
  recording: Recording,
): Promise<Recorded> {
  try {
    return await record({ store, world, newId }, scope, recording)
  } catch (error) {
    // The person was just moving on themselves: what they did stands, and this goes on from there.
    if (storeFailure(error) !== 'conflict') throw error
    return record({ store, world, newId }, scope, recording)
  }
}

async function record(
  { store, world, newId }: { store: Store; world: World; newId: () => string },
  scope: Scope,
  { flow: id, persons, upTo, now }: Recording,
): Promise<Recorded> {
  const flow = world.flows.get(id)
  const wanted = [...new Set(persons)]
  if (!flow || !may(scope.role, 'record')) return 'refused'
  return store.transaction(async (tx) => {
    const known = await personsIn(tx, scope, wanted)
    if (known.length !== wanted.length) return 'refused'
    const runs = (await loadRuns(tx, wanted)).filter((run) => run.flow === id)
    const moves = known.flatMap(({ id: person, group }) => {
      const own = runs.filter((run) => run.person === person)
      // Somebody who has finished once is done, whatever they began again since.
      if (own.some(({ state }) => state === 'finished')) return []
      const run: Run | null = own[0] ?? null
      const actor = { contact: scope.who, channel: 'web' as const, group, source: sourceOf(scope), at: now }
      const move = confirm(flow, { person, run, newId }, actor, upTo)
      return move ? [{ ...move, group }] : []
    })
    await saveRuns(tx, moves.map(({ run }) => run)) // prettier-ignore
    await appendLedger(tx, moves.flatMap(({ events }) => events)) // prettier-ignore
    await audit(
      tx,
      scope,
      moves.map(({ run, group }) => ({ id: newId(), at: now, deed: 'recorded' as const, kind: id, subject: run.person, group, count: 1 })), // prettier-ignore
    )
    return { recorded: moves.length, already: wanted.length - moves.length }
  })
}

/** What a head confirms is the head's word, everything else of the pages the ward's. */
export function sourceOf(scope: Scope): Source {
  return scope.role === 'leader' ? 'leader' : 'staff'
}
