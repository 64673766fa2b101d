import type { RunState } from '../core/model/run.js'
import type { Scope } from '../core/policy/roles.js'
import { smallGroups } from './scope.js'
import type { Db } from './tables.js'
import { tallied } from './tally.js'

export interface FigureFilter {
  flow?: string
  /** Null for persons without a group. */
  group?: number | null
}

/**
 * Persons of a group in a flow. A person counts once: finished when any run of theirs is, otherwise where their open run stands. Under no group
 * (null) there also stand the persons of groups that are too small to be broken down; their own group says only how many.
 */
export interface Figure {
  flow: string
  grp: number | null
  started: number
  finished: number
  standing: StandingFigure[]
}

/** Persons at a step, and how often they reported together that it does not work. */
export interface StandingFigure {
  step: string
  state: Exclude<RunState, 'finished'>
  count: number
  tries: number
}

/** A person in a flow: at a step, or finished. */
export interface Stand {
  flow: string
  grp: number | null
  at: Omit<StandingFigure, 'count'> | null
  count: number
}

/** Figures of the scope, as the database keeps them beside the runs (tally.ts). The group is the one the person belongs to now. */
export async function figures(db: Db, scope: Scope, filter: FigureFilter = {}): Promise<Figure[]> {
  const places = await tallied(db, scope, filter)
  const stands = places.map(({ flow, grp, step, state, count, tries }): Stand => {
    return { flow, grp, at: state === 'finished' ? null : { step, state, tries }, count }
  })
  return coarsen(gather(stands), await smallGroups(db, scope), filter)
}

/** Adds stands up, in the order of flow, group (none first) and step. */
export function gather(stands: Iterable<Stand>): Figure[] {
  const found = new Map<string, Figure & { steps: Map<string, StandingFigure> }>()
  for (const { flow, grp, at, count } of stands) {
    const key = JSON.stringify([flow, grp])
    let figure = found.get(key)
    if (!figure) found.set(key, (figure = { flow, grp, started: 0, finished: 0, standing: [], steps: new Map() }))
    figure.started += count
    if (!at) {
      figure.finished += count
      continue
    }
    const place = JSON.stringify([at.step, at.state])
    const known = figure.steps.get(place)
    if (known) {
      known.count += count
      known.tries += at.tries
    } else {
      figure.steps.set(place, { step: at.step, state: at.state, count, tries: at.tries })
    }
  }
  return [...found.values()]
    .filter(({ started }) => started > 0)
    .map(({ steps, ...figure }) => ({
      ...figure,
      standing: [...steps.values()].filter(({ count }) => count > 0).sort(byStep),
    }))
    .sort(byFlow)
}

/** Takes where people stand out of the groups that are too small, and adds it to those without a group, where they are all asked about. */
export function coarsen(all: readonly Figure[], small: ReadonlySet<number>, filter: FigureFilter): Figure[] {
  const isSmall = ({ grp }: Figure) => grp !== null && small.has(grp)
  if (!all.some(isSmall)) return [...all]
  const apart = all.map((figure) => (isSmall(figure) ? { ...figure, standing: [] } : figure))
  if (filter.group !== undefined) return apart
  const moved = all
    .filter((figure) => isSmall(figure) && figure.standing.length > 0)
    .map((figure) => ({ ...figure, grp: null, started: 0, finished: 0 }))
  return added([...apart, ...moved])
}

/** Rows of the same flow and group as one. */
function added(all: readonly Figure[]): Figure[] {
  const found = new Map<string, Figure>()
  for (const figure of all) {
    const key = JSON.stringify([figure.flow, figure.grp])
    const known = found.get(key)
    if (!known) {
      found.set(key, figure)
      continue
    }
    const steps = new Map(known.standing.map((one) => [JSON.stringify([one.step, one.state]), { ...one }]))
    for (const one of figure.standing) {
      const place = JSON.stringify([one.step, one.state])
      const { count, tries } = steps.get(place) ?? { count: 0, tries: 0 }
      steps.set(place, { ...one, count: count + one.count, tries: tries + one.tries })
    }
    found.set(key, {
      ...known,
      started: known.started + figure.started,
      finished: known.finished + figure.finished,
      standing: [...steps.values()].sort(byStep),
    })
  }
  return [...found.values()].sort(byFlow)
}

function byFlow(a: Figure, b: Figure): number {
  return order(a.flow, b.flow) || (a.grp ?? -1) - (b.grp ?? -1)
}

function byStep(a: StandingFigure, b: StandingFigure): number {
  return order(a.step, b.step) || order(a.state, b.state)
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
