import { type Migration, sql } from 'kysely'
import { wordsFor, type Words } from './words.js'

type Database = Parameters<Migration['up']>[0]

const BEFORE = `'entered', 'done', 'trouble', 'skipped', 'back', 'paused', 'finished'`
const AFTER = `${BEFORE}, 'confirmed', 'undone'`

/**
 * Two kinds of events more: `confirmed`, by which a head vouches for a finish, and `undone`, which takes back what was written down by mistake
 * (core/model/ledger.ts). The triggers that keep the sums (0023) look at both: a finish that was taken back is none, one that is vouched for is a
 * confirmed one.
 */
export const corrections: Migration = {
  async up(db) {
    const words = wordsFor(db)
    await (words.engine === 'sqlite' ? onSqlite(db, words) : onPostgres(db, words))
    await words.run(`create index ledger_undone on ledger (run, seq) where outcome = 'undone'`)
  },
}

/** What the triggers of 0023 say, in the words that they say it in, and what they say from now on. */
const CHANGED: readonly (readonly [RegExp, string])[] = [
  // What ends a run; a finish, and the word of whoever vouched for it.
  [
    /\bl\.outcome = 'finished'/g,
    `l.outcome in ('finished', 'confirmed') and not exists (
    select 1 from ledger u where u.run = l.run and u.outcome = 'undone' and u.seq > l.seq
      and case when u.outcome = 'undone' then cast(u.detail as integer) end <= l.seq)`,
  ],
  // Which events are looked at.
  [/\b(new\.|a\.|(?<=added where ))outcome = 'finished'/g, `$1outcome in ('finished', 'confirmed', 'undone')`],
]
const changed = (text: string) => CHANGED.reduce((said, [from, to]) => said.replace(from, to), text)

/** No constraint is changed in place there: the table is made anew from its own text, with its indexes and triggers. */
async function onSqlite(db: Database, { run }: Words): Promise<void> {
  const made = await sql<{ name: string; type: string; tbl_name: string; sql: string }>`
    select name, type, tbl_name, sql from sqlite_master where sql is not null order by rowid`.execute(db)
  const table = made.rows.find(({ name }) => name === 'ledger')!.sql
  if (!table.includes(BEFORE)) throw new Error('the table ledger has no check of its outcomes')
  const own = made.rows.filter(({ tbl_name, type }) => tbl_name === 'ledger' && type !== 'table')
  const others = made.rows.filter(
    ({ tbl_name, type, sql }) => tbl_name !== 'ledger' && type === 'trigger' && changed(sql) !== sql,
  )
  if (others.length === 0) throw new Error('no trigger keeps the sums')
  await run(
    ...others.map(({ name }) => `drop trigger ${name}`),
    `create temp table kept_ledger as select * from ledger`,
    `drop table ledger`,
    table.replace(BEFORE, AFTER),
    `insert into ledger select * from temp.kept_ledger`,
    `drop table temp.kept_ledger`,
    ...[...own, ...others].map(({ sql }) => changed(sql)),
  )
}

async function onPostgres(db: Database, { run }: Words): Promise<void> {
  const made = await sql<{ text: string }>`
    select pg_get_functiondef(p.oid) as text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = current_schema() and p.prokind = 'f' and p.prosrc like '%outcome = ''finished''%' order by p.proname`.execute(
    db,
  )
  const others = made.rows.map(({ text }) => changed(text)).filter((text, i) => text !== made.rows[i]!.text)
  if (others.length === 0) throw new Error('no trigger keeps the sums')
  await run(
    `alter table ledger drop constraint ledger_outcome_check`,
    `alter table ledger add constraint ledger_outcome_check check (outcome in (${AFTER}))`,
    ...others,
  )
}
