import { randomCode } from '../../access/codes.js'
import type { Said } from '../../core/roster/columns.js'

/** How long a checked file waits for the word to write it, ms. */
const HELD_MS = 15 * 60_000
/** Files that wait at a time, over all who import; each has up to 12 MB. */
const HELD_LIMIT = 8

/** A file, and how it was read when it was checked. */
export interface HeldFile {
  bytes: Buffer
  /** The group of rows that name none. */
  group: number | null
  /** What was said of its columns. */
  said: Said | undefined
}

/** Checked files that wait to be read otherwise or written, in memory: one a person. Lost with the process, and then the file is chosen again. */
export interface HeldFiles {
  hold(contact: string, file: HeldFile): string
  /** The file of this person under this name, once; null when it is gone. */
  take(contact: string, name: string): HeldFile | null
}

export function createHeldFiles(clock: () => number): HeldFiles {
  const held = new Map<string, { name: string; file: HeldFile; until: number }>()
  const forget = () => {
    for (const [contact, { until }] of held) if (until <= clock()) held.delete(contact)
  }
  return {
    hold(contact, file) {
      forget()
      held.delete(contact)
      const [oldest] = held.keys()
      if (held.size >= HELD_LIMIT && oldest !== undefined) held.delete(oldest)
      const name = randomCode()
      held.set(contact, { name, file, until: clock() + HELD_MS })
      return name
    },
    take(contact, name) {
      forget()
      const found = held.get(contact)
      if (!found || found.name !== name) return null
      held.delete(contact)
      return found.file
    },
  }
}
