import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** What sending needs to remember: whether an address may be written to, and what became of a message that left. */
export const delivery: Migration = {
  async up(db) {
    const { engine, int, key, plain, run } = wordsFor(db)
    await run(
      `alter table address add column state text not null default 'ok' check (state in ('ok', 'blocked', 'dead'))`,
      `alter table address add column state_at ${int}`,
    )
    if (engine === 'postgres') {
      await run(
        `alter table outbox drop constraint outbox_status_check`,
        `alter table outbox add constraint outbox_status_check check (status in (${STATUSES}))`,
        ...ADDED.map((column) => `alter table outbox add column ${column.replace('INT', int)}`),
        `drop index outbox_queued`,
      )
    } else {
      // SQLite changes no constraint in place: the table is written anew.
      await run(
        `create table outbox_new (
          contact ${key} not null,
          n ${int} not null check (n >= 1),
          channel ${key} not null,
          address ${key} not null,
          at ${int} not null,
          kind text not null check (kind in ('reply', 'reminder', 'bulk')),
          body text not null,
          status text not null check (status in (${STATUSES})),
          not_before ${int} not null,
          attempts ${int} not null check (attempts >= 0),
          lease_until ${int},
          sent_at ${int},
          error text,
          dedupe_key ${key},
          ${ADDED.map((column) => column.replace('INT', int)).join(', ')},
          primary key (contact, n)
        ) ${plain}`,
        `insert into outbox_new (${KEPT}) select ${KEPT} from outbox`,
        `drop table outbox`,
        `alter table outbox_new rename to outbox`,
        `create unique index outbox_dedupe on outbox (dedupe_key) where dedupe_key is not null`,
      )
    }
    await run(
      // The order in which rows are claimed.
      `create index outbox_due on outbox (channel, kind desc, not_before) where status = 'queued'`,
      // What stands before a row, and what hangs in the chat: looked up by address.
      `create index outbox_waiting on outbox (channel, address, n) where status in ('queued', 'sending')`,
      `create index outbox_keyboards on outbox (channel, address, n) where keyboard = 1`,
      // One message in flight per address, whatever the programs do.
      `create unique index outbox_in_flight on outbox (channel, address) where status = 'sending'`,
      `create index outbox_failed on outbox (at) where status = 'failed'`,
    )
  },
}

const STATUSES = `'queued', 'sending', 'sent', 'maybe', 'failed', 'kept', 'cancelled'`

const ADDED = [
  // The app's own id of the message that is there.
  `provider_id text`,
  // A long text is several messages: how many of them have arrived.
  `parts INT not null default 0`,
  // How often it may have arrived without our knowing.
  `doubts INT not null default 0`,
  // 1 while buttons hang on it in the chat.
  `keyboard INT not null default 0`,
]

const KEPT =
  'contact, n, channel, address, at, kind, body, status, not_before, attempts, lease_until, sent_at, error, dedupe_key'
