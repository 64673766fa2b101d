import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** One person, several apps: codes that join an address to a contact, and where a joined address came from. */
export const joins: Migration = {
  async up(db) {
    const { int, key, keyed, run } = wordsFor(db)
    await run(
      `create table join_code (
        code_hash ${key} primary key,
        contact ${key} not null references contact (id),
        created_at ${int} not null,
        expires_at ${int} not null,
        used_at ${int}
      ) ${keyed}`,
      `create index join_code_contact on join_code (contact)`,
      `create table join_try (
        contact ${key} primary key references contact (id),
        since ${int} not null,
        count ${int} not null
      ) ${keyed}`,
      `create table joined (
        channel ${key} not null,
        address ${key} not null,
        contact ${key} not null references contact (id),
        came_from ${key} not null references contact (id),
        at ${int} not null,
        primary key (channel, address)
      ) ${keyed}`,
      `create index joined_contact on joined (contact)`,
      `create index joined_from on joined (came_from)`,
    )
  },
}
