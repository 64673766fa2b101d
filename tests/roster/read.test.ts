import { refuseArchive } from '../../src/roster/archive.js'
import { FILE_LIMIT, readSheets } from '../../src/roster/read.js'
import { csvOf, xlsxOf, zipOf } from './sheets.js'

const ROWS = [
  ['Họ và tên', 'Tổ'],
  ['Nguyễn Văn An', 5],
]

/** The cells of a file with one sheet, or why there are none. */
async function readGrid(file: Buffer) {
  const sheets = await readSheets(file)
  return typeof sheets === 'string' ? sheets : sheets[0]!.grid
}

describe('a file', () => {
  test('is read as what it is, whatever it is called', async () => {
    expect(await readGrid(await xlsxOf(ROWS))).toEqual(ROWS)
    const texts = [ROWS[0], ['Nguyễn Văn An', '5']]
    for (const by of [',', ';', '\t']) expect(await readGrid(csvOf(ROWS, by))).toEqual(texts)
    expect(await readGrid(Buffer.concat([Buffer.from('\uFEFF'), csvOf(ROWS)]))).toEqual(texts)
    const wide = Buffer.from(`\uFEFF${csvOf(ROWS, '\t').toString()}`, 'utf16le')
    expect(await readGrid(wide)).toEqual(texts)
  })

  test('keeps its empty lines, so that a row is called by the number it has on the screen', async () => {
    const rows = [
      ['Danh sách', null],
      [null, null],
      ['Họ và tên', 'Tổ'],
      [null, null],
      ['Nguyễn Văn An', 5],
    ]
    const grid = (await readGrid(await xlsxOf(rows))) as unknown[][]
    expect(grid[4]).toEqual(['Nguyễn Văn An', 5])
  })

  test.each<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'empty'],
    ['an old .xls', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 1, 2]), 'old-format'],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d]), 'not-utf8'],
    ['a PDF', Buffer.from('%PDF-1.7\n\u0001\u0002'), 'not-a-list'],
    ['a text in an old Vietnamese encoding', Buffer.from([0x48, 0xe4, 0x20, 0xd2, 0xff]), 'not-utf8'],
    ['too much', Buffer.alloc(FILE_LIMIT + 1, 'a'), 'too-big'],
    ['the beginning of a zip', Buffer.from('PK\u0003\u0004 and nothing more'), 'broken'],
    ['a zip of something else', zipOf({ 'a.txt': Buffer.from('no sheet') }), 'broken'],
    ['too many rows', Buffer.from('a,b\n'.repeat(60_001)), 'too-many-rows'],
    ['too many columns', Buffer.from(','.repeat(80)), 'too-many-rows'],
  ])('of %s is refused with its reason', async (_, file, problem) => expect(await readGrid(file)).toBe(problem))
})

describe('a zip file', () => {
  const zeros = Buffer.alloc(60 * 1024 * 1024)

  test('of a real sheet may be opened', async () => {
    expect(refuseArchive(await xlsxOf(ROWS))).toBeNull()
    expect(refuseArchive(zipOf({ a: Buffer.from('abc'), b: Buffer.from('def') }))).toBeNull()
  })

  test('that unpacks to far more than it is may not, whatever it says of itself', () => {
    expect(refuseArchive(zipOf({ 'xl/worksheets/sheet1.xml': zeros }))).toBe('bomb')
    expect(refuseArchive(zipOf({ 'xl/worksheets/sheet1.xml': zeros }, 100))).toBe('bomb')
    expect(refuseArchive(zipOf(Object.fromEntries(['a', 'b', 'c'].map((name) => [name, zeros]))))).toBe('bomb')
    const many = Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`f${i}`, Buffer.from('x')]))
    expect(refuseArchive(zipOf(many))).toBe('bomb')
  })

  test('that hides something between its files may not', () => {
    expect(refuseArchive(zipOf({ a: Buffer.from('abc'), b: Buffer.from('def') }, undefined, Buffer.alloc(100)))).toBe(
      'broken',
    )
  })

  test('cut or changed anywhere is refused or opened, and never an error', async () => {
    const zip = await xlsxOf(ROWS)
    for (let at = 0; at < zip.length; at += 7) {
      const changed = Buffer.from(zip)
      changed[at] = changed[at]! ^ 0xff
      expect(['broken', 'bomb', null]).toContain(refuseArchive(changed))
      expect(['broken', 'bomb', null]).toContain(refuseArchive(zip.subarray(0, at)))
    }
  })
})
