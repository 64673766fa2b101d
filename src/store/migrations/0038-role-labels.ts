import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** Who is meant by an invitation and who has a role, in the words of whoever invited them; invitations that are taken back. */
export const roleLabels: Migration = {
  async up(db) {
    const { int, key, run } = wordsFor(db)
    await run(
      `alter table invitation add column label text`,
      `alter table invitation add column cancelled_at ${int}`,
      `alter table invitation add column cancelled_by ${key}`,
      `alter table contact add column label text`,
      `create index invitation_open on invitation (created_by) where used_at is null and cancelled_at is null`,
    )
  },
}
