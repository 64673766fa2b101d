import { hashCode, randomCode } from '../../access/codes.js'
import type { Field, Part, Said } from '../../core/roster/columns.js'
import { holdFile, takeHeldFile } from '../../store/held-files.js'
import type { Store } from '../../store/open.js'
import type { Seals } from '../../store/sealed.js'

/** How long a checked file waits for the word to write it, ms. */
export const HELD_MS = 15 * 60_000
/** The column that files are sealed for. */
const PURPOSE = 'held_file.sealed'

/** A file, and how it was read when it was checked. */
export interface HeldFile {
  bytes: Buffer
  /** The group of rows that name none. */
  group: number | null
  /** What was said of its columns. */
  said: Said | undefined
}

/** Checked files that wait to be read otherwise or written: one a person, sealed in the database, because the next form may reach another process. */
export interface HeldFiles {
  /** The name under which the form asks for it; the file before of this person is gone. */
  hold(contact: string, file: HeldFile): Promise<string>
  /** The file of this person under this name, once; null when it is gone. */
  take(contact: string, name: string): Promise<HeldFile | null>
}

export function createHeldFiles({
  store,
  seals,
  clock,
}: {
  store: Store
  seals: Seals
  clock: () => number
}): HeldFiles {
  return {
    async hold(contact, { bytes, group, said }) {
      const name = randomCode()
      const text = JSON.stringify({ group, said: said && [...said], bytes: bytes.toString('base64') })
      const now = clock()
      await holdFile(store.db, {
        contact,
        nameHash: hashCode(name),
        sealed: seals.seal(PURPOSE, contact, text),
        expiresAt: now + HELD_MS,
        now,
      })
      return name
    },
    async take(contact, name) {
      const sealed = await takeHeldFile(store.db, contact, hashCode(name), clock())
      const opened = sealed === null ? null : seals.open(PURPOSE, contact, sealed)
      // Sealed with another secret: the file is chosen again.
      if (!opened?.ok) return null
      const { group, said, bytes } = JSON.parse(opened.text) as Pick<HeldFile, 'group'> & {
        said?: (readonly [number, Field | Part | null])[]
        bytes: string
      }
      return { bytes: Buffer.from(bytes, 'base64'), group, said: said && new Map(said) }
    },
  }
}
