import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/**
 * A wish for a visit has a time, and may be in somebody's hands; a visit that was made stays to be read (`visited`), and so does what the roster said of
 * a card before a recording changed it (`card_settled`), to be taken back with the recording. Both go with the row of the roster, however that goes.
 */
export const visits: Migration = {
  async up(db) {
    const { int, key, plain, run } = wordsFor(db)
    await run(
      `alter table roster add column visit_since ${int}`,
      `alter table roster add column visit_by ${key}`,
      `alter table roster add column visit_taken_at ${int}`,
      // Nobody knows since when: the last change of the row is the latest that it can be.
      `update roster set visit_since = updated_at where visit = 1`,
      `create index roster_wish on roster (grp, visit_since) where visit = 1`,
      `create table visited (
        id ${key} primary key,
        person ${key} not null references roster (person) on delete cascade,
        day text not null,
        at ${int} not null,
        who ${key} not null,
        -- The wish that it answered, and who had taken it: to be put back with it. Null: nobody had asked.
        wished_since ${int},
        taken_by ${key},
        taken_at ${int},
        -- The run in which the same deed at the door was recorded.
        run ${key}
      ) ${plain}`,
      `create index visited_person on visited (person)`,
      `create index visited_run on visited (run) where run is not null`,
      `create table card_settled (
        person ${key} primary key references roster (person) on delete cascade,
        run ${key} not null,
        at ${int} not null,
        who ${key} not null,
        card text not null check (card in ('none', 'unknown')),
        card_reason text
      ) ${plain}`,
      `create index card_settled_run on card_settled (run)`,
      // Whose word a finish is, is read with it.
      `drop index run_done`,
      `create index run_done on run (done_at, flow, grp, counts) where done_at is not null`,
    )
  },
}
