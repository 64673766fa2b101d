import { openSite, type Site } from '../site.js'
import { enrolSix, signIn, type Staff } from './signed-in.js'

let site: Site
beforeEach(async () => void (site = await openSite()))
afterEach(() => site.close())

/** What a browser says of a form on one of our own pages. */
const OURS = { 'sec-fetch-site': 'same-origin', origin: 'http://localhost', referer: 'http://localhost/staff/people/r-1?flow=id-card' } // prettier-ignore
const TYPED = { name: 'Nguyễn Văn An', note: 'Đi vắng <script>alert(1)</script> "đến" tết', one: 'r-1', csrf: 'of an older session' } // prettier-ignore

const send = async (
  path: string,
  fields: Readonly<Record<string, string | readonly string[]>>,
  headers: Readonly<Record<string, string>>,
) => {
  const body = new FormData()
  for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one as string)
  const answer = await site.app.request(path, { method: 'POST', headers, body })
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}
const hidden = (text: string) =>
  [...text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value])

describe('a form that is refused', () => {
  let head: Staff
  beforeEach(async () => {
    await enrolSix(site)
    head = await signIn(site, 'leader', 5)
  })

  test('without a session comes back with what was typed, and nothing that would write it', async () => {
    const { status, text, headers } = await send('/staff/people/r-1', { ...TYPED, step: ['a', 'b'] }, OURS)
    expect(status).toBe(401)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('content-security-policy')).toContain("script-src 'self'")
    expect(text).toContain('Chưa có gì được ghi')
    // Shown and never run.
    expect(text).not.toContain('<script>alert')
    expect(text).toContain('Đi vắng &lt;script&gt;')
    expect(hidden(text)).toEqual([
      ['name', 'Nguyễn Văn An'],
      ['note', 'Đi vắng &lt;script&gt;alert(1)&lt;/script&gt; &quot;đến&quot; tết'],
      ['one', 'r-1'],
      ['step', 'a'],
      ['step', 'b'],
    ])
    // The way back to the page that it stood on.
    expect(text).toContain('href="/staff/people/r-1?flow=id-card"')
  })

  test('of an older session comes back on a page of the ward with the token of this one, for a button to send', async () => {
    const { status, text } = await send('/staff/people/r-1', TYPED, { ...OURS, cookie: head.cookie })
    expect(status).toBe(403)
    expect(text).toContain('<nav aria-label="Các trang">')
    expect(hidden(text)).toContainEqual(['csrf', head.csrf])
    expect(hidden(text)).not.toContainEqual(['csrf', TYPED.csrf])
    expect(text).toContain('<form method="post" action="/staff/people/r-1">')
  })

  test.each<[string, Record<string, string>]>([
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example', referer: 'https://evil.example/staff/x' }], // prettier-ignore
    ['a neighbour of the same domain', { 'sec-fetch-site': 'same-site', origin: 'http://other.localhost' }],
    ['an old browser on another site', { origin: 'https://evil.example' }],
    ['a sandboxed frame', { origin: 'null' }],
    ['somebody who says nothing', {}],
  ])('from %s is repeated to nobody, signed in or not', async (_, headers) => {
    for (const cookie of [{}, { cookie: head.cookie }]) {
      const { status, text } = await send('/staff/people/r-1', TYPED, { host: 'localhost', ...headers, ...cookie })
      expect([401, 403]).toContain(status)
      expect(text).toContain('Chưa có gì được ghi')
      expect(text).not.toContain('Đi vắng')
      expect(text).not.toContain('evil.example')
      // But for the way out, no form stands there that a click would send.
      expect([...text.matchAll(/<form[^>]*action="([^"]+)"/g)].map(([, to]) => to)).toEqual('cookie' in cookie ? ['/staff/leave'] : []) // prettier-ignore
    }
  })

  test('that has nothing typed in it leads back to its page, and so does a list with its file', async () => {
    const cookie = head.cookie
    for (const who of [{}, { cookie }]) {
      const one = await send('/staff/groups/5/done', { one: 'r-1', flow: 'id-card', csrf: 'x' }, { ...OURS, ...who })
      expect(hidden(one.text).filter(([name]) => name === 'one')).toEqual([])
      expect(one.text).toContain('href="/staff/people/r-1?flow=id-card"')
      const list = await send('/staff/import', { group: '5', note: 'hai chữ', csrf: 'x' }, { ...OURS, ...who })
      expect(list.text).not.toContain('hai chữ')
    }
  })

  test('with the ticks of a sheet comes back whole', async () => {
    const ticks = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`row-${i}`, 'scan']))
    const { text } = await send('/staff/groups/5/tally/1/check', { ...ticks, csrf: 'x' }, { ...OURS, cookie: head.cookie }) // prettier-ignore
    expect(hidden(text).filter(([name]) => name!.startsWith('row-'))).toHaveLength(20)
  })
})
