import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** The form that a contact is filling in: what was answered so far, as the replay engine keeps it. */
export const dialogs: Migration = {
  async up(db) {
    const { int, key, plain, run } = wordsFor(db)
    await run(
      `create table dialog (
        contact ${key} primary key references contact (id),
        name text not null,
        version ${int} not null,
        args text not null,
        started_at ${int} not null,
        at ${int} not null,
        state text not null
      ) ${plain}`,
      `create index dialog_at on dialog (at)`,
    )
  },
}
