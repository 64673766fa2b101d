import { sumFigures } from '../core/figures.js'
import type { Flows } from '../core/flow/definition.js'
import type { Scope } from '../core/policy/roles.js'
import { counted } from '../store/counted.js'
import type { Db } from '../store/tables.js'

/** A guide in a group: as a whole (`step` null), or one step with how many stand there. */
export interface CompletionRow {
  flow: string
  /** Null: no group, and groups too small to be broken down. */
  group: number | null
  step: string | null
  started: number | null
  finished: number | null
  /** Finishes that a head or the ward wrote down; they are among the finished. */
  confirmed: number | null
  here: number | null
  /** Out of how many: the people of the group's roster, and where it has none those who began. */
  people: number | null
  /** Finished among `people`, whole percent, as pages and chat say it. */
  percent: number | null
}

/** Completion by group and step: the figures of the pages and of the chat, as rows. */
export async function completionRows(
  { db, scope, flows }: { db: Db; scope: Scope; flows: Flows },
  filter: { group?: number } = {},
): Promise<CompletionRow[]> {
  const { rows, beside } = await counted(db, scope, filter)
  const shares = sumFigures(flows, rows, beside)
  return rows.flatMap((row) => {
    // One group at a time, so that steps that an edition moved are added up where they went.
    const [sum] = sumFigures(flows, [row])
    if (!sum) return []
    const { flow, group, started, finished } = row
    const count = beside.confirmed.find((one) => one.flow === flow && one.group === group)?.count ?? 0
    const { people = null, percent = null } =
      shares.find((one) => one.flow === flow)?.groups.find((one) => one.group === group) ?? {}
    const whole = { flow, group, step: null, started, finished, confirmed: count, here: null, people, percent }
    const steps = sum.standing.map(({ step, count }) => ({ flow, group, step, started: null, finished: null, confirmed: null, here: count, people: null, percent: null })) // prettier-ignore
    return started === 0 ? steps : [whole, ...steps]
  })
}
