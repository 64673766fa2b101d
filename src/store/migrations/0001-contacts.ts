import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** Who chats, on which addresses, for whom, and what is in front of them; invitations to a role. */
export const contacts: Migration = {
  async up(db) {
    const { int, key, keyed, plain, run } = wordsFor(db)
    await run(
      `create table person (
        id ${key} primary key,
        grp ${int},
        created_at ${int} not null
      ) ${keyed}`,
      `create table contact (
        id ${key} primary key,
        person ${key} not null references person (id),
        role text not null check (role in ('resident', 'leader', 'staff', 'admin')),
        grp ${int},
        created_at ${int} not null
      ) ${keyed}`,
      `create index contact_person on contact (person)`,
      // Deferred: an address is won first, and only the winner writes its contact.
      `create table address (
        channel ${key} not null,
        address ${key} not null,
        contact ${key} not null references contact (id) deferrable initially deferred,
        primary key (channel, address)
      ) ${keyed}`,
      `create index address_contact on address (contact)`,
      `create table session (
        contact ${key} primary key references contact (id),
        version ${int} not null check (version >= 0),
        said ${int} not null check (said >= 0),
        last_at ${int} not null,
        state text not null
      ) ${plain}`,
      `create table invitation (
        code_hash ${key} primary key,
        role text not null check (role in ('resident', 'leader', 'staff', 'admin')),
        grp ${int},
        created_at ${int} not null,
        created_by text,
        expires_at ${int} not null,
        used_at ${int},
        used_by text
      ) ${keyed}`,
    )
  },
}
