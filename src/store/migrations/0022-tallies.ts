import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** What the figures of the roster count, without the names and notes beside it (docs/benchmarks.md). */
export const tallies: Migration = {
  async up(db) {
    await wordsFor(db).run(
      `create index roster_tally on roster (person, card, residence, visit, official)`,
      `create index person_tally on person (grp, id) where merged_into is null`,
    )
  },
}
