import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { z } from 'zod'
import type { HeldRow } from '../store/backup.js'
import { createSeals } from '../store/sealed.js'
import { UsageError } from './usage.js'

/** First line of a backup; then a line a row, `[table, value, …]`; then how many rows there were and their hash. */
export const Head = z.strictObject({
  form: z.literal('ward-backup-1'),
  at: z.int(),
  migrations: z.array(z.string()),
  tables: z.array(z.strictObject({ table: z.string(), columns: z.array(z.string()) })),
  /** A keyed hash of the secret: tells on restoring whether the sealed phone numbers can be opened. */
  mark: z.string(),
  /** The secret itself where it was made by the bot and lies in the data folder; one from the settings is never written here. */
  secret: z.string().nullable(),
})
export type Head = z.infer<typeof Head>
const Tail = z.strictObject({ rows: z.int(), sha256: z.string() })

export const SECRET_FILE = 'app-secret'
export const markOf = (secret: string) => createSeals(() => secret).hash('backup', 'mark')

/** What a backup or a database holds, as the operator knows it. */
export interface Contents {
  rows: number
  /** Rows by table. */
  counts: ReadonlyMap<string, number>
  /** When the newest step of the ledger was taken, ms; null: none. */
  newest: number | null
}

/** A backup whose every byte was looked at: its head, and what is in it. */
export async function verified(file: string): Promise<{ head: Head; contents: Contents }> {
  const hash = createHash('sha256')
  let [head, last, rows]: [Head | null, string | null, number] = [null, null, -1]
  const counts = new Map<string, number>()
  let newest: number | null = null
  const take = (line: string) => {
    hash.update(`${line}\n`)
    rows++
    if (rows === 0) return
    const [at, ...values] = JSON.parse(line) as [number, ...HeldRow]
    const { table, columns } = head!.tables[at]!
    counts.set(table, (counts.get(table) ?? 0) + 1)
    if (table === 'ledger') newest = Math.max(newest ?? 0, Number(values[columns.indexOf('at')]))
  }
  try {
    for await (const line of linesOf(file)) {
      head ??= Head.parse(JSON.parse(line))
      if (last !== null) take(last)
      last = line
    }
    const tail = Tail.parse(JSON.parse(last ?? ''))
    if (head !== null && tail.rows === rows && tail.sha256 === hash.digest('hex'))
      return { head, contents: { rows, counts, newest } }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new UsageError(`${file} is not there`)
  }
  throw new Error(`${file} is damaged, cut off, or no backup of this bot; nothing was changed`)
}

export async function* rowsOf(file: string): AsyncGenerator<readonly [table: number, row: HeldRow]> {
  let first = true
  for await (const line of linesOf(file)) {
    const values = JSON.parse(line) as unknown
    if (!first && Array.isArray(values)) yield [values[0] as number, values.slice(1) as HeldRow]
    first = false
  }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const source = createReadStream(file)
  const unzipped = createGunzip()
  source.on('error', (error) => unzipped.destroy(error))
  yield* createInterface({ input: source.pipe(unzipped), crlfDelay: Infinity })
}
