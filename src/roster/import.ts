import { setImmediate } from 'node:timers/promises'
import type { OldFont } from '../core/language/old-fonts.js'
import { type Cell, cellText } from '../core/roster/cells.js'
import { type ColumnProblem, type Columns, type Field, FIELDS, mapColumns, type Said } from '../core/roster/columns.js'
import { type Duplicate, findDuplicates } from '../core/roster/duplicates.js'
import { fromOldSheet, oddNames } from '../core/roster/old-font.js'
import { type Plan, planImport } from '../core/roster/plan.js'
import { type Draft, readRow, type RowProblem } from '../core/roster/rows.js'
import { dayOf } from '../core/policy/calendar.js'
import { may, type Scope } from '../core/policy/roles.js'
import { audit, erasedAmong } from '../store/audit.js'
import { lockRoster, putHouseholds, putPeople } from '../store/enrol.js'
import { people, households, withPhones } from '../store/roster.js'
import type { Store } from '../store/open.js'
import type { Seals } from '../store/sealed.js'
import type { Db } from '../store/tables.js'
import type { RosterPerson } from '../core/model/roster.js'
import { type FileProblem, readSheets, type Sheet } from './read.js'

/** What became of a file, or would. */
export interface ImportReport {
  /** `refused`: nothing was written, and these are the reasons; `not-allowed`: whoever asked may not change the roster. */
  outcome: 'imported' | 'would-import' | 'refused' | 'not-allowed'
  file: FileProblem | null
  columns: (Columns['shown'][number] & { sheet?: string })[]
  columnProblems: (ColumnProblem & { sheet?: string })[]
  /** Sheets that were not read because they hold no list. */
  unread: string[]
  /** Lines under a list: sums, signatures. */
  skipped: { line: number; sheet?: string; text: string }[]
  /** Rows of persons who had themselves erased (`/xoa`) since the list was exported: they are left out, and the others taken in. */
  erased: { line: number; sheet?: string; name: string }[]
  rows: number
  added: number
  updated: number
  unchanged: number
  /** Every row that cannot be taken in, with its reason; one is enough for nothing to be written. */
  problems: RowProblem[]
  /** What would change of those who are known, the first ones; a phone number shows its last three digits. */
  changes: NamedChange[]
  /** The lists that were typed in a font from before Unicode, and names of theirs as they stand in the file and as they are read, the first ones. */
  fonts: {
    font: OldFont
    sheet?: string
    count: number
    names: { line: number; sheet?: string; from: string; to: string }[]
  }[]
  /** Titles that were left out of names: they are no part of them. */
  titles: { line: number; sheet?: string; title: string; name: string }[]
  /** New rows that may be somebody who is known, or each other; they do not stop the import. */
  duplicates: NamedDuplicate[]
}

export interface NamedChange {
  line: number
  sheet?: string
  name: string
  fields: { field: Field; from: string | number | boolean | null; to: string | number | boolean | null }[]
}

export interface NamedDuplicate extends Duplicate {
  /** The lines of the file they stand in; null: known from before. */
  lines: [number | null, number | null]
  sheets: [string | undefined, string | undefined]
  names: [string, string]
}

export interface Import {
  store: Store
  seals: Seals
  scope: Scope
  /** Groups of the ward; empty: any. */
  groups: readonly number[]
  file: Buffer
  /** The group of rows that name none; unset: the own one of whoever leads a single group. */
  group?: number | null
  /** What somebody said of the columns of a file with one list. */
  said?: Said
  dryRun: boolean
  now: number
  newId: () => string
}

/** Duplicates that are named at most: more than that, nobody reads. */
const DUPLICATES_LIMIT = 200
/** Names of an old font that are shown at most. */
const NAMES_SHOWN = 20
/** Changes that are shown at most. */
const CHANGES_LIMIT = 500
/** Lines of one sheet come behind those of the one before: while a file is read, a line is one number. */
const SHEET = 1_000_000
/** Rows that one statement takes. */
const BATCH = 2000

const NOTHING: Omit<ImportReport, 'outcome'> = {
  file: null,
  columns: [],
  columnProblems: [],
  unread: [],
  skipped: [],
  erased: [],
  rows: 0,
  added: 0,
  updated: 0,
  unchanged: 0,
  problems: [],
  changes: [],
  fonts: [],
  titles: [],
  duplicates: [],
}

class Refused extends Error {}

/** Takes a list into the roster: all of it in one transaction, or nothing. A dry run says the same and writes nothing. */
export async function importRoster(parts: Import): Promise<ImportReport> {
  const { store, scope, dryRun } = parts
  if (!may(scope.role, 'roster')) return { ...NOTHING, outcome: 'not-allowed' }
  const sheets = await readSheets(parts.file)
  if (typeof sheets === 'string') return { ...NOTHING, outcome: 'refused', file: sheets }
  const own = scope.groups !== 'ward' && scope.groups.length === 1 ? scope.groups[0]! : null
  const lists = listsOf(sheets, parts.group ?? own, parts.said)
  const several = lists.length > 1
  const named = <T extends object>(one: T, sheet: string | null) => ({
    ...one,
    ...(several && sheet !== null ? { sheet } : {}),
  })
  const at = (line: number) => {
    const sheet = lists[Math.floor(line / SHEET)]!.name
    return { line: line % SHEET, ...(several && sheet !== null ? { sheet } : {}) }
  }
  const read = {
    ...NOTHING,
    columns: lists.flatMap(({ name, columns }) => columns.shown.map((one) => named(one, name))),
    fonts: lists.flatMap((list, i) => fontOf(list, (line) => at(i * SHEET + line))),
    columnProblems: lists.flatMap(({ name, columns }) => columns.problems.map((one) => named(one, name))),
    unread: sheets.filter(({ name }) => name !== null && !lists.some((list) => list.name === name)).map(({ name }) => name!), // prettier-ignore
  }
  if (read.columnProblems.length > 0) return { ...read, outcome: 'refused' }
  const drafts: Draft[] = []
  const problems: RowProblem[] = []
  const skipped: ImportReport['skipped'] = []
  let rows = 0
  for (const [i, { grid, columns, group }] of lists.entries()) {
    const rules = { groups: parts.groups, holds: (one: number) => scope.holds(one), group, today: dayOf(parts.now) }
    for (let line = columns.line + 1; line < grid.length; line++) {
      // A resident who writes meanwhile is answered meanwhile.
      if (line % BATCH === 0) await setImmediate()
      const row = readRow(grid[line]!, i * SHEET + line + 1, columns, rules)
      if (row === null) continue
      if (row.skipped !== undefined) {
        skipped.push({ ...at(i * SHEET + line + 1), text: row.skipped })
        continue
      }
      rows++
      problems.push(...row.problems)
      if (row.draft) drafts.push(row.draft)
    }
  }
  for (const { line, name } of oddNames(drafts)) problems.push({ line, kind: 'old-font', heading: null, value: name })
  if (rows === 0) return { ...read, skipped, outcome: 'refused', file: 'empty' }
  let warn = (): NamedDuplicate[] => []
  let report: ImportReport = { ...read, skipped, outcome: 'refused', rows }
  try {
    await store.transaction(async (tx) => {
      await lockRoster(tx)
      const known = {
        people: withPhones(parts.seals, await people(tx, scope)),
        households: await households(tx, scope),
      }
      const ids = new Set(known.people.map(({ id }) => id))
      const unknown = drafts.flatMap(({ id }) => (id === undefined || ids.has(id) ? [] : [id]))
      const erased = await erasedAmong(tx, scope, unknown)
      const plan = planImport({ ...known, erased, households: known.households.map(({ people: _, ...one }) => one) }, drafts, parts.newId) // prettier-ignore
      const all = [...problems, ...plan.problems]
        .sort((a, b) => a.line - b.line)
        .map((one) => {
          const other = one.other === undefined ? undefined : at(one.other)
          return { ...one, ...at(one.line), ...(other ? { other: other.line, ...(other.sheet ? { otherSheet: other.sheet } : {}) } : {}) } // prettier-ignore
        })
      const { added, updated, unchanged } = plan
      const changes = plan.changes.slice(0, CHANGES_LIMIT).map(({ line, before, after }) => ({ ...at(line), name: after.name, fields: fieldsThatDiffer(before, after) })) // prettier-ignore
      const titles = drafts.flatMap(({ line, title, name }) =>
        title === undefined ? [] : [{ ...at(line), title, name }],
      )
      const left = plan.erased.map(({ line, name }) => ({ ...at(line), name }))
      report = { ...report, erased: left, titles, added, updated, unchanged, problems: all, changes }
      warn = () => duplicatesOf(plan, known.people, at)
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

interface List extends Sheet {
  columns: Columns
  /** The font from before Unicode that it was typed in, and how it stands in the file. */
  old: { font: OldFont; grid: Sheet['grid'] } | null
  group: number | null
}

/** The sheets that hold lists; the first sheet where none does, so that its problem is told. A sheet called «Tổ 2» is a list of group 2. */
function listsOf(sheets: readonly Sheet[], group: number | null, said: Said | undefined): List[] {
  const all = sheets.map((sheet) => {
    const named = /^\s*(?:tổ(?: dân phố)?|tdp|to)\s*(?:số\s*)?0*(\d{1,3})\s*$/i.exec(sheet.name?.normalize('NFC') ?? '')
    const own = named ? Number(named[1]) : group
    const read = fromOldSheet(sheet.grid)
    const old = read === null ? null : { font: read.font, grid: sheet.grid }
    const grid = read?.grid ?? sheet.grid
    return { ...sheet, grid, old, group: own, columns: mapColumns(grid, { group: own }) }
  })
  const lists = all.filter(({ columns }) => columns.shown.length > 0)
  const [only] = lists
  if (lists.length === 1 && only && said) return [{ ...only, columns: mapColumns(only.grid, { group: only.group, said }) }] // prettier-ignore
  return lists.length > 0 ? lists : all.slice(0, 1)
}

/** Names of a list in an old font, before and after. */
function fontOf({ old, grid, columns }: List, at: (line: number) => { line: number; sheet?: string }): ImportReport['fonts'] {
  if (old === null) return []
  const columnsOfNames = (['family', 'name', 'given'] as const).flatMap((field) => columns.at.get(field) ?? [])
  const nameIn = (row: readonly Cell[] | undefined) => columnsOfNames.map((column) => cellText(row?.[column])).filter((text) => text !== '').join(' ') // prettier-ignore
  const names = grid.flatMap((row, i) => {
    const [from, to] = [nameIn(old.grid[i]), nameIn(row)]
    return i <= columns.line || from === to ? [] : [{ ...at(i + 1), from, to }]
  })
  const { sheet } = at(columns.line + 1)
  return [{ font: old.font, ...(sheet === undefined ? {} : { sheet }), count: names.length, names: names.slice(0, NAMES_SHOWN) }]
} // prettier-ignore

/** What an import would change of a person, by the columns of the list. The household is told by its number and place elsewhere. */
function fieldsThatDiffer(before: RosterPerson, after: RosterPerson): NamedChange['fields'] {
  const told = (person: RosterPerson, field: Field) => {
    const value = person[field as keyof RosterPerson] as string | number | boolean | null
    return field === 'phone' && typeof value === 'string' ? value.replace(/\d(?=\d{3})/g, '•') : value
  }
  return FIELDS.filter((field) => field in after && before[field as keyof RosterPerson] !== after[field as keyof RosterPerson]).map((field) => ({ field, from: told(before, field), to: told(after, field) })) // prettier-ignore
}

function duplicatesOf(
  plan: Plan,
  known: Parameters<typeof planImport>[0]['people'],
  at: (line: number) => { line: number; sheet?: string },
): NamedDuplicate[] {
  const changed = new Set(plan.people.map(({ id }) => id))
  const all = [...known.filter(({ id }) => !changed.has(id)), ...plan.people]
  const names = new Map(all.map(({ id, name }) => [id, name]))
  return findDuplicates(all, { fresh: plan.fresh, limit: DUPLICATES_LIMIT }).map((one) => ({
    ...one,
    ...placesOf([plan.lines.get(one.a), plan.lines.get(one.b)].map((line) => (line === undefined ? null : at(line)))),
    names: [names.get(one.a)!, names.get(one.b)!],
  }))
}

function placesOf([a, b]: ({ line: number; sheet?: string } | null)[]): Pick<NamedDuplicate, 'lines' | 'sheets'> {
  return { lines: [a?.line ?? null, b?.line ?? null], sheets: [a?.sheet, b?.sheet] }
}
