import type { Migration } from 'kysely'
import { wordsFor } from './words.js'

/** Small indexes over the rare rows of the ledger that figures ask for: ends, who said so, and what did not work lately. */
export const finishes: Migration = {
  async up(db) {
    await wordsFor(db).run(
      `create index ledger_finished on ledger (flow, person, at) where outcome = 'finished'`,
      `create index ledger_confirmed on ledger (flow, run) where outcome = 'finished' and source in ('leader', 'staff')`,
      `create index ledger_trouble on ledger (at) where outcome = 'trouble'`,
    )
  },
}
