import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** How often which scam story was told, by day: counts, so that nothing in it leads to a person. `grp` 0: no group known. */
export const incidents: Migration = {
  async up(db) {
    const { int, key, keyed, run } = wordsFor(db)
    await run(
      `create table incident (
        day ${key} not null,
        kind ${key} not null,
        channel ${key} not null,
        grp ${int} not null,
        n ${int} not null check (n >= 1),
        primary key (day, kind, channel, grp)
      ) ${keyed}`,
    )
  },
}
