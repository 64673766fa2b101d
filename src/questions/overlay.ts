import type { Model } from '../core/language/classify/model.js'
import { createTaught, type Taught } from '../core/language/taught.js'
import type { TaughtEntry } from '../core/model/question.js'
import type { Store } from '../store/open.js'
import { allTaught, taughtVersion } from '../store/taught.js'

/** What staff taught, held in this process as it is in the database. */
export interface Overlay {
  /** For the turns; knows nothing before the first `refresh`. */
  taught: Taught
  entry(id: string): TaughtEntry | undefined
  /** Reads it anew where somebody changed it, in this process or another. */
  refresh(): Promise<void>
}

export function createOverlay(store: Store, model: () => Model): Overlay {
  let version = 0
  let entries: readonly TaughtEntry[] = []
  let taught = createTaught(model, entries)
  return {
    taught: { find: (text) => taught.find(text), keyOf: (text) => taught.keyOf(text) },
    entry: (id) => entries.find((entry) => entry.id === id),
    async refresh() {
      const now = await taughtVersion(store.db)
      if (now === version) return
      entries = await allTaught(store.db)
      taught = createTaught(model, entries)
      version = now
    },
  }
}
