import { sql } from 'kysely'
import { readSheet } from 'read-excel-file/node'
import { exportList, exportSteps } from '../../../src/cli/export.js'
import { SHEETS } from '../../../src/exports/sheets.js'
import { auditLog } from '../../../src/store/audit.js'
import { OPERATOR, scopeOf } from '../../../src/core/policy/roles.js'
import { people } from '../../../src/store/roster.js'
import { xlsxBytes } from '../../../src/exports/xlsx.js'
import { rosterPerson } from '../../store/roster-samples.js'
import { openSite, type Site } from '../site.js'
import { enrol, enrolSix, signIn, type Staff } from './signed-in.js'

let site: Site
beforeEach(async () => void (site = await openSite()))
afterEach(() => site.close())

const WARD = scopeOf(OPERATOR)
const log = () => auditLog(site.context.store.db, WARD, { limit: 100 })
const count = async () => (await people(site.context.store.db, WARD)).length
const xlsx = async (heading: string[], rows: (string | number | null)[][]) => {
  const { bytes } = await xlsxBytes(heading, rows)
  return new File([new Uint8Array(bytes)], 'danh-sach.xlsx')
}
const HEAD = ['Họ và tên', 'Năm sinh', 'Tổ', 'Thẻ căn cước']

describe('a list of the roster', () => {
  test('is checked first, names every bad row, and nothing of it is written', async () => {
    const head = await signIn(site, 'leader', 5)
    const file = await xlsx(HEAD, [
      ['Nguyễn Văn An', 1950, 5, 'Có'],
      ['Trần Thị Bình', 1850, 5, 'Có'],
      ['Lê Văn Chung', 1960, 6, 'Chưa có'],
      ['Nguyen Van An', 1950, 5, 'Có'],
    ])
    const { text } = await head.post('/staff/import', { file })
    expect(text).toContain('Dòng 3')
    expect(text).toContain('Dòng 4')
    expect(text).toContain('không thuộc phạm vi')
    // Who may be the same is told once something can be written.
    expect(text).not.toContain('Vẫn ghi được')
    expect(text).not.toContain('action="/staff/import/write"')
    expect(await count()).toBe(0)
  })

  test('is written as a whole when it is right, once, and by whoever checked it', async () => {
    const head = await signIn(site, 'leader', 5)
    const file = await xlsx(HEAD, [['Nguyễn Văn An', 1950, 5, 'Có'], ['Trần Thị Bình', 1951, 5, 'Chưa có']]) // prettier-ignore
    const checked = await head.post('/staff/import', { file })
    expect(checked.text).toContain('Ghi 2 người vào sổ')
    expect(await count()).toBe(0)
    const held = /name="held" value="([^"]+)"/.exec(checked.text)![1]!
    const other = await signIn(site, 'leader', 5)
    expect((await other.post('/staff/import/write', { held })).text).toContain('chọn lại tệp')
    expect((await head.post('/staff/import/write', { held })).text).toContain('Đã nhập: 2 người mới')
    expect(await count()).toBe(2)
    expect((await head.post('/staff/import/write', { held })).status).toBe(400)
    expect((await log()).filter(({ deed }) => deed === 'imported')).toMatchObject([{ who: head.contact, count: 2, group: 5 }]) // prettier-ignore
  })

  test('whose columns were taken for something else is read again as whoever brought it says', async () => {
    const clerk = await signIn(site, 'staff')
    const file = await xlsx(['Họ và tên', 'Sinh', 'Thẻ căn cước'], [['Nguyễn Văn An', 1950, 'Có']])
    const first = await clerk.post('/staff/import', { file })
    expect(first.text).toContain('Thiếu cột Tổ dân phố')
    expect(first.text).not.toContain('action="/staff/import/write"')
    const held = (text: string) => /name="held" value="([^"]+)"/.exec(text)![1]!
    const columns = { 'column-0': 'name', 'column-1': 'born', 'column-2': 'card' }
    const again = await clerk.post('/staff/import/again', { held: held(first.text), group: '5', ...columns })
    expect(again.text).toContain('Ghi 1 người vào sổ')
    expect(again.text).toContain('<option value="born" selected>')
    expect((await clerk.post('/staff/import/write', { held: held(again.text) })).text).toContain('Đã nhập: 1 người mới')
    const { rows } = await sql<{ born: number; grp: number }>`
      select r.born, p.grp from roster r join person p on p.id = r.person`.execute(site.context.store.db)
    expect(rows).toEqual([{ born: 1950, grp: 5 }])
    expect((await clerk.post('/staff/import/again', { held: 'gone' })).status).toBe(400)
  })

  test('with identity numbers is refused, and so is one that is too large or none', async () => {
    const head = await signIn(site, 'leader', 5)
    const ids = await xlsx([...HEAD, 'Số CCCD'], [['Nguyễn Văn An', 1950, 5, 'Có', '001050012345']])
    const refused = await head.post('/staff/import', { file: ids })
    expect(refused.text).toContain('Số CCCD')
    expect(refused.text).not.toContain('001050012345')
    // Nothing of it waits here for another try.
    expect(refused.text).not.toContain('name="held"')
    expect((await head.post('/staff/import', { file: new File([new Uint8Array(13 * 1024 * 1024)], 'x.xlsx') })).status).toBe(413) // prettier-ignore
    expect((await head.post('/staff/import', {})).status).toBe(400)
    expect((await head.post('/staff/groups/5/done', { flow: 'x'.repeat(300_000) })).status).toBe(413)
    expect(await count()).toBe(0)
  })
})

describe('an export', () => {
  test('of people without a card opens again as a sheet, and the log keeps who took it', async () => {
    await enrolSix(site)
    const head = await signIn(site, 'leader', 5)
    const { answer } = await head.get('/staff/exports/without-card.xlsx')
    expect(answer.headers.get('content-disposition')).toContain('without-card-2026-11-23.xlsx')
    const sheet = await readSheet(Buffer.from(await answer.arrayBuffer()))
    expect(sheet).toHaveLength(2)
    expect(sheet[1]).toContain('Nguyễn Văn An')
    expect((await log()).filter(({ deed }) => deed === 'exported')).toMatchObject([
      { who: head.contact, kind: 'without-card', count: 1 },
    ])
  })

  test('of the roster is taken in again without a change', async () => {
    await enrolSix(site)
    const head = await signIn(site, 'leader', 5)
    const { answer } = await head.get('/staff/exports/people.xlsx')
    const file = new File([new Uint8Array(await answer.arrayBuffer())], 'people.xlsx')
    expect((await head.post('/staff/import', { file })).text).toContain('6 người giữ nguyên')
  })

  test('of the steps names nobody of a group of a few, neither the group nor an id by which the list of people has a name', async () => {
    await enrolSix(site)
    const few = [1, 2, 3].map((n) => rosterPerson(90 + n, { group: 9, name: `Người Tổ Chín ${n}` }))
    await enrol(site, few)
    const head = await signIn(site, 'leader', 9)
    await head.post('/staff/groups/9/done', { flow: 'id-card', one: 'r-91' })
    await (await signIn(site, 'leader', 5)).post('/staff/groups/5/done', { flow: 'id-card', one: 'r-1' })
    const rows = async (staff: Staff) => (await (await staff.get('/staff/exports/steps.csv')).answer.text()).trim().split(/\r?\n/).slice(1) // prettier-ignore
    const seen = await rows(await signIn(site, 'staff'))
    const mine = await rows(head)
    expect(mine.every((row) => row.startsWith('r-91,'))).toBe(true)
    // All events are there, so that they add up.
    expect(seen.length).toBe(mine.length + seen.filter((row) => row.startsWith('r-1,')).length)
    expect(seen.filter((row) => row.includes('r-91') || row.includes(head.contact))).toEqual([])
    expect(seen.filter((row) => row.startsWith(',,web,,id-card,'))).toHaveLength(mine.length)
  })

  test('of every kind keeps to the scope, in both formats', async () => {
    await enrolSix(site)
    const head = await signIn(site, 'leader', 5)
    await head.post('/staff/groups/5/done', { flow: 'vneid-level-1', one: 'r-1' })
    const other = await signIn(site, 'leader', 6)
    const page = await head.get('/staff/exports')
    const links = [...page.text.matchAll(/href="(\/staff\/exports\/[^"]+)"/g)].map((match) => match[1]!)
    expect(links).toHaveLength(12)
    for (const link of links) {
      const own = await head.get(link)
      expect([link, own.status]).toEqual([link, 200])
      const theirs = await other.get(link)
      if (!link.endsWith('.csv')) continue
      expect(own.text.trim().split('\n').length).toBeGreaterThan(1)
      expect(theirs.text.trim().split('\n')).toHaveLength(1)
      expect((await other.get(`${link}?group=5`)).status).toBe(403)
    }
    const completion = await head.get('/staff/exports/completion.csv')
    expect(completion.text).toContain(',5,cả hướng dẫn,1,1,1,,6,16')
    expect(completion.text.split('\n')[0]).toContain('Trong số người,Tỷ lệ xong (%)')
  })

  test('is the same from the tool at the server, cell by cell, and leaves the operator’s line in the log', async () => {
    await enrolSix(site)
    const head = await signIn(site, 'leader', 5)
    await head.post('/staff/groups/5/done', { flow: 'portal-login', one: 'r-3' })
    await head.post('/staff/groups/5/done', { flow: 'vneid-level-1', one: 'r-1', upto: 'step' })
    const staff = await signIn(site, 'staff')
    for (const name of SHEETS) {
      let told = ''
      const out = (text: string) => void (told += text)
      expect(await (name === 'steps' ? exportSteps(site.tool, { format: 'csv' }, out) : exportList(site.tool, name, { format: 'csv' }, out))).toBe(0) // prettier-ignore
      const { text } = await staff.get(`/staff/exports/${name}.csv`)
      expect([name, text.replace('\uFEFF', '')]).toEqual([name, told])
      expect(told.trim().split('\r\n').length).toBeGreaterThan(1)
    }
    const taken = (await log()).filter(({ who, deed }) => who === 'operator' && deed === 'exported')
    expect(taken.map(({ kind, count }) => [kind, count]).sort()).toEqual([
      ['completion', expect.any(Number)],
      ['officials', 1],
      ['people', 6],
      ['steps', null],
      ['visits', 1],
      ['without-card', 1],
    ])
  })

  test('says of an official whose word it is that they are done', async () => {
    await enrolSix(site)
    await sql`
      insert into run (id, person, flow, edition, step, state, seq, started_at, entered_at, trail, tries)
      values ('run-3', 'r-3', 'portal-login', 1, 'end', 'finished', 1, 1, 1, '[]', 0)`.execute(site.context.store.db)
    await sql`
      insert into ledger (run, seq, at, person, channel, grp, flow, edition, step, outcome, source)
      values ('run-3', 1, 1, 'r-3', 'web', 5, 'portal-login', 1, 'end', 'finished', 'self')`.execute(
      site.context.store.db,
    )
    const head = await signIn(site, 'leader', 5)
    const cell = async () => (await head.get('/staff/exports/officials.csv')).text
    expect(await cell()).toContain('xong (tự báo)')
    await head.post('/staff/groups/5/done', { flow: 'portal-login', one: 'r-3' })
    expect(await cell()).toContain('xong (đã xác nhận)')
  })

  test('does not say of a small group who of its officials is done, neither on the page nor from the tool', async () => {
    await enrol(site, [rosterPerson(1, { name: 'Nguyễn Văn An', official: true })])
    await (await signIn(site, 'leader', 5)).post('/staff/groups/5/done', { flow: 'portal-login', one: 'r-1' })
    let told = ''
    await exportList(site.tool, 'officials', { format: 'csv' }, (text) => void (told += text))
    expect(told).toContain('không nêu: tổ dưới 5 người')
    expect((await (await signIn(site, 'staff')).get('/staff/exports/officials.csv')).text).toContain('không nêu')
    expect((await (await signIn(site, 'leader', 5)).get('/staff/exports/officials.csv')).text).toContain(
      'xong (đã xác nhận)',
    )
  })
})
