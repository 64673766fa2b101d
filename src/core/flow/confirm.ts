import type { Run } from '../model/run.js'
import { type Actor, carried, currentStep, leave, log, type Move, start } from './advance.js'
import { type Flow, stepOf } from './definition.js'
import { settle } from './editions.js'

/** How far somebody else confirms a person: through the step where they stand, or to the end of the guide. */
export const CONFIRMATIONS = ['step', 'end'] as const
/** A number: through every step of that official number. */
export type Confirmation = (typeof CONFIRMATIONS)[number] | number

/** Says of a run that its person ended that it is so: the run stays as it is, and the finish is no longer their word alone. */
export function vouch(flow: Flow, run: Run, actor: Actor): Move {
  return log({ run, events: [] }, flow, actor, { id: run.step, number: stepOf(flow, run.step)?.number }, 'confirmed', null, null) // prettier-ignore
}

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
  if (typeof upTo === 'number' && behind(flow, move.run, upTo)) return null
  const seen = new Set<string>()
  do {
    seen.add(move.run.step)
    const choice = currentStep(flow, move.run).choices.find(({ as }) => as !== 'back')
    if (!choice) break
    const next = leave(flow, move.run, choice, actor)
    move = { run: next.run, events: [...move.events, ...next.events] }
    if (upTo === 'step' || (typeof upTo === 'number' && behind(flow, move.run, upTo))) break
  } while (move.run.state !== 'finished' && !seen.has(move.run.step))
  return move
}

/** Whether a run has passed every step of a number: no step on the main way before it has that number or a lower one. */
function behind(flow: Flow, run: Run, number: number): boolean {
  if (run.state === 'finished') return true
  const seen = new Set<string>()
  for (let step = stepOf(flow, run.step); step && !seen.has(step.id);) {
    if (step.number !== undefined && step.number <= number) return false
    seen.add(step.id)
    const next: string | undefined = step.choices.find(({ as }) => as !== 'back')?.to
    step = next === undefined ? undefined : stepOf(flow, next)
  }
  return true
}

/** Official numbers that a run has passed. */
export function numbersBehind(flow: Flow, run: Run): number[] {
  const numbers = [...new Set(flow.steps.flatMap(({ number }) => number ?? []))]
  return numbers.filter((number) => behind(flow, run, number))
}

function opened(flow: Flow, { person, run, newId }: Parameters<typeof confirm>[1], actor: Actor): Move {
  if (run === null) return start(flow, person, newId(), actor)
  const settled = settle(flow, run)
  const fitted: Run = { ...settled.run, state: 'open' }
  return settled.how === 'same' ? { run: fitted, events: [] } : carried(flow, fitted, actor)
}
