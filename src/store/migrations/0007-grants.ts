import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** Grants of Official Accounts, sealed, the one-time links that lead an officer to a new consent, and what admins were told on which day. */
export const grants: Migration = {
  async up(db) {
    const { int, key, keyed, plain, run } = wordsFor(db)
    await run(
      // A row is there as soon as somebody wants the lock; `sealed` is null until there is a pair.
      `create table oa_grant (
        oa ${key} primary key,
        sealed text,
        version ${int} not null check (version >= 0),
        updated_at ${int} not null,
        holder text,
        lease_until ${int}
      ) ${plain}`,
      `create table consent_link (
        code_hash ${key} primary key,
        created_at ${int} not null,
        expires_at ${int} not null,
        used_at ${int}
      ) ${keyed}`,
      `create table notice (
        contact ${key} not null,
        kind ${key} not null,
        day ${key} not null,
        at ${int} not null,
        primary key (contact, kind, day)
      ) ${keyed}`,
    )
  },
}
