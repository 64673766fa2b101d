import { CONSENT_LINK_MS, makeConsentLink } from '../../../src/access/consent-link.js'
import { type FakeZalo, startFakeZalo } from '../../support/fake-zalo/fake-zalo.js'
import { zaloSettings } from '../../upkeep/zalo-settings.js'
import { MONDAY, openSite, type Site } from '../site.js'

const PUBLIC = 'https://phoyen.example'

let zalo: FakeZalo
let site: Site
let now = MONDAY

const open = async (more: Record<string, string> = {}) => {
  site = await openSite({ ...zaloSettings(zalo), PUBLIC_URL: PUBLIC, ...more })
}
beforeEach(async () => {
  now = MONDAY
  zalo = await startFakeZalo({ now: () => now })
})
afterEach(async () => {
  await site.close()
  await zalo.close()
})

/** The page and the cookie of somebody who opened the link. */
async function opened(link: string, headers: Record<string, string> = {}) {
  const answer = await site.app.request(link.replace(PUBLIC, ''), { headers })
  const page = await answer.text()
  const cookie = answer.headers.getSetCookie().find((line) => line.startsWith('ward_zalo='))
  const consent = /href="([^"]*\/v4\/oa\/permission[^"]*)"/.exec(page)?.[1]?.replaceAll('&amp;', '&')
  return { status: answer.status, page, cookie: cookie?.split(';')[0] ?? '', attributes: cookie ?? '', consent }
}
const link = () => makeConsentLink(site.context.store.db, PUBLIC, site.now.at)

/** What Zalo's consent page leads to: the address of our callback. */
async function agree(consent: string): Promise<URL> {
  const answer = await fetch(consent, { redirect: 'manual' })
  return new URL(answer.headers.get('location')!)
}
async function comeBack(to: URL, cookie: string) {
  const answer = await site.app.request(`${to.pathname}${to.search}`, { headers: { cookie } })
  return { status: answer.status, page: await answer.text(), cookies: answer.headers.getSetCookie() }
}
const stored = async () => (await site.context.zaloAccess!.grants.load())?.pair ?? null

describe('the consent of the account’s admin', () => {
  test.each([
    ['with PKCE of every request', {}, { pkceRequired: true }],
    ['with a fixed verifier', { ZALO_PKCE: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk' }, { codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM' }], // prettier-ignore
    ['without PKCE', { ZALO_PKCE: 'none' }, {}],
    ['where Zalo does not give the state back', {}, { stateEchoed: false }],
  ])('ends with a pair that works, %s', async (_, env, app) => {
    Object.assign(zalo.app, app)
    await open(env)
    const { page, cookie, consent, attributes } = await opened(await link())
    expect(page).toContain(`${PUBLIC}/zalo/callback`)
    expect(page).toContain(zalo.oa.oaId)
    expect(attributes).toMatch(/HttpOnly/)
    expect(attributes).toMatch(/Secure/)
    expect(attributes).toMatch(/SameSite=Lax/)
    const { status, page: done } = await comeBack(await agree(consent!), cookie)
    expect(done).toContain('Đã kết nối')
    expect(done).toContain(zalo.oa.name)
    expect(status).toBe(200)
    expect(await stored()).toMatchObject(zalo.livingPair())
    expect(await site.context.zaloAccess!.tokens.accessToken()).toEqual({ ok: true, accessToken: zalo.livingPair().accessToken }) // prettier-ignore
  })

  test('goes by a link that a preview does not use up, and that leads nowhere once it has done its work', async () => {
    await open()
    const given = await link()
    for (let preview = 0; preview < 3; preview++) expect((await opened(given)).status).toBe(200)
    const { cookie, consent } = await opened(given)
    const to = await agree(consent!)
    await comeBack(to, cookie)
    const pair = await stored()
    // The browser's «reload».
    expect((await comeBack(to, cookie)).page).toContain('đã dùng xong')
    expect((await opened(given)).page).toContain('đã dùng xong')
    expect(await stored()).toEqual(pair)
  })

  test('has no way in without a link, with an old one, or where Zalo is not set up', async () => {
    await open()
    expect(await opened(`${PUBLIC}/zalo/connect`)).toMatchObject({ status: 403, cookie: '' })
    expect(await opened(`${PUBLIC}/zalo/connect?code=guess`)).toMatchObject({ status: 403, cookie: '' })
    const old = await link()
    site.now.at += CONSENT_LINK_MS
    const late = await opened(old)
    expect(late).toMatchObject({ status: 403, cookie: '' })
    expect(late.page).toContain('quá hạn')
    await site.close()
    site = await openSite()
    expect((await opened(`${PUBLIC}/zalo/connect?code=x`)).status).toBe(404)
    expect((await site.app.request('/zalo/callback?code=x')).status).toBe(404)
  })

  describe('stores nothing and says why', () => {
    const failing: [string, () => Promise<{ status: number; page: string }>, RegExp][] = [
      ['in another browser', async () => comeBack(await agree((await opened(await link())).consent!), ''), /không bắt đầu từ trình duyệt này/], // prettier-ignore
      ['with the cookie of another consent', async () => {
        const [mine, other] = [await opened(await link()), await opened(await link())]
        return comeBack(await agree(other.consent!), mine.cookie)
      }, /không bắt đầu từ trình duyệt này/], // prettier-ignore
      ['with a forged cookie', async () => comeBack(await agree((await opened(await link())).consent!), 'ward_zalo=s1.x.y'), /không bắt đầu từ trình duyệt này/], // prettier-ignore
      ['when it took too long', async () => {
        const { cookie, consent } = await opened(await link())
        const to = await agree(consent!)
        site.now.at += 3_600_000
        return comeBack(to, cookie)
      }, /hoặc đã quá lâu/], // prettier-ignore
      ['when the admin declined', async () => comeBack(new URL(`${PUBLIC}/zalo/callback`), (await opened(await link())).cookie), /bấm từ chối/], // prettier-ignore
      ['for an expired code', async () => {
        const { cookie, consent } = await opened(await link())
        const to = await agree(consent!)
        now += 11 * 60_000
        return comeBack(to, cookie)
      }, /lỗi -14901\. Thường là mã đã quá 10 phút/], // prettier-ignore
      ['for a code that was used', async () => {
        const { cookie, consent } = await opened(await link())
        const to = await agree(consent!)
        const other = await opened(await link())
        await fetch(`${zalo.oauthRoot}/v4/oa/access_token`, { method: 'POST', headers: { secret_key: zalo.app.appSecret, 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ code: to.searchParams.get('code')!, app_id: zalo.app.appId, grant_type: 'authorization_code', code_verifier: 'x' }) }) // prettier-ignore
        to.searchParams.delete('state')
        return comeBack(to, other.cookie || cookie)
      }, /lỗi -14901/], // prettier-ignore
      ['for another account that the callback names', async () => {
        const { cookie, consent } = await opened(await link())
        const to = await agree(consent!)
        to.searchParams.set('oa_id', '999')
        return comeBack(to, cookie)
      }, /OA số 999, còn tổng đài này dùng OA số 388613280878808645/], // prettier-ignore
      ['for another account that only its tokens show', async () => {
        const { cookie, consent } = await opened(await link())
        const to = await agree(consent!)
        to.searchParams.delete('oa_id')
        zalo.oa.oaId = '777'
        return comeBack(to, cookie)
      }, /OA số 777/], // prettier-ignore
      ['for a wrong app secret', async () => {
        zalo.app.appSecret = 'another'
        const { cookie, consent } = await opened(await link())
        return comeBack(await agree(consent!), cookie)
      }, /ZALO_APP_SECRET \(lỗi -14004\)\. Đây là khóa bí mật của ứng dụng, không phải OA Secret Key/], // prettier-ignore
      ...[[-14_002, /ZALO_APP_ID/], [-14_003, /Callback URL/], [-14_012, /không phải quản trị/], [-14_024, /không phải quản trị/], [-118, /đồng ý lại/]].map(([code, words]): (typeof failing)[number] => [
        `for the refusal ${String(code)}`,
        async () => {
          const { cookie, consent } = await opened(await link())
          zalo.faults.next('access_token', { accepted: false, answer: { code: code as number } })
          return comeBack(await agree(consent!), cookie)
        },
        words as RegExp,
      ]), // prettier-ignore
      ...(['reset', 'cut', 'empty', 'html-502'] as const).map((answer): (typeof failing)[number] => [
        `when the answer is lost (${answer})`,
        async () => {
          const { cookie, consent } = await opened(await link())
          zalo.faults.next('access_token', { accepted: true, answer })
          return comeBack(await agree(consent!), cookie)
        },
        /Zalo không trả lời/,
      ]),
    ]
    test.each(failing)('%s', async (_, go, words) => {
      await open()
      const { status, page } = await go()
      expect(page).toMatch(words)
      expect(page).toContain('Chưa kết nối được')
      expect(status).toBeGreaterThanOrEqual(400)
      expect(await stored()).toBeNull()
    })

    test('and after a failure the same link begins anew', async () => {
      await open()
      const given = await link()
      const first = await opened(given)
      zalo.faults.next('access_token', { accepted: false, answer: { code: -14_004 } })
      const failed = await comeBack(await agree(first.consent!), first.cookie)
      const again = /href="(\/zalo\/connect\?code=[^"]+)"/.exec(failed.page)![1]!
      const second = await opened(again)
      expect((await comeBack(await agree(second.consent!), second.cookie)).status).toBe(200)
      expect(await stored()).toMatchObject(zalo.livingPair())
    })
  })

  test('of a living grant that fails leaves the old pair in place', async () => {
    await open()
    await site.context.zaloAccess!.tokens.replace({ ...zalo.grant(), accessLifeMs: 25 * 3_600_000 })
    const before = await stored()
    const { cookie, consent } = await opened(await link())
    zalo.faults.next('access_token', { accepted: false, answer: { code: -14_003 } })
    await comeBack(await agree(consent!), cookie)
    expect(await stored()).toEqual(before)
  })

  test('keeps the pair and says what is missing when a right or the package is not there', async () => {
    await open()
    zalo.oa.package = 'basic'
    const { cookie, consent } = await opened(await link())
    const { status, page } = await comeBack(await agree(consent!), cookie)
    expect(status).toBe(200)
    expect(page).toMatch(/Gói của OA[^<]*-224/)
    expect(await stored()).toMatchObject(zalo.livingPair())
  })

  test('speaks English to who asks for it', async () => {
    await open()
    const { page } = await opened(`${await link()}&lang=en`)
    expect(page).toContain('lang="en"')
    expect(page).toContain('Go to Zalo and agree')
  })

  test('shows and logs no token, no secret, no code', async () => {
    await open()
    const given = await link()
    const { cookie, consent, page } = await opened(given)
    const to = await agree(consent!)
    const done = await comeBack(to, cookie)
    const { accessToken, refreshToken } = zalo.livingPair()
    const words = [zalo.app.appSecret, zalo.app.oaSecret, accessToken!, refreshToken!, to.searchParams.get('code')!, cookie.split('=')[1]!] // prettier-ignore
    for (const secret of words) {
      expect(site.lines.join('\n')).not.toContain(secret)
      expect(page + done.page).not.toContain(secret)
      expect(site.bytes()).not.toContain(secret)
    }
    const code = new URL(given).searchParams.get('code')!
    expect(site.lines.join('\n') + site.bytes()).not.toContain(code)
  })
})
