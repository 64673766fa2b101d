import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** What was held back until somebody let it go, and what waited for its reader to write: no clock gets there. */
const NEVER = 8_640_000_000_000_000

/**
 * No reminder waits without end: an app's «not before they write» is kept with the address, a pause has its time, and one app's recipients are found
 * without walking past another's.
 */
export const noEndlessWaits: Migration = {
  async up(db) {
    const { int, run } = wordsFor(db)
    const held = `select contact, n from outbox where kind = 'reminder' and status = 'queued' and not_before = ${NEVER} and waits_for is null`
    const waiting = `select contact, n from outbox where kind = 'reminder' and status = 'queued' and waits_for = 'contact'`
    await run(
      // When the app last said that it takes nothing before its owner writes.
      `alter table address add column shut_at ${int}`,
      `alter table broadcast add column paused_at ${int}`,
      `update broadcast set paused_at = coalesce(confirmed_at, created_at) where state = 'paused'`,
      `drop index recipient_due`,
      `create index recipient_due on recipient (broadcast, channel, not_before, person) where state = 'waiting'`,
      // A message of a paused broadcast is written when it goes on.
      `delete from reminded where (contact, n) in (${held})`,
      `update recipient set state = 'waiting', n = null, at = null where state = 'queued' and (contact, n) in (${held})`,
      `update outbox set status = 'cancelled', error = 'paused', dedupe_key = null where (contact, n) in (${held})`,
      // Who cannot be written to is to be visited.
      `delete from reminded where (contact, n) in (${waiting})`,
      `update outbox set status = 'cancelled', error = 'window-closed', waits_for = null where (contact, n) in (${waiting})`,
    )
  },
}
