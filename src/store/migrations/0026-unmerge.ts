import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** What a merge has to remember to be undone, and those that were. */
export const unmerge: Migration = {
  async up(db) {
    const { int, key, plain, run } = wordsFor(db)
    await run(
      // Names of the fields that the kept row took over, never what stood in them; null: merged before this was kept.
      `alter table merge add column filled text`,
      `alter table merge add column moved_slips text`,
      `alter table merge add column moved_helpers text`,
      `alter table merge add column carried text`,
      `create table unmerge (
        id ${key} primary key,
        gone ${key} not null references person (id),
        kept ${key} references person (id),
        merged_at ${int} not null,
        merged_by text not null,
        how text not null,
        at ${int} not null,
        who text not null,
        -- Runs that went back, each with its newest event then: the ledger names the kept person in some of them.
        runs text not null
      ) ${plain}`,
      `create index unmerge_gone on unmerge (gone)`,
      `create index unmerge_kept on unmerge (kept)`,
    )
  },
}
