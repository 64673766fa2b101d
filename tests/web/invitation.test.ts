import { encode } from 'uqr'
import { hashCode } from '../../src/access/codes.js'
import { invitationPage, invitationPayload, invite } from '../../src/access/invite.js'
import { OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { DAY_MS } from '../../src/core/policy/calendar.js'
import { cancelInvitation, invitationOf, redeemInvitation } from '../../src/store/invitations.js'
import { openSite, type Site } from './site.js'

let site: Site
beforeEach(async () => void (site = await openSite({ PUBLIC_URL: 'http://phuong.example' })))
afterEach(() => site.close())

const look = async (url: string) => {
  const { pathname, search } = new URL(url)
  const answer = await site.app.request(pathname + search)
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}
/** The dark squares of the picture on a page. */
const drawn = (text: string) => [...text.matchAll(/M(\d+) (\d+)h1v1h-1z/g)].map(([, x, y]) => `${x} ${y}`)
const dark = (text: string) =>
  encode(text, { ecc: 'M', border: 4 }).data.flatMap((row, y) => row.flatMap((on, x) => (on ? [`${x} ${y}`] : [])))

describe('the picture of an invitation', () => {
  test('opens from the link that «/moi» gives, shows the code of the invitation’s own link, and uses nothing up', async () => {
    const { store, requests } = site.context
    const admin = await site.visitor()
    await admin.post({ id: 'o', kind: 'start', payload: invitationPayload(await invite(store.db, 'admin', null, site.now.at)) }) // prettier-ignore
    const work = async () => void (await requests.runOnce())
    await work()
    await admin.choose('Tôi nhận')
    await work()
    await admin.choose('Đồng ý, bắt đầu')
    await admin.write('mời')
    await work()
    await admin.choose('cán bộ phường')
    await work()
    await admin.write('Anh Bình văn phòng')
    await work()
    const { text } = await admin.newest()
    const page = /http:\/\/phuong\.example\/invitation\?code=[\w-]{20}/.exec(text)![0]
    const own = /http:\/\/phuong\.example\/chat\?start=inv_[\w-]{20}/.exec(text)![0]
    for (let times = 0; times < 2; times++) {
      const seen = await look(page)
      expect(seen.status).toBe(200)
      expect(seen.headers.get('cache-control')).toBe('no-store')
      expect(drawn(seen.text)).toEqual(dark(own))
      expect(seen.text).toContain('role="img"')
      // Whom it is for stays with whoever made it.
      expect(seen.text).not.toContain('Anh Bình')
      expect(seen.text).not.toMatch(/undefined|phrases:/)
    }
    const code = new URL(page).searchParams.get('code')!
    expect(await invitationOf(store.db, hashCode(code), site.now.at)).toMatchObject({ role: 'staff' })
    expect(site.lines.join('')).not.toContain(code)
  })

  test('is gone with the invitation, and there is none for what is no code', async () => {
    const { db } = site.context.store
    const ends = {
      used: (hash: string) => redeemInvitation(db, hash, 'c-1', site.now.at),
      cancelled: (hash: string) => cancelInvitation(db, scopeOf(OPERATOR), hash, site.now.at),
      expired: async () => void (site.now.at += 7 * DAY_MS),
    }
    for (const end of Object.values(ends)) {
      const code = await invite(db, 'leader', 5, site.now.at)
      const url = invitationPage('http://phuong.example', code)
      expect((await look(url)).status).toBe(200)
      await end(hashCode(code))
      const { status, text } = await look(url)
      expect([status, drawn(text)]).toEqual([404, []])
      expect(text).not.toContain(code)
    }
    for (const code of ['', 'x', '<script>', 'a'.repeat(20), 'a'.repeat(2000)])
      expect((await look(invitationPage('http://phuong.example', encodeURIComponent(code)))).status).toBe(404)
  })
})
