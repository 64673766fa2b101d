import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** Rules that write to many are switched on by two. */
export const agreedRules: Migration = {
  async up(db) {
    const { key, run } = wordsFor(db)
    await run(
      // Who wants it on and waits for a second person's yes.
      `alter table schedule add column asked_by ${key}`,
      // The second person; null: it needed none.
      `alter table schedule add column agreed_by ${key}`,
    )
  },
}
