import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportList } from '../../src/cli/export.js'
import { importFile } from '../../src/cli/roster.js'
import { UsageError, type Values } from '../../src/cli/usage.js'
import { type Config, readConfig } from '../../src/config.js'
import { openSqlite } from '../../src/store/open.js'
import { auditLog } from '../../src/store/audit.js'
import { WARD } from '../store/roster-samples.js'
import { xlsxOf } from '../roster/sheets.js'
import { cellsOf } from '../support/zip.js'

describe('the roster at the server', () => {
  let dir: string
  let config: Config
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'ward-roster-'))
    config = readConfig({ DATA_DIR: join(dir, 'data') })
  })
  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  const list = async (name: string, rows: (string | number | null)[][]) => {
    const file = join(dir, name)
    writeFileSync(file, await xlsxOf([['Họ và tên', 'Năm sinh', 'Tổ', 'Chưa có CCCD', 'SĐT'], ...rows]))
    return file
  }
  const take = async (file: string | undefined, values: Values = {}) => {
    let told = ''
    const status = await importFile(config, file, values, (text) => (told += text))
    return { status, told }
  }

  test('is imported, told row by row where it cannot be, tried first, and exported without a trace of the number in the log', async () => {
    const bad = await list('bad.xlsx', [['Nguyễn Văn An', 1950, 5, 'x', null], ['Trần Thị Hòa', 1850, 99, null, '12']]) // prettier-ignore
    const refused = await take(bad)
    expect(refused.status).toBe(1)
    expect(refused.told).toContain('Cột «Chưa có CCCD»: Chưa có thẻ')
    expect(refused.told).toContain('Dòng 3, cột «Năm sinh»: «1850» không phải năm sinh hợp lệ')
    expect(refused.told).toContain('Dòng 3, cột «Tổ»: phường không có tổ «99»')
    expect(refused.told).toContain('Chưa nhập dòng nào: có 3 chỗ cần sửa trong 2 dòng.')
    const good = await list('good.xlsx', [['Nguyễn Văn An', 1950, 5, 'x', '0912345678'], ['Nguyen Van An', 1950, 5, null, null]]) // prettier-ignore
    const dry = await take(good, { 'dry-run': true })
    expect(dry).toEqual({ status: 0, told: expect.stringContaining('Chạy thử, chưa ghi gì: 2 người mới') as string })
    expect(dry.told).toContain('Rất giống: Nguyễn Văn An (dòng 2) – Nguyen Van An (dòng 3)')
    expect(await take(good, { locale: 'en' })).toMatchObject({
      status: 0,
      told: expect.stringContaining('2 new') as string,
    })
    const json = await take(good, { json: true })
    expect(JSON.parse(json.told)).toMatchObject({ outcome: 'imported', unchanged: 2 })

    const out = join(dir, 'out.xlsx')
    let told = ''
    expect(await exportList(config, 'without-card', { format: 'xlsx', out }, (text) => (told += text))).toBe(0)
    expect(told).toBe(`${out}: 1 rows\n`)
    expect(cellsOf(readFileSync(out))[1]!.slice(0, 4)).toEqual(['', '5', 'Nguyễn Văn An', '1950'])
    let csv = ''
    expect(await exportList(config, 'people', { format: 'csv', group: '5' }, (text) => (csv += text))).toBe(0)
    expect(csv.split('\r\n')).toHaveLength(4)
    expect(csv).toContain('0912345678')
    // Taken in again as it came out.
    const again = join(dir, 'again.csv')
    writeFileSync(again, csv)
    expect(JSON.parse((await take(again, { json: true })).told)).toMatchObject({ outcome: 'imported', unchanged: 2 })

    const store = openSqlite(join(dir, 'data', 'ward.db'))
    const log = await auditLog(store.db, WARD, { limit: 20 })
    await store.close()
    expect(log.map(({ who, deed, kind, count }) => [who, deed, kind, count])).toEqual(
      expect.arrayContaining([
        ['operator', 'exported', 'people', 2],
        ['operator', 'exported', 'without-card', 1],
        ['operator', 'imported', 'roster', 2],
      ]),
    )
    expect(JSON.stringify(log)).not.toMatch(/0912345678|Nguy/)
    expect(readFileSync(join(dir, 'data', 'ward.db')).includes('0912345678')).toBe(false)
  })

  test.each<[string, () => Promise<unknown>]>([
    ['no file', () => take(undefined)],
    ['a file that is not there', () => take(join(dir, 'none.xlsx'))],
    ['a language nobody speaks', async () => take(await list('a.xlsx', []), { locale: 'fr' })],
    ['a format nobody writes', () => exportList(config, 'people', { format: 'pdf' }, () => {})],
    ['a folder instead of a file', () => exportList(config, 'people', { format: 'csv', out: dir }, () => {})],
  ])('%s is told in one sentence', async (_, work) => {
    await expect(work()).rejects.toThrow(UsageError)
  })
})
