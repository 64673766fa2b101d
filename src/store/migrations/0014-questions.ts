import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** What the bot could not answer, who asked, and what staff taught it. */
export const questions: Migration = {
  async up(db) {
    const { int, key, keyed, plain, run } = wordsFor(db)
    await run(
      `create table question (
        id ${key} primary key,
        key ${key} not null unique,
        text text not null,
        locale text not null check (locale in ('vi', 'en')),
        times ${int} not null,
        first_at ${int} not null,
        last_at ${int} not null,
        state text not null check (state in ('open', 'answered', 'dismissed')),
        taught ${key},
        decided_by ${key},
        decided_at ${int}
      ) ${plain}`,
      `create index question_open on question (times) where state = 'open'`,
      // '' for a question outside any guide.
      `create table question_place (
        question ${key} not null references question (id) on delete cascade,
        flow ${key} not null,
        step ${key} not null,
        times ${int} not null,
        primary key (question, flow, step)
      ) ${keyed}`,
      // Kept until they are told; gone with the contact.
      `create table question_asker (
        question ${key} not null references question (id) on delete cascade,
        contact ${key} not null references contact (id) on delete cascade,
        at ${int} not null,
        primary key (question, contact)
      ) ${keyed}`,
      `create index question_asker_contact on question_asker (contact)`,
      // The overlay over content/: «seq» grows with every change, so that processes see from the greatest one whether they are behind.
      `create table taught (
        id ${key} primary key,
        seq ${int} not null,
        phrasings text not null,
        topic ${key},
        vi text,
        en text,
        author ${key} not null,
        office text not null,
        at ${int} not null,
        withdrawn_by ${key},
        withdrawn_at ${int},
        check (topic is not null or vi is not null or en is not null)
      ) ${plain}`,
    )
  },
}
