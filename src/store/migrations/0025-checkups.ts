import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** What the last look through the whole database found: it takes seconds, and a page that shows it must not. */
export const checkups: Migration = {
  async up(db) {
    const { int, key, keyed, run } = wordsFor(db)
    await run(`create table checkup (what ${key} primary key, at ${int} not null, wrong text) ${keyed}`)
  },
}
