import { sql } from 'kysely'
import { OPERATOR, scopeOf } from '../../../src/core/policy/roles.js'
import { auditLog } from '../../../src/store/audit.js'
import { figures } from '../../../src/store/figures.js'
import { recountFigures } from '../../../src/store/recount.js'
import { atFirstStep, openSite, type Site, type Visitor } from '../site.js'
import { enrolSix, signIn, type Staff } from './signed-in.js'

const WARD = scopeOf(OPERATOR)

let site: Site
let helper: Visitor
let head: Staff
beforeEach(async () => {
  site = await openSite()
  await enrolSix(site)
  head = await signIn(site, 'leader', 5)
  helper = await site.visitor()
  await atFirstStep(helper)
})
afterEach(() => site.close())

const settled = async () => {
  for (let left = 1; left > 0;) left = await site.context.requests.runOnce()
}
const bringIn = async (label: string) => {
  await helper.write('/nguoithan')
  await settled()
  await helper.choose('Thêm một người')
  await settled()
  await helper.write(label)
  await settled()
  await helper.choose('Đã đồng ý')
  await settled()
  site.now.at += 60_000
  await helper.post({ id: 'g1', kind: 'start', payload: 'id-card' })
  await helper.choose((await helper.newest()).options[0]!.label)
}
const begun = async () => {
  const found = await figures(site.context.store.db, WARD, { flow: 'id-card' })
  expect(await recountFigures(site.context.store.db, WARD, { flow: 'id-card' })).toEqual(found)
  return found.reduce((sum, one) => sum + one.started, 0)
}
const CONTACTS = '/staff/groups/5/contacts'
const helpedIn = (text: string) => [...text.matchAll(/name="helped" value="([^"]+)"/g)].map(([, id]) => id!)

describe('somebody brought in by a helper, without a code', () => {
  test('stands on the lists of the head of the group they are counted in, by what the helper calls them and no more', async () => {
    await bringIn('bà ngoại')
    expect(await begun()).toBe(1)
    for (const show of ['all', 'under-way', 'unlisted'])
      expect((await head.get(`/staff/groups/5?flow=id-card&show=${show}`)).text).toContain(
        '«bà ngoại», chưa có trong sổ',
      )
    const underWay = (await head.get('/staff/groups/5?flow=id-card&show=under-way')).text
    expect(underWay).toContain('1 người đã bắt đầu')
    expect(underWay).toMatch(/role="status">1 người/)
    const { text } = await head.get(CONTACTS)
    expect(text).toContain('Người được làm hộ, chưa có trong sổ')
    expect(text).toMatch(/«bà ngoại»[^]*người làm hộ: [A-Z]{5}[^]*Làm thẻ căn cước/)
    const [id] = helpedIn(text)
    const page = (await head.get(`/staff/people/${id}`)).text
    expect(page).toContain('<h1>«bà ngoại», chưa có trong sổ</h1>')
    expect(page).toContain(`href="${CONTACTS}"`)
    // Whoever is on the roster is called by their name alone.
    const other = await signIn(site, 'leader', 6)
    expect((await other.get(`/staff/people/${id}`)).status).toBe(404)
    expect((await other.get('/staff/groups/6/contacts')).text).not.toContain('bà ngoại')
  })

  test('is joined to the roster by the head, who is asked who it is; the helper is told and goes on, nobody is counted twice', async () => {
    await bringIn('bà ngoại')
    const [helped] = helpedIn((await head.get(CONTACTS)).text)
    const other = await signIn(site, 'leader', 6)
    expect((await other.post('/staff/groups/6/contacts', { helped: helped!, person: 'r-2' })).text).toContain('Không tìm thấy') // prettier-ignore
    expect((await head.post(CONTACTS, { helped: 'x', person: 'r-2' })).text).toContain('Không tìm thấy')
    const joined = await head.post(CONTACTS, { helped: helped!, person: 'Trần Thị Bình' })
    expect(joined.text).toContain('Đã ghép người được làm hộ')
    expect(helpedIn(joined.text)).toEqual([])
    expect(await begun()).toBe(1)
    expect((await head.get('/staff/groups/5?flow=id-card&show=under-way')).text).toContain('Trần Thị Bình')
    expect((await head.get('/staff/groups/5?flow=id-card&show=unlisted')).text).not.toContain('bà ngoại')
    expect((await helper.newest()).text).toContain('vừa ghi «bà ngoại» mà bác đang làm hộ là «Bình» trong sổ')
    // On with the guide, for the person of the roster.
    await helper.write('tiếp tục')
    await helper.choose((await helper.newest()).options[0]!.label)
    expect((await helper.newest()).text).not.toContain('trục trặc')
    const runs = await sql<{ person: string; seq: number }>`select person, seq from run where flow = 'id-card'`.execute(site.context.store.db) // prettier-ignore
    expect(runs.rows).toMatchObject([{ person: 'r-2' }])
    expect(await begun()).toBe(1)
    const log = await auditLog(site.context.store.db, WARD, { limit: 50 })
    expect(log.find(({ deed }) => deed === 'joined')).toMatchObject({ kind: 'helping', subject: 'r-2', group: 5, role: 'leader' }) // prettier-ignore
    // A wrong join is undone like every other.
    const parted = await head.post('/staff/people/r-2/part', { gone: helped! })
    expect(parted.text).toContain('Đã tách lại')
    expect(helpedIn((await head.get(CONTACTS)).text)).toEqual([helped])
    expect(await begun()).toBe(1)
  })

  test('is not joined to whoever acts for them, and one contact of theirs is not taken for somebody helped', async () => {
    await bringIn('bà ngoại')
    const { text } = await head.get(CONTACTS)
    const contact = /name="contact" value="([^"]+)"/.exec(text)![1]!
    await head.post(CONTACTS, { contact, person: 'r-3' })
    const [helped] = helpedIn((await head.get(CONTACTS)).text)
    expect((await head.post(CONTACTS, { helped: helped!, person: 'r-3' })).text).toContain('chính là người làm hộ')
    expect((await head.get(CONTACTS)).text).toContain('người làm hộ: Lê Văn Chung')
    expect(await begun()).toBe(1)
  })
})
