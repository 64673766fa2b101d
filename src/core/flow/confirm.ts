import type { Run } from '../model/run.js'
import { type Actor, carried, currentStep, leave, type Move, start } from './advance.js'
import type { Flow } from './definition.js'
import { settle } from './editions.js'

/** How far somebody else confirms a person: through the step where they stand, or to the end of the guide. */
export const CONFIRMATIONS = ['step', 'end'] as const
export type Confirmation = (typeof CONFIRMATIONS)[number]

/**
 * Writes down what was seen on paper or at the door: each step on the main way is left by its first choice, in the name of the actor and not of the
 * person. Somebody who had not begun begins with it. Null: there is nothing to confirm, the run is finished.
 */
export function confirm(
  flow: Flow,
  who: { person: string; run: Run | null; newId: () => string },
  actor: Actor,
  upTo: Confirmation,
): Move | null {
  if (who.run?.state === 'finished') return null
  let move = opened(flow, who, actor)
  const seen = new Set<string>()
  do {
    seen.add(move.run.step)
    const choice = currentStep(flow, move.run).choices.find(({ as }) => as !== 'back')
    if (!choice) break
    const next = leave(flow, move.run, choice, actor)
    move = { run: next.run, events: [...move.events, ...next.events] }
  } while (upTo === 'end' && move.run.state !== 'finished' && !seen.has(move.run.step))
  return move
}

function opened(flow: Flow, { person, run, newId }: Parameters<typeof confirm>[1], actor: Actor): Move {
  if (run === null) return start(flow, person, newId(), actor)
  const settled = settle(flow, run)
  const fitted: Run = { ...settled.run, state: 'open' }
  return settled.how === 'same' ? { run: fitted, events: [] } : carried(flow, fitted, actor)
}
