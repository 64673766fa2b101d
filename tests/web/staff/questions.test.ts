import { sql } from 'kysely'
import { atFirstStep, openSite, type Site, type Visitor } from '../site.js'
import { signIn, type Staff } from './signed-in.js'

const QUESTION = 'Bọc nhựa thẻ căn cước được không ạ?'
const ANSWER = 'Được, nhưng bóc ra trước khi quét chip.'

let site: Site
let resident: Visitor
let staff: Staff
beforeEach(async () => {
  site = await openSite()
  resident = await site.visitor()
  await atFirstStep(resident)
  staff = await signIn(site, 'staff')
})
afterEach(() => site.close())

const requests = async () => {
  for (let done = -1; done !== 0;) done = await site.context.requests.runOnce()
}
const first = async () =>
  (await sql<{ id: string; state: string }>`select id, state from question`.execute(site.context.store.db)).rows[0]!

describe('the page of questions without an answer', () => {
  test('lists them, takes an answer, tells who asked, and gives it from then on until it is taken back', async () => {
    await resident.write(QUESTION)
    const list = await staff.get('/staff/questions')
    expect(list.text).toContain(QUESTION)
    expect(list.text).toMatch(/VNeID mức 1, [^<]*Tải ứng dụng/)
    const { id } = await first()
    expect((await staff.get(`/staff/questions/${id}`)).text).toContain(QUESTION)
    const done = await staff.post(`/staff/questions/${id}/answer`, { vi: ANSWER, en: '', phrasings: '', topic: '' })
    expect(done.text).toContain('Từ giờ tổng đài tự trả lời')
    expect(done.text).toContain(ANSWER)
    expect((await resident.newest()).text).toMatch(/nay có câu trả lời[^]*Nguồn: cán bộ phường/)
    const next = await site.visitor('en')
    await next.post({ id: 'opened', kind: 'start', payload: 'vneid-level-1_g5' })
    await next.choose('I agree, start')
    await next.write('boc nhua the can cuoc dc ko')
    expect((await next.newest()).text).toContain(ANSWER)
    expect((await next.newest()).text).toContain('in Vietnamese only')
    const entry = (await sql<{ id: string }>`select id from taught`.execute(site.context.store.db)).rows[0]!
    expect((await staff.post(`/staff/questions/${entry.id}/withdraw`)).text).toContain('Đã rút lại')
    expect((await first()).state).toBe('open')
    await resident.write(QUESTION)
    expect((await resident.newest()).text).not.toContain(ANSWER)
  })

  test('refuses a secret, a strange link and nothing at all, keeps what was written, and sets aside', async () => {
    await resident.write(QUESTION)
    const { id } = await first()
    const answer = (vi: string) => staff.post(`/staff/questions/${id}/answer`, { vi })
    expect((await answer('Số căn cước mẫu 034095001234')).text).toContain('số giấy tờ')
    const link = await answer('Xem vneid-hotro.com <b>nhé</b>')
    expect(link.status).toBe(400)
    expect(link.text).toContain('Không dẫn sang vneid-hotro.com')
    expect(link.text).toContain('&lt;b&gt;nhé')
    expect((await answer(' ')).text).toContain('Chưa có câu trả lời')
    expect((await first()).state).toBe('open')
    expect((await staff.post(`/staff/questions/${id}/dismiss`)).text).toContain('Đã bỏ câu này')
    expect((await staff.post(`/staff/questions/${id}/dismiss`)).text).toContain('người khác xử lý')
    expect((await first()).state).toBe('dismissed')
  })

  test('is closed to group heads, who have their tickets', async () => {
    await resident.write(QUESTION)
    const { id } = await first()
    const head = await signIn(site, 'leader', 5)
    for (const path of ['/staff/questions', `/staff/questions/${id}`, '/staff/incidents'])
      expect([path, (await head.get(path)).status]).toEqual([path, 403])
    expect((await head.post(`/staff/questions/${id}/answer`, { vi: ANSWER })).status).toBe(403)
    expect((await first()).state).toBe('open')
    expect((await head.get('/staff/tickets')).status).toBe(200)
  })
})

describe('the page of tickets', () => {
  test('shows who waits, the defrauded first, takes and closes; the head of another group sees nothing', async () => {
    await resident.write('cho tôi gặp người')
    await requests()
    const second = await site.visitor()
    await second.post({ id: 'second', kind: 'start', payload: 'vneid-level-1_g6' })
    await second.choose('Đồng ý, bắt đầu')
    await second.choose('Bác')
    await second.write('có người xưng công an gọi điện bảo đọc mã otp')
    await requests()
    expect((await second.newest()).text).toContain('phiếu số 2')
    const list = (await staff.get('/staff/tickets')).text
    expect(list.indexOf('Phiếu 2 (có thể đang bị lừa)')).toBeGreaterThan(0)
    expect(list.indexOf('Phiếu 2')).toBeLessThan(list.indexOf('Phiếu 1'))
    site.now.at += 5 * 3_600_000
    await site.context.escalation.runOnce()
    expect((await staff.get('/staff/tickets')).text).toContain('quá lâu chưa ai nhận')
    expect((await (await signIn(site, 'leader', 7)).get('/staff/tickets')).text).toContain('Không có ai đang chờ')
    const { rows } = await sql<{ id: string }>`select id from ticket where number = 2`.execute(site.context.store.db)
    const ticket = rows[0]!.id
    // Without a chat of their own they call: the bot goes on answering the resident.
    expect((await staff.post('/staff/tickets/take', { ticket })).text).toContain('hãy gọi hoặc đến gặp')
    expect((await (await signIn(site, 'admin')).post('/staff/tickets/take', { ticket })).text).toContain(
      'người khác nhận',
    )
    await second.write('bắt đầu')
    expect((await second.newest()).text).toContain('Bác đang cần gì')
    expect((await staff.post('/staff/tickets/close', { ticket })).text).toContain('Đã đóng phiếu')
    expect((await staff.get('/staff/tickets')).text).not.toContain('Phiếu 2')
    const told = (await staff.get('/staff/incidents')).text
    expect(told).toContain('đòi mã, mật khẩu, ảnh thẻ')
    expect(told).toContain('trang của phường')
  })
})
