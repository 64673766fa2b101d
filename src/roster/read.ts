import { type Cell, readCsv } from '../core/roster/cells.js'
import { refuseArchive } from './archive.js'
import { errorCells } from './error-cells.js'

/** Bytes of a file that is taken in: a list of the whole ward has about one million. */
export const FILE_LIMIT = 12 * 1024 * 1024
const ROWS_LIMIT = 60_000
const COLUMNS_LIMIT = 80

/** Why a file cannot be read; each is a text of `content/` (`roster.file.<kind>`). */
export const FILE_PROBLEMS = [
  'too-big',
  'bomb',
  'broken',
  'old-format',
  'not-a-list',
  'not-utf8',
  'too-many-rows',
  'empty',
] as const
export type FileProblem = (typeof FILE_PROBLEMS)[number]

export type Grid = readonly (readonly Cell[])[]

/** A sheet of a file; the only one of a .csv has no name. */
export interface Sheet {
  name: string | null
  grid: Grid
}

const ZIP = Buffer.from('PK\u0003\u0004')
/** The first bytes of .xls, and of .xlsx behind a password. */
const OLE = Buffer.from([0xd0, 0xcf, 0x11, 0xe0])

/** The cells of all sheets of an .xlsx that hold any, or of a .csv, told apart by their first bytes and not by their name. */
export async function readSheets(file: Buffer): Promise<Sheet[] | FileProblem> {
  if (file.length > FILE_LIMIT) return 'too-big'
  if (file.subarray(0, 4).equals(OLE)) return 'old-format'
  const sheets = file.subarray(0, 4).equals(ZIP) ? await readXlsx(file) : readCsvSheet(file)
  if (typeof sheets === 'string') return sheets
  const filled = sheets.filter(({ grid }) => grid.length > 0)
  const rows = filled.reduce((sum, { grid }) => sum + grid.length, 0)
  if (rows > ROWS_LIMIT || filled.some(({ grid }) => grid.some((row) => row.length > COLUMNS_LIMIT)))
    return 'too-many-rows'
  return filled.length === 0 ? 'empty' : filled
}

async function readXlsx(file: Buffer): Promise<Sheet[] | FileProblem> {
  const refused = refuseArchive(file)
  if (refused !== null) return refused
  // Loaded when somebody brings a list: a server at rest does without it.
  const { default: readXlsxFile } = await import('read-excel-file/node')
  try {
    const errors = errorCells(file)
    const sheets = await readXlsxFile(file)
    return sheets.map(({ sheet, data }) => {
      const grid = data as unknown as Cell[][]
      // The reader leaves them out, and an empty cell would say nothing.
      for (const { row, column, text } of errors.get(sheet) ?? []) if (grid[row]) grid[row][column] = text
      return { name: sheet, grid }
    })
  } catch {
    // Whatever it stumbled over: a document of another kind, a sheet that is not there.
    return 'broken'
  }
}

function readCsvSheet(file: Buffer): Sheet[] | FileProblem {
  const grid = readText(file)
  return typeof grid === 'string' ? grid : [{ name: null, grid }]
}

function readText(file: Buffer): Grid | FileProblem {
  const encoding = file[0] === 0xff && file[1] === 0xfe ? 'utf-16le' : 'utf-8'
  let text: string
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(file)
  } catch {
    return 'not-utf8'
  }
  // A picture, a PDF: no list has control characters.
  if (/[\0-\u0008\u000e-\u001f]/.test(text.slice(0, 4000))) return 'not-a-list'
  // The apostrophe with which a CSV of ours keeps a spreadsheet from running a cell as a formula.
  return readCsv(text).map((row) => row.map((cell) => (/^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell)))
}
