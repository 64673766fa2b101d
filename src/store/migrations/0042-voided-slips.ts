import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** A slip that a newer one replaced stays known, so that whoever types its code is told so and has not guessed. */
export const voidedSlips: Migration = {
  async up(db) {
    const { int, run } = wordsFor(db)
    await run(`alter table slip add column voided_at ${int}`)
  },
}
