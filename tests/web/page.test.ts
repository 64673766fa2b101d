import { gunzipSync } from 'node:zlib'
import { type Site, openSite } from './site.js'

let site: Site
afterEach(() => site.close())

describe('the chat page', () => {
  test('gives a token that scripts cannot read, and keeps the one there is', async () => {
    site = await openSite()
    const first = await site.app.request('/chat')
    const [cookie] = first.headers.getSetCookie()
    expect(cookie).toMatch(/^ward_chat=[\w-]{22}; Max-Age=34560000; Path=\/chat; HttpOnly; SameSite=Lax$/)
    const again = await site.app.request('/chat', { headers: { cookie: cookie!.split(';')[0]! } })
    expect(again.headers.getSetCookie()[0]).toBe(cookie)
  })

  test('marks its cookies as secure behind https', async () => {
    site = await openSite({ PUBLIC_URL: 'https://chat.example.vn' })
    const { headers } = await site.app.request('/chat?lang=en')
    for (const cookie of headers.getSetCookie()) expect(cookie).toContain('Secure')
    expect(headers.getSetCookie()).toHaveLength(2)
  })

  test.each([
    ['', undefined, 'vi'],
    ['en-US,en;q=0.9', undefined, 'vi'],
    ['fr-FR,en;q=0.3,vi;q=0.4', undefined, 'vi'],
    ['zh-CN', undefined, 'vi'],
    ['en', 'ward_lang=vi', 'vi'],
    ['vi', 'ward_lang=en', 'en'],
    ['en', 'ward_lang=xx', 'vi'],
  ])(
    'speaks Vietnamese until another language is chosen, whatever the phone is set to: %j, cookie %j: %s',
    async (accept, cookie, locale) => {
      site = await openSite()
      const page = await site.app.request('/chat', {
        headers: { 'accept-language': accept, ...(cookie ? { cookie } : {}) },
      })
      expect(await page.text()).toContain(`<html lang="${locale}">`)
    },
  )

  test('greets a new contact in the language of the page', async () => {
    site = await openSite()
    const visitor = await site.visitor('en')
    await visitor.post({ id: 'a', kind: 'start' })
    expect((await visitor.newest()).text).toMatch(/never ask/i)
  })

  test('says that the demo ward is made up, and the real ward does not', async () => {
    site = await openSite()
    expect(await (await site.app.request('/chat')).text()).toContain('tưởng tượng.)')
    await site.close()
    site = await openSite({ APP_SECRET: 'x'.repeat(32) })
    const page = await (await site.app.request('/chat')).text()
    expect(page).toContain('Phổ Yên')
    expect(page).not.toContain('tưởng tượng')
  })

  test('carries no inline script or style, and headers that allow none', async () => {
    site = await openSite()
    for (const path of ['/chat', '/chat/chat.js', '/healthz', '/nowhere', '/chat/stream']) {
      const { headers } = await site.app.request(path)
      expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('same-origin')
    }
    const page = await (await site.app.request('/chat')).text()
    expect(page).not.toMatch(/<style|\sstyle=|\son[a-z]+=|<script>/)
    expect(page).toContain('<noscript>')
  })

  test('its files are kept for ever under their version, packed where the browser can unpack', async () => {
    site = await openSite()
    const page = await (await site.app.request('/chat')).text()
    const [address] = /\/chat\/chat\.js\?v=\w+/.exec(page)!
    const plain = await site.app.request(address)
    expect(plain.headers.get('cache-control')).toContain('immutable')
    expect(plain.headers.get('content-type')).toContain('text/javascript')
    const packed = await site.app.request(address, { headers: { 'accept-encoding': 'gzip, br' } })
    expect(gunzipSync(Buffer.from(await packed.arrayBuffer())).toString()).toBe(await plain.text())
    expect((await site.app.request('/chat/chat.js?v=old')).headers.get('cache-control')).toBe('no-cache')
    expect((await site.app.request('/chat/chat.css.map')).status).toBe(404)
  })

  test('the bare address leads to the chat', async () => {
    site = await openSite()
    const answer = await site.app.request('/')
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/chat'])
  })
})

test('metrics count messages and batches and say nothing about anybody', async () => {
  site = await openSite()
  const visitor = await site.visitor()
  await visitor.post({ id: 'a', kind: 'start' })
  await visitor.post({ id: 'a', kind: 'start' })
  const text = await (await site.app.request('/metrics')).text()
  expect(text).toContain('ward_messages_total{channel="web",kind="start",result="handled"} 1')
  expect(text).toContain('ward_messages_total{channel="web",kind="start",result="duplicate"} 1')
  expect(text).toContain('ward_turn_batch_messages_count 2')
  expect(text).toMatch(/ward_inbox_dead 0\n/)
  expect(text).toMatch(/ward_chat_feeds 0\n/)
  expect((await site.app.request('/readyz')).status).toBe(200)
})
