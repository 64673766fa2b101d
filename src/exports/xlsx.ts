import type { SheetData } from 'write-excel-file/node'

/** Loaded with the first sheet: a bot at rest does not carry it. */
const writer = () => import('write-excel-file/node').then((loaded) => loaded.default)

type Rows = AsyncIterable<readonly (string | number | null)[]> | Iterable<readonly (string | number | null)[]>

/**
 * Writes rows as one sheet with a heading row that stays in view; says how many there were. Text cells are text, so nothing in them is run
 * as a formula. The sheet is built in memory: for a ledger of
 * millions of rows take CSV.
 */
export async function writeXlsx(file: string, heading: readonly string[], rows: Rows): Promise<number> {
  const data = await sheetOf(heading, rows)
  await (await writer())(data, { stickyRowsCount: 1 }).toFile(file)
  return data.length - 1
}

/** The same sheet as bytes, to be sent to somebody. */
export async function xlsxBytes(heading: readonly string[], rows: Rows): Promise<{ bytes: Buffer; count: number }> {
  const data = await sheetOf(heading, rows)
  return { bytes: await (await writer())(data, { stickyRowsCount: 1 }).toBuffer(), count: data.length - 1 }
}

async function sheetOf(heading: readonly string[], rows: Rows): Promise<SheetData> {
  const data: SheetData = [heading.map((value) => ({ value, type: String, fontWeight: 'bold' as const }))]
  for await (const row of rows) {
    data.push(
      row.map((value) =>
        value === null ? null : typeof value === 'number' ? { value, type: Number } : { value, type: String },
      ),
    )
  }
  return data
}
