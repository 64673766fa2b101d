import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** Runs and their ledger, with what must always be true of them held by the database itself. */
export const runs: Migration = {
  async up(db) {
    const words = wordsFor(db)
    const { int, key, plain, run } = words
    await run(
      `create table run (
        id ${key} primary key,
        person ${key} not null references person (id),
        flow ${key} not null,
        edition ${int} not null,
        step ${key} not null,
        state text not null check (state in ('open', 'paused', 'finished')),
        seq ${int} not null check (seq >= 0),
        started_at ${int} not null,
        entered_at ${int} not null,
        trail text not null,
        tries ${int} not null check (tries >= 0)
      ) ${plain}`,
      `create unique index run_unfinished on run (person, flow) where state <> 'finished'`,
      `create index run_standing on run (flow, state, step)`,
      `create index run_person on run (person)`,
      `create table ledger (
        run ${key} not null,
        seq ${int} not null check (seq >= 1),
        at ${int} not null,
        person ${key},
        contact ${key},
        channel text not null,
        grp ${int},
        flow ${key} not null,
        edition ${int} not null,
        step text not null,
        number ${int},
        outcome text not null check (outcome in ('entered', 'done', 'trouble', 'skipped', 'back', 'paused', 'finished')),
        source text not null check (source in ('self', 'helper', 'leader', 'staff')),
        detail text,
        to_step text,
        primary key (run, seq)
      ) ${plain}`,
      `create index ledger_flow on ledger (flow, at)`,
      `create index ledger_at on ledger (at)`,
      ...(words.engine === 'sqlite' ? SQLITE_TRIGGERS : POSTGRES_TRIGGERS),
    )
  },
}

/** Everything but who it was. */
const FIXED = 'run, seq, at, channel, grp, flow, edition, step, number, outcome, source, detail, to_step'

const SQLITE_TRIGGERS: readonly string[] = [
  `create trigger ledger_keeps before delete on ledger
   begin select raise(abort, 'the ledger is append-only: no row is deleted'); end`,
  `create trigger ledger_stands before update of ${FIXED} on ledger
   begin select raise(abort, 'the ledger is append-only: only person and contact may be taken out'); end`,
  `create trigger ledger_follows before insert on ledger
   when new.seq > 1 and not exists (select 1 from ledger where run = new.run and seq = new.seq - 1)
   begin select raise(abort, 'the ledger has no gaps: an event of this run is missing before this one'); end`,
]

const POSTGRES_TRIGGERS: readonly string[] = [
  `create function ledger_refuses() returns trigger language plpgsql as
   $$ begin raise exception 'the ledger is append-only: only person and contact may be taken out'; end $$`,
  `create trigger ledger_keeps before delete on ledger for each row execute function ledger_refuses()`,
  `create trigger ledger_stays before truncate on ledger for each statement execute function ledger_refuses()`,
  `create trigger ledger_stands before update of ${FIXED} on ledger for each row execute function ledger_refuses()`,
  `create function ledger_continues() returns trigger language plpgsql as
   $$ begin
     if exists (
       select 1 from added a
       where a.seq > 1 and not exists (select 1 from ledger l where l.run = a.run and l.seq = a.seq - 1)
     ) then raise exception 'the ledger has no gaps: an event of this run is missing before this one'; end if;
     return null;
   end $$`,
  `create trigger ledger_follows after insert on ledger referencing new table as added
   for each statement execute function ledger_continues()`,
]
