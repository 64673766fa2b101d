import { sql } from 'kysely'
import { rosterPerson } from '../../store/roster-samples.js'
import { openSite, type Site, type Visitor } from '../site.js'
import { enrol, enrolSix, signIn, type Staff } from './signed-in.js'

let site: Site
let head: Staff
beforeEach(async () => {
  site = await openSite()
  // Two households of three.
  await enrolSix(site)
  head = await signIn(site, 'leader', 5)
})
afterEach(() => site.close())

const make = (who = head, fields = {}) => who.post('/staff/groups/5/household-slips', fields)
const codesIn = (text: string) => [...text.matchAll(/class="code">([A-Z]{5})-([A-Z]{5})</g)].map(([, a, b]) => `${a}${b}`) // prettier-ignore
/** The slips of a page, each with its address and whatever stands on it. */
const slipsIn = (text: string) => text.split('<section class="card">').slice(1)
const db = () => site.context.store.db
const live = async () => Number((await sql<{ n: number }>`select count(*) as n from slip where voided_at is null and used_at is null`.execute(db())).rows[0]!.n) // prettier-ignore

describe('slips by household', () => {
  test('are one paper a household: its address, and each who does not chat with a code and a picture of their own', async () => {
    const { text } = await make()
    const slips = slipsIn(text)
    expect(slips).toHaveLength(2)
    expect(slips.map((slip) => codesIn(slip).length)).toEqual([3, 3])
    expect(new Set(codesIn(text)).size).toBe(6)
    expect(text.match(/class="qr"/g)).toHaveLength(6)
    const home = slips.find((slip) => slip.includes('Nguyễn Văn An'))!
    for (const name of ['Trần Thị Bình', 'Lê Văn Chung']) expect(home).toContain(name)
    expect(home).not.toContain('Phạm Thị Dung')
    expect(home).toMatch(/<h2>Hộ [^<]*Đường Hoa Sen/)
    for (const code of codesIn(text)) expect(site.bytes()).not.toContain(code)
  })

  test('serve a family with one phone: it is the first of them, and acts for the others, each once', async () => {
    await enrol(site, [4, 5].map((n) => rosterPerson(`f${n}`, { household: 'h-1', name: `Nguyễn Thị Số ${n}` }))) // prettier-ignore
    const home = slipsIn((await make()).text).find((slip) => slip.includes('Nguyễn Văn An'))!
    const [own, ...others] = codesIn(home)
    expect(others).toHaveLength(4)
    const phone = await site.visitor()
    await phone.post({ id: 'o', kind: 'start', payload: '' })
    await phone.choose('Đồng ý, bắt đầu')
    await scan(phone, own!, 'Phiếu của tôi')
    expect((await phone.newest()).text).toContain('danh sách của tổ')
    for (const [i, code] of others.entries()) {
      await scan(phone, code, 'Tôi làm hộ người có phiếu')
      await phone.write(['bố', 'mẹ', 'chị', 'bà'][i]!)
      await work()
      expect((await phone.newest()).text).not.toContain('mã')
    }
    const { rows } = await sql<{ person: string; label: string; how: string }>`select person, label, how from helping`.execute(db()) // prettier-ignore
    expect(rows.map(({ label, how }) => `${label} ${how}`).sort()).toEqual(['bà slip', 'bố slip', 'chị slip', 'mẹ slip']) // prettier-ignore
    expect(new Set(rows.map(({ person }) => person)).size).toBe(4)
    // A code that was used is nobody else's.
    const stranger = await site.visitor()
    await stranger.post({ id: 'o', kind: 'start', payload: '' })
    await stranger.choose('Đồng ý, bắt đầu')
    await scan(stranger, others[0]!, 'Phiếu của tôi')
    expect((await stranger.newest()).text).toContain('đã dùng')
  })

  test('leave a slip that was handed out good, and say who has one', async () => {
    const one = await head.post('/staff/people/r-1/slip')
    expect(codesIn(one.text)).toHaveLength(1)
    const { text } = await make()
    const home = slipsIn(text).find((slip) => slip.includes('Nguyễn Văn An'))!
    expect(codesIn(home)).toHaveLength(2)
    expect(home).toContain('Đã có phiếu, dùng đến hết')
    expect(await live()).toBe(6)
    // Everybody has one now.
    expect(slipsIn((await make()).text)).toEqual([])
    expect((await make()).text).toContain('Không còn ai cần phiếu')
    expect(await live()).toBe(6)
  })

  test('are made again for one household, whose old codes end, and for nobody else’s', async () => {
    const before = codesIn((await make()).text)
    const papers = (await head.get('/staff/groups/5/papers')).text
    expect(papers).toMatch(/<option value="h-1">[^<]*Đường Hoa Sen/)
    const again = await make(head, { household: 'h-1' })
    expect(slipsIn(again.text)).toHaveLength(1)
    expect(codesIn(again.text)).toHaveLength(3)
    expect(codesIn(again.text).filter((code) => before.includes(code))).toEqual([])
    expect(await live()).toBe(6)
    expect(slipsIn((await make(head, { household: 'of-another-ward' })).text)).toEqual([])
    expect(await live()).toBe(6)
  })

  test('do not name who chats already, nor cut a household in two at 120 codes', async () => {
    await sql`insert into contact (id, person, role, created_at) values ('k', 'r-2', 'resident', 1)`.execute(db())
    await enrol(site, Array.from({ length: 118 }, (_, n) => rosterPerson(`m${n}`, { name: `Người ${n}` }))) // prettier-ignore
    const { text } = await make()
    expect(text).not.toContain('Trần Thị Bình')
    const counts = slipsIn(text).map((slip) => codesIn(slip).length)
    expect(counts.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(120)
    expect(text).toMatch(/Còn \d+ hộ nữa/)
    const rest = (await make()).text
    expect(rest).not.toContain('hộ nữa')
    expect(codesIn(text).length + codesIn(rest).length).toBe(123)
    expect(slipsIn(text + rest).filter((slip) => /Phạm Thị Dung|Hoàng Văn Em|Vũ Thị Giang/.test(slip))).toHaveLength(1)
  })

  test('are nobody’s but the own head’s and the ward’s, and stand in the log with their number', async () => {
    const other = await signIn(site, 'leader', 6)
    expect((await make(other)).status).toBe(403)
    expect(await live()).toBe(0)
    await make()
    const { rows } = await sql<{ deed: string; grp: number; count: number }>`
      select deed, grp, count from audit where kind = 'slips' order by deed`.execute(db())
    expect(rows.map(({ deed, grp, count }) => `${deed} ${grp} ${count}`)).toEqual(['invited 5 6', 'refused null null'])
  })

  test('are in English where the head reads English', async () => {
    await site.app.request('/staff?lang=en', { headers: { cookie: head.cookie } })
    const text = await (
      await site.app.request('/staff/groups/5/household-slips?lang=en', {
        method: 'POST',
        headers: { cookie: head.cookie },
        body: new URLSearchParams({ csrf: head.csrf }),
      })
    ).text()
    expect(text).toContain('One phone for the whole family')
    expect(text).toContain('choose «It is my slip»')
  })
})

async function work(): Promise<void> {
  while ((await site.context.requests.runOnce()) > 0);
}

let scans = 0
/** What a scanned picture does: the link opens the chat with the code. */
async function scan(phone: Visitor, code: string, whose: string): Promise<void> {
  await phone.post({ id: `scan-${++scans}`, kind: 'start', payload: `ps_${code}` })
  await work()
  await phone.choose(whose)
  await work()
}
