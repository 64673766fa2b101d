import { type Flows, stepOf } from './flow/definition.js'
import { settle } from './flow/editions.js'
import type { Line } from './model/message.js'
import type { Ward } from './model/ward.js'
import { guideLine, phrase } from './talk/draft.js'

/** Persons of one flow and one group: how many began, how many reached the end, and where the others stand. */
export interface FigureRow {
  flow: string
  group: number | null
  started: number
  finished: number
  standing: { step: string; count: number }[]
}

/** Figures of one flow over all its groups. */
export interface FlowFigures {
  flow: string
  started: number
  finished: number
  /** Finished among started, whole percent. */
  percent: number
  /** In the order of the flow's steps; people on a step that is gone are counted where they will be sent. */
  standing: { step: string; number: number | null; count: number }[]
  groups: { group: number | null; started: number; finished: number }[]
}

/** Adds the rows up by flow, in the order of the flows. */
export function sumFigures(flows: Flows, rows: readonly FigureRow[]): FlowFigures[] {
  return [...flows.values()].flatMap((flow) => {
    const own = rows.filter((row) => row.flow === flow.flow)
    if (own.length === 0) return []
    const started = own.reduce((sum, row) => sum + row.started, 0)
    const finished = own.reduce((sum, row) => sum + row.finished, 0)
    const counts = new Map<string, number>()
    for (const { step, count } of own.flatMap((row) => row.standing)) {
      const { run } = settle(flow, { id: '', person: '', flow: flow.flow, edition: 0, step, state: 'open', seq: 0, startedAt: 0, enteredAt: 0, trail: [], tries: 0 }) // prettier-ignore
      counts.set(run.step, (counts.get(run.step) ?? 0) + count)
    }
    return [
      {
        flow: flow.flow,
        started,
        finished,
        percent: started === 0 ? 0 : Math.floor((finished * 100) / started),
        standing: flow.steps
          .filter((step) => counts.has(step.id))
          .map((step) => ({
            step: step.id,
            number: stepOf(flow, step.id)?.number ?? null,
            count: counts.get(step.id)!,
          })),
        groups: own
          // Under «no group» there may stand only people of groups too small to be broken down: they are counted in their own.
          .filter(({ started }) => started > 0)
          .map(({ group, started, finished }) => ({ group, started, finished }))
          .sort((a, b) => (a.group ?? Infinity) - (b.group ?? Infinity)),
      },
    ]
  })
}

/** The figures as paragraphs: facts first, one paragraph a guide; the groups only where more than one is asked about. */
export function figureLines(
  flows: Flows,
  ward: Ward,
  rows: readonly FigureRow[],
  scope: { flow: string | null; group: number | null; groups: 'ward' | readonly number[]; day: string },
  weeks: readonly { flow: string; now: number; before: number }[] = [],
): Line[][] {
  const day = { day: scope.day }
  const head =
    scope.group !== null
      ? phrase('figures.scope-group', { group: scope.group, day })
      : scope.groups === 'ward'
        ? phrase('figures.scope-ward', { day })
        : phrase('figures.scope-groups', { groups: scope.groups.join(', '), day })
  const sums = sumFigures(flows, rows)
  if (sums.length === 0) return [[head], [phrase('figures.none')]]
  return [
    [head],
    ...sums.map((sum) => {
      const vars = {
        guide: guideLine(sum.flow, 'short'),
        started: sum.started,
        finished: sum.finished,
        percent: sum.percent,
      }
      const target = ward.targets[sum.flow]
      const title = (step: string) => guideLine(sum.flow, `steps.${step}.title`)
      return [
        target === undefined ? phrase('figures.flow', vars) : phrase('figures.flow-target', { ...vars, target }),
        ...weeks
          .filter(({ flow }) => flow === sum.flow)
          .map(({ now, before }) => phrase('figures.weeks', { now, before })),
        ...sum.standing.map(({ step, number, count }) =>
          number === null
            ? phrase('figures.standing', { count, title: title(step) })
            : phrase('figures.standing-number', { count, number, title: title(step) }),
        ),
        ...(scope.group === null && scope.flow !== null
          ? sum.groups.map(({ group, started, finished }) =>
              group === null
                ? phrase('figures.group-none', { started, finished })
                : phrase('figures.group', { group, started, finished }),
            )
          : []),
      ]
    }),
    [phrase('figures.self-reported')],
  ]
}
