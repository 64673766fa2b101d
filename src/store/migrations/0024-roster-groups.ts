import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/**
 * Figures of the roster from one index (docs/benchmarks.md): a row carries the group in which its person counts, none where the person turned out to be
 * another, kept true by the database whoever writes either. Troubles and households are counted from their indexes alone as well.
 */
export const rosterGroups: Migration = {
  async up(db) {
    const { engine, int, run } = wordsFor(db)
    await run(
      `alter table roster add column grp ${int}`,
      `update roster set grp = ${PLACE}`,
      `drop index roster_tally`,
      `create index roster_tally on roster (grp, card, residence, visit, official) where grp is not null`,
      `drop index household_grp`,
      `create index household_grp on household (grp, reviewed_on)`,
      `drop index ledger_trouble`,
      `create index ledger_trouble on ledger (at, grp, flow, step, detail, person) where outcome = 'trouble'`,
      ...(engine === 'sqlite' ? SQLITE_TRIGGERS : POSTGRES_TRIGGERS),
    )
  },
}

const PLACE = `(select p.grp from person p where p.id = roster.person and p.merged_into is null)`

const SQLITE_TRIGGERS: readonly string[] = [
  `create trigger roster_placed after insert on roster begin update roster set grp = ${PLACE} where person = new.person; end`,
  `create trigger roster_moved after update of grp, merged_into on person
   when old.grp is not new.grp or old.merged_into is not new.merged_into
   begin update roster set grp = ${PLACE} where person = new.id; end`,
]

/** The lock on the person makes a move and a new row wait for each other. */
const POSTGRES_TRIGGERS: readonly string[] = [
  `create function roster_takes_group() returns trigger language plpgsql as
   $$ begin
     select case when p.merged_into is null then p.grp end into new.grp from person p where p.id = new.person for share;
     return new;
   end $$`,
  `create trigger roster_placed before insert on roster for each row execute function roster_takes_group()`,
  `create function person_takes_roster() returns trigger language plpgsql as
   $$ begin
     update roster set grp = ${PLACE} where person = new.id;
     return null;
   end $$`,
  `create trigger roster_moved after update of grp, merged_into on person for each row
   when (old.grp is distinct from new.grp or old.merged_into is distinct from new.merged_into) execute function person_takes_roster()`,
]
