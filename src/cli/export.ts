import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import type { Config } from '../config.js'
import { loadContent } from '../content.js'
import { csvLine } from '../exports/csv.js'
import { exportSteps as stepRows, STEP_COLUMNS } from '../exports/steps.js'
import { writeXlsx } from '../exports/xlsx.js'
import { reasonOf } from '../sentence.js'
import { withStore } from './open.js'
import { UsageError, wholeNumber, type Values } from './usage.js'

export const exportOptions = {
  format: { type: 'string', default: 'csv' },
  out: { type: 'string' },
  flow: { type: 'string' },
  group: { type: 'string' },
} as const

/** Writes the ledger to a file, or as CSV to the output when no file is named. */
export async function exportSteps(config: Config, values: Values, out: (text: string) => void): Promise<number> {
  const { format, out: file } = values
  if (format !== 'csv' && format !== 'xlsx')
    throw new UsageError(`--format must be csv or xlsx, not «${String(format)}»`)
  if (format === 'xlsx' && file === undefined) throw new UsageError('--out FILE is needed for xlsx')
  const flows = new Map([...loadContent(config).flows].map(([id, source]) => [id, source.value]))
  const flow = values['flow'] === undefined ? undefined : String(values['flow'])
  if (flow !== undefined && !flows.has(flow))
    throw new UsageError(`--flow must be one of ${[...flows.keys()].join(', ')}, not «${flow}»`)
  const group = values['group'] === undefined ? undefined : wholeNumber('group', String(values['group']), 1, 999)
  return withStore(config, async ({ db }) => {
    const rows = stepRows(db, flows, {
      ...(flow === undefined ? {} : { flow }),
      ...(group === undefined ? {} : { group }),
    })
    if (format === 'xlsx') {
      await writable(String(file))
      const count = await writeXlsx(String(file), STEP_COLUMNS, rows)
      out(`${String(file)}: ${count} rows\n`)
      return 0
    }
    if (file === undefined) {
      out(csvLine(STEP_COLUMNS))
      for await (const row of rows) out(csvLine(row))
      return 0
    }
    await writable(String(file))
    // The mark tells spreadsheets that the file is UTF-8.
    const stream = createWriteStream(String(file))
    const failed = once(stream, 'error').then(([error]) => Promise.reject(error as Error))
    failed.catch(() => {})
    stream.write(`\uFEFF${csvLine(STEP_COLUMNS)}`)
    let count = 0
    for await (const row of rows) {
      count++
      if (!stream.write(csvLine(row))) await Promise.race([once(stream, 'drain'), failed])
    }
    stream.end()
    await Promise.race([once(stream, 'close'), failed])
    out(`${String(file)}: ${count} rows\n`)
    return 0
  })
}

/** Refuses a file that cannot be written, before the database is read for it. */
async function writable(file: string): Promise<void> {
  try {
    await (await open(file, 'a')).close()
  } catch (error) {
    throw new UsageError(`--out ${file} cannot be written: ${reasonOf(error)}`)
  }
}
