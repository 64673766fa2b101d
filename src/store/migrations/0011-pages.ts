import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** Who may look at the staff pages now: one-time links and the sessions that came from them. Only hashes are kept. */
export const pages: Migration = {
  async up(db) {
    const { int, key, keyed, run } = wordsFor(db)
    await run(
      `create table page_link (
        code_hash ${key} primary key,
        contact ${key} not null references contact (id),
        path text not null,
        created_at ${int} not null,
        expires_at ${int} not null,
        used_at ${int}
      ) ${keyed}`,
      `create index page_link_contact on page_link (contact)`,
      `create table page_session (
        token_hash ${key} primary key,
        contact ${key} not null references contact (id),
        csrf text not null,
        created_at ${int} not null,
        expires_at ${int} not null
      ) ${keyed}`,
      `create index page_session_contact on page_session (contact)`,
    )
  },
}
