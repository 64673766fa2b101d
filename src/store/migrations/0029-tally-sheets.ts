import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** Sheets to tick at the door, with their rows as they were printed, and what was entered from them: the same entry twice is one. */
export const tallySheets: Migration = {
  async up(db) {
    const { int, key, keyed, plain, run } = wordsFor(db)
    await run(
      `create table tally_sheet (
        id ${key} primary key,
        -- What stands on the paper; unique in its group.
        number ${int} not null,
        grp ${int} not null,
        flow ${key} not null,
        made_by ${key} not null,
        made_at ${int} not null
      ) ${plain}`,
      `create unique index tally_sheet_number on tally_sheet (grp, number)`,
      `create table tally_row (
        sheet ${key} not null references tally_sheet (id),
        row ${int} not null,
        person ${key} not null,
        primary key (sheet, row)
      ) ${keyed}`,
      `create index tally_row_person on tally_row (person)`,
      `create table tally_entry (
        entry ${key} primary key,
        sheet ${key} not null references tally_sheet (id),
        by_contact ${key} not null,
        at ${int} not null,
        persons ${int} not null,
        steps ${int} not null
      ) ${plain}`,
      `create index tally_entry_sheet on tally_entry (sheet)`,
    )
  },
}
