import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { csvLine } from '../exports/csv.js'
import { writeXlsx } from '../exports/xlsx.js'
import { reasonOf } from '../sentence.js'
import { UsageError, type Values } from './usage.js'

type Row = readonly (string | number | null)[]
export type Format = 'csv' | 'xlsx'

/** Where an export goes: --format and --out, checked before the database is asked. */
export async function destination({
  format,
  out: file,
}: Values): Promise<{ format: Format; file: string | undefined }> {
  if (format !== 'csv' && format !== 'xlsx')
    throw new UsageError(`--format must be csv or xlsx, not «${String(format)}»`)
  if (format === 'xlsx' && file === undefined) throw new UsageError('--out FILE is needed for xlsx')
  if (file === undefined) return { format, file }
  await writable(String(file))
  return { format, file: String(file) }
}

/** Writes rows to the file, or as CSV to the output when none is named. */
export async function writeRows(
  { format, file }: { format: Format; file: string | undefined },
  heading: readonly string[],
  rows: AsyncIterable<Row> | Iterable<Row>,
  out: (text: string) => void,
): Promise<void> {
  if (file === undefined) {
    out(csvLine(heading))
    for await (const row of rows) out(csvLine(row))
    return
  }
  const count = format === 'xlsx' ? await writeXlsx(file, heading, rows) : await writeCsv(file, heading, rows)
  out(`${file}: ${count} rows\n`)
}

async function writeCsv(
  file: string,
  heading: readonly string[],
  rows: AsyncIterable<Row> | Iterable<Row>,
): Promise<number> {
  // The mark tells spreadsheets that the file is UTF-8.
  const stream = createWriteStream(file)
  const failed = once(stream, 'error').then(([error]) => Promise.reject(error as Error))
  failed.catch(() => {})
  stream.write(`\uFEFF${csvLine(heading)}`)
  let count = 0
  for await (const row of rows) {
    count++
    if (!stream.write(csvLine(row))) await Promise.race([once(stream, 'drain'), failed])
  }
  stream.end()
  await Promise.race([once(stream, 'close'), failed])
  return count
}

/** Refuses a file that cannot be written, before the database is read for it. */
async function writable(file: string): Promise<void> {
  try {
    await (await open(file, 'a')).close()
  } catch (error) {
    throw new UsageError(`--out ${file} cannot be written: ${reasonOf(error)}`)
  }
}
