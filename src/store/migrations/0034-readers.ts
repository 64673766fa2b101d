import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** A message may be about several people: its day counts for each of them and for whoever reads it. What became of a message outlives the message. */
export const readers: Migration = {
  async up(db) {
    const { int, key, keyed, run } = wordsFor(db)
    await run(
      `alter table reminded rename to reminded_before`,
      `drop index reminded_person`,
      // One row a person and day, whoever read it: the one who reads has one as well.
      `create table reminded (
        person ${key} not null,
        day ${key} not null,
        contact ${key} not null,
        broadcast ${key} not null,
        -- The message; null: from before messages were noted here.
        n ${int},
        primary key (person, day)
      ) ${keyed}`,
      `insert into reminded (person, day, contact, broadcast, n)
        select b.person, b.day, b.contact, b.broadcast,
          (select r.n from recipient r where r.broadcast = b.broadcast and r.person = b.person)
        from reminded_before b`,
      `insert into reminded (person, day, contact, broadcast, n)
        select c.person, b.day, min(b.contact), min(b.broadcast), null
        from reminded_before b join contact c on c.id = b.contact
        where not exists (select 1 from reminded_before o where o.person = c.person and o.day = b.day)
        group by c.person, b.day`,
      `drop table reminded_before`,
      `create index reminded_message on reminded (contact, n)`,
      // What the outbox said of the message when it forgot it.
      `alter table recipient add column became text`,
    )
  },
}
