import { sql } from 'kysely'
import { readSheet } from 'read-excel-file/node'
import { DRAFTS } from '../../../src/exports/drafts.js'
import { SHEETS } from '../../../src/exports/sheets.js'
import { xlsxBytes } from '../../../src/exports/xlsx.js'
import { describeEngines, engines } from '../../support/databases.js'
import { rosterPerson } from '../../store/roster-samples.js'
import { atFirstStep, openSite, type Site, type Visitor } from '../site.js'
import { enrol, enrolSix, signIn, type Staff } from './signed-in.js'

/** The other suites of the pages run on SQLite, for their speed; this one goes once through everything that they have, on the other engine. */
const postgres = (await engines()).filter(({ name }) => name === 'postgres')

/** The fields of the first form of a page that takes something back. */
function undoOf(text: string): Record<string, string> {
  const form = /action="\/staff\/groups\/5\/undo">([\s\S]*?)<\/form>/.exec(text)![1]!
  return Object.fromEntries([...form.matchAll(/name="((?!csrf)[^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name!, value!])) // prettier-ignore
}

describeEngines('every page, every file and every form of the staff', postgres, (engine) => {
  let site: Site
  let visitor: Visitor
  let head: Staff
  let staff: Staff
  let admin: Staff
  /** `/staff/groups/:group/done` and the like, each that a form was sent to. */
  const sent = new Set<string>()

  beforeAll(async () => {
    site = await openSite({}, { engine })
    await enrolSix(site)
    await enrol(site, [rosterPerson(7, { name: 'Tran Thi Binh', born: 1950 })])
    visitor = await site.visitor()
    await atFirstStep(visitor)
    head = await signIn(site, 'leader', 5)
    staff = await signIn(site, 'staff')
    admin = await signIn(site, 'admin')
  }, 120_000)
  afterAll(() => site.close())

  const routes = () => [...new Set(site.app.routes.filter(({ path, method }) => path.startsWith('/staff') && !path.includes('*') && method !== 'ALL').map(({ method, path }) => `${method} ${path}`))] // prettier-ignore
  const requests = async () => {
    for (let done = -1; done !== 0;) done = await site.context.requests.runOnce()
  }
  /** The first row; what a turn has asked for may still be under way on another connection. */
  const one = async (statement: ReturnType<typeof sql<{ id: string }>>): Promise<string> => {
    for (let tries = 0; tries < 200; tries++) {
      const [row] = (await statement.execute(site.context.store.db)).rows
      if (row) return row.id
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error('it never came')
  }
  /** Sends a form; it must be taken, and its page must say so. */
  const post = async (who: Staff, route: string, path: string, fields: Parameters<Staff['post']>[1], says: string) => {
    sent.add(`POST ${route}`)
    site.now.at += 1000
    const { status, text } = await who.post(path, fields)
    expect([path, status]).toEqual([path, 200])
    expect(text).toContain(says)
    return text
  }

  test('every form does its work', async () => {
    const G = '/staff/groups/5'
    await post(head, '/staff/groups/:group/done', `${G}/done`, { flow: 'portal-login', one: 'r-3' }, 'Đã ghi xong cho 1 người') // prettier-ignore
    await post(head, '/staff/groups/:group/done', `${G}/done`, { flow: 'vneid-level-1', ticked: '1', upto: 'step', person: ['r-1', 'r-2', 'r-4'] }, 'một bước cho 3 người') // prettier-ignore
    const done = await post(head, '/staff/groups/:group/done', `${G}/done`, { flow: 'vneid-activation', one: 'r-1' }, 'Đã ghi xong') // prettier-ignore
    await post(head, '/staff/groups/:group/undo', `${G}/undo`, undoOf(done), 'Đã hoàn tác cho 1 người')
    sent.add('POST /staff/groups/:group/tally')
    const sheet = (await head.post(`${G}/tally`, { flow: 'vneid-level-2' })).location!
    const onSheet = (deed: string, fields: Parameters<Staff['post']>[1], says: string) => post(head, `/staff/groups/:group/tally/:sheet/${deed}`, `${sheet}/${deed}`, fields, says) // prettier-ignore
    await onSheet('enter', {}, 'checkbox')
    const shown = await onSheet('check', { tick: ['1.1', '2.all'] }, 'Sẽ ghi cho 2 người')
    const tick = [...shown.matchAll(/type="hidden" name="tick" value="([^"]+)"/g)].map(([, one]) => one!)
    await onSheet('save', { tick, key: /name="key" value="([^"]+)"/.exec(shown)![1]! }, 'Đã ghi cho 2 người')
    // Without an Official Account there is no article to prepare; with one: articles.test.ts, channels/zalo.
    for (const path of ['/staff/articles/preview', '/staff/articles', '/staff/articles/:article/:deed{ask|released}']) {
      sent.add(`POST ${path}`)
      expect((await staff.post(path.replace(/:article.*/, 'a-1/ask'), { key: 'k-12345678' })).status).not.toBe(500)
    }
    await post(head, '/staff/groups/:group/households', `${G}/households`, { household: 'h-1' }, 'Đã ghi rà soát hôm nay cho 1 hộ') // prettier-ignore
    await post(head, '/staff/people/:person', '/staff/people/r-2', { name: 'Trần Thị Bình', born: '1951', phone: '0912 345 678', household: 'h-1', residence: 'temporary', card: 'none', cardReason: 'đang làm', note: '', visit: '1' }, 'Đã lưu') // prettier-ignore
    const onVisit = (deed: string, fields: Parameters<Staff['post']>[1], says: string) => post(head, `/staff/groups/:group/visits/${deed}`, `${G}/visits/${deed}`, fields, says) // prettier-ignore
    await onVisit('take', { person: 'r-2' }, 'Đã nhận chuyến thăm')
    await onVisit('leave', { person: 'r-2' }, 'Đã trả chuyến thăm')
    await onVisit('made', { person: 'r-2' }, 'Đã ghi đến thăm 1 người')
    await onVisit('undo', { person: 'r-2', visit: await one(sql`select id from visited`) }, 'Đã hoàn tác lần đến nhà')
    await post(head, '/staff/people/:person/same', '/staff/people/r-2/same', { q: 'bà Bình' }, 'name="gone" value="r-7"') // prettier-ignore
    await post(head, '/staff/people/:person/merge', '/staff/people/r-2/merge', { gone: 'r-7' }, 'Đã gộp hai dòng')
    await post(
      head,
      '/staff/people/:person/part',
      '/staff/people/r-2/part',
      { gone: 'r-7' },
      'Đã tách lại thành hai người',
    )
    await post(head, '/staff/people/:person/slip', '/staff/people/r-6/slip', {}, 'class="code"')
    const slips = await post(head, '/staff/groups/:group/slips', `${G}/slips`, {}, 'class="qr"')
    const codes = [...slips.matchAll(/class="code">([A-Z]{5})-([A-Z]{5})</g)].map(([, a, b]) => `${a}${b}`)
    expect(codes.length).toBeGreaterThan(5)
    await post(head, '/staff/groups/:group/household-slips', `${G}/household-slips`, { household: 'h-1' }, 'class="code"') // prettier-ignore

    const contact = /name="contact" value="([^"]+)"/.exec((await head.get(`${G}/contacts`)).text)![1]!
    await post(head, '/staff/groups/:group/contacts', `${G}/contacts`, { contact, person: 'r-5' }, 'Đã ghép')
    await sql`insert into helping (contact, person, label, how, since) values (${contact}, 'r-1', 'mẹ', 'slip', ${site.now.at})`.execute(site.context.store.db) // prettier-ignore
    await post(head, '/staff/people/:person/helpers/end', '/staff/people/r-1/helpers/end', { contact }, 'Đã chấm dứt làm hộ') // prettier-ignore

    const { bytes } = await xlsxBytes(['Họ và tên', 'Năm sinh', 'Tổ', 'Thẻ căn cước'], [['Ngô Văn Mới', 1960, 5, 'Có']])
    const file = new File([new Uint8Array(bytes)], 'a.xlsx')
    const checked = await post(head, '/staff/import', '/staff/import', { file }, 'Ghi 1 người vào sổ')
    const held = /name="held" value="([^"]+)"/.exec(checked)![1]!
    await post(head, '/staff/import/write', '/staff/import/write', { held }, 'Đã nhập: 1 người mới')

    await post(staff, '/staff/people', '/staff/people', { q: 'binh' }, 'Trần Thị Bình')
    await post(staff, '/staff/log', '/staff/log', { q: 'binh' }, 'Trần Thị Bình')
    const named = await post(head, '/staff/import', '/staff/import', { file }, 'người giữ nguyên')
    await post(head, '/staff/import/again', '/staff/import/again', { held: /name="held" value="([^"]+)"/.exec(named)![1]!, 'column-0': 'name', 'column-3': 'card' }, 'người giữ nguyên') // prettier-ignore
    await post(head, '/staff/groups/:group/people/new', `${G}/people/new`, { name: 'Đỗ Thị Khác', house: 'số 7' }, 'Đã lưu') // prettier-ignore
    const added = await one(sql`select person as id from roster where name = 'Đỗ Thị Khác'`)
    await post(staff, '/staff/people/:person/move', `/staff/people/${added}/move`, { group: '6' }, 'Đã chuyển tổ')
    await post(staff, '/staff/people/:person/gone', `/staff/people/${added}/gone`, { why: 'moved-away' }, 'Đã đưa ra khỏi sổ') // prettier-ignore

    await visitor.write('Bọc nhựa thẻ căn cước được không ạ?')
    const question = await one(sql`select id from question where state = 'open'`)
    await post(staff, '/staff/questions/:question/answer', `/staff/questions/${question}/answer`, { vi: 'Được, nhưng bóc ra trước khi quét chip.', en: '', phrasings: '', topic: '' }, 'Từ giờ tổng đài tự trả lời') // prettier-ignore
    await post(staff, '/staff/questions/:taught/withdraw', `/staff/questions/${await one(sql`select id from taught`)}/withdraw`, {}, 'Đã rút lại') // prettier-ignore
    await post(staff, '/staff/questions/:question/dismiss', `/staff/questions/${question}/dismiss`, {}, 'Đã bỏ câu này')

    for (const [deed, says] of [
      ['take', 'Đã nhận'],
      ['close', 'Đã đóng phiếu'],
    ] as const) {
      await visitor.write('cho tôi gặp người')
      await requests()
      const ticket = await one(sql`select id from ticket where state = 'open'`)
      await post(staff, `/staff/tickets/${deed}`, `/staff/tickets/${deed}`, { ticket }, says)
      if (deed === 'take') await staff.post('/staff/tickets/close', { ticket })
    }

    site.now.at += 86_400_000
    const plan = { flow: 'vneid-level-1', who: 'unfinished', group: '5' }
    const preview = async (more = {}) => {
      sent.add('POST /staff/broadcasts/preview')
      site.now.at += 1000
      const { text, location } = await (
        await signIn(site, 'leader', 5)
      ).post('/staff/broadcasts/preview', { ...plan, ...more })
      const path = location!.split('?')[0]!
      return {
        path,
        key: /name="key" value="([^"]+)"/.exec(text)?.[1] ?? '',
        count: /Gửi (\d+) tin/.exec(text)?.[1] ?? '',
      }
    }
    const later = await signIn(site, 'staff')
    const { path, key, count } = await preview()
    const on = (deed: string, fields: Record<string, string>, says: string) => post(later, `/staff/broadcasts/:broadcast/${deed}`, `${path}/${deed}`, fields, says) // prettier-ignore
    await on('confirm', { key, count }, 'Đã bắt đầu gửi')
    await on('pause', {}, 'tạm dừng')
    await on('resume', {}, 'đang gửi')
    await on('stop', {}, 'đã dừng')
    sent.add('POST /staff/broadcasts/:broadcast/refuse')
    expect((await later.post(`${(await preview()).path}/refuse`)).status).toBe(200)
    sent.add('POST /staff/broadcasts/:broadcast/withdraw')
    expect((await later.post(`${(await preview()).path}/withdraw`)).status).toBe(200)
    const next = (await later.get('/staff/broadcasts/rules/level-1-stuck')).text
    const seen = /name="seen" value="([^"]+)"/.exec(next)![1]!
    await post(later, '/staff/broadcasts/rules', '/staff/broadcasts/rules', { rule: 'level-1-stuck', on: '1', seen }, 'Tắt') // prettier-ignore

    const boss = await signIn(site, 'admin')
    await post(boss, '/staff/health/check', '/staff/health/check', {}, 'Đã kiểm xong')
    await post(
      boss,
      '/staff/roles/invite',
      '/staff/roles/invite',
      { role: 'leader', group: '6', label: 'Cô Hạnh' },
      'role="img"',
    )
    const invitation = /name="invitation" value="([^"]+)"/.exec((await boss.get('/staff/roles')).text)![1]!
    await post(boss, '/staff/roles/cancel', '/staff/roles/cancel', { invitation }, 'lời mời')
    const leaving = await signIn(site, 'leader', 6)
    await post(boss, '/staff/roles/label', '/staff/roles/label', { contact: leaving.contact, label: 'Bác Sáu' }, 'Bác Sáu') // prettier-ignore
    await post(boss, '/staff/roles/revoke', '/staff/roles/revoke', { contact: leaving.contact }, 'Đã thu hồi vai trò')
    expect((await leaving.get('/staff')).status).toBe(401)
    sent.add('POST /staff/leave')
    expect((await boss.post('/staff/leave')).status).toBe(401)
    // `signIn` is the form of `enter`. A form that is new is sent here too.
    const forms = routes().filter((route) => route.startsWith('POST ') && route !== 'POST /staff/enter')
    expect(forms.filter((route) => !sent.has(route))).toEqual([])
    head = await signIn(site, 'leader', 5)
    staff = later
    admin = await signIn(site, 'admin')
  }, 120_000)

  test('every page opens, for a head, for staff and for an admin', async () => {
    const broadcast = await one(sql`select id from broadcast order by created_at limit 1`)
    const question = 'q-open'
    await sql`
      insert into question (id, key, text, locale, times, first_at, last_at, state)
      values (${question}, 'mot cau', 'Một câu', 'vi', 1, 1, 1, 'open')`.execute(site.context.store.db)
    const where: Record<string, string> = {
      group: '5',
      person: 'r-1',
      flow: 'vneid-level-1',
      question,
      broadcast,
      sheet: await one(sql`select id from tally_sheet`),
      article: 'none',
      rule: 'level-1-stuck',
    }
    const wrong: string[] = []
    for (const route of routes()) {
      const [method, path] = route.split(' ') as [string, string]
      if (method !== 'GET' || path.endsWith('/:file') || /staff\/enter|leave|\.css|\.js$/.test(path)) continue
      const address = path.replace(/:(\w+)/g, (_, name: string) => where[name]!)
      for (const who of [head, staff, admin]) {
        const { status, text } = await who.get(address)
        const closed = (who === head && /questions|incidents|health|guides|articles|rules/.test(path)) || (who === staff && path.endsWith('health')) // prettier-ignore
        // The list of groups leads whoever has one of them to it.
        const led = path === '/staff/groups/' || (path === '/staff/groups' && who === head)
        // Another head's reminder.
        const others = (path.endsWith('/:broadcast') && who === head) || path.endsWith(':article')
        const expected = closed ? 403 : others ? 404 : led ? 302 : 200
        if (status !== expected || /undefined|\[object|phrases:/.test(text)) wrong.push(`${address} ${status}`)
      }
    }
    expect(wrong).toEqual([])
    for (const query of [
      'show=stuck',
      'show=not-started',
      'show=finished',
      'show=no-card',
      'show=visit',
      'name=binh',
      'page=2',
    ])
      // prettier-ignore
      expect((await head.get(`/staff/groups/5?flow=vneid-level-1&${query}`)).status).toBe(200)
    expect((await head.get('/staff/people/r-1')).text).toContain('tổ trưởng ghi')
  }, 120_000)

  test('every file opens again, for all groups and for one', async () => {
    for (const name of SHEETS) {
      const { answer } = await staff.get(`/staff/exports/${name}.xlsx`)
      const cells = await readSheet(Buffer.from(await answer.arrayBuffer()))
      const csv = (await staff.get(`/staff/exports/${name}.csv?group=5`)).text.trim().split('\r\n')
      expect([name, cells.length > 1, csv.length > 1]).toEqual([name, true, true])
    }
    for (const name of DRAFTS) {
      const { answer } = await staff.get(`/staff/drafts/${name}.docx`)
      expect(
        Buffer.from(await answer.arrayBuffer())
          .subarray(0, 2)
          .toString(),
      ).toBe('PK')
    }
  }, 120_000)
})
