import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** What came in, once each, and what goes out, in order. */
export const boxes: Migration = {
  async up(db) {
    const { int, key, plain, run } = wordsFor(db)
    await run(
      `create table inbox (
        channel ${key} not null,
        external_id ${key} not null,
        contact ${key} not null,
        at ${int} not null,
        status text not null check (status in ('done', 'deferred', 'dead')),
        request text,
        tries ${int} not null check (tries >= 0),
        lease_until ${int},
        error text,
        check (status <> 'deferred' or request is not null),
        primary key (channel, external_id)
      ) ${plain}`,
      `create index inbox_open on inbox (status, at) where status <> 'done'`,
      `create table outbox (
        contact ${key} not null,
        n ${int} not null check (n >= 1),
        channel ${key} not null,
        address ${key} not null,
        at ${int} not null,
        kind text not null check (kind in ('reply', 'reminder', 'bulk')),
        body text not null,
        status text not null check (status in ('queued', 'sending', 'sent', 'failed', 'kept', 'cancelled')),
        not_before ${int} not null,
        attempts ${int} not null check (attempts >= 0),
        lease_until ${int},
        sent_at ${int},
        error text,
        dedupe_key ${key},
        primary key (contact, n)
      ) ${plain}`,
      `create index outbox_queued on outbox (channel, kind, not_before) where status = 'queued'`,
      `create unique index outbox_dedupe on outbox (dedupe_key) where dedupe_key is not null`,
    )
  },
}
