import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/**
 * What the figures of a whole ward need to be quick (docs/benchmarks.md): a run carries the group of its person, kept true by the database itself
 * whoever writes either, and one index holds all that is counted, in the order in which it is counted.
 */
export const speed: Migration = {
  async up(db) {
    const { engine, int, run } = wordsFor(db)
    await run(
      `alter table run add column grp ${int}`,
      `update run set grp = (select p.grp from person p where p.id = run.person)`,
      ...(engine === 'sqlite' ? SQLITE_TRIGGERS : POSTGRES_TRIGGERS),
      `create index run_tally on run (flow, grp, state, step, tries)`,
      `create index run_group on run (grp, flow, person, state, step, tries)`,
      `create index run_flows on run (person, flow)`,
      `drop index run_person`,
      `create index ledger_finished_at on ledger (at) where outcome = 'finished'`,
      `create index roster_official on roster (person) where official = 1`,
    )
  },
}

const SQLITE_TRIGGERS: readonly string[] = [
  `create trigger run_placed after insert on run
   begin update run set grp = (select p.grp from person p where p.id = new.person) where id = new.id; end`,
  `create trigger run_passed_on after update of person on run
   begin update run set grp = (select p.grp from person p where p.id = new.person) where id = new.id; end`,
  `create trigger person_moved after update of grp on person when old.grp is not new.grp
   begin update run set grp = new.grp where person = new.id; end`,
]

/** The lock on the person makes a move and a new run wait for each other, so that neither misses what the other writes. */
const POSTGRES_TRIGGERS: readonly string[] = [
  `create function run_takes_group() returns trigger language plpgsql as
   $$ begin
     select p.grp into new.grp from person p where p.id = new.person for share;
     return new;
   end $$`,
  `create trigger run_placed before insert or update of person on run for each row execute function run_takes_group()`,
  `create function person_takes_runs() returns trigger language plpgsql as
   $$ begin
     update run set grp = new.grp where person = new.id;
     return null;
   end $$`,
  `create trigger person_moved after update of grp on person for each row when (old.grp is distinct from new.grp)
   execute function person_takes_runs()`,
]
