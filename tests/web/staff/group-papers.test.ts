import { sql } from 'kysely'
import { openSite, type Site } from '../site.js'
import { rosterPerson } from '../../store/roster-samples.js'
import { enrol, enrolSix, signIn } from './signed-in.js'

let site: Site
beforeEach(async () => {
  site = await openSite()
  await enrolSix(site)
})
afterEach(() => site.close())

describe('paper for a group', () => {
  test('slips for everybody who does not chat: each with a code that works, shown once', async () => {
    const head = await signIn(site, 'leader', 5)
    expect((await head.get('/staff/groups/5/papers')).text).toContain('Làm 6 phiếu')
    const { text } = await head.post('/staff/groups/5/slips')
    const codes = [...text.matchAll(/class="code">([A-Z]{5})-([A-Z]{5})</g)].map(([, a, b]) => `${a}${b}`)
    expect(new Set(codes).size).toBe(6)
    expect(text.match(/class="qr"/g)).toHaveLength(6)
    const { db } = site.context.store
    expect((await sql`select 1 from slip`.execute(db)).rows).toHaveLength(6)
    for (const code of codes) expect(site.bytes()).not.toContain(code)
    const visitor = await site.visitor()
    await visitor.post({ id: 'o', kind: 'start', payload: '' })
    await visitor.choose('Đồng ý, bắt đầu')
    await visitor.post({ id: 's', kind: 'start', payload: `ps_${codes[0]!}` })
    await site.context.requests.runOnce()
    await visitor.choose('Phiếu của tôi')
    await site.context.requests.runOnce()
    expect((await visitor.newest()).text).toContain('danh sách của tổ')
    // Who chats now is among those no more; the others hold theirs.
    expect((await head.get('/staff/groups/5/papers')).text).toContain('5 người đã có phiếu còn dùng được')
  })

  test('made again leaves the handed-out ones good, goes on behind the first 120, and ends one by itself only', async () => {
    await enrol(
      site,
      Array.from({ length: 124 }, (_, i) => rosterPerson(`s${i}`)),
    )
    const head = await signIn(site, 'leader', 5)
    const codesIn = (text: string) => [...text.matchAll(/class="code">([A-Z]{5})-([A-Z]{5})</g)].map(([, a, b]) => `${a}${b}`) // prettier-ignore
    expect((await head.get('/staff/groups/5/papers')).text).toContain('Còn 10 người nữa')
    const first = await head.post('/staff/groups/5/slips')
    expect(codesIn(first.text)).toHaveLength(120)
    expect(first.text).toContain('Dùng một lần, đến hết thứ Năm 7/1')
    expect(codesIn((await head.post('/staff/groups/5/slips')).text)).toHaveLength(10)
    expect(codesIn((await head.post('/staff/groups/5/slips')).text)).toHaveLength(0)
    const { db } = site.context.store
    const live = async () => Number((await sql<{ n: number }>`select count(*) as n from slip where voided_at is null`.execute(db)).rows[0]!.n) // prettier-ignore
    expect(await live()).toBe(130)
    const papers = (await head.get('/staff/groups/5/papers')).text
    expect(papers).toContain('130 người đã có phiếu')
    const again = await head.post(/action="(\/staff\/people\/[^"]+\/slip)"/.exec(papers)![1]!)
    expect(again.text).toMatch(/class="code"/)
    expect(await live()).toBe(130)
    expect((await sql`select 1 from slip`.execute(db)).rows).toHaveLength(131)
  })

  test('has Telegram’s picture beside the page’s where Telegram is set up', async () => {
    const url = 'https://t.me/WardBot?start=ps_ABCDEFGHKL'
    const ways = [
      { app: 'web' as const, url: 'http://ward/chat' },
      { app: 'telegram' as const, url },
    ]
    Object.assign(site.context, { waysIn: { of: () => ways, learn: async () => {} } })
    const head = await signIn(site, 'leader', 5)
    const { text } = await head.post('/staff/groups/5/slips')
    expect(text.match(/class="qr"/g)).toHaveLength(12)
    expect(text).toContain('Mã QR mở Telegram với mã của phiếu')
  })

  test('a group of more than one sheet to tick has all its people on several', async () => {
    await enrol(
      site,
      Array.from({ length: 510 }, (_, i) => rosterPerson(`t${i}`)),
    )
    const head = await signIn(site, 'leader', 5)
    const { text } = await head.post('/staff/groups/5/tally', { flow: 'vneid-level-1' })
    expect(text).toContain('Các bảng đã lập')
    const { rows } = await sql<{ n: number }>`select count(*) as n from tally_row group by sheet order by n`.execute(site.context.store.db) // prettier-ignore
    expect(rows.map(({ n }) => Number(n))).toEqual([16, 500])
  })

  test('is nobody’s but the own head’s and the ward’s', async () => {
    const other = await signIn(site, 'leader', 6)
    for (const path of ['papers', 'tally']) expect((await other.get(`/staff/groups/5/${path}`)).status).toBe(403)
    expect((await other.post('/staff/groups/5/slips')).status).toBe(403)
    expect((await sql`select 1 from slip`.execute(site.context.store.db)).rows).toEqual([])
  })
})
