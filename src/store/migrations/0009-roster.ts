import { type Migration, sql } from 'kysely'
import { wordsFor, type Words } from './words.js'

const ROLES = `'resident', 'helper', 'leader', 'staff', 'admin'`

/** The roster and what hangs on it: who leads which group, merges, slips, and who did what with it. */
export const roster: Migration = {
  async up(db) {
    const words = wordsFor(db)
    const { engine, int, key, keyed, plain, run } = words
    await allowHelpers(db, words)
    await run(
      // A group head may lead several groups; where they live is another thing (contact.grp).
      `create table leads (
        contact ${key} not null references contact (id),
        grp ${int} not null,
        since ${int} not null,
        primary key (contact, grp)
      ) ${keyed}`,
      `insert into leads (contact, grp, since) select id, grp, created_at from contact where role = 'leader' and grp is not null`,
      `alter table person add column merged_into ${key} references person (id)`,
      `create index person_merged on person (merged_into) where merged_into is not null`,
      `create index person_grp on person (grp)`,
      `create table household (
        id ${key} primary key,
        grp ${int} not null,
        code ${key},
        street text,
        house text,
        reviewed_on text,
        reviewed_by text,
        created_at ${int} not null
      ) ${plain}`,
      `create unique index household_code on household (grp, code) where code is not null`,
      `create index household_grp on household (grp)`,
      `create table roster (
        person ${key} primary key references person (id),
        household ${key} references household (id),
        name text not null,
        folded ${key} not null,
        born ${int},
        residence text check (residence in ('permanent', 'temporary')),
        card text not null check (card in ('has', 'none', 'unknown')),
        card_reason text,
        visit ${int} not null check (visit in (0, 1)),
        official ${int} not null check (official in (0, 1)),
        phone text,
        phone_hash ${key},
        note text,
        updated_at ${int} not null
      ) ${plain}`,
      `create index roster_household on roster (household)`,
      `create index roster_phone on roster (phone_hash) where phone_hash is not null`,
      `create table merge (
        gone ${key} primary key references person (id),
        kept ${key} not null references person (id),
        at ${int} not null,
        who text not null,
        how text not null check (how in ('merge', 'head', 'slip')),
        -- Runs that were passed on, and those that stayed because the kept person stands in the same guide.
        moved_runs text not null,
        left_runs text not null,
        moved_contacts text not null
      ) ${plain}`,
      `create index merge_kept on merge (kept)`,
      `create table slip (
        code_hash ${key} primary key,
        person ${key} not null references person (id),
        created_at ${int} not null,
        created_by text not null,
        expires_at ${int} not null,
        used_at ${int},
        used_by text
      ) ${keyed}`,
      `create index slip_person on slip (person)`,
      `create table slip_try (
        contact ${key} primary key references contact (id),
        since ${int} not null,
        wrong ${int} not null check (wrong >= 0)
      ) ${keyed}`,
      `create table audit (
        id ${key} primary key,
        at ${int} not null,
        who ${key} not null,
        role text not null,
        deed text not null,
        kind text not null,
        subject text,
        grp ${int},
        count ${int}
      ) ${plain}`,
      `create index audit_at on audit (at, id)`,
      `create index audit_who on audit (who, at, id)`,
      ...(engine === 'sqlite' ? SQLITE_TRIGGERS : POSTGRES_TRIGGERS),
    )
  },
}

/** A role more. SQLite changes no constraint in place: the tables are made anew from their own text, with whatever columns they have by now. */
async function allowHelpers(db: Parameters<Migration['up']>[0], { engine, run }: Words): Promise<void> {
  for (const table of ['contact', 'invitation']) {
    if (engine === 'postgres') {
      await run(
        `alter table ${table} drop constraint ${table}_role_check`,
        `alter table ${table} add constraint ${table}_role_check check (role in (${ROLES}))`,
      )
      continue
    }
    const made = await sql<{ type: string; sql: string | null }>`
      select type, sql from sqlite_master where tbl_name = ${table} and sql is not null`.execute(db)
    const [before] = made.rows.filter(({ type }) => type === 'table')
    const after = before!.sql!.replace(`'resident', 'leader', 'staff', 'admin'`, ROLES)
    if (after === before!.sql) throw new Error(`the table ${table} has no check of its roles`)
    await run(
      // Rows that point to the table find it again before the transaction ends.
      `pragma defer_foreign_keys = on`,
      `create temp table kept_rows as select * from ${table}`,
      `drop table ${table}`,
      after,
      `insert into ${table} select * from temp.kept_rows`,
      `drop table temp.kept_rows`,
      ...made.rows.filter(({ type }) => type !== 'table').map(({ sql }) => sql!),
    )
  }
}

const SQLITE_TRIGGERS: readonly string[] = [
  `create trigger audit_keeps before delete on audit
   begin select raise(abort, 'the audit log is append-only: no row is deleted'); end`,
  `create trigger audit_stands before update on audit
   begin select raise(abort, 'the audit log is append-only: no row is changed'); end`,
]

const POSTGRES_TRIGGERS: readonly string[] = [
  `create function audit_refuses() returns trigger language plpgsql as
   $$ begin raise exception 'the audit log is append-only'; end $$`,
  `create trigger audit_keeps before delete or update on audit for each row execute function audit_refuses()`,
  `create trigger audit_stays before truncate on audit for each statement execute function audit_refuses()`,
]
