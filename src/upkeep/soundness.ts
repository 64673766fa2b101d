import { DAY_MS } from '../core/policy/calendar.js'
import { type Checkup, keepCheckup, lastCheckup, unsoundAside } from '../store/checkup.js'
import type { Store } from '../store/open.js'

/** Looks through the whole database once a day, and keeps what was found for the page that shows it. */
export interface Soundness {
  /** A look, where the last one is a day old; null: it is not yet. */
  runOnce(): Promise<Checkup | null>
  /** A look now; who asks while one is under way gets that one. */
  now(): Promise<Checkup>
}

/** `rest`: ms after its making in which no look begins by itself. */
export function createSoundness({
  store,
  clock,
  rest = 0,
}: {
  store: Store
  clock: () => number
  rest?: number
}): Soundness {
  const made = clock()
  let running: Promise<Checkup> | null = null
  const look = async (): Promise<Checkup> => {
    const found = { wrong: await unsoundAside(store), at: clock() }
    await keepCheckup(store.db, found)
    return found
  }
  const now = () => (running ??= look().finally(() => (running = null)))
  return {
    now,
    async runOnce() {
      if (clock() - made < rest) return null
      const last = await lastCheckup(store.db)
      return last !== null && clock() - last.at < DAY_MS ? null : now()
    },
  }
}
