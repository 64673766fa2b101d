import { sql } from 'kysely'
import { letIn, makePageLink, PAGE_LINK_MS } from '../../../src/access/page-link.js'
import { endPageAccess } from '../../../src/store/page-access.js'
import { STAFF_SESSION_MS } from '../../../src/web/staff/access.js'
import { openSite, type Site } from '../site.js'

let site: Site
beforeEach(async () => void (site = await openSite()))
afterEach(() => site.close())

const linkFor = async (role: 'leader' | 'staff' | 'admin' = 'staff', group: number | null = null) => {
  const { store, newId } = site.context
  const url = await store.transaction((tx) =>
    letIn(tx, { publicUrl: 'http://ward', role, group, newId, now: site.now.at }),
  )
  return url.replace('http://ward', '')
}
const open = (path: string, cookie = '') => site.app.request(path, { headers: { cookie } })
const press = (link: string) =>
  site.app.request('/staff/enter', {
    method: 'POST',
    body: new URLSearchParams({ code: new URL(link, 'http://ward').searchParams.get('code')! }),
  })
const cookieOf = (answer: Response) =>
  answer.headers
    .getSetCookie()
    .find((line) => line.startsWith('ward_staff='))
    ?.split(';')[0] ?? ''

describe('the way in to the staff pages', () => {
  test('is a link that a preview of it does not use up, and that lets one person in once', async () => {
    const link = await linkFor()
    for (let preview = 0; preview < 3; preview++) expect((await open(link)).status).toBe(200)
    const entered = await press(link)
    expect(entered.status).toBe(303)
    const [header] = entered.headers.getSetCookie()
    expect(header).toMatch(/HttpOnly/)
    expect(header).toMatch(/SameSite=Lax/)
    expect(header).toMatch(/Path=\/staff/)
    const home = await open('/staff', cookieOf(entered))
    expect(home.status).toBe(200)
    expect(home.headers.get('cache-control')).toBe('no-store')
    expect(await home.text()).toContain('Cán bộ phường')
    const second = await press(link)
    expect(cookieOf(second)).toBe('')
    expect(await (await open(link)).text()).toContain('đã dùng rồi')
  })

  test('of two who press at once lets one in', async () => {
    const link = await linkFor()
    const answers = await Promise.all([press(link), press(link), press(link)])
    expect(answers.filter((answer) => cookieOf(answer) !== '')).toHaveLength(1)
  })

  test('closes after ten minutes, and the session after eight hours', async () => {
    const late = await linkFor()
    const link = await linkFor()
    const cookie = cookieOf(await press(link))
    site.now.at += PAGE_LINK_MS
    expect(await (await open(late)).text()).toContain('quá 10 phút')
    expect(cookieOf(await press(late))).toBe('')
    site.now.at += STAFF_SESSION_MS - PAGE_LINK_MS - 1
    expect((await open('/staff', cookie)).status).toBe(200)
    site.now.at += 1
    expect((await open('/staff', cookie)).status).toBe(401)
  })

  test('shuts at once when the role is gone, when access is ended, and on signing out', async () => {
    const cookie = cookieOf(await press(await linkFor('leader', 5)))
    const page = await (await open('/staff', cookie)).text()
    expect(page).toContain('Tổ trưởng tổ 5')
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)![1]!
    const leave = (value: string, headers: Record<string, string> = {}) =>
      site.app.request('/staff/leave', {
        method: 'POST',
        headers: { cookie, ...headers },
        body: new URLSearchParams({ csrf: value }),
      })
    expect((await leave('another')).status).toBe(403)
    expect((await leave(csrf, { origin: 'https://elsewhere.example' })).status).toBe(403)
    expect((await open('/staff', cookie)).status).toBe(200)
    expect((await leave(csrf)).status).toBe(303)
    expect((await open('/staff', cookie)).status).toBe(401)

    const other = cookieOf(await press(await linkFor('staff')))
    await sql`update contact set role = 'resident'`.execute(site.context.store.db)
    expect((await open('/staff', other)).status).toBe(401)
    await sql`update contact set role = 'admin'`.execute(site.context.store.db)
    expect((await open('/staff', other)).status).toBe(200)
    const { contact } = (
      await sql<{ contact: string }>`select contact from page_session`.execute(site.context.store.db)
    ).rows[0]!
    await endPageAccess(site.context.store.db, contact)
    expect((await open('/staff', other)).status).toBe(401)
  })

  test('keeps no code and no token, and logs none', async () => {
    const link = await linkFor()
    const code = new URL(link, 'http://ward').searchParams.get('code')!
    const cookie = cookieOf(await press(link))
    await open('/staff', cookie)
    for (const secret of [code, cookie.split('=')[1]!]) {
      expect(site.bytes()).not.toContain(secret)
      expect(site.lines.join('\n')).not.toContain(secret)
    }
  })

  test('answers guesses without ever letting one in, and tires of them', async () => {
    const statuses = new Set<number>()
    for (let i = 0; i < 70; i++) statuses.add((await open(`/staff/enter?code=guess-${i}`)).status)
    expect([...statuses].sort()).toEqual([403, 429])
    // Whoever has a right one is let in all the same.
    const link = await linkFor()
    expect((await open(link)).status).toBe(200)
    expect(cookieOf(await press(link))).not.toBe('')
    expect((await open(link)).status).toBe(429)
    site.now.at += 60_001
    expect((await open(await linkFor())).status).toBe(200)
  })

  test('is found in the chat by those who may, and by nobody else', async () => {
    const visitor = await site.visitor()
    await visitor.post({ id: 'o', kind: 'start', payload: '' })
    await visitor.choose('Đồng ý, bắt đầu')
    await visitor.write('xem trang')
    await site.context.requests.runOnce()
    expect((await visitor.newest()).text).not.toContain('/staff/enter')
    await sql`update contact set role = 'staff'`.execute(site.context.store.db)
    await visitor.write('Xem trang')
    await site.context.requests.runOnce()
    const link = /\/staff\/enter\?code=\S+/.exec((await visitor.newest()).text)![0]
    expect(cookieOf(await press(link))).not.toBe('')
  })

  test('a link opens the page it was made for', async () => {
    const { store, newId } = site.context
    await store.transaction((tx) => letIn(tx, { publicUrl: '', role: 'staff', group: null, newId, now: site.now.at }))
    const { contact } = (await sql<{ contact: string }>`select contact from page_link`.execute(store.db)).rows[0]!
    const link = await makePageLink(store.db, { publicUrl: '', contact, path: '/staff/somewhere', now: site.now.at })
    expect((await press(link)).headers.get('location')).toBe('/staff/somewhere')
  })
})

describe('forms of a real browser', () => {
  const post = async (headers: Record<string, string>) => {
    const link = await linkFor()
    const code = new URL(link, 'http://ward').searchParams.get('code')!
    const answer = await site.app.request('/staff/enter', {
      method: 'POST',
      headers,
      body: new URLSearchParams({ code }),
    })
    return cookieOf(answer) !== ''
  }
  test('come from our own pages, whatever the browser says of them', async () => {
    // Chromium under a strict referrer policy; a browser that knows no Sec-Fetch-Site; behind a proxy that speaks https.
    expect(await post({ 'sec-fetch-site': 'same-origin', origin: 'null' })).toBe(true)
    expect(await post({ origin: 'http://127.0.0.1:0', host: '127.0.0.1:0' })).toBe(true)
    expect(await post({})).toBe(true)
  })
  test('and nobody else’s are taken', async () => {
    expect(await post({ 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' })).toBe(false)
    expect(await post({ origin: 'null' })).toBe(false)
    expect(await post({ origin: 'https://elsewhere.example' })).toBe(false)
  })
})
