import { isOfficial, type LedgerEvent } from '../model/ledger.js'
import { type Run, TRAIL_LIMIT } from '../model/run.js'
import { type Actor, log } from './advance.js'
import { type Flow, stepOf } from './definition.js'

/** What is read of an event; whose it was may have been taken out. */
export type Told = Omit<LedgerEvent, 'person' | 'contact'> & { contact: string | null }

/** The events of one run that still hold, oldest first: without those that were taken back, and without the taking back. */
export function holding<E extends Pick<Told, 'seq' | 'outcome' | 'detail'>>(events: readonly E[]): E[] {
  return events.reduce<E[]>(
    (kept, event) =>
      event.outcome === 'undone' ? kept.filter(({ seq }) => seq < Number(event.detail)) : [...kept, event],
    [],
  )
}

/**
 * What a head or the ward wrote down last in a run, all of one tap; empty where the newest event is the person's own. That a changed guide carried
 * the person along is no part of it: there is no way back to a step that is gone.
 */
export function lastRecorded<E extends Told>(events: readonly E[]): E[] {
  const held = holding(events)
  const last = held.at(-1)
  if (!last || !isOfficial(last.source)) return []
  const others = held.findLastIndex(
    ({ source, contact, at, detail, outcome }) =>
      source !== last.source ||
      contact !== last.contact ||
      at !== last.at ||
      (outcome === 'entered' && detail === 'edition'),
  )
  return held.slice(others + 1)
}

/**
 * Takes back the last thing that a head or the ward wrote down in a run: the ledger gets one event more, and the run stands as before, or is none
 * (`run` null): the person had not begun. Null: there is nothing of theirs to take back.
 */
export function undo(
  flow: Flow,
  run: Run,
  events: readonly Told[],
  actor: Actor,
): { run: Run | null; event: LedgerEvent } | null {
  const [first] = lastRecorded(events)
  if (!first) return null
  const before = holding(events).filter(({ seq }) => seq < first.seq)
  const stood = before.length === 0 ? null : runAfter(run, before)
  const to = stood === null || stood.state === 'finished' ? null : stood.step
  const here = { id: run.step, number: stepOf(flow, run.step)?.number }
  const move = log({ run, events: [] }, flow, actor, here, 'undone', String(first.seq), to)
  return { run: stood && { ...stood, seq: move.run.seq }, event: move.events[0]! }
}

/** The run as these events left it. */
function runAfter(run: Run, events: readonly Told[]): Run {
  return events.reduce<Run>(
    (at, { step, to, outcome, detail, edition, at: when }) => {
      const same = { ...at, edition }
      switch (outcome) {
        case 'paused':
          return { ...same, state: 'paused' }
        case 'trouble':
          return { ...same, tries: at.tries + 1 }
        case 'finished':
          return { ...same, state: 'finished', trail: [...at.trail, step].slice(-TRAIL_LIMIT) }
        case 'entered':
          return { ...same, step: to ?? step, state: 'open', enteredAt: when, tries: 0, trail: detail === 'edition' ? at.trail : [] } // prettier-ignore
        default: {
          if (to === null) return same
          const passed = outcome === 'back' ? at.trail.lastIndexOf(to) : -1
          const trail = passed >= 0 ? at.trail.slice(0, passed) : [...at.trail, step].slice(-TRAIL_LIMIT)
          return { ...same, step: to, state: 'open', enteredAt: when, tries: 0, trail }
        }
      }
    },
    { ...run, trail: [] },
  )
}
