import type { Scope } from '../core/policy/roles.js'
import { stepOf, type Flows } from '../core/flow/definition.js'
import type { Outcome } from '../core/model/ledger.js'
import { isoLocal } from '../core/policy/calendar.js'
import { type LedgerFilter, type LedgerRow, streamLedger } from '../store/ledger.js'
import type { Db } from '../store/tables.js'

/** Columns of the export, in order (interfaces.md, «export steps»). */
export const STEP_COLUMNS = [
  'person_id',
  'contact_id',
  'channel',
  'group',
  'flow',
  'edition',
  'step',
  'number',
  'outcome',
  'at',
  'by_contact_id',
  'source',
] as const

export type StepRow = (string | number | null)[]

/** Rows read at a time: an export of a million events holds no more than these in memory. */
const PAGE = 2_000

/**
 * The ledger of the scope as rows, oldest first. An event that leads to another step gives a second row: that step was entered. What was written down by mistake
 * and taken back is left out, with the taking back; where a head or the ward vouches for a finish, that is a finish by their word.
 */
export async function* exportSteps(db: Db, scope: Scope, flows: Flows, filter: LedgerFilter): AsyncGenerator<StepRow> {
  let after: LedgerRow | null = null
  for (;;) {
    const page: LedgerRow[] = await streamLedger(db, scope, { ...filter, holding: true }, after, PAGE)
    for (const event of page) {
      yield rowOf(event, event.step, event.number, event.outcome === 'confirmed' ? 'finished' : event.outcome)
      if (event.to === null || event.outcome === 'entered') continue
      const flow = flows.get(event.flow)
      yield rowOf(event, event.to, (flow && stepOf(flow, event.to)?.number) ?? null, 'entered')
    }
    after = page.at(-1) ?? null
    if (page.length < PAGE) return
  }
}

function rowOf(event: LedgerRow, step: string, number: number | null, outcome: Outcome): StepRow {
  const { person, contact, channel, group, flow, edition, at, source } = event
  return [person, contact, channel, group, flow, edition, step, number, outcome, isoLocal(at), contact, source]
}
