import { type Migration, sql } from 'kysely'
import { MIGRATIONS } from './migrations/list.js'
import { columns, engineOf, rows } from './rows.js'
import type { Store } from './open.js'
import type { Db } from './tables.js'

/** A table as a backup holds it. */
export interface Held {
  table: string
  columns: string[]
}
export type HeldRow = readonly (string | number | null)[]

/** Rows read or written at a time. */
const PAGE = 20_000
const WRITTEN = 2_000

/** Names of the migrations that a database has had. */
export async function migrationsOf(db: Db): Promise<string[]> {
  const found = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  return found.rows.map(({ name }) => name)
}

/** Tables that are no part of a backup: sums, which fill themselves, and files that wait for minutes. */
const LEFT_OUT: ReadonlySet<string> = new Set(['tally', 'held_file'])

/** Our tables, each behind those that it refers to. */
async function tablesOf(db: Db): Promise<(Held & { kinds: Record<string, 'int' | 'text'>; self: string[] })[]> {
  const known = (await db.introspection.getTables()).filter(({ name }) => !LEFT_OUT.has(name))
  const references =
    engineOf(db) === 'sqlite'
      ? await sql<{ child: string; parent: string; via: string }>`
          select m.name as child, f."table" as parent, f."from" as via
          from sqlite_master m join pragma_foreign_key_list(m.name) f where m.type = 'table'`.execute(db)
      : await sql<{ child: string; parent: string; via: string }>`
          select c.conrelid::regclass::text as child, c.confrelid::regclass::text as parent, a.attname as via
          from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
          where c.contype = 'f'`.execute(db)
  const left = new Map(known.map((table) => [table.name, table]))
  const ordered = []
  while (left.size > 0) {
    const free = [...left.values()].filter(({ name }) =>
      references.rows.every(({ child, parent }) => child !== name || parent === name || !left.has(parent)),
    )
    if (free.length === 0) throw new Error('tables refer to each other in a ring')
    for (const { name, columns: all } of free.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      left.delete(name)
      const kinds = Object.fromEntries(all.map((one) => [one.name, /int/i.test(one.dataType) ? 'int' : 'text'] as const)) // prettier-ignore
      const self = references.rows.filter(({ child, parent }) => child === name && parent === name).map(({ via }) => via) // prettier-ignore
      ordered.push({ table: name, columns: Object.keys(kinds), kinds, self })
    }
  }
  return ordered
}

/**
 * Every row of every table, as of one moment, beside whoever writes meanwhile. On SQLite the snapshot is of this connection, which must be used for nothing
 * else; on PostgreSQL of one transaction.
 */
export async function dump(
  store: Store,
  head: (migrations: string[], tables: Held[]) => Promise<void>,
  take: (table: number, page: HeldRow[]) => Promise<void>,
): Promise<void> {
  await store.db.connection().execute(async (db) => {
    await sql.raw(store.engine === 'sqlite' ? 'begin' : 'begin isolation level repeatable read read only').execute(db)
    try {
      const tables = await tablesOf(db)
      await head(
        await migrationsOf(db),
        tables.map(({ table, columns: names }) => ({ table, columns: names })),
      )
      for (const [i, { table, columns: names }] of tables.entries()) {
        // The ledger in the order in which it has no gaps; others as they lie, which one snapshot does not change.
        const statement = `select * from ${table}${table === 'ledger' ? ' order by run, seq' : ''}`
        const next = store.engine === 'sqlite' ? byOffset(db, statement) : await byCursor(db, statement)
        for (let page = await next(); page.length > 0; page = await next())
          await take(
            i,
            page.map((row) => names.map((name) => row[name] ?? null)),
          )
      }
    } finally {
      await sql.raw('rollback').execute(db)
    }
  })
}

type Row = Record<string, string | number | null>

function byOffset(db: Db, statement: string): () => Promise<Row[]> {
  let offset = -PAGE
  return async () => (await sql<Row>`${sql.raw(statement)} limit ${PAGE} offset ${(offset += PAGE)}`.execute(db)).rows
}

async function byCursor(db: Db, statement: string): Promise<() => Promise<Row[]>> {
  await sql.raw('close all').execute(db)
  await sql.raw(`declare taken no scroll cursor for ${statement}`).execute(db)
  return async () => (await sql<Row>`${sql.raw(`fetch ${PAGE} from taken`)}`.execute(db)).rows
}

/** What is kept here, counted; `since`: steps of the ledger after an instant (ms). */
export async function contentsOf(
  db: Db,
  instant: number,
): Promise<{ rows: number; counts: Map<string, number>; newest: number | null; since: number }> {
  const counts = new Map<string, number>()
  for (const { name } of await db.introspection.getTables()) {
    const found = await sql<{ n: number }>`select count(*) as n from ${sql.table(name)}`.execute(db)
    counts.set(name, Number(found.rows[0]!.n))
  }
  const rows = [...counts.values()].reduce((sum, one) => sum + one, 0)
  if (!counts.has('ledger')) return { rows, counts, newest: null, since: 0 }
  const steps = await sql<{ newest: number | null; since: number }>`
    select max(at) as newest, count(case when at > ${instant} then 1 end) as since from ledger`.execute(db)
  const { newest, since } = steps.rows[0]!
  return { rows, counts, newest: newest === null ? null : Number(newest), since: Number(since) }
}

/** Takes every table of ours away, with its triggers; in the caller's transaction, so that nothing is lost if what follows fails. */
export async function empty(db: Db): Promise<void> {
  const ours = (await tablesOf(db)).map(({ table }) => table).reverse()
  const functions =
    engineOf(db) === 'sqlite'
      ? []
      : (
          await sql<{ name: string }>`
            select distinct t.tgfoid::regproc::text as name from pg_trigger t join pg_class c on c.oid = t.tgrelid
            where not t.tgisinternal and c.relname in (${sql.join(ours)})`.execute(db)
        ).rows
  // What is no part of a backup is here all the same.
  for (const table of [...LEFT_OUT, ...ours]) await sql`drop table if exists ${sql.table(table)}`.execute(db)
  for (const { name } of functions) await sql`drop function ${sql.raw(name)}()`.execute(db)
  await sql`delete from kysely_migration`.execute(db)
}

/** Makes the tables of some migrations in the caller's transaction, in a database that `empty` has emptied. */
export async function rebuild(db: Db, migrations: Readonly<Record<string, Migration>>, now: number): Promise<void> {
  for (const name of Object.keys(migrations).sort()) {
    await migrations[name]!.up(db)
    await sql`insert into kysely_migration (name, timestamp) values (${name}, ${new Date(now).toISOString()})`.execute(
      db,
    )
  }
}

/** Whether nothing was ever kept here: no tables, or none with a row. */
export async function isEmpty(db: Db): Promise<boolean> {
  for (const { name } of await db.introspection.getTables())
    if ((await sql`select 1 from ${sql.table(name)} limit 1`.execute(db)).rows.length > 0) return false
  return true
}

/** The migrations that a backup was made with, or those of them that this version does not know. */
export function migrationsFor(names: readonly string[]) {
  const unknown = names.filter((name) => !(name in MIGRATIONS))
  return unknown.length > 0
    ? { unknown }
    : { unknown: null, migrations: Object.fromEntries(names.map((name) => [name, MIGRATIONS[name]!])) }
}

/** Writes the rows of a backup into empty tables of the same migrations; the caller's transaction makes it all or nothing. */
export async function fill(
  db: Db,
  held: readonly Held[],
  lines: AsyncIterable<readonly [table: number, row: HeldRow]>,
): Promise<Map<string, number>> {
  const here = new Map((await tablesOf(db)).map((one) => [one.table, one]))
  const counts = new Map<string, number>()
  const pointing: { table: string; key: string; column: string; id: string; to: string }[] = []
  let waiting: { at: number; batch: HeldRow[] } = { at: -1, batch: [] }
  const write = async ({ at, batch }: typeof waiting) => {
    if (batch.length === 0) return
    const { table, columns: names } = held[at]!
    const { kinds, self } = here.get(table)!
    const { names: target, fields } = columns(Object.fromEntries(names.map((name) => [name, kinds[name]!])))
    // A person may be merged into one whose row comes later: such columns are filled at the end.
    const later = self.map((name) => names.indexOf(name))
    const ready = batch.map((row) => {
      for (const i of later)
        if (row[i] !== null) pointing.push({ table, key: names[0]!, column: names[i]!, id: String(row[0]), to: String(row[i]) }) // prettier-ignore
      return row.map((value, i) => (later.includes(i) ? null : value))
    })
    await sql`insert into ${sql.table(table)} (${target}) select ${fields} from ${rows(db, ready)}`.execute(db)
    counts.set(table, (counts.get(table) ?? 0) + batch.length)
  }
  for await (const [at, row] of lines) {
    if (at !== waiting.at || waiting.batch.length >= WRITTEN) {
      await write(waiting)
      waiting = { at, batch: [] }
    }
    waiting.batch.push(row)
  }
  await write(waiting)
  for (const { table, key, column, id, to } of pointing)
    await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${to} where ${sql.ref(key)} = ${id}`.execute(db)
  return counts
}
