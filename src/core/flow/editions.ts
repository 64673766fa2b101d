import type { Run } from '../model/run.js'
import { type Flow, stepOf } from './definition.js'

/** A run fitted to the edition of its flow that is in force now. */
export interface Settled {
  run: Run
  /** `same`: the step is there · `moved`: it was renamed and the run went along · `earlier`: it is gone, the run went back and must be told. */
  how: 'same' | 'moved' | 'earlier'
}

/** Follows `moved` entries; the id itself when there is none, undefined when they lead nowhere. */
function movedTo(flow: Flow, id: string): string | undefined {
  let at = id
  for (let hops = 0; hops <= flow.moved.length; hops++) {
    if (stepOf(flow, at)) return at
    const entry = flow.moved.find((moved) => moved.step === at)
    if (!entry) return undefined
    at = entry.to
  }
  return undefined
}

/**
 * Fits a run to the flow as it is now. A step that was renamed carries its people along; one that is gone sends them to the nearest
 * earlier step that still exists: the last one of their own trail, or the first step of the flow.
 */
export function settle(flow: Flow, run: Run): Settled {
  const trail = run.trail.map((id) => movedTo(flow, id)).filter((id) => id !== undefined)
  const here = movedTo(flow, run.step)
  const base = { ...run, edition: flow.edition, trail }
  if (here === run.step) return { run: run.edition === flow.edition ? run : base, how: 'same' }
  if (here !== undefined) return { run: { ...base, step: here }, how: 'moved' }
  const earlier = trail.at(-1) ?? flow.start
  return { run: { ...base, step: earlier, trail: trail.slice(0, -1), tries: 0 }, how: 'earlier' }
}
