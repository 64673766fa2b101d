import { sql } from 'kysely'
import { auditLog } from '../../../src/store/audit.js'
import { OPERATOR, scopeOf } from '../../../src/core/policy/roles.js'
import { loadRuns } from '../../../src/store/runs.js'
import { forgetTallySheets } from '../../../src/store/tally-sheets.js'
import { openSite, type Site } from '../site.js'
import { enrolSix, signIn, type Staff } from './signed-in.js'

let site: Site
let head: Staff
beforeEach(async () => {
  site = await openSite()
  await enrolSix(site)
  head = await signIn(site, 'leader', 5)
})
afterEach(() => site.close())

const FLOW = 'vneid-level-1'
/** A new sheet: its address and the page. */
const sheet = async (by = head) => {
  const { text, location } = await by.post('/staff/groups/5/tally', { flow: FLOW })
  return { text, path: location! }
}
const ledger = async () =>
  (await sql<{ person: string; step: string; outcome: string; source: string }>`
    select person, step, outcome, source from ledger order by at, run, seq`.execute(site.context.store.db)).rows // prettier-ignore
const finished = async (person: string) =>
  (await loadRuns(site.context.store.db, [person])).some(({ flow, state }) => flow === FLOW && state === 'finished')
const ticks = (text: string) =>
  [...text.matchAll(/type="hidden" name="tick" value="([^"]+)"/g)].map(([, tick]) => tick!)
const keyOf = (text: string) => /name="key" value="([^"]+)"/.exec(text)![1]!
/** The people in the order of the rows, by their names. */
const rowsOf = (text: string) => [...text.matchAll(/<td class="number">(\d+)<\/td>[^]*?<th scope="row">([^<\d]+)/g)].map(([, row, name]) => `${row} ${name!.trim()}`) // prettier-ignore

describe('a sheet for the door', () => {
  test('is printed with a row a person in the order of the doors and a box a step, and entered by the same rows', async () => {
    const { text, path } = await sheet()
    expect(text).toContain('Bảng số 1')
    expect(rowsOf(text)).toHaveLength(6)
    expect(text.match(/class="box"/g)).toHaveLength(6 * 9)
    // Somebody new, and somebody who finished at another door: the rows stay those of the paper.
    const { text: all } = await head.get(`/staff/groups/5?flow=${FLOW}`)
    const one = /name="one" value="([^"]+)"/.exec(all)![1]!
    await head.post('/staff/groups/5/done', { flow: FLOW, one })
    const entry = await head.get(`${path}/enter`)
    expect(rowsOf(entry.text)).toEqual(rowsOf(text))
    expect(entry.text.match(/type="checkbox"/g)).toHaveLength(5 * 9)
    expect((await sheet()).text).toContain('Bảng số 2')
    expect((await head.get('/staff/groups/5/tally')).text).toContain(path)
  })

  test('many ticks become one save: shown first, written as the head’s word, and not twice however often it is sent', async () => {
    const { path } = await sheet()
    const tick = ['1.1', '1.2', '1.3', '2.all', '3.2', '3.5', '9.1', '4.77', 'x']
    const shown = await head.post(`${path}/check`, { tick })
    expect(shown.text).toMatch(/Sẽ ghi cho 3 người, \d+ bước/)
    expect(shown.text).toMatch(/Hàng 3[^<]*có bước 5 mà bỏ trống bước 1, 3, 4/)
    expect(await ledger()).toEqual([])
    const save = { tick: ticks(shown.text), key: keyOf(shown.text) }
    const both = await Promise.all([head.post(`${path}/save`, save), head.post(`${path}/save`, save)])
    expect(both.map(({ text }) => /Đã ghi cho 3 người/.test(text))).toEqual([true, true])
    const written = await ledger()
    expect((await head.post(`${path}/save`, save)).text).toContain('Đã ghi cho 3 người')
    expect((await head.post(`${path}/check`, { tick })).text).toContain('Không có gì để ghi')
    // Another form of the same paper finds nothing left to write either.
    await head.post(`${path}/save`, { tick, key: 'another-key' })
    expect(await ledger()).toEqual(written)
    expect(new Set(written.map(({ source }) => source))).toEqual(new Set(['leader']))
    const persons = [...new Set(written.map(({ person }) => person))]
    expect(persons).toHaveLength(3)
    expect((await Promise.all(persons.map(finished))).filter(Boolean)).toHaveLength(1)
    const entry = await head.get(`${path}/enter`)
    expect(entry.text.match(/type="checkbox"/g)).toHaveLength(6 + 0 + 4 + 3 * 9)
    const log = await auditLog(site.context.store.db, scopeOf(OPERATOR), { limit: 50 })
    expect(log.filter(({ deed }) => deed === 'recorded')).toHaveLength(3)
  })

  test('goes back to the boxes as they were ticked', async () => {
    const { path } = await sheet()
    const { text } = await head.post(`${path}/enter`, { tick: ['2.4', '5.all'] })
    expect([...text.matchAll(/value="([^"]+)" aria-label="[^"]+" checked/g)].map(([, tick]) => tick)).toEqual([
      '2.4',
      '5.all',
    ])
  })

  test('keeps empty the row of somebody who is no longer in the group, and is gone after the ward’s days', async () => {
    const { path, text } = await sheet()
    await sql`update person set grp = 6 where id = 'r-4'`.execute(site.context.store.db)
    const entry = await head.get(`${path}/enter`)
    expect(entry.text).toContain('Không còn trong tổ')
    expect(entry.text).not.toContain('Phạm Thị Dung')
    const row = rowsOf(text).findIndex((line) => line.includes('Phạm Thị Dung')) + 1
    expect((await head.post(`${path}/check`, { tick: `${row}.all` })).text).toContain('Không có gì để ghi')
    await site.context.store.transaction((tx) => forgetTallySheets(tx, site.now.at + 1))
    expect((await head.get(path)).status).toBe(404)
  })

  test('is nobody’s but the own head’s and the ward’s', async () => {
    const { path } = await sheet()
    const other = await signIn(site, 'leader', 6)
    expect((await other.get(path)).status).toBe(403)
    // Under their own group the sheet of another one is not there.
    expect((await other.get(path.replace('groups/5', 'groups/6'))).status).toBe(404)
    expect((await other.post(`${path.replace('groups/5', 'groups/6')}/save`, { tick: '1.all', key: 'k-12345678' })).status).toBe(404) // prettier-ignore
    expect(await ledger()).toEqual([])
  })
})
