import { sql } from 'kysely'
import { rosterPerson } from '../../store/roster-samples.js'
import { setGroup, setRole } from '../../../src/store/contacts.js'
import { startHelping } from '../../../src/store/helping.js'
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

describe('how many no message reaches', () => {
  const said = (text: string) => Number(/(?:^|\D)(\d+) người(?: chưa xong, kể cả người chưa bắt đầu,)? không nhận được tin/.exec(text)?.[1] ?? 0) // prettier-ignore
  /** `/to` in the chat of somebody who heads group 5 and lives elsewhere. */
  const inChat = async () => {
    const { db } = site.context.store
    const addresses = async () => (await sql<{ contact: string }>`select contact from address`.execute(db)).rows.map(({ contact }) => contact) // prettier-ignore
    const before = await addresses()
    const visitor = await site.visitor()
    await atFirstStep(visitor)
    const contact = (await addresses()).find((one) => !before.includes(one))!
    await sql`update person set grp = null where id = (select person from contact where id = ${contact})`.execute(db)
    await setRole(db, contact, 'leader', [5], 1)
    await visitor.write('/to')
    while ((await site.context.requests.runOnce()) > 0);
    return said((await visitor.newest()).text)
  }
  const onList = async () => rowsIn((await head.get('/staff/groups/5/visits?flow=vneid-level-1&who=everybody')).text)

  test('is one number in «/to», in the preview of a reminder and on the list of visits, whatever the reason', async () => {
    Object.assign(site.context.ward, { targets: { 'vneid-level-1': 60 } })
    const { db } = site.context.store
    // The second and the first wished for a visit or have no card; these stand on the list anyway.
    await sql`update roster set visit = 0, card = 'has'`.execute(db)
    const all = async () => [said((await previewed(head)).text), await onList(), await inChat()]
    // Six of the roster never wrote, one is on the page alone.
    expect(await all()).toEqual([7, 7, 7])
    // Where pages count, that one is reached; and whoever has a helper who is.
    Object.assign(site.context.reminding, { pages: true })
    expect(await all()).toEqual([6, 6, 6])
    const { contact } = (await sql<{ contact: string }>`select c.id as contact from contact c join person p on p.id = c.person join run r on r.person = p.id where p.grp = 5`.execute(db)).rows[0]! // prettier-ignore
    await startHelping(db, { contact, person: 'r-4', label: 'bà', how: 'made', now: 1 })
    expect(await all()).toEqual([5, 5, 5])
    // The helper shuts us out: both are to be visited.
    await sql`update address set state = 'blocked' where contact = ${contact}`.execute(db)
    expect(await all()).toEqual([7, 7, 7])
    await sql`update address set state = 'ok' where contact = ${contact}`.execute(db)
    await sql`update session set state = replace(state, '"consent":{', '"consent":null,"was":{') where contact = ${contact}`.execute(
      db,
    )
    expect(await all()).toEqual([7, 7, 7])
    // Who wants nothing, and who has finished, is on no list.
    await sql`insert into opt_out (subject, at) values ('r-1', 0)`.execute(db)
    await head.post('/staff/groups/5/done', { flow: 'vneid-level-1', one: 'r-3' })
    expect(await all()).toEqual([5, 5, 5])
  })

  test('in «/to» is of all who have not finished all guides with a target, each once', async () => {
    Object.assign(site.context.reminding, { pages: true })
    Object.assign(site.context.ward, { targets: { 'vneid-level-1': 60, 'id-card': 60 } })
    expect(await inChat()).toBe(6)
    await head.post('/staff/groups/5/done', { flow: 'vneid-level-1', one: 'r-3' })
    expect(await inChat()).toBe(6)
    await head.post('/staff/groups/5/done', { flow: 'id-card', one: 'r-3' })
    expect(await inChat()).toBe(5)
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
