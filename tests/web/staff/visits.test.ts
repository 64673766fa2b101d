import { sql } from 'kysely'
import { rosterPerson } from '../../store/roster-samples.js'
import { setGroup } from '../../../src/store/contacts.js'
import { atFirstStep, openSite, type Site } from '../site.js'
import { enrol, enrolSix, signIn, type Staff } from './signed-in.js'

let site: Site
let head: Staff
beforeEach(async () => {
  site = await openSite()
  // Outside of the demo nobody hears of a message on the page.
  Object.assign(site.context.reminding, { pages: false })
  await enrolSix(site)
  await atFirstStep(await site.visitor())
  const { contact } = (await sql<{ contact: string }>`
    select contact from address a where exists (select 1 from run r join contact c on c.person = r.person where c.id = a.contact)`.execute(site.context.store.db)).rows[0]! // prettier-ignore
  await setGroup(site.context.store.db, contact, 5)
  site.now.at += 86_400_000
  head = await signIn(site, 'leader', 5)
})
afterEach(() => site.close())

const previewed = async (who: Staff, more = {}) => {
  const { text, location } = await who.post('/staff/broadcasts/preview', { flow: 'vneid-level-1', who: 'unfinished', group: '5', ...more }) // prettier-ignore
  return { text, path: location!.split('?')[0]! }
}
const linksIn = (text: string) => [...text.matchAll(/href="(\/staff\/groups\/\d+\/visits\?broadcast=[^"]+)"/g)].map(([, link]) => link!) // prettier-ignore
const rowsIn = (text: string) => text.match(/class="blank"/g)?.length ?? 0

describe('the list of visits of a reminder', () => {
  test('has as many rows as the preview says people get no message, page-only residents among them, and each reason', async () => {
    const { text } = await previewed(head)
    expect(text).toContain(', 7 người không nhận được tin')
    const [link] = linksIn(text)
    expect(text).toContain('Danh sách đi thăm, tổ 5 (7 người)')
    const list = (await head.get(link!)).text
    expect(rowsIn(list)).toBe(7)
    expect(list).toContain('không nhắn tới được: chỉ dùng trang chat')
    expect(list).toContain('không nhắn tới được: chưa nhắn với tổng đài bao giờ')
  })

  test('keeps to its broadcast when another guide is chosen', async () => {
    const { text } = await previewed(head, { who: 'not-started' })
    const [link] = linksIn(text)
    const list = (await head.get(link!)).text
    expect(rowsIn(list)).toBe(6)
    expect(list).toMatch(/<option value="vneid-level-1" selected/)
    const kept = /<input type="hidden" name="broadcast" value="([^"]+)"/.exec(list)![1]!
    const other = (await head.get(`/staff/groups/5/visits?broadcast=${kept}&flow=id-card`)).text
    expect(rowsIn(other)).toBe(6)
  })

  test('leads staff from a reminder to the whole ward to a list of each group, and says who is on none', async () => {
    await enrol(site, [
      ...[7, 8].map((n) => rosterPerson(n, { group: 6 })),
      ...[9, 10, 11].map((n) => rosterPerson(n, { group: 7 })),
    ])
    const staff = await signIn(site, 'staff')
    const stranger = await site.visitor()
    await atFirstStep(stranger)
    await sql`update person set grp = null where id = (select person from run order by started_at desc limit 1)`.execute(site.context.store.db) // prettier-ignore
    const { text } = await previewed(staff, { group: '' })
    const said = Number(/, (\d+) người không nhận được tin/.exec(text)![1])
    const rows = await Promise.all(linksIn(text).map(async (link) => rowsIn((await staff.get(link)).text)))
    expect(rows).toEqual([7, 2, 3])
    expect(text).toContain('Chưa rõ tổ: 1 người')
    expect(said).toBe(13)
  })

  test('leaves out who has finished since, also in the number at its link', async () => {
    // Somebody can be written to, or there would be nothing to confirm.
    Object.assign(site.context.reminding, { pages: true })
    const { text, path } = await previewed(head)
    await head.post(`${path}/confirm`, { key: /name="key" value="([^"]+)"/.exec(text)![1]!, count: '1' })
    await site.context.reminders.runOnce()
    const before = (await head.get(path)).text
    expect(before).toContain('tổ 5 (6 người)')
    await head.post('/staff/groups/5/done', { flow: 'vneid-level-1', one: 'r-3' })
    const after = (await head.get(path)).text
    expect(after).toContain('tổ 5 (5 người)')
    const list = (await head.get(linksIn(after)[0]!)).text
    expect(rowsIn(list)).toBe(5)
    expect(list).not.toContain('Lê Văn Chung')
  })

  test('has who never agreed to be written to, and not who wants no messages, unless they wish for a visit', async () => {
    Object.assign(site.context.reminding, { pages: true })
    const { db } = site.context.store
    await sql`update session set state = replace(state, '"consent":{', '"consent":null,"was":{')`.execute(db)
    await sql`insert into opt_out (subject, at) values ('r-2', 0), ('r-4', 0)`.execute(db)
    const { text } = await previewed(head)
    expect(text).toContain(', 5 người không nhận được tin')
    const list = (await head.get(linksIn(text)[0]!)).text
    expect(rowsIn(list)).toBe(5)
    expect(list).toContain('không nhắn tới được: chưa đồng ý nhận tin')
    expect(list).not.toContain('Trần Thị Bình')
    // r-2 wished for a visit: the group's own list has them.
    const own = (await head.get('/staff/groups/5/visits?flow=vneid-level-1&who=everybody')).text
    expect(own).toContain('Trần Thị Bình')
    expect(own).not.toContain('Phạm Thị Dung')
  })
})

describe('the list of visits of a group', () => {
  test('goes by the same rule: a known resident of the page alone is lost, one that can be written to is not', async () => {
    await sql`update contact set person = 'r-5' where person in (select person from run)`.execute(site.context.store.db)
    const list = async () => (await head.get('/staff/groups/5/visits?flow=vneid-level-1')).text
    expect(await list()).toContain('Hoàng Văn Em')
    Object.assign(site.context.reminding, { pages: true })
    expect(await list()).not.toContain('Hoàng Văn Em')
  })

  test('goes on on a second page and says how many there are', async () => {
    await enrol(
      site,
      Array.from({ length: 510 }, (_, i) => rosterPerson(`v${i}`, { visit: true })),
    )
    const first = (await head.get('/staff/groups/5/visits')).text
    expect(rowsIn(first)).toBe(500)
    expect(first).toContain('cả danh sách 512 người')
    expect(rowsIn((await head.get('/staff/groups/5/visits?page=2')).text)).toBe(12)
  })
})
