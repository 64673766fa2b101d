import { sql } from 'kysely'
import type { Scope } from '../core/policy/roles.js'
import { columns, rows } from './rows.js'
import { inScope } from './scope.js'
import type { Db } from './tables.js'

/** A sheet to tick at the door, as it was printed. */
export interface TallySheet {
  id: string
  /** What stands on the paper; unique in its group. */
  number: number
  group: number
  flow: string
  madeAt: number
}

/** What was entered at once. */
export interface TallyEntry {
  at: number
  persons: number
  steps: number
}

const ROW = columns({ sheet: 'text', row: 'int', person: 'text' })

/** Keeps a sheet with its people in the order of its rows, from 1. Inside a transaction; its number. */
export async function makeTallySheet(
  db: Db,
  made: { id: string; group: number; flow: string; by: string; at: number; persons: readonly string[] },
): Promise<number> {
  const found = await sql<{ number: number }>`
    insert into tally_sheet (id, number, grp, flow, made_by, made_at)
    select ${made.id}, coalesce(max(number), 0) + 1, ${made.group}, ${made.flow}, ${made.by}, ${made.at}
    from tally_sheet where grp = ${made.group} returning number`.execute(db)
  if (made.persons.length > 0) {
    const batch = rows(db, made.persons.map((person, i) => [made.id, i + 1, person])) // prettier-ignore
    await sql`insert into tally_row (${ROW.names}) select ${ROW.fields} from ${batch} where true`.execute(db)
  }
  return found.rows[0]!.number
}

const FOUND = sql.raw('id, number, grp as "group", flow, made_at as "madeAt"')

/** A sheet of a group of the scope; null: it has none of this id. */
export async function loadTallySheet(db: Db, scope: Scope, group: number, id: string): Promise<TallySheet | null> {
  const found = await sql<TallySheet>`
    select ${FOUND} from tally_sheet where id = ${id} and grp = ${group} and ${inScope(scope, sql`grp`)}`.execute(db)
  return found.rows[0] ?? null
}

/** The newest sheets of a group of the scope, with what was entered from each. */
export async function listTallySheets(
  db: Db,
  scope: Scope,
  group: number,
  limit: number,
): Promise<(TallySheet & { rows: number; entered: number })[]> {
  const found = await sql<TallySheet & { rows: number; entered: number }>`
    select ${FOUND}, (select count(*) from tally_row r where r.sheet = s.id) as rows,
      (select coalesce(sum(e.persons), 0) from tally_entry e where e.sheet = s.id) as entered
    from tally_sheet s where grp = ${group} and ${inScope(scope, sql`grp`)} order by number desc limit ${limit}`.execute(
    db,
  )
  return found.rows.map((sheet) => ({ ...sheet, rows: Number(sheet.rows), entered: Number(sheet.entered) }))
}

/** Person by row of a sheet of the scope, whoever they turned out to be since; a row whose person was erased is not in it. */
export async function tallyRows(db: Db, scope: Scope, sheet: string): Promise<Map<number, string>> {
  const found = await sql<{ row: number; person: string }>`
    select r.row, coalesce(p.merged_into, p.id) as person from tally_row r join person p on p.id = r.person join tally_sheet s on s.id = r.sheet
    where r.sheet = ${sheet} and ${inScope(scope, sql`s.grp`)} order by r.row`.execute(db)
  return new Map(found.rows.map(({ row, person }) => [row, person]))
}

/** Notes an entry under its key; an entry that was made before is given back and nothing is noted. Inside the transaction of what it writes. */
export async function enterTally(
  db: Db,
  { entry, sheet, by, at, persons, steps }: TallyEntry & { entry: string; sheet: string; by: string },
): Promise<TallyEntry | null> {
  const made = await sql<{ entry: string }>`
    insert into tally_entry (entry, sheet, by_contact, at, persons, steps)
    values (${entry}, ${sheet}, ${by}, ${at}, ${persons}, ${steps}) on conflict (entry) do nothing returning entry`.execute(
    db,
  )
  return made.rows.length > 0 ? null : madeEntry(db, entry)
}

/** What was entered under a key; null: nothing yet. */
export async function madeEntry(db: Db, entry: string): Promise<TallyEntry | null> {
  const found = await sql<TallyEntry>`
    select at, persons, steps from tally_entry where entry = ${entry}`.execute(db)
  return found.rows[0] ?? null
}

/** Forgets sheets made before `before`, ms. Inside a transaction. */
export async function forgetTallySheets(db: Db, before: number): Promise<void> {
  const old = sql`(select id from tally_sheet where made_at < ${before})`
  await sql`delete from tally_entry where sheet in ${old}`.execute(db)
  await sql`delete from tally_row where sheet in ${old}`.execute(db)
  await sql`delete from tally_sheet where made_at < ${before}`.execute(db)
}
