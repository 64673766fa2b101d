import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { csvLine } from '../../src/exports/csv.js'
import { writeXlsx } from '../../src/exports/xlsx.js'
import { cellsOf } from '../support/zip.js'

describe('a line of CSV', () => {
  test.each<[string, (string | number | null)[], string]>([
    ['plain cells as they are', ['a', 1, 'Tổ 5'], 'a,1,Tổ 5'],
    ['nothing for nothing', ['a', null, ''], 'a,,'],
    ['commas, quotes and line ends inside quotes', ['a,b', 'c"d', 'e\nf', 'g\r'], '"a,b","c""d","e\nf","g\r"'],
    ['numbers are no formulas', [-5, 0.5], '-5,0.5'],
    ['what a spreadsheet would run is text', ['=1+1', '+84912', '-x', '@a', '\tb'], `'=1+1,'+84912,'-x,'@a,'\tb`],
    ['a formula with a comma is text in quotes', ['=a,b'], `"'=a,b"`],
  ])('%s', (_, cells, line) => expect(csvLine(cells)).toBe(`${line}\r\n`))
})

describe('a spreadsheet', () => {
  const dir = mkdtempSync(join(tmpdir(), 'ward-xlsx-'))
  afterAll(() => rmSync(dir, { recursive: true }))

  test('opens again with every cell in its place, and nothing in it is a formula', async () => {
    const file = join(dir, 'a.xlsx')
    async function* rows() {
      yield ['Nguyễn Thị «Ánh» & con', 1, null]
      yield ['=cmd()', null, '2026-11-23T08:00:00+07:00']
    }
    expect(await writeXlsx(file, ['tên', 'số', 'lúc'], rows())).toBe(2)
    const zip = readFileSync(file)
    expect(cellsOf(zip)).toEqual([
      ['tên', 'số', 'lúc'],
      ['Nguyễn Thị «Ánh» & con', '1'],
      ['=cmd()', '', '2026-11-23T08:00:00+07:00'],
    ])
    expect(zip.toString('latin1')).not.toContain('<f>')
  })

  test('without rows has its heading', async () => {
    const file = join(dir, 'b.xlsx')
    expect(await writeXlsx(file, ['a', 'b'], (async function* () {})())).toBe(0)
    expect(cellsOf(readFileSync(file))).toEqual([['a', 'b']])
  })
})
