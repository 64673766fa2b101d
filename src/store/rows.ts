import { type RawBuilder, sql, SqliteAdapter } from 'kysely'
import type { Db } from './tables.js'

export type Engine = 'sqlite' | 'postgres'

export function engineOf(db: Db): Engine {
  return db.getExecutor().adapter instanceof SqliteAdapter ? 'sqlite' : 'postgres'
}

/** Characters that Postgres refuses inside a text: NUL, and halves of a surrogate pair. */
const UNSTORABLE = /\0|\p{Surrogate}/gu
const MAYBE_UNSTORABLE = /\\u(?:0000|d[89a-f])/i

/** A text as both engines can keep it: what they cannot is shown as «�». */
export function storable(text: string): string {
  return text.replace(UNSTORABLE, '\uFFFD')
}

function encode(values: readonly unknown[]): string {
  const json = JSON.stringify(values)
  if (!MAYBE_UNSTORABLE.test(json)) return json
  return JSON.stringify(values, (_, value: unknown) => (typeof value === 'string' ? storable(value) : value))
}

/**
 * A batch as a FROM item named `e` with one column `value`: it travels as ONE parameter, so the text of the statement is constant.
 * This file is the only place where the two engines are written differently.
 */
export function rows(db: Db, values: readonly unknown[]): RawBuilder<unknown> {
  const json = encode(values)
  return engineOf(db) === 'sqlite' ? sql`json_each(${json}) e` : sql`jsonb_array_elements(${json}::jsonb) e(value)`
}

/** What a column of a batch holds. */
type Kind = 'text' | 'int'

/** Field number `i` of a row of the batch, for rows that are arrays. */
export function field(i: number, kind: Kind): RawBuilder<unknown> {
  return sql.raw(`cast(e.value ->> ${i} as ${kind === 'int' ? 'bigint' : 'text'})`)
}

/** Columns of an insert, in the order of the arrays that fill them: `names` for the target, `fields` to take them from a batch. */
export function columns(shape: Readonly<Record<string, Kind>>): {
  names: RawBuilder<unknown>
  fields: RawBuilder<unknown>
} {
  return {
    names: sql.raw(Object.keys(shape).join(', ')),
    fields: sql.join(Object.values(shape).map((kind, i) => field(i, kind))),
  }
}

/** The only item of a batch of texts: `where contact in (select … from <rows>)`. */
export function texts(db: Db, values: readonly string[]): RawBuilder<unknown> {
  return sql`(select ${field(0, 'text')} from ${rows(
    db,
    values.map((value) => [value]),
  )})`
}

/** Whether the list of numbers at `path` of a column that holds JSON has none but these; false where there is no list. */
export function listsOnly(
  db: Db,
  column: RawBuilder<unknown>,
  path: readonly string[],
  allowed: readonly number[],
): RawBuilder<unknown> {
  if (engineOf(db) === 'postgres')
    return sql`coalesce(${JSON.stringify(allowed)}::jsonb @> (${column}::jsonb #> ${`{${path.join(',')}}`}::text[]), false)`
  const at = `$.${path.join('.')}`
  return sql`(coalesce(json_type(${column}, ${at}), '') = 'array' and not exists (
    select 1 from json_each(${column}, ${at}) g where g.value not in (select value from json_each(${JSON.stringify(allowed)}))))`
}

/** Orders texts the same way in every process, so that two of them never wait for each other. */
export function byText<T>(key: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => {
    const [x, y] = [key(a), key(b)]
    return x < y ? -1 : x > y ? 1 : 0
  }
}
