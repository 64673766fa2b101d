import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** Checked lists that wait to be written, where every process sees them; and the ways in which the log is asked: about whom, which deed, whose deed. */
export const heldFiles: Migration = {
  async up(db) {
    const { int, key, plain, run } = wordsFor(db)
    await run(
      `create table held_file (
        contact ${key} primary key,
        name_hash ${key} not null,
        sealed text not null,
        expires_at ${int} not null
      ) ${plain}`,
      `create index audit_subject on audit (subject, at, id) where subject is not null`,
      `create index audit_deed on audit (deed, at, id)`,
      `create index audit_who_deed on audit (who, deed, at, id)`,
    )
  },
}
