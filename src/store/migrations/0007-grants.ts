import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** Grants of Official Accounts, sealed, and the one-time links that lead an officer to a new consent. */
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
    )
  },
}
