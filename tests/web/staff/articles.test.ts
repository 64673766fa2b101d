import { allowedIn } from '../../../src/core/broadcast/allowed.js'
import { articleHtml, checkArticle } from '../../../src/core/broadcast/article.js'
import { OPERATOR, scopeOf } from '../../../src/core/policy/roles.js'
import { auditLog } from '../../../src/store/audit.js'
import { APP_SECRET } from '../../support/children.js'
import { type FakeZalo, startFakeZalo } from '../../support/fake-zalo/fake-zalo.js'
import { MONDAY, openSite, type Site } from '../site.js'
import { signIn, type Staff } from './signed-in.js'

let fake: FakeZalo
let site: Site
let staff: Staff
const now = { at: MONDAY }
beforeEach(async () => {
  fake = await startFakeZalo({ now: () => now.at, oa: { ratePerMinute: 1_000_000 } })
  const pair = fake.grant()
  site = await openSite({
    APP_SECRET, ZALO_APP_ID: fake.app.appId, ZALO_APP_SECRET: fake.app.appSecret, ZALO_OA_ID: fake.oa.oaId, ZALO_OA_SECRET_KEY: fake.app.oaSecret,
    ZALO_ACCESS_TOKEN: pair.accessToken, ZALO_REFRESH_TOKEN: pair.refreshToken,
    ZALO_API_ROOT: fake.apiRoot, ZALO_OAUTH_ROOT: fake.oauthRoot, ZALO_ZBS_ROOT: fake.zbsRoot,
  }) // prettier-ignore
  staff = await signIn(site, 'staff')
})
afterEach(async () => {
  await site.close()
  await fake.close()
})

const draft = {
  title: 'Làm căn cước', author: 'Phường Hoa Sen', description: 'Lịch làm căn cước',
  coverUrl: 'https://hoasen.example/anh.jpg', body: 'Mời bà con đến.\nMang theo thẻ cũ.\n\nAi cần giúp thì nhắn phường.',
} // prettier-ignore
const keyOf = (text: string) => /name="key" value="([^"]+)"/.exec(text)![1]!
const made = () => [...fake.articles.values()]

describe('the article for everybody who follows the account', () => {
  test('is prepared hidden, once however often it is sent, and its release by a person is written down', async () => {
    const seen = await staff.post('/staff/articles/preview', draft)
    expect(seen.text).toContain('Chưa ai nhận được gì')
    expect(made()).toEqual([])
    const form = { ...draft, key: keyOf(seen.text) }
    const both = await Promise.all([staff.post('/staff/articles', form), staff.post('/staff/articles', form)])
    expect(both.map(({ location }) => location)).toEqual([both[0]!.location, both[0]!.location])
    await staff.post('/staff/articles', form)
    expect(made()).toHaveLength(1)
    expect(made()[0]!.body).toMatchObject({ status: 'hide', title: 'Làm căn cước', body: [{ type: 'text', content: '<p>Mời bà con đến.<br>Mang theo thẻ cũ.</p><p>Ai cần giúp thì nhắn phường.</p>' }] }) // prettier-ignore
    const path = both[0]!.location!
    const shown = await staff.get(path)
    expect(shown.text).toContain('Đã gửi sang Zalo, đang ẩn')
    expect(shown.text).toContain('OA Manager')
    expect((await staff.post(`${path}/ask`)).text).toContain('Đã gửi sang Zalo, đang ẩn')
    now.at += 60_000
    expect((await staff.post(`${path}/ask`)).text).toContain('Zalo đã tạo xong bài')
    expect((await staff.post(`${path}/released`)).text).toContain('Đã phát')
    await staff.post(`${path}/released`)
    const log = await auditLog(site.context.store.db, scopeOf(OPERATOR), { limit: 50 })
    const lines = log.filter(({ kind }) => kind === 'article').map(({ deed, who }) => [deed, who])
    expect(lines.sort()).toEqual([['changed', staff.contact], ['sent', staff.contact]]) // prettier-ignore
    expect((await staff.get('/staff/articles')).text).toContain(path)
  })

  test('is refused with what is wrong, and nothing that was typed is lost', async () => {
    const wrong = await staff.post('/staff/articles/preview', { ...draft, body: 'Gửi mã OTP cho phường. Xem la.example/x', coverUrl: 'anh.jpg', title: 'Mời {{you}}' }) // prettier-ignore
    expect(wrong.status).toBe(422)
    for (const words of ['kẻ lừa đảo', 'la.example', 'bắt đầu bằng https', 'Không có chỗ điền «you»']) expect(wrong.text).toContain(words) // prettier-ignore
    expect(wrong.text).toContain('Gửi mã OTP cho phường. Xem la.example/x</textarea>')
    // Past the preview, by a form of somebody's own: the same check.
    await staff.post('/staff/articles', { ...draft, body: 'Gửi mã OTP cho phường', key: 'k-12345678' })
    expect(made()).toEqual([])
  })

  test('has a ready text for every guide that passes its own check', async () => {
    for (const flow of site.context.world.flows.keys()) {
      const { text } = await staff.get(`/staff/articles?ready=${flow}`)
      const field = (name: string) => new RegExp(`name="${name}"[^>]*?(?:value="([^"]*)"[^>]*>|>([^<]*)</textarea>)`).exec(text)! // prettier-ignore
      const read = (name: string) => (field(name)[1] ?? field(name)[2])!.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&') // prettier-ignore
      const ready = { title: read('title'), author: read('author'), description: read('description'), body: read('body'), coverUrl: draft.coverUrl } // prettier-ignore
      expect([flow, checkArticle(ready, allowedIn(site.context.ward))]).toEqual([flow, []])
    }
  })

  test('says plainly when Zalo does not take it, and when nobody knows', async () => {
    fake.oa.permissions.delete('articles')
    const refused = await staff.post('/staff/articles', { ...draft, key: 'k-refused-1' })
    expect(refused.text).toContain('Zalo không nhận bài')
    fake.oa.permissions.add('articles')
    fake.faults.next('/article/create', { answer: 'reset', accepted: true })
    const unclear = await staff.post('/staff/articles', { ...draft, key: 'k-unclear-1' })
    expect(unclear.text).toContain('Chưa rõ Zalo đã nhận bài chưa')
    await staff.post('/staff/articles', { ...draft, key: 'k-unclear-1' })
    expect(made()).toHaveLength(1)
  })

  test('is for ward staff alone; without an account the page says so', async () => {
    const head = await signIn(site, 'leader', 5)
    expect((await head.get('/staff/articles')).status).toBe(403)
    expect((await head.post('/staff/articles', { ...draft, key: 'k-12345678' })).status).toBe(403)
    expect(made()).toEqual([])
    const without = await openSite()
    const alone = await signIn(without, 'staff')
    expect((await alone.get('/staff/articles')).text).toContain('chưa nối Zalo OA')
    expect((await alone.post('/staff/articles', { ...draft, key: 'k-12345678' })).status).toBe(403)
    await without.close()
  })
})

test('what somebody types is text in the article and never markup', () => {
  expect(articleHtml('a <b>x</b> & "y"\nhttps://a.gov.vn/b?c=1&d=2.')).toBe(
    '<p>a &lt;b&gt;x&lt;/b&gt; &amp; &quot;y&quot;<br><a href="https://a.gov.vn/b?c=1&amp;d=2">https://a.gov.vn/b?c=1&amp;d=2</a>.</p>',
  )
})
