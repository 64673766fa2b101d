import { sql } from 'kysely'
import type { BroadcastPlan } from '../../../src/core/model/broadcast.js'
import { setGroup } from '../../../src/store/contacts.js'
import { insertRecipients } from '../../../src/store/recipients.js'
import { atFirstStep, openSite, type Site, type Visitor } from '../site.js'
import { enrolSix, signIn, type Staff } from './signed-in.js'

let site: Site
let resident: Visitor
let head: Staff
beforeEach(async () => {
  site = await openSite()
  resident = await site.visitor()
  await atFirstStep(resident)
  site.now.at += 86_400_000
  head = await signIn(site, 'leader', 5)
  const { contact } = (await sql<{ contact: string }>`
    select contact from address a where exists (select 1 from run r join contact c on c.person = r.person where c.id = a.contact)`.execute(site.context.store.db)).rows[0]! // prettier-ignore
  await setGroup(site.context.store.db, contact, 5)
})
afterEach(() => site.close())

const plan = { flow: 'vneid-level-1', who: 'unfinished', group: '5' }
const keyOf = (text: string) => /name="key" value="([^"]+)"/.exec(text)![1]!
const countOf = (text: string) => /Gửi (\d+) tin/.exec(text)![1]!
const preview = async (staff = head, more = {}) => {
  const { text, location } = await staff.post('/staff/broadcasts/preview', { ...plan, ...more })
  return { text, path: location!.split('?')[0]! }
}
const sent = async () => (await resident.read()).messages.filter(({ text }) => text.includes('Không muốn nhận tin nhắc nữa')).length // prettier-ignore

/** What stands behind the switch of a rule: whoever presses it has seen this. */
const seenOf = (text: string) => /name="seen" value="([^"]+)"/.exec(text)![1]!
const switchOn = async (staff: typeof head, rule: string) =>
  staff.post('/staff/broadcasts/rules', { rule, on: '1', seen: seenOf((await staff.get(`/staff/broadcasts/rules/${rule}`)).text) }) // prettier-ignore

describe('the page of reminders', () => {
  test('shows the preview, and what is confirmed twice, by a double click or after a timeout, is sent once', async () => {
    const { text, path } = await preview()
    expect(text).toContain('người chưa xong')
    expect(text).toContain('Mình làm tiếp nhé?')
    const [key, count] = [keyOf(text), countOf(text)]
    for (const wrong of ['99', 'thôi', '1/2'])
      expect((await head.post(`${path}/confirm`, { key, count: wrong })).text).toContain('Số này chưa đúng')
    // As in the chat, a word beside the number is no other number.
    const answers = await Promise.all([head.post(`${path}/confirm`, { key, count: `${count} người` }), head.post(`${path}/confirm`, { key, count })]) // prettier-ignore
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect((await head.post(`${path}/confirm`, { key, count })).text).toContain('Đã bắt đầu gửi')
    await site.context.reminders.runOnce()
    await site.context.reminders.runOnce()
    expect(await sent()).toBe(1)
    const { rows } = await sql<{ state: string }>`select state from broadcast`.execute(site.context.store.db)
    expect(rows).toHaveLength(1)
    expect((await head.get(path)).text).toContain('đã gửi')
    expect((await head.get('/staff/broadcasts')).text).toContain(path)
  })

  test('is closed to the head of another group, whose own plan cannot name it either', async () => {
    const { path } = await preview()
    const other = await signIn(site, 'leader', 6)
    expect((await other.get(path)).status).toBe(404)
    for (const deed of ['confirm', 'pause', 'resume', 'stop', 'refuse'])
      expect((await other.post(`${path}/${deed}`, { key: 'k-12345678', count: '1' })).status).toBe(404)
    expect((await other.post('/staff/broadcasts/preview', plan)).status).toBe(403)
    expect((await other.post('/staff/broadcasts/preview', { ...plan, group: '' })).text).not.toContain('Gửi 1 tin')
    expect((await other.get('/staff/broadcasts')).text).not.toContain(path)
  })

  test('stops what runs, refuses words that ask for a code, and lets staff alone switch the rules', async () => {
    expect((await head.post('/staff/broadcasts/preview', { ...plan, text: 'Gửi mã OTP cho tôi' })).text).toContain('kẻ lừa đảo') // prettier-ignore
    const { text, path } = await preview()
    await head.post(`${path}/confirm`, { key: keyOf(text), count: countOf(text) })
    expect((await head.post(`${path}/stop`)).text).toContain('đã dừng')
    await site.context.reminders.runOnce()
    expect(await sent()).toBe(0)
    expect((await head.post('/staff/broadcasts/rules', { rule: 'level-1-stuck', on: '1' })).status).toBe(403)
    const staff = await signIn(site, 'staff')
    expect((await staff.get('/staff/broadcasts')).text).toContain('Nhắc theo lịch')
    expect((await switchOn(staff, 'level-1-stuck')).text).toContain('Tắt')
  })

  test('takes days and residence, and keeps what was typed when something is wrong', async () => {
    await enrolSix(site)
    const planned = async () =>
      JSON.parse((await sql<{ plan: string }>`select plan from broadcast order by created_at desc, id limit 1`.execute(site.context.store.db)).rows[0]!.plan) as BroadcastPlan // prettier-ignore
    await preview(head, { who: 'stuck', days: '5', residence: 'temporary' })
    expect((await planned()).audience).toMatchObject({
      who: { kind: 'stuck', days: 5 },
      residence: 'temporary',
      groups: [5],
    })
    site.now.at += 1000
    const { path, text } = await preview(head, { flow: 'id-card', who: 'no-card', days: '', residence: '', when: '8h mai', text: 'Mời {{you}} đến.' }) // prettier-ignore
    expect((await planned()).audience).toMatchObject({ flow: 'id-card', who: { kind: 'no-card' }, residence: null })
    const back = await head.get(/href="([^"]*from=[^"]+)"/.exec(text)![1]!)
    expect(back.text).toContain('Mời {{you}} đến.</textarea>')
    expect(back.text).toMatch(/value="no-card" selected/)
    expect(back.text).toContain('value="08:00 ')
    const wrong = await head.post('/staff/broadcasts/preview', {
      ...plan,
      who: 'stuck',
      days: '0',
      text: 'Chữ của tôi',
    })
    expect(wrong.status).toBe(422)
    expect(wrong.text).toContain('Số ngày phải từ 1 đến 60')
    expect(wrong.text).toContain('Chữ của tôi</textarea>')
    const other = await signIn(site, 'leader', 6)
    expect((await other.get(`/staff/broadcasts?from=${path.split('/').at(-1)!}`)).text).not.toContain(
      'Mời {{you}} đến.',
    )
  })

  test('leads to a visit list of exactly those whom no message reached, for the own head alone', async () => {
    await enrolSix(site)
    const { text, path } = await preview(head, { who: 'unfinished' })
    await head.post(`${path}/confirm`, { key: keyOf(text), count: countOf(text) })
    await site.context.reminders.runOnce()
    const page = (await head.get(path)).text
    const link = /href="(\/staff\/groups\/5\/visits\?broadcast=[^"]+)"/.exec(page)![1]!.replaceAll('&amp;', '&')
    const list = await head.get(link)
    expect(list.status).toBe(200)
    expect(list.text.match(/<th scope="row">[^<]*Nguyễn Văn An/g)).toHaveLength(1)
    expect(list.text.match(/class="blank"/g)).toHaveLength(6)
    const other = await signIn(site, 'leader', 6)
    expect((await other.get(link)).status).toBe(403)
    expect((await other.get(link.replace('groups/5', 'groups/6'))).status).toBe(404)
    expect((await head.get('/staff/groups/5/visits?broadcast=none')).status).toBe(404)
  })

  test('refuses people whom the chosen guide does not have, instead of reminding everybody, and offers those it has', async () => {
    const filled = { ...plan, flow: 'portal-login', offered: 'vneid-level-1', text: 'Chữ của tôi', when: '8h mai' }
    for (const who of ['n8', 's-scan-card', 'no-card', 'everybody', '', 'n1']) {
      const { status, text } = await head.post('/staff/broadcasts/preview', { ...filled, who })
      expect([who, status]).toEqual([who, 422])
      expect(text).toContain('chưa chọn nhắc những người nào')
      expect(text).toMatch(/<option value="" selected/)
      expect(text).toContain('Chữ của tôi</textarea>')
      expect(text).toContain('value="8h mai"')
    }
    const { rows } = await sql<{ n: number }>`select count(*) as n from broadcast`.execute(site.context.store.db)
    expect(Number(rows[0]!.n)).toBe(0)
    const other = await head.post('/staff/broadcasts/preview', { ...filled, who: 'n8', again: '1' })
    expect(other.status).toBe(200)
    expect(other.text).toMatch(/value="portal-login" selected/)
    const choices = [...other.text.matchAll(/<option value="([^"]*)"/g)].map(([, value]) => value!)
    expect(choices).toEqual(expect.arrayContaining(['unfinished', 'officials', 'n3']))
    expect(choices.filter((one) => ['n6', 'n8', 'no-card', 'activation-due', 's-scan-card'].includes(one))).toEqual([])
    expect(other.text).toContain('Chữ của tôi</textarea>')
    expect((await preview(head, { offered: 'vneid-level-1', who: 's-scan-card' })).path).toContain('/staff/broadcasts/')
  })

  test('names all that is wrong with own words, and the piece, at once, and keeps every word however long', async () => {
    const long = `Mời {{ten}} xem la.example và gửi mã OTP cho tôi, gọi 0987 654 321 ${'Chữ dài. '.repeat(70)}`
    const { status, text } = await head.post('/staff/broadcasts/preview', { ...plan, who: 'stuck', days: '99', when: 'hôm nào', text: long }) // prettier-ignore
    expect(status).toBe(422)
    for (const said of [
      'Số ngày phải từ 1 đến 60',
      'nhiều nhất 600',
      '«ten»',
      'la.example',
      'kẻ lừa đảo',
      '«…321»',
      'Chưa thấy giờ',
    ])
      expect(text).toContain(said)
    expect(text).toContain(`${long.trim()}</textarea>`)
    expect(text).not.toContain('maxlength')
    expect(text).toMatch(/value="stuck" selected/)
    expect(text).toContain('value="99"')
  })

  test('pages through everybody, however many, and writes a visit down once, not every time the page asks again', async () => {
    const { db } = site.context.store
    const { text, path } = await preview()
    await head.post(`${path}/confirm`, { key: keyOf(text), count: countOf(text) })
    const id = path.split('/').at(-1)!
    await sql`delete from recipient where broadcast = ${id}`.execute(db)
    const ids = Array.from({ length: 250 }, (_, i) => `x-${String(i).padStart(3, '0')}`)
    await insertRecipients(db, id, ids.map((person) => ({ person, run: null, step: null, group: 5, placement: { place: 'paper', reason: 'no-contact' } }))) // prettier-ignore
    const lines = async () =>
      (await sql<{ count: number }>`select count from audit where deed = 'saw' and kind = 'broadcast' and who = ${head.contact} order by at`.execute(db)).rows.map(({ count }) => Number(count)) // prettier-ignore
    const before = (await lines()).length
    site.now.at += 3_600_000
    let [page, seen] = [await head.get(path), 0]
    for (let pages = 0; pages < 5; pages++) {
      seen += page.text.match(/<th scope="row">/g)!.length
      const next = /href="([^"]*after=[^"]+)" rel="next"/.exec(page.text)?.[1]
      if (next === undefined) break
      page = await head.get(next)
    }
    expect(seen).toBe(250)
    for (let i = 0; i < 3; i++) {
      site.now.at += 3_600_000
      await site.app.request(path, { headers: { cookie: head.cookie, 'x-refresh': '1' } })
    }
    expect((await lines()).slice(before)).toEqual([250])
    await head.get(path)
    expect((await lines()).slice(before)).toEqual([250, 250])
  })

  test('leaves a line in the log for a pause, a resumption, a stop, a question to a second person, a refusal and a rule switched', async () => {
    const { reminders } = site.context.ward
    const { text, path } = await preview()
    await head.post(`${path}/confirm`, { key: keyOf(text), count: countOf(text) })
    for (const deed of ['pause', 'pause', 'resume', 'stop', 'stop']) await head.post(`${path}/${deed}`)
    site.now.at += 3 * 86_400_000
    const most = reminders['approval-above']
    reminders['approval-above'] = 0
    const [first, second] = [await signIn(site, 'staff'), await signIn(site, 'staff')]
    const asked = await preview(first)
    // Whoever has to agree can be told.
    await sql`insert into address (channel, address, contact) values ('telegram', '77', ${second.contact})`.execute(site.context.store.db) // prettier-ignore
    await first.post(`${asked.path}/confirm`, { key: keyOf(asked.text), count: countOf(asked.text) })
    // Its sender sees that it waits, and may take it back; nobody else may.
    const waits = (await first.get(asked.path)).text
    expect(waits).toMatch(/Đang chờ duyệt từ [^]*1 người được duyệt/)
    expect(waits).toContain(`${asked.path}/withdraw`)
    expect((await second.get(asked.path)).text).not.toContain('/withdraw')
    await second.post(`${asked.path}/withdraw`)
    await first.post(`${asked.path}/withdraw`)
    expect((await first.get(asked.path)).status).toBe(404)
    const again = await preview(first)
    await first.post(`${again.path}/confirm`, { key: keyOf(again.text), count: countOf(again.text) })
    await second.post(`${again.path}/refuse`)
    reminders['approval-above'] = most
    await switchOn(second, 'level-1-stuck')
    await second.post('/staff/broadcasts/rules', { rule: 'level-1-stuck', on: '0' })
    await second.post('/staff/broadcasts/rules', { rule: 'none', on: '1' })
    const { rows } = await sql<{ line: string }>`
      select deed || ' ' || kind as line from audit where deed not in ('saw', 'signed-in') and kind in ('broadcast', 'rules') order by at, id`.execute(site.context.store.db) // prettier-ignore
    expect(rows.map(({ line }) => line).sort()).toEqual(
      ['sent broadcast', 'paused broadcast', 'resumed broadcast', 'stopped broadcast', 'asked broadcast', 'withdrawn broadcast', 'asked broadcast', 'declined broadcast', 'switched-on rules', 'switched-off rules'].sort(),
    ) // prettier-ignore
    const log = (await second.get('/staff/log')).text
    for (const word of [
      'tạm dừng',
      'cho gửi tiếp',
      'dừng hẳn',
      'xin người thứ hai đồng ý',
      'không đồng ý',
      'nhắc theo lịch',
      'level-1-stuck',
    ])
      expect(log).toContain(word)
    expect(log).not.toMatch(/>(stopped|rules|broadcast)</)
  })

  test('names everybody who gets no message and says why: as many as the first line says', async () => {
    await enrolSix(site)
    const { text } = await preview()
    const silent = Number(/(\d+) người không nhận được tin\./.exec(text)![1]) + Number(/Thêm (\d+) người lần này không gửi/.exec(text)?.[1] ?? 0) // prettier-ignore
    expect(text).toContain(`${silent} người không có tin, và vì sao`)
    expect(silent).toBeGreaterThanOrEqual(6)
    expect(text.match(/<th scope="row">/g)).toHaveLength(silent)
    expect(text).toMatch(/Nguyễn Văn An[^]*đi thăm, in giấy \(chưa nhắn với tổng đài bao giờ\)/)
    expect(text).toMatch(/\[1 [^\]]+\]/)
    expect(text).not.toContain('một cán bộ khác đồng ý')
    const { reminders } = site.context.ward
    const most = reminders['approval-above']
    reminders['approval-above'] = 0
    site.now.at += 60_000
    const many = await preview()
    reminders['approval-above'] = most
    expect(many.text.indexOf('còn chờ một cán bộ khác đồng ý')).toBeGreaterThan(0)
    expect(many.text.indexOf('còn chờ một cán bộ khác đồng ý')).toBeLessThan(many.text.indexOf('name="count"'))
  })

  test('says before and after the confirmation when it leaves: at once, at the time that was set, in the morning', async () => {
    expect((await preview()).text).toContain('Xác nhận xong là gửi ngay')
    const later = await preview(head, { when: '15h mai' })
    expect(later.text).toMatch(/Gửi từ 15:00, [^<]+/)
    const begun = await head.post(`${later.path}/confirm`, { key: keyOf(later.text), count: countOf(later.text) })
    expect(begun.text).toMatch(/chưa gửi ngay: [^<]*, từ 15:00 sẽ gửi/)
    expect(begun.text).not.toContain('Đã bắt đầu gửi')
    expect((await head.get(later.path)).text).toMatch(/Gửi từ 15:00, [^<]+/)
    await head.post(`${later.path}/stop`)
    site.now.at += 14 * 3_600_000
    const night = await preview(await signIn(site, 'leader', 5))
    expect(night.text).toMatch(/Gửi từ 07:00, [^<]+/)
  })

  test('shows whom a rule would reach next, as the preview of a reminder does, and plans no other; it is switched on from there alone', async () => {
    expect((await head.get('/staff/broadcasts/rules/level-1-stuck')).status).toBe(403)
    site.now.at += 4 * 86_400_000
    const staff = await signIn(site, 'staff')
    const planned: string[] = []
    const { schedules } = site.context
    const { preview } = schedules
    schedules.preview = (rule) => {
      planned.push(rule)
      return preview(rule)
    }
    const list = (await staff.get('/staff/broadcasts')).text
    expect(planned).toEqual([])
    expect(list).toContain('/staff/broadcasts/rules/level-1-stuck')
    expect(list).not.toMatch(/>Bật</)
    const isOn = async () => (await schedules.rules()).find(({ rule }) => rule.id === 'level-1-stuck')!.schedule?.enabled === true // prettier-ignore
    // Without having seen it, or having seen another one, it is shown and stays off.
    for (const seen of [{}, { seen: 'another' }]) {
      const { text } = await staff.post('/staff/broadcasts/rules', { rule: 'level-1-stuck', on: '1', ...seen })
      expect(text).toContain('xem lần gửi tới dưới đây rồi bấm')
      expect(await isOn()).toBe(false)
    }
    planned.length = 0
    const shown = (await staff.get('/staff/broadcasts/rules/level-1-stuck')).text
    expect(planned).toEqual(['level-1-stuck'])
    for (const said of [/Lần tới [^<]*: 1 tin/, /1 người dừng ở một bước đã quá 3 ngày/, /gửi (ngay|sau): 1/, /Chi phí: 0 đồng/, /Mình làm tiếp nhé/]) expect(shown).toMatch(said) // prettier-ignore
    const switched = await staff.post('/staff/broadcasts/rules', {
      rule: 'level-1-stuck',
      on: '1',
      seen: seenOf(shown),
    })
    expect(switched.text).toContain('Tắt')
    expect(await isOn()).toBe(true)
    await staff.post('/staff/broadcasts/rules', { rule: 'level-1-stuck', on: '0' })
    expect(await isOn()).toBe(false)
    expect((await staff.get('/staff/broadcasts/rules/none')).status).toBe(404)
  })
})
