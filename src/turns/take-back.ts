import { lastRecorded, undo } from '../core/flow/undo.js'
import type { Run } from '../core/model/run.js'
import { may, type Scope } from '../core/policy/roles.js'
import { audit } from '../store/audit.js'
import { appendLedger, ledgerOfRun, runsWrittenAt } from '../store/ledger.js'
import { personsIn } from '../store/progress.js'
import { holdPersons, loadRuns, removeRuns, runsById, saveRuns } from '../store/runs.js'
import type { Db } from '../store/tables.js'
import { unsettleRoster } from './settle.js'
import { again, type RecordParts, sourceOf } from './record.js'

/** What is to be taken back: the last thing written down in a run that has so many events, or all of a recording of one's own. */
export type TakingBack = { run: string; seq: number } | { flow: string; at: number }

/** `refused`: nothing was written, because not all of it is in the scope. */
export type TakenBack =
  | {
      undone: number
      /** Not as it was left any more – the person went on, or it was taken back before – so it stays as it is. */
      moved: number
    }
  | 'refused'

/**
 * Takes back what a head or the ward wrote down by mistake. The ledger keeps both: one event more says what holds no longer, and persons stand where
 * they stood. Whoever has gone on since is left alone.
 */
export async function takeBack(
  parts: RecordParts,
  scope: Scope,
  what: TakingBack & { now: number },
): Promise<TakenBack> {
  // prettier-ignore
  return again(() => back(parts, scope, what))
}

async function back(
  { store, world, newId }: RecordParts,
  scope: Scope,
  what: TakingBack & { now: number },
): Promise<TakenBack> {
  // prettier-ignore
  if (!may(scope.role, 'record')) return 'refused'
  const { now } = what
  return store.transaction(async (tx) => {
    const ids = 'run' in what ? [what.run] : await runsWrittenAt(tx, { ...what, contact: scope.who })
    const persons = [...new Set((await runsById(tx, ids)).map(({ person }) => person))]
    await holdPersons(tx, persons)
    const runs = await runsById(tx, ids)
    const known = await personsIn(tx, scope, persons)
    if (known.length !== persons.length || runs.some(({ person }) => !persons.includes(person))) return 'refused'
    const saved: Run[] = []
    const gone: Run[] = []
    const events = []
    const lines = []
    const recordings = []
    for (const run of runs) {
      const flow = world.flows.get(run.flow)
      const ledger = await ledgerOfRun(tx, run.id)
      const last = lastRecorded(ledger)
      const isIt = 'run' in what ? run.seq === what.seq : last[0]?.at === what.at && last[0].contact === scope.who
      if (!flow || !isIt) continue
      const group = known.find(({ id }) => id === run.person)!.group
      const undone = undo(flow, run, ledger, { contact: scope.who, channel: 'web', group, source: sourceOf(scope), at: now }) // prettier-ignore
      if (!undone || (await isBegunAgain(tx, run, undone.run))) continue
      if (undone.run) saved.push(undone.run)
      else gone.push(run)
      events.push(undone.event)
      recordings.push({ run: run.id, at: last[0]!.at })
      lines.push({ id: newId(), at: now, deed: 'undone' as const, kind: run.flow, subject: run.person, group, count: 1 }) // prettier-ignore
    }
    await removeRuns(tx, gone)
    await saveRuns(tx, saved)
    await appendLedger(tx, events)
    await audit(tx, scope, lines)
    await unsettleRoster(tx, { newId, now }, scope, recordings)
    return { undone: events.length, moved: Math.max(1, ids.length) - events.length }
  })
}

/** Nobody stands twice in one guide: who began it anew since is not put back into the passage before. */
async function isBegunAgain(db: Db, { id, person, flow }: Run, after: Run | null): Promise<boolean> {
  if (after === null || after.state === 'finished') return false
  const runs = await loadRuns(db, [person])
  return runs.some((run) => run.id !== id && run.flow === flow && run.state !== 'finished')
}
