import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** Messages that follow a broadcast: whose, which one, and when it was last looked at. What was said may change, once. */
export const liveMessages: Migration = {
  async up(db) {
    const { int, key, keyed, run } = wordsFor(db)
    await run(
      `alter table outbox add column edited_at ${int}`,
      `create table live_message (
        broadcast ${key} not null references broadcast (id),
        contact ${key} not null references contact (id),
        n ${int} not null,
        made_at ${int} not null,
        looked_at ${int} not null,
        primary key (broadcast, contact)
      ) ${keyed}`,
      `create index live_message_contact on live_message (contact)`,
    )
  },
}
