import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** Conversations that a person is to take over, or has. */
export const tickets: Migration = {
  async up(db) {
    const { int, key, plain, run } = wordsFor(db)
    await run(
      `create table ticket (
        id ${key} primary key,
        number ${int} not null unique,
        contact ${key} not null references contact (id),
        person ${key},
        grp ${int},
        flow text,
        step text,
        step_number ${int},
        tries ${int} not null,
        channel text not null,
        reason text not null check (reason in ('asked', 'third-miss', 'scam', 'visit')),
        suits text check (suits in ('morning', 'afternoon', 'any')),
        state text not null check (state in ('open', 'taken', 'closed')),
        taken_by ${key},
        opened_at ${int} not null,
        taken_at ${int},
        closed_at ${int},
        escalated_at ${int}
      ) ${plain}`,
      // Whoever asks twice is in the queue once.
      `create unique index ticket_unclosed on ticket (contact) where state <> 'closed'`,
      `create index ticket_queue on ticket (state, opened_at) where state <> 'closed'`,
      `create index ticket_taken on ticket (taken_by) where state = 'taken'`,
    )
  },
}
