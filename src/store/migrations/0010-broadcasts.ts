import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** Broadcasts with their frozen recipients, who was reminded on which day, who wants nothing, and which rules are on. */
export const broadcasts: Migration = {
  async up(db) {
    const { int, key, keyed, plain, run } = wordsFor(db)
    await run(
      `create table broadcast (
        id ${key} primary key,
        state text not null check (state in ('preview', 'freezing', 'running', 'paused', 'stopped', 'done')),
        -- The contact who sends it; null: a rule does.
        sender ${key},
        rule ${key},
        flow ${key} not null,
        plan text not null,
        tally text not null,
        fingerprint text not null,
        -- The key of the confirmation: the same confirmation twice is one.
        confirm_key ${key},
        created_at ${int} not null,
        confirmed_at ${int},
        confirmed_by ${key},
        ended_at ${int}
      ) ${plain}`,
      `create unique index broadcast_confirm on broadcast (confirm_key) where confirm_key is not null`,
      `create index broadcast_running on broadcast (state) where state in ('freezing', 'running', 'paused')`,
      `create index broadcast_created on broadcast (created_at)`,
      // One row a person and broadcast, whatever the programs do.
      `create table recipient (
        broadcast ${key} not null references broadcast (id),
        person ${key} not null,
        contact ${key},
        channel ${key},
        address ${key},
        run ${key},
        step ${key},
        grp ${int},
        place text not null check (place in ('now', 'later', 'paid', 'other-channel', 'group-post', 'paper', 'left-out')),
        reason text,
        price ${int} not null,
        not_before ${int} not null,
        -- What became of a queued one stands in the outbox, and nowhere else.
        state text not null check (state in ('waiting', 'queued', 'cancelled', 'offline')),
        n ${int},
        at ${int},
        primary key (broadcast, person)
      ) ${plain}`,
      `create index recipient_due on recipient (broadcast, not_before, person) where state = 'waiting'`,
      `create index recipient_person on recipient (person) where state in ('waiting', 'queued')`,
      `create index recipient_contact on recipient (contact) where state = 'waiting'`,
      `create index recipient_message on recipient (contact, n) where n is not null`,
      // One reminder a reader and day, and one a person and day.
      `create table reminded (
        contact ${key} not null,
        day ${key} not null,
        person ${key} not null,
        broadcast ${key} not null,
        primary key (contact, day)
      ) ${keyed}`,
      `create unique index reminded_person on reminded (person, day)`,
      // A contact or a person who wants no reminders.
      `create table opt_out (
        subject ${key} primary key,
        at ${int} not null
      ) ${keyed}`,
      // Hours of their own.
      `create table quiet_hours (
        subject ${key} primary key,
        quiet_from text not null,
        quiet_until text not null
      ) ${keyed}`,
      // Rules of ward.yaml that staff have switched on.
      `create table schedule (
        rule ${key} primary key,
        enabled ${int} not null check (enabled in (0, 1)),
        by_contact ${key},
        at ${int} not null,
        last_day text
      ) ${plain}`,
    )
  },
}
