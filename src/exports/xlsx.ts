import writeXlsxFile, { type SheetData } from 'write-excel-file/node'

/**
 * Writes rows as one sheet with a heading row that stays in view; says how many there were. Text cells are text, so nothing in them is run
 * as a formula. The sheet is built in memory: for a ledger of
 * millions of rows take CSV.
 */
export async function writeXlsx(
  file: string,
  heading: readonly string[],
  rows: AsyncIterable<readonly (string | number | null)[]> | Iterable<readonly (string | number | null)[]>,
): Promise<number> {
  const data: SheetData = [heading.map((value) => ({ value, type: String, fontWeight: 'bold' as const }))]
  for await (const row of rows) {
    data.push(
      row.map((value) =>
        value === null ? null : typeof value === 'number' ? { value, type: Number } : { value, type: String },
      ),
    )
  }
  await writeXlsxFile(data, { stickyRowsCount: 1 }).toFile(file)
  return data.length - 1
}
