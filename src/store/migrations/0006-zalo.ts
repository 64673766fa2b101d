import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** What apps with a reply window need to remember: when somebody last wrote, who is talked to by a person, and what an account takes. */
export const zalo: Migration = {
  async up(db) {
    const { int, key, plain, run } = wordsFor(db)
    await run(
      // When the app says that the resident last did something; null: never, or not known.
      `alter table address add column last_interaction ${int}`,
      // Until when a colleague has the talk and the bot is silent.
      `alter table address add column held_until ${int}`,
      // 'contact': it leaves when the resident writes again, whatever not_before says.
      `alter table outbox add column waits_for text check (waits_for in ('contact'))`,
      // From when on a day of failures is too long; null: from when it was written.
      `alter table outbox add column due_at ${int}`,
      `create index outbox_on_contact on outbox (channel, address) where waits_for = 'contact'`,
      // What a Zalo Official Account was found to take: the path of its messages, and the shape of choices by mode of buttons.
      `create table zalo_oa (
        oa_id ${key} not null primary key,
        path text not null check (path in ('v2', 'v3')),
        mode text not null,
        shape text check (shape in ('payload', 'list', 'text')),
        at ${int} not null
      ) ${plain}`,
      // Phone numbers that residents gave through the app, sealed; `phone_key` finds them again.
      `create table contact_detail (
        contact ${key} not null primary key,
        phone text,
        phone_key ${key},
        name text,
        at ${int} not null
      ) ${plain}`,
      `create index contact_detail_phone on contact_detail (phone_key) where phone_key is not null`,
    )
  },
}
