import { type FigureRow, sumFigures } from '../core/figures.js'
import type { Flows } from '../core/flow/definition.js'
import type { Scope } from '../core/policy/roles.js'
import { figures } from '../store/figures.js'
import { confirmedFinishes } from '../store/progress.js'
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
}

/** Completion by group and step: the figures of the pages and of the chat, as rows. */
export async function completionRows(
  { db, scope, flows }: { db: Db; scope: Scope; flows: Flows },
  filter: { group?: number } = {},
): Promise<CompletionRow[]> {
  const all: FigureRow[] = (await figures(db, scope, filter)).map(({ grp, ...row }) => ({ ...row, group: grp }))
  const confirmed = await confirmedFinishes(db, scope, filter.group)
  return all.flatMap((row) => {
    // One group at a time, so that steps that an edition moved are added up where they went.
    const [sum] = sumFigures(flows, [row])
    if (!sum) return []
    const { flow, group, started, finished } = row
    const count = confirmed.find((one) => one.flow === flow && one.group === group)?.count ?? 0
    const whole = { flow, group, step: null, started, finished, confirmed: count, here: null }
    const steps = sum.standing.map(({ step, count }) => ({ flow, group, step, started: null, finished: null, confirmed: null, here: count })) // prettier-ignore
    return started === 0 ? steps : [whole, ...steps]
  })
}
