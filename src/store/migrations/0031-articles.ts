import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** Articles for everybody who follows the Official Account: prepared here, released by a person at Zalo. */
export const articles: Migration = {
  async up(db) {
    const { int, key, plain, run } = wordsFor(db)
    await run(
      `create table article (
        id ${key} primary key,
        -- 'sending' until Zalo's answer is known · 'prepared': hidden at Zalo · 'made': Zalo has finished it · 'released' by somebody's word.
        state text not null check (state in ('sending', 'prepared', 'made', 'refused', 'released')),
        title text not null,
        author text not null,
        description text not null,
        cover text not null,
        body text not null,
        made_by ${key} not null,
        made_at ${int} not null,
        token text,
        zalo_id text,
        error text,
        released_by ${key},
        released_at ${int}
      ) ${plain}`,
      `create index article_made on article (made_at)`,
    )
  },
}
