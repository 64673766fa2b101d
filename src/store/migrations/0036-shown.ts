import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** What a preview has shown, so that its confirmation stands when people have only dropped out since. */
export const shown: Migration = {
  async up(db) {
    const { run } = wordsFor(db)
    await run(`alter table broadcast add column shown text`)
  },
}
