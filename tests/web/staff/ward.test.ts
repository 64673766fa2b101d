import { sql } from 'kysely'
import { setRole } from '../../../src/store/contacts.js'
import { STAFF_SESSION_MS } from '../../../src/web/staff/access.js'
import { hashCode } from '../../../src/access/codes.js'
import { keepCheckup } from '../../../src/store/checkup.js'
import { figures } from '../../../src/store/figures.js'
import { OPERATOR, scopeOf } from '../../../src/core/policy/roles.js'
import { rosterPerson } from '../../store/roster-samples.js'
import { atFirstStep, openSite, type Site } from '../site.js'
import { enrol, enrolSix, signIn } from './signed-in.js'

let site: Site
beforeEach(async () => void (site = await openSite()))
afterEach(() => site.close())

describe('the ward’s own pages', () => {
  test('show what does not work, step by trouble, for two weeks', async () => {
    const visitor = await site.visitor()
    await atFirstStep(visitor)
    const trouble = (await visitor.newest()).options.find(({ label }) => /[Kk]hông|[Cc]hưa|[Vv]ướng/.test(label))!
    await visitor.choose(trouble.label)
    await visitor.choose((await visitor.newest()).options[0]!.label)
    const staff = await signIn(site, 'staff')
    // Group 5 is one person: their trouble would be theirs.
    expect((await staff.get('/staff/radar')).text).toContain('không ai báo vướng')
    await enrolSix(site)
    expect((await staff.get('/staff/radar')).text).toContain('Tải ứng dụng VNeID')
    site.now.at += 15 * 86_400_000
    const later = await signIn(site, 'staff')
    expect((await later.get('/staff/radar')).text).toContain('không ai báo vướng')
  })

  test('hold the officials to their target', async () => {
    await enrolSix(site)
    const staff = await signIn(site, 'staff')
    const before = await staff.get('/staff/officials')
    expect(before.text).toContain('0/1 cán bộ xong (0 đã xác nhận)')
    expect(before.text).toContain('Dưới mục tiêu')
    await staff.post('/staff/groups/5/done', { flow: 'portal-login', one: 'r-3' })
    const after = await staff.get('/staff/officials')
    expect(after.text).toContain('1/1 cán bộ xong (1 đã xác nhận)')
    expect(after.text).not.toContain('Dưới mục tiêu')
  })

  test('do not tell by their order which official of a group of a few is done', async () => {
    const names = ['Bùi Một', 'Đỗ Hai', 'Hồ Ba']
    await enrol(site, names.map((name, i) => rosterPerson(91 + i, { group: 9, name, official: true }))) // prettier-ignore
    const head = await signIn(site, 'leader', 9)
    const staff = await signIn(site, 'staff')
    const order = async () => {
      const { text } = await staff.get('/staff/officials')
      return [...names].sort((a, b) => text.indexOf(a) - text.indexOf(b))
    }
    const before = await order()
    await head.post('/staff/groups/9/done', { flow: 'portal-login', one: `r-${91 + names.indexOf(before[0]!)}` })
    expect(await order()).toEqual(before)
  })

  test('draw each guide with the people on every step, and its texts side by side', async () => {
    await enrolSix(site)
    const staff = await signIn(site, 'staff')
    await staff.post('/staff/groups/5/done', { flow: 'vneid-level-1', upto: 'step', person: ['r-1', 'r-2'] })
    const { text } = await staff.get('/staff/guides/vneid-level-1')
    const step = /<li id="step-app-account".*?<\/li>/s.exec(text)![0]
    expect(step).toMatch(/2 người/)
    expect(text).toContain('href="#step-scan-qr"')
    expect(text).toContain('lang="en"')
    expect((await staff.get('/staff/guides')).text).toContain('không thấy lỗi')
    site.now.at += 400 * 86_400_000
    expect((await (await signIn(site, 'staff')).get('/staff/guides')).text).toContain('Văn bản «')
  })

  test('say what the doctor says, to admins', async () => {
    const admin = await signIn(site, 'admin')
    const { text } = await admin.get('/staff/health')
    expect(text).toContain('Cơ sở dữ liệu')
    expect(text).toContain('Tốt')
    expect(text).toContain('chưa được kiểm lần nào')
    expect((await admin.post('/staff/health/check')).text).toMatch(/Đã kiểm xong[^]*được kiểm lần cuối lúc 2\d\/11/)
    expect((await (await signIn(site, 'staff')).post('/staff/health/check')).status).toBe(403)
  })

  test('show what the last look through the database found, and take none for a page', async () => {
    const admin = await signIn(site, 'admin')
    await keepCheckup(site.context.store.db, { at: site.now.at, wrong: 'damaged' })
    expect((await admin.get('/staff/health')).text).toMatch(/Phải sửa[^]*tệp bị hỏng/)
    await admin.post('/staff/health/check')
    expect((await admin.get('/staff/health')).text).not.toContain('tệp bị hỏng')
  })

  test('page through the log, a head’s own lines alone', async () => {
    await enrolSix(site)
    const head = await signIn(site, 'leader', 5)
    for (let i = 0; i < 60; i++) {
      site.now.at += 1000
      await head.get('/staff/people/r-1')
    }
    const staff = await signIn(site, 'staff')
    await staff.get('/staff/groups/5')
    // Sixty looks, and that they came in.
    const own = await head.get('/staff/log')
    expect(own.text).toContain('anh chị')
    expect(own.text).not.toContain('Cán bộ phường')
    expect(own.text).not.toContain('Nguyễn Văn An')
    const older = /href="(\/staff\/log\?before=[^"]+)"/.exec(own.text)![1]!
    const rest = await head.get(older)
    expect(own.text.match(/<td>anh chị<\/td>/g)!.length + rest.text.match(/<td>anh chị<\/td>/g)!.length).toBe(61)
    expect((await staff.get('/staff/log')).text).toContain(`Tổ trưởng ${head.contact.slice(0, 6)}`)
  })

  test('take one of several groups away, which shuts its pages at once and no others', async () => {
    const admin = await signIn(site, 'admin')
    const head = await signIn(site, 'leader', 5)
    const one = await signIn(site, 'leader', 7)
    await setRole(site.context.store.db, head.contact, 'leader', [5, 6], site.now.at)
    const page = (await admin.get('/staff/roles')).text
    expect(page.match(/name="group" value="\d+"/g)).toEqual(['name="group" value="5"', 'name="group" value="6"'])
    const done = await admin.post('/staff/roles/revoke', { contact: head.contact, group: '5' })
    expect(done.text).toContain('Đã thu hồi tổ ấy')
    expect([(await head.get('/staff/groups/5')).status, (await head.get('/staff/groups/6')).status]).toEqual([403, 200])
    for (const group of ['5', '7', '', 'x'])
      expect((await admin.post('/staff/roles/revoke', { contact: head.contact, group })).status).toBe(403)
    expect((await one.post('/staff/roles/revoke', { contact: head.contact, group: '6' })).status).toBe(403)
    // Whoever came by a link and is gone is no row of the list any more.
    site.now.at += STAFF_SESSION_MS - 1
    const last = await signIn(site, 'admin')
    site.now.at += 1
    expect((await last.get('/staff/roles')).text).not.toContain(head.contact.slice(0, 6))
  })

  test('invite by a link that is shown once, and revoke at once', async () => {
    const admin = await signIn(site, 'admin')
    const label = 'Cô Hạnh tổ 5'
    expect((await admin.post('/staff/roles/invite', { role: 'leader', group: '', label })).status).toBe(400)
    expect((await admin.post('/staff/roles/invite', { role: 'leader', group: '5', label: ' ' })).status).toBe(400)
    const made = await admin.post('/staff/roles/invite', { role: 'leader', group: '5', label })
    const code = /start=(inv_[\w-]+)/.exec(made.text)![1]!
    expect(made.text).toContain('role="img"')
    const visitor = await site.visitor()
    await visitor.post({ id: 'o', kind: 'start', payload: code })
    await site.context.requests.runOnce()
    await visitor.choose('Tôi nhận')
    await site.context.requests.runOnce()
    await visitor.choose('Đồng ý, bắt đầu')
    await visitor.write('xem trang')
    await site.context.requests.runOnce()
    const link = /\/staff\/enter\?code=(\S+)/.exec((await visitor.newest()).text)![1]!
    const entered = await site.app.request('/staff/enter', {
      method: 'POST',
      body: new URLSearchParams({ code: link }),
    })
    const cookie = entered.headers.getSetCookie().find((line) => line.startsWith('ward_staff='))!.split(';')[0]! // prettier-ignore
    const open = () => site.app.request('/staff/groups/5', { headers: { cookie } })
    expect((await open()).status).toBe(200)
    const { rows } = await sql<{ id: string }>`select id from contact where role = 'leader'`.execute(site.context.store.db) // prettier-ignore
    const revoked = await admin.post('/staff/roles/revoke', { contact: rows[0]!.id })
    expect(revoked.text).toContain('Đã thu hồi vai trò')
    expect((await open()).status).toBe(401)
    const head = await signIn(site, 'leader', 5)
    expect((await head.post('/staff/roles/revoke', { contact: admin.contact })).status).toBe(403)
    expect((await head.post('/staff/roles/invite', { role: 'staff' })).status).toBe(403)
  })

  test('list the invitations that wait, with who made them and for whom, and take one back', async () => {
    const admin = await signIn(site, 'admin')
    const head = await signIn(site, 'leader', 5)
    const made = await head.post('/staff/roles/invite', { role: 'helper', group: '5', label: 'Em Mai <b>' })
    const payload = /start=(inv_[\w-]+)/.exec(made.text)![1]!
    await admin.post('/staff/roles/invite', { role: 'admin', label: 'Anh Sơn văn phòng' })
    const own = (await head.get('/staff/roles')).text
    expect(own).toContain('Em Mai &lt;b&gt;')
    expect(own).not.toContain('Anh Sơn')
    const all = (await admin.get('/staff/roles')).text
    expect(all).toContain('Anh Sơn văn phòng')
    const invitation = hashCode(payload.slice(4))
    expect(all).toContain(invitation)
    // Not the invitation of somebody else’s group, nor one that is none.
    const other = await signIn(site, 'leader', 6)
    expect((await other.post('/staff/roles/cancel', { invitation })).status).toBe(403)
    expect((await admin.post('/staff/roles/cancel', { invitation })).text).toContain('Đã rút lại lời mời')
    expect((await admin.post('/staff/roles/cancel', { invitation })).status).toBe(403)
    const visitor = await site.visitor()
    await visitor.post({ id: 'o', kind: 'start', payload })
    await site.context.requests.runOnce()
    expect((await visitor.newest()).text).toContain('rút lại')
  })

  test('say who is who: the label of an invitation, changed on the page, is in the log and never in a log line', async () => {
    const admin = await signIn(site, 'admin')
    const head = await signIn(site, 'leader', 5)
    const label = 'Cô Hạnh tổ 5'
    expect((await admin.post('/staff/roles/label', { contact: head.contact, label })).text).toContain('Đã ghi tên gọi')
    expect((await admin.post('/staff/roles/label', { contact: head.contact, label: '012345678901' })).text).not.toContain('012345678901') // prettier-ignore
    await admin.post('/staff/roles/label', { contact: head.contact, label })
    expect((await head.post('/staff/roles/label', { contact: admin.contact, label: 'x' })).status).toBe(403)
    expect((await admin.get('/staff/roles')).text).toContain(label)
    await head.get('/staff/groups/5')
    expect((await admin.get('/staff/log')).text).toMatch(/Cô Hạnh tổ 5<\/a> <span class="quiet">Tổ trưởng<\/span>/)
    await admin.post('/staff/roles/revoke', { contact: head.contact })
    // Whoever lost the role is still named in what they did.
    expect((await admin.get('/staff/log')).text).toContain(label)
    expect(site.lines.join('\n')).not.toContain('Hạnh')
    expect(await sql`select 1 from audit where kind like '%Hạnh%' or subject like '%Hạnh%'`.execute(site.context.store.db)).toMatchObject({ rows: [] }) // prettier-ignore
  })

  test('let staff take over or close the ticket of somebody who is away, unless another one was quicker', async () => {
    const visitor = await site.visitor()
    await atFirstStep(visitor)
    await visitor.write('/giup')
    await site.context.requests.runOnce()
    const [one, two, staff] = [await signIn(site, 'staff'), await signIn(site, 'staff'), await signIn(site, 'staff')]
    const { id } = (await sql<{ id: string }>`select id from ticket`.execute(site.context.store.db)).rows[0]!
    await one!.post('/staff/tickets/take', { ticket: id })
    const seen = (await two!.get('/staff/tickets')).text
    expect(seen).toContain('Nhận thay')
    expect((await staff!.post('/staff/tickets/take', { ticket: id, from: one!.contact })).text).toContain('Đã nhận')
    // The page of the second one shows who had it before.
    expect((await two!.post('/staff/tickets/take', { ticket: id, from: one!.contact })).text).toContain(
      'người khác nhận',
    )
    expect((await two!.post('/staff/tickets/close', { ticket: id })).text).toContain('Đã đóng phiếu')
  })

  test('show the same figures as the store counts', async () => {
    await enrolSix(site)
    const staff = await signIn(site, 'staff')
    await staff.post('/staff/groups/5/done', { flow: 'vneid-level-1', upto: 'step', person: ['r-1', 'r-2'] })
    await staff.post('/staff/groups/5/done', { flow: 'vneid-level-1', one: 'r-3' })
    const [sum] = await figures(site.context.store.db, scopeOf(OPERATOR), { flow: 'vneid-level-1' })
    const { text } = await staff.get('/staff?flow=vneid-level-1')
    expect(text).toContain(`${sum!.finished}/6 người xong (16 %), ${sum!.started} người đã bắt đầu`)
    expect(text).toContain('Dưới mục tiêu')
    expect(text).toContain('7 ngày qua có 1 người xong')
  })
})
