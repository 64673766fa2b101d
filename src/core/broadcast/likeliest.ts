import type { Flow } from '../flow/definition.js'
import type { Who } from '../model/broadcast.js'

/** Steps among the likeliest, at most. */
const STEPS = 2
/** A step with less than one in so many of the unfinished is no place to begin with: people are scattered. */
const CROWD = 4

/**
 * Up to `most` audiences of a guide, the one that is most likely wanted first: those whom the ward was told to reach by its own list, the steps where
 * most people stand (a wait within its limit is nobody's fault), waits over their limit, everybody, those who have not begun. Where people are scattered
 * over the steps, everybody comes before the steps.
 */
export function likeliest<T extends { who: Who; count: number }>(flow: Flow, counted: readonly T[], most: number): T[] {
  const waits = new Set(flow.steps.filter(({ kind }) => kind === 'wait').map(({ id }) => id))
  const of = (...kinds: readonly Who['kind'][]) => counted.filter(({ who }) => kinds.includes(who.kind))
  const steps = of('at-step')
    .filter(({ who }) => who.kind === 'at-step' && !waits.has(who.step))
    .sort((a, b) => b.count - a.count)
  const everybody = of('unfinished')
  const scattered = (steps[0]?.count ?? 0) * CROWD < (everybody[0]?.count ?? 0)
  return [
    ...of('no-card', 'officials', 'activation-due'),
    ...(scattered ? everybody : []),
    ...steps.slice(0, STEPS),
    ...of('overdue'),
    ...(scattered ? [] : everybody),
    ...of('not-started'),
  ].slice(0, most)
}
