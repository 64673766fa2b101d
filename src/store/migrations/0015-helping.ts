import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** For whom a contact acts besides itself: several people behind one phone. */
export const helping: Migration = {
  async up(db) {
    const { int, key, keyed, run } = wordsFor(db)
    await run(
      `create table helping (
        contact ${key} not null references contact (id),
        person ${key} not null references person (id),
        label text not null,
        how text not null check (how in ('made', 'slip')),
        since ${int} not null,
        primary key (contact, person)
      ) ${keyed}`,
      `create index helping_person on helping (person)`,
    )
  },
}
