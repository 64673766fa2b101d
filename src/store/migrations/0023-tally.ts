import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/**
 * Figures of a whole ward without a look at its runs (docs/benchmarks.md). A person counts once in a flow, by the run that `counts`: a finished one where
 * there is one, else the open one, and none of somebody who turned out to be another; 2 where a head or the ward confirmed a finish, 1 elsewhere. On that
 * run, `done_at` is when they finished first. `tally` holds the sums of the runs that count. The database itself keeps all of it true, whoever writes:
 * on SQLite a row a place; on PostgreSQL processes only ever add rows, so that none waits for another, and the sum of a place is the sum of its rows
 * (store/tally.ts folds them). Group 0 is «none».
 */
export const tally: Migration = {
  async up(db) {
    const { engine, int, key, keyed, run } = wordsFor(db)
    const sqlite = engine === 'sqlite'
    await run(
      ...['run_placed', 'run_passed_on'].map((name) => `drop trigger if exists ${name}${sqlite ? '' : ' on run'}`),
      `drop trigger person_moved${sqlite ? '' : ' on person'}`,
      ...(sqlite ? [] : [`drop function run_takes_group`, `drop function person_takes_runs`]),
      // What changes with every step is in no index any more: a turn writes less.
      ...['run_standing', 'run_tally', 'run_group', 'ledger_finished', 'ledger_finished_at', 'ledger_confirmed'].map(
        (name) => `drop index ${name}`,
      ),
      `alter table run add column counts ${int} not null default 0`,
      `alter table run add column done_at ${int}`,
      `create table tally (
        flow ${key} not null,
        grp ${int} not null,
        state ${key} not null,
        step ${key} not null,
        count ${int} not null,
        tries ${int} not null,
        confirmed ${int} not null
        ${sqlite ? ', primary key (flow, grp, state, step)' : ''}
      ) ${keyed}`,
      `update run set ${RECKONED}`,
      `insert into tally (${PLACE}, count, tries, confirmed)
       select flow, coalesce(grp, 0), state, step, count(*), sum(tries), sum(counts - 1) from run where counts > 0 group by 1, 2, 3, 4`,
      `create index run_done on run (done_at, flow, grp) where done_at is not null`,
      // Room for a run's next step beside it.
      ...(sqlite ? [] : [`alter table run set (fillfactor = 85)`]),
      ...(sqlite ? SQLITE_TRIGGERS : POSTGRES_TRIGGERS),
    )
  },
}

const PLACE = 'flow, grp, state, step'

/** The run by which its person counts in its flow. */
const REPRESENTING = `(
  select r.id from run r join person p on p.id = r.person
  where r.person = run.person and r.flow = run.flow and p.merged_into is null
  order by case when r.state = 'finished' then 0 else 1 end, r.id limit 1)`

/** The ends that its person reached in its flow. */
const ENDS = `run f join ledger l on l.run = f.id and l.outcome = 'finished'
  where f.person = run.person and f.flow = run.flow and f.state = 'finished'`

/** What triggers write into a run, from the person, the person's other runs in the flow and their ledger. */
const RECKONED = `
  grp = (select p.grp from person p where p.id = run.person),
  counts = case when run.id <> coalesce(${REPRESENTING}, '') then 0
    when exists (select 1 from ${ENDS} and l.source in ('leader', 'staff')) then 2 else 1 end,
  done_at = case when run.id = ${REPRESENTING} then (select min(l.at) from ${ENDS}) end`

/** A run as it stands in the sums: `sign` is 1 to add it and -1 to take it away. */
const summed = (row: string, sign: 1 | -1) =>
  `${row}.flow, coalesce(${row}.grp, 0), ${row}.state, ${row}.step, ${sign}, ${sign} * ${row}.tries, ${sign} * (${row}.counts - 1)`

const reckon = (row: string) => `update run set ${RECKONED} where person = ${row}.person and flow = ${row}.flow`

const addUp = (...rows: string[]) => `
  insert into tally (${PLACE}, count, tries, confirmed) ${rows.join(' union all ')}
  on conflict (${PLACE}) do update set count = count + excluded.count, tries = tries + excluded.tries, confirmed = confirmed + excluded.confirmed`
const ADDED = `select ${summed('new', 1)} where new.counts > 0`
const TAKEN = `select ${summed('old', -1)} where old.counts > 0`

const SQLITE_TRIGGERS: readonly string[] = [
  `create trigger run_added after insert on run begin ${addUp(ADDED)}; ${reckon('new')}; end`,
  `create trigger run_summed after update of flow, grp, state, step, tries, counts on run
   when (old.counts > 0 or new.counts > 0) and (old.flow, old.grp, old.state, old.step, old.tries, old.counts)
     is not (new.flow, new.grp, new.state, new.step, new.tries, new.counts)
   begin ${addUp(TAKEN, ADDED)}; end`,
  `create trigger run_changed after update of person, flow, state on run
   when old.person <> new.person or old.flow <> new.flow or (old.state = 'finished' and new.state <> 'finished')
   begin ${reckon('old')}; ${reckon('new')}; end`,
  `create trigger run_removed after delete on run begin ${addUp(TAKEN)}; ${reckon('old')}; end`,
  `create trigger run_ended after insert on ledger when new.outcome = 'finished'
   begin update run set ${RECKONED} where (person, flow) in (select r.person, r.flow from run r where r.id = new.run); end`,
  `create trigger person_moved after update of grp, merged_into on person
   when old.grp is not new.grp or old.merged_into is not new.merged_into
   begin update run set ${RECKONED} where person = new.id; end`,
]

/** Reckons whatever is written at once as one: the import of a list, the rows of a backup. */
const RECKON_ALL = (runs: string) => `
  perform 1 from person where id in (select r.person from (${runs}) r) order by id for no key update;
  update run set ${RECKONED} where (person, flow) in (select r.person, r.flow from (${runs}) r);`

/**
 * Whoever reckons holds the person until the commit: of two who change what it rests on, the second sees what the first wrote. The sums need no lock:
 * what a statement takes away and adds is what it found in the rows it changed.
 */
const POSTGRES_TRIGGERS: readonly string[] = [
  `create function runs_are_added() returns trigger language plpgsql as
   $$ begin
     if exists (select 1 from come) then ${RECKON_ALL('select person, flow from come')} end if;
     return null;
   end $$`,
  `create function runs_have_ended() returns trigger language plpgsql as
   $$ begin
     if exists (select 1 from added where outcome = 'finished') then
       ${RECKON_ALL(`select o.person, o.flow from added a join run o on o.id = a.run where a.outcome = 'finished'`)}
     end if;
     return null;
   end $$`,
  `create function run_is_reckoned() returns trigger language plpgsql as
   $$ begin
     ${RECKON_ALL('select old.person, old.flow')}
     if tg_op = 'UPDATE' then ${RECKON_ALL('select new.person, new.flow')} end if;
     return null;
   end $$`,
  `create function person_is_reckoned() returns trigger language plpgsql as
   $$ begin
     update run set ${RECKONED} where person = new.id;
     return null;
   end $$`,
  `create function run_is_new() returns trigger language plpgsql as $$ begin new.counts := 0; return new; end $$`,
  `create function runs_are_summed() returns trigger language plpgsql as
   $$ begin
     if tg_op = 'DELETE' then
       insert into tally (${PLACE}, count, tries, confirmed) select ${summed('o', -1)} from gone o where o.counts > 0;
     else
       insert into tally (${PLACE}, count, tries, confirmed)
       select m.flow, m.grp, m.state, m.step, sum(m.count), sum(m.tries), sum(m.confirmed) from (
         select ${summed('o', -1)} from gone o where o.counts > 0
         union all select ${summed('n', 1)} from come n where n.counts > 0
       ) m (${PLACE}, count, tries, confirmed) group by m.flow, m.grp, m.state, m.step
       having sum(m.count) <> 0 or sum(m.tries) <> 0 or sum(m.confirmed) <> 0;
     end if;
     return null;
   end $$`,
  // A row of a backup brings its mark along; it is counted like any other that comes new.
  `create trigger run_fresh before insert on run for each row when (new.counts <> 0) execute function run_is_new()`,
  `create trigger run_added after insert on run referencing new table as come for each statement execute function runs_are_added()`,
  `create trigger run_summed after update on run referencing old table as gone new table as come
   for each statement execute function runs_are_summed()`,
  `create trigger run_changed after update of person, flow, state on run for each row
   when (old.person <> new.person or old.flow <> new.flow or (old.state = 'finished' and new.state <> 'finished'))
   execute function run_is_reckoned()`,
  `create trigger run_removed after delete on run for each row execute function run_is_reckoned()`,
  `create trigger run_taken after delete on run referencing old table as gone for each statement execute function runs_are_summed()`,
  `create trigger run_ended after insert on ledger referencing new table as added for each statement execute function runs_have_ended()`,
  `create trigger person_moved after update of grp, merged_into on person for each row
   when (old.grp is distinct from new.grp or old.merged_into is distinct from new.merged_into) execute function person_is_reckoned()`,
]
