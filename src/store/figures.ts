import { sql } from 'kysely'
import type { RunState } from '../core/model/run.js'
import type { Db } from './tables.js'

export interface FigureFilter {
  flow?: string
  /** Null for persons without a group. */
  group?: number | null
}

/** Persons of a group in a flow. A person counts once: finished when any run of theirs is, otherwise where their open run stands. */
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

/** Figures from the runs. The group is the one the person belongs to now. */
export async function figures(db: Db, filter: FigureFilter = {}): Promise<Figure[]> {
  const flow = filter.flow === undefined ? sql`true` : sql`flow = ${filter.flow}`
  const group =
    filter.group === undefined ? sql`true` : filter.group === null ? sql`p.grp is null` : sql`p.grp = ${filter.group}`
  const found = await sql<{
    flow: string
    grp: number | null
    step: string | null
    state: StandingFigure['state'] | null
    count: number
    tries: number
  }>`
    select s.flow, p.grp,
      case when s.finished = 0 then s.step end as step,
      case when s.finished = 0 then s.state end as state,
      count(*) as count,
      sum(case when s.finished = 0 then s.tries else 0 end) as tries
    from (
      select person, flow,
        max(case when state = 'finished' then 1 else 0 end) as finished,
        max(case when state <> 'finished' then step end) as step,
        max(case when state <> 'finished' then state end) as state,
        max(case when state <> 'finished' then tries else 0 end) as tries
      from run where ${flow} group by person, flow
    ) s join person p on p.id = s.person
    where ${group}
    group by 1, 2, 3, 4`.execute(db)
  return gather(
    found.rows.map(({ flow, grp, step, state, count, tries }) => ({
      flow,
      grp,
      count,
      at: step === null ? null : { step, state: state!, tries },
    })),
  )
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
    .map(({ steps, ...figure }) => ({ ...figure, standing: [...steps.values()].sort(byStep) }))
    .sort((a, b) => order(a.flow, b.flow) || (a.grp ?? -1) - (b.grp ?? -1))
}

function byStep(a: StandingFigure, b: StandingFigure): number {
  return order(a.step, b.step) || order(a.state, b.state)
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
