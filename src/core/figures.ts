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

/** What is said beside the figures, wherever they are said. */
export interface Beside {
  /** People of the roster, group by group; a group without a roster is not in it. */
  listed: readonly { group: number; people: number }[]
  /** Finishes by a head's or the ward's word; they are among the finished. */
  confirmed: readonly { flow: string; group: number | null; count: number }[]
}

/** How far people have come, and out of how many. */
export interface Share {
  started: number
  finished: number
  /** Of the finished, those by a head's or the ward's word; the others reported it themselves. */
  confirmed: number
  /** The people of the roster of groups that have one (more, where more have begun), and of the others those who began. */
  people: number
  /** Whether a roster is in `people`: otherwise it is `started`. */
  listed: boolean
  /** Finished among `people`, whole percent. */
  percent: number
}

/** Figures of one flow over all its groups. */
export interface FlowFigures extends Share {
  flow: string
  /** In the order of the flow's steps; people on a step that is gone are counted where they will be sent. */
  standing: { step: string; number: number | null; count: number }[]
  /** Groups in which somebody began, and those with a roster. */
  groups: (Share & { group: number | null })[]
}

/** Who finished a flow in these seven days and in the seven before, and how many of each by a head's or the ward's word. */
export interface Week {
  flow: string
  now: number
  nowConfirmed: number
  before: number
  beforeConfirmed: number
}

const ALONE: Beside = { listed: [], confirmed: [] }

/** Whoever began is one of the people, on the roster or not: no share is above the whole. */
function shareOf(started: number, finished: number, confirmed: number, listed: number): Share {
  const people = Math.max(listed, started)
  return { started, finished, confirmed, people, listed: listed > 0, percent: percentOf(finished, people) }
}

function percentOf(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.floor((part * 100) / whole)
}

/** Adds the rows up by flow, in the order of the flows; a flow that nobody began is not among them. */
export function sumFigures(
  flows: Flows,
  rows: readonly FigureRow[],
  { listed, confirmed }: Beside = ALONE,
): FlowFigures[] {
  return [...flows.values()].flatMap((flow) => {
    const own = rows.filter((row) => row.flow === flow.flow)
    const vouched = confirmed.filter((one) => one.flow === flow.flow)
    if (own.length === 0) return []
    const started = own.reduce((sum, row) => sum + row.started, 0)
    const finished = own.reduce((sum, row) => sum + row.finished, 0)
    const counts = new Map<string, number>()
    for (const { step, count } of own.flatMap((row) => row.standing)) {
      const { run } = settle(flow, { id: '', person: '', flow: flow.flow, edition: 0, step, state: 'open', seq: 0, startedAt: 0, enteredAt: 0, trail: [], tries: 0 }) // prettier-ignore
      counts.set(run.step, (counts.get(run.step) ?? 0) + count)
    }
    const groups = [...new Set([...own.map(({ group }) => group), ...listed.map(({ group }) => group)])]
      .map((group) => {
        const { started = 0, finished = 0 } = own.find((row) => row.group === group) ?? {}
        const count = vouched.find((one) => one.group === group)?.count ?? 0
        return { group, ...shareOf(started, finished, count, listed.find((one) => one.group === group)?.people ?? 0) }
      })
      // Under «no group» there may stand only people of groups too small to be broken down: they are counted in their own.
      .filter(({ people }) => people > 0)
      .sort((a, b) => (a.group ?? Infinity) - (b.group ?? Infinity))
    const people = groups.reduce((sum, one) => sum + one.people, 0)
    return [
      {
        flow: flow.flow,
        started,
        finished,
        people,
        listed: groups.some((one) => one.listed),
        percent: percentOf(finished, people),
        confirmed: vouched.reduce((sum, { count }) => sum + count, 0),
        standing: flow.steps
          .filter((step) => counts.has(step.id))
          .map((step) => ({
            step: step.id,
            number: stepOf(flow, step.id)?.number ?? null,
            count: counts.get(step.id)!,
          })),
        groups,
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
  beside: Beside,
  weeks: readonly Week[] = [],
): Line[][] {
  const day = { day: scope.day }
  const head =
    scope.group !== null
      ? phrase('figures.scope-group', { group: scope.group, day })
      : scope.groups === 'ward'
        ? phrase('figures.scope-ward', { day })
        : phrase('figures.scope-groups', { groups: scope.groups.join(', '), day })
  const sums = sumFigures(flows, rows, beside)
  if (sums.length === 0) return [[head], [phrase('figures.none')]]
  return [
    [head],
    ...sums.map((sum) => {
      const vars = {
        guide: guideLine(sum.flow, 'short'),
        started: sum.started,
        finished: sum.finished,
        people: sum.people,
        percent: sum.percent,
      }
      const target = ward.targets[sum.flow]
      const title = (step: string) => guideLine(sum.flow, `steps.${step}.title`)
      return [
        target === undefined
          ? phrase(sum.listed ? 'figures.flow-listed' : 'figures.flow', vars)
          : phrase(sum.listed ? 'figures.flow-target-listed' : 'figures.flow-target', { ...vars, target }),
        ...confirmedLine(sum),
        ...weeks
          .filter(({ flow }) => flow === sum.flow)
          .map(({ now, nowConfirmed, before, beforeConfirmed }) =>
            phrase('figures.weeks', { now, nowConfirmed, before, beforeConfirmed }),
          ),
        ...sum.standing.map(({ step, number, count }) =>
          number === null
            ? phrase('figures.standing', { count, title: title(step) })
            : phrase('figures.standing-number', { count, number, title: title(step) }),
        ),
        ...(scope.group === null && scope.flow !== null
          ? sum.groups.map(({ group, started, finished, confirmed, people, listed }) =>
              group === null
                ? phrase('figures.group-none', { started, finished, confirmed })
                : phrase(listed ? 'figures.group-listed' : 'figures.group', {
                    group,
                    started,
                    finished,
                    confirmed,
                    people,
                  }),
            )
          : []),
      ]
    }),
    [whoseWord(sums)],
  ]
}

/** How many of the finished are so by somebody else's word. */
export function confirmedLine({ confirmed }: FlowFigures): Line[] {
  return confirmed > 0 ? [phrase('figures.confirmed', { count: confirmed })] : []
}

/** By whose word the figures are, where they are over. */
export function whoseWord(sums: readonly FlowFigures[]): Line {
  return phrase(sums.some(({ confirmed }) => confirmed > 0) ? 'figures.self-reported-others' : 'figures.self-reported')
}
