import { sql } from 'kysely'
import { openSite, type Site } from '../site.js'
import { enrolSix, signIn } from './signed-in.js'

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
    // Who chats now gets no slip any more.
    expect((await head.get('/staff/groups/5/papers')).text).toContain('Làm 5 phiếu')
  })

  test('is nobody’s but the own head’s and the ward’s', async () => {
    const other = await signIn(site, 'leader', 6)
    for (const path of ['papers', 'tally']) expect((await other.get(`/staff/groups/5/${path}`)).status).toBe(403)
    expect((await other.post('/staff/groups/5/slips')).status).toBe(403)
    expect((await sql`select 1 from slip`.execute(site.context.store.db)).rows).toEqual([])
  })
})
