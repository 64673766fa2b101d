import { setImmediate } from 'node:timers/promises'
import { type ColumnProblem, type Columns, mapColumns } from '../core/roster/columns.js'
import { type Duplicate, findDuplicates } from '../core/roster/duplicates.js'
import { type Plan, planImport } from '../core/roster/plan.js'
import { type Draft, readRow, type RowProblem } from '../core/roster/rows.js'
import { dayOf } from '../core/policy/calendar.js'
import { may, type Scope } from '../core/policy/roles.js'
import { audit } from '../store/audit.js'
import { lockRoster, putHouseholds, putPeople } from '../store/enrol.js'
import { people, households, withPhones } from '../store/roster.js'
import type { Store } from '../store/open.js'
import type { Seals } from '../store/sealed.js'
import type { Db } from '../store/tables.js'
import { type FileProblem, readGrid } from './read.js'

/** What became of a file, or would. */
export interface ImportReport {
  /** `refused`: nothing was written, and these are the reasons; `not-allowed`: whoever asked may not change the roster. */
  outcome: 'imported' | 'would-import' | 'refused' | 'not-allowed'
  file: FileProblem | null
  columns: Columns['shown']
  columnProblems: ColumnProblem[]
  rows: number
  added: number
  updated: number
  unchanged: number
  /** Every row that cannot be taken in, with its reason; one is enough for nothing to be written. */
  problems: RowProblem[]
  /** New rows that may be somebody who is known, or each other; they do not stop the import. */
  duplicates: NamedDuplicate[]
}

export interface NamedDuplicate extends Duplicate {
  /** The lines of the file they stand in; null: known from before. */
  lines: [number | null, number | null]
  names: [string, string]
}

export interface Import {
  store: Store
  seals: Seals
  scope: Scope
  /** Groups of the ward; empty: any. */
  groups: readonly number[]
  file: Buffer
  dryRun: boolean
  now: number
  newId: () => string
}

/** Duplicates that are named at most: more than that, nobody reads. */
const DUPLICATES_LIMIT = 200
/** Rows that one statement takes. */
const BATCH = 2000

const NOTHING: Omit<ImportReport, 'outcome'> = {
  file: null,
  columns: [],
  columnProblems: [],
  rows: 0,
  added: 0,
  updated: 0,
  unchanged: 0,
  problems: [],
  duplicates: [],
}

class Refused extends Error {}

/** Takes a list into the roster: all of it in one transaction, or nothing. A dry run says the same and writes nothing. */
export async function importRoster(parts: Import): Promise<ImportReport> {
  const { store, scope, dryRun } = parts
  if (!may(scope.role, 'roster')) return { ...NOTHING, outcome: 'not-allowed' }
  const grid = await readGrid(parts.file)
  if (typeof grid === 'string') return { ...NOTHING, outcome: 'refused', file: grid }
  const own = scope.groups !== 'ward' && scope.groups.length === 1 ? scope.groups[0]! : null
  const columns = mapColumns(grid, { group: own })
  const read = { ...NOTHING, columns: columns.shown, columnProblems: columns.problems }
  if (columns.problems.length > 0) return { ...read, outcome: 'refused' }
  const rules = {
    groups: parts.groups,
    holds: (group: number) => scope.holds(group),
    group: own,
    today: dayOf(parts.now),
  }
  const drafts: Draft[] = []
  const problems: RowProblem[] = []
  let rows = 0
  for (let line = columns.line + 1; line < grid.length; line++) {
    // A resident who writes meanwhile is answered meanwhile.
    if (line % BATCH === 0) await setImmediate()
    const row = readRow(grid[line]!, line + 1, columns, rules)
    if (row === null) continue
    rows++
    problems.push(...row.problems)
    if (row.draft) drafts.push(row.draft)
  }
  if (rows === 0) return { ...read, outcome: 'refused', file: 'empty' }
  let warn = (): NamedDuplicate[] => []
  let report: ImportReport = { ...read, outcome: 'refused', rows }
  try {
    await store.transaction(async (tx) => {
      await lockRoster(tx)
      const known = {
        people: withPhones(parts.seals, await people(tx, scope)),
        households: await households(tx, scope),
      }
      const plan = planImport({ ...known, households: known.households.map(({ people: _, ...one }) => one) }, drafts, parts.newId) // prettier-ignore
      const all = [...problems, ...plan.problems].sort((a, b) => a.line - b.line)
      const { added, updated, unchanged } = plan
      report = { ...report, added, updated, unchanged, problems: all }
      warn = () => duplicatesOf(plan, known.people)
      if (all.length > 0) return
      if (dryRun) {
        report = { ...report, outcome: 'would-import' }
        return
      }
      await write(tx, parts, plan)
      report = { ...report, outcome: 'imported' }
    })
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { ...report, outcome: 'refused' }
  }
  // Outside the transaction: the comparisons take a moment, and nobody has to wait for them to write.
  return { ...report, duplicates: warn() }
}

async function write(tx: Db, { scope, seals, now, newId }: Import, plan: Plan): Promise<void> {
  for (let at = 0; at < plan.households.length; at += BATCH) {
    const done = await putHouseholds(tx, scope, plan.households.slice(at, at + BATCH), now)
    if ('refused' in done) throw new Refused()
  }
  for (let at = 0; at < plan.people.length; at += BATCH) {
    const done = await putPeople(tx, scope, seals, plan.people.slice(at, at + BATCH), now)
    if ('refused' in done) throw new Refused()
  }
  const groups = new Set(plan.people.map(({ group }) => group))
  const group = groups.size === 1 ? [...groups][0]! : null
  await audit(tx, scope, [
    { id: newId(), at: now, deed: 'imported', kind: 'roster', subject: null, group, count: plan.added + plan.updated },
  ])
}

function duplicatesOf(plan: Plan, known: Parameters<typeof planImport>[0]['people']): NamedDuplicate[] {
  const changed = new Set(plan.people.map(({ id }) => id))
  const all = [...known.filter(({ id }) => !changed.has(id)), ...plan.people]
  const names = new Map(all.map(({ id, name }) => [id, name]))
  return findDuplicates(all, { fresh: plan.fresh, limit: DUPLICATES_LIMIT }).map((one) => ({
    ...one,
    lines: [plan.lines.get(one.a) ?? null, plan.lines.get(one.b) ?? null],
    names: [names.get(one.a)!, names.get(one.b)!],
  }))
}
