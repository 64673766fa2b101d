import { type Cell, readCsv } from '../core/roster/cells.js'
import { refuseArchive } from './archive.js'

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

const ZIP = Buffer.from('PK\u0003\u0004')
/** The first bytes of .xls, and of .xlsx behind a password. */
const OLE = Buffer.from([0xd0, 0xcf, 0x11, 0xe0])

/** The cells of the first sheet of an .xlsx, or of a .csv, told apart by their first bytes and not by their name. */
export async function readGrid(file: Buffer): Promise<Grid | FileProblem> {
  if (file.length > FILE_LIMIT) return 'too-big'
  if (file.subarray(0, 4).equals(OLE)) return 'old-format'
  const grid = file.subarray(0, 4).equals(ZIP) ? await readXlsx(file) : readText(file)
  if (typeof grid === 'string') return grid
  if (grid.length > ROWS_LIMIT || grid.some((row) => row.length > COLUMNS_LIMIT)) return 'too-many-rows'
  return grid.length === 0 ? 'empty' : grid
}

async function readXlsx(file: Buffer): Promise<Grid | FileProblem> {
  const refused = refuseArchive(file)
  if (refused !== null) return refused
  // Loaded when somebody brings a list: a server at rest does without it.
  const { readSheet } = await import('read-excel-file/node')
  try {
    return (await readSheet(file)) as unknown as Cell[][]
  } catch {
    // Whatever it stumbled over: a document of another kind, a sheet that is not there.
    return 'broken'
  }
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
