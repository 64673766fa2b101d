import { sql } from 'kysely'
import { auditLog } from '../../../src/store/audit.js'
import { OPERATOR, scopeOf } from '../../../src/core/policy/roles.js'
import { people, withPhones } from '../../../src/store/roster.js'
import { openSite, type Site } from '../site.js'
import { enrolSix, signIn } from './signed-in.js'

let site: Site
beforeEach(async () => {
  site = await openSite()
  await enrolSix(site)
})
afterEach(() => site.close())

const WARD = scopeOf(OPERATOR)
const listed = async (filter: Parameters<typeof people>[2] = {}) => {
  const { store, seals } = site.context
  return withPhones(seals, await people(store.db, WARD, filter))
}
const deeds = async () => (await auditLog(site.context.store.db, WARD, { limit: 100 })).filter(({ deed }) => deed === 'changed').map(({ kind, group }) => [kind, group]) // prettier-ignore
const NEW = { name: 'Đỗ Thị Mới', born: '1948', phone: '', household: '', residence: 'temporary', card: 'none', cardReason: '', note: '', house: 'số 7', street: 'Ngõ 3' } // prettier-ignore
const stateIn = (text: string) => /name="state" value="([^"]+)"/.exec(text)![1]!

describe('somebody who is not on the list', () => {
  test('is added by hand, with the household that is not there either', async () => {
    const head = await signIn(site, 'leader', 5)
    expect((await head.get('/staff/groups/5')).text).toContain('href="/staff/groups/5/people/new"')
    expect((await head.get('/staff/groups/5/people/new')).text).toContain('Đường Sen Hồng')
    const { text } = await head.post('/staff/groups/5/people/new', NEW)
    expect(text).toContain('Đã lưu')
    const [added] = await listed({ name: 'Đỗ Thị Mới' })
    expect(added).toMatchObject({ group: 5, born: 1948, residence: 'temporary', card: 'none' })
    const { rows } = await sql<{ house: string; street: string }>`
      select house, street from household where id = ${added!.household!}`.execute(site.context.store.db)
    expect(rows).toEqual([{ house: 'số 7', street: 'Ngõ 3' }])
    expect(await deeds()).toEqual([['person-new', 5]])
  })

  test('who looks like somebody known is added only on a second word, and nothing typed is lost on the way', async () => {
    const head = await signIn(site, 'leader', 5)
    const twin = { ...NEW, name: 'tran thi binh', born: '1950' }
    const asked = await head.post('/staff/groups/5/people/new', twin)
    expect([asked.status, asked.text]).toEqual([409, expect.stringContaining('Trần Thị Bình')])
    expect(asked.text).toContain('value="Ngõ 3"')
    expect(await listed()).toHaveLength(6)
    expect((await head.post('/staff/groups/5/people/new', { ...twin, sure: '1' })).text).toContain('Đã lưu')
    expect(await listed()).toHaveLength(7)
  })

  test('is not added with an ID number in any field, nor by the head of another group', async () => {
    const head = await signIn(site, 'leader', 5)
    for (const field of ['house', 'street', 'note'])
      expect((await head.post('/staff/groups/5/people/new', { ...NEW, [field]: 'CCCD 019050001234' })).status).toBe(400)
    const other = await signIn(site, 'leader', 6)
    expect((await other.get('/staff/groups/5/people/new')).status).toBe(403)
    expect((await other.post('/staff/groups/5/people/new', NEW)).status).toBe(403)
    expect(await listed()).toHaveLength(6)
  })
})

describe('the form of a person', () => {
  const FIELDS = { name: 'Trần Thị Bình', born: '1951', phone: '0912345678', household: 'h-1', residence: 'permanent', card: 'has', cardReason: '', note: '' } // prettier-ignore

  test('does not write over what somebody else changed meanwhile: both are shown, and then it is saved', async () => {
    const head = await signIn(site, 'leader', 5)
    const clerk = await signIn(site, 'staff')
    const state = stateIn((await head.get('/staff/people/r-2')).text)
    await clerk.post('/staff/people/r-2', { ...FIELDS, state, note: 'tay yếu' })
    const stale = await head.post('/staff/people/r-2', { ...FIELDS, state, born: '1949' })
    expect([stale.status, stale.text]).toEqual([409, expect.stringContaining('người khác đã đổi')])
    // As it is now above, as it was typed below.
    expect(stale.text).toContain('<dd>tay yếu</dd>')
    expect(stale.text).toContain('value="1949"')
    expect(await listed({ ids: ['r-2'] })).toMatchObject([{ born: 1951, note: 'tay yếu' }])
    await head.post('/staff/people/r-2', { ...FIELDS, state: stateIn(stale.text), born: '1949', note: 'tay yếu' })
    expect(await listed({ ids: ['r-2'] })).toMatchObject([{ born: 1949, note: 'tay yếu' }])
  })
})

describe('somebody who called', () => {
  test('is found by the whole number or a piece of the name, in one’s own groups only', async () => {
    const clerk = await signIn(site, 'staff')
    expect((await clerk.get('/staff/groups')).text).toContain('action="/staff/people"')
    for (const q of ['+84 912.345.678', '0912345678', 'binh tran', 'Bình'])
      expect((await clerk.post('/staff/people', { q })).text).toContain('href="/staff/people/r-2"')
    // As people speak of her: the title is no part of the name.
    for (const q of ['bà Bình', 'Cụ Trần Thị Bình', 'ba binh'])
      expect((await clerk.post('/staff/people', { q })).text).toContain('href="/staff/people/r-2"')
    const { text } = await clerk.post('/staff/people', { q: '0912345679' })
    expect(text).not.toContain('/staff/people/r-')
    // A piece of a number finds nobody: the numbers are sealed.
    expect((await clerk.post('/staff/people', { q: '345678' })).text).not.toContain('/staff/people/r-')
    const other = await signIn(site, 'leader', 6)
    expect((await other.post('/staff/people', { q: '0912345678' })).text).not.toContain('Trần Thị Bình')
    expect(site.lines.join('')).not.toContain('0912345678')
  })
})

describe('somebody who leaves the group', () => {
  test('is moved by ward staff, without the household; a head of one group is told whom to ask', async () => {
    const head = await signIn(site, 'leader', 5)
    expect((await head.get('/staff/people/r-1')).text).toContain('nhờ cán bộ phường')
    expect((await head.post('/staff/people/r-1/move', { group: '6' })).status).toBe(403)
    const clerk = await signIn(site, 'staff')
    expect((await clerk.post('/staff/people/r-1/move', { group: '6' })).text).toContain('Đã chuyển tổ')
    expect(await listed({ ids: ['r-1'] })).toMatchObject([{ group: 6, household: null }])
    expect((await head.get('/staff/people/r-1')).status).toBe(404)
    expect(await deeds()).toEqual(expect.arrayContaining([['person-moved', 5], ['person-moved', 6]])) // prettier-ignore
    expect((await clerk.post('/staff/people/r-1/move', { group: '999' })).status).toBe(403)
  })

  test('or the ward goes off the list with the reason, is written to no more, and stays counted', async () => {
    const head = await signIn(site, 'leader', 5)
    await head.post('/staff/groups/5/done', { flow: 'vneid-level-1', one: 'r-3', upto: 'end' })
    expect((await head.post('/staff/people/r-3/gone', {})).text).toContain('Chưa chọn lý do')
    expect(await listed({ ids: ['r-3'] })).toHaveLength(1)
    const { location } = await head.post('/staff/people/r-3/gone', { why: 'died' })
    expect(location).toBe('/staff/groups/5?done=gone')
    expect(await listed({ ids: ['r-3'] })).toEqual([])
    const { db } = site.context.store
    expect((await sql`select 1 from opt_out where subject = 'r-3'`.execute(db)).rows).toHaveLength(1)
    expect((await sql`select 1 from run where person = 'r-3' and state = 'finished'`.execute(db)).rows).toHaveLength(1)
    expect(await deeds()).toEqual(expect.arrayContaining([['person-died', 5]]))
    const other = await signIn(site, 'leader', 6)
    expect((await other.post('/staff/people/r-4/gone', { why: 'died' })).status).toBe(404)
    expect(await listed({ ids: ['r-4'] })).toHaveLength(1)
  })
})
