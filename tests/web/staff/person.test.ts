import { sql } from 'kysely'
import { auditLog } from '../../../src/store/audit.js'
import { OPERATOR, scopeOf } from '../../../src/core/policy/roles.js'
import { historyOf } from '../../../src/store/merges.js'
import { people, withPhones } from '../../../src/store/roster.js'
import { redeemSlip } from '../../../src/store/slips.js'
import { readCode } from '../../../src/core/roster/slip.js'
import { rosterPerson } from '../../store/roster-samples.js'
import { atFirstStep, openSite, type Site } from '../site.js'
import { enrol, enrolSix, signIn } from './signed-in.js'

let site: Site
beforeEach(async () => {
  site = await openSite()
  await enrolSix(site)
})
afterEach(() => site.close())

const WARD = scopeOf(OPERATOR)
const log = () => auditLog(site.context.store.db, WARD, { limit: 100 })
const person = async (id: string) => {
  const { store, seals } = site.context
  return withPhones(seals, await people(store.db, WARD, { ids: [id] }))[0]
}
const FIELDS = { name: 'Trần Thị Bình', born: '1951', phone: '0912 345 678', household: 'h-1', residence: 'temporary', card: 'none', cardReason: 'đang làm', note: '', visit: '1' } // prettier-ignore

describe('the page of a person', () => {
  test('shows what the roster says and, in words, what was done and by whose word', async () => {
    const head = await signIn(site, 'leader', 5)
    await head.post('/staff/groups/5/done', {
      flow: 'vneid-level-1',
      ticked: '1',
      upto: 'step',
      person: 'r-2',
      back: 'person',
    })
    const { text } = await head.get('/staff/people/r-2')
    expect(text).toContain('0912345678')
    expect(text).toContain('tổ trưởng ghi')
    expect(text).toContain('Tải ứng dụng VNeID')
    expect((await log()).filter(({ deed, kind }) => deed === 'saw' && kind === 'person')).toMatchObject([
      { subject: 'r-2', group: 5 },
      { subject: 'r-2', group: 5 },
    ])
    expect(site.lines.join('\n')).not.toContain('0912345678')
  })

  test('takes back what was written down there, which stays to be read', async () => {
    const head = await signIn(site, 'leader', 5)
    await head.post('/staff/groups/5/done', { flow: 'id-card', upto: 'end', person: 'r-2:0', back: 'person' })
    const { text } = await head.get('/staff/people/r-2')
    const [, run, seq] = /name="run" value="([^"]+)" \/>\s*<input type="hidden" name="seq" value="(\d+)"/.exec(text)!
    const undo = { flow: 'id-card', run: run!, seq: seq!, back: 'r-2' }
    expect((await head.post('/staff/groups/5/undo', { ...undo, seq: '1' })).text).toContain('1 người để nguyên như cũ')
    const undone = await head.post('/staff/groups/5/undo', undo)
    expect(undone.location).toMatch(/^\/staff\/people\/r-2\?/)
    expect(undone.text).toContain('Đã hoàn tác cho 1 người')
    expect(undone.text).toContain('(đã hoàn tác)')
    expect(undone.text).toContain('hoàn tác phần ghi nhầm')
    expect(undone.text).toContain('Làm thẻ căn cước: ghi xong cả hướng dẫn')
    expect(undone.text).not.toContain('name="run"')
  })

  test('changes the roster’s fields, and keeps a line of it', async () => {
    const head = await signIn(site, 'leader', 5)
    const saved = await head.post('/staff/people/r-2', FIELDS)
    expect(saved.text).toContain('Đã lưu')
    expect(await person('r-2')).toMatchObject({ born: 1951, phone: '0912345678', residence: 'temporary', card: 'none', cardReason: 'đang làm', visit: true, official: false }) // prettier-ignore
    expect((await log()).filter(({ deed }) => deed === 'changed')).toMatchObject([{ subject: 'r-2', group: 5 }])
  })

  test('takes nothing that is wrong, says beside the field why, and keeps what was typed', async () => {
    const head = await signIn(site, 'leader', 5)
    const before = await person('r-2')
    const wrong = await head.post('/staff/people/r-2', {
      ...FIELDS,
      born: '1850',
      phone: '12',
      note: 'CCCD 001099012345',
    })
    expect(wrong.status).toBe(400)
    expect(wrong.text).toContain('aria-describedby="born-wrong"')
    expect(wrong.text).toContain('aria-describedby="phone-wrong"')
    expect(wrong.text).toContain('Sổ không giữ số định danh')
    expect(wrong.text).toContain('value="1850"')
    expect(await person('r-2')).toEqual(before)
    const foreign = await head.post('/staff/people/r-2', { ...FIELDS, household: 'h-elsewhere' })
    expect(foreign.status).toBe(404)
    expect(await person('r-2')).toEqual(before)
  })

  test('offers look-alikes and makes one person of two, with all that both did', async () => {
    await enrol(site, [rosterPerson(7, { name: 'Tran Thi Binh', born: 1950 })])
    const head = await signIn(site, 'leader', 5)
    await head.post('/staff/groups/5/done', { flow: 'vneid-level-1', one: 'r-7' })
    expect((await head.get('/staff/people/r-2')).text).toContain('Tran Thi Binh: gộp vào người này')
    const merged = await head.post('/staff/people/r-2/merge', { gone: 'r-7' })
    expect(merged.text).toContain('Đã gộp hai dòng thành một người')
    expect(merged.text).toContain('Đã xong (tổ trưởng hoặc phường ghi)')
    expect((await head.get('/staff/people/r-7')).status).toBe(404)
    const history = await historyOf(site.context.store.db, WARD, 'r-2')
    expect(history!.ids).toEqual(['r-2', 'r-7'])
    expect(history!.events.length).toBeGreaterThan(5)
  })

  test('offers a namesake of the same phone whatever the year, and says that the years differ', async () => {
    await enrol(site, [
      rosterPerson(7, { name: 'Phùng Quang Vĩnh', born: 1985, phone: '0912345602' }),
      rosterPerson(8, { name: 'Ông Phùng Quang Vĩnh', born: 1958, phone: '0912345602' }),
    ])
    const head = await signIn(site, 'leader', 5)
    const { text } = await head.get('/staff/people/r-7')
    expect(text).toContain('Ông Phùng Quang Vĩnh: gộp vào người này')
    expect(text).toContain('năm sinh khác nhau: 1985 / 1958')
  })

  test('merges with somebody whom no warning knows, looked for by name or number in one’s own groups', async () => {
    await enrol(site, [rosterPerson(7, { name: 'Bà Mẹ Già', born: null, phone: '0912345607' }), rosterPerson(8, { name: 'Bà Mẹ Già', group: 6 }), ...Array.from({ length: 40 }, (_, i) => rosterPerson(`g${i}`, { name: `Lê Giàng ${i % 2 ? 'An' : 'Mến'}` })), rosterPerson('hoa', { name: 'Lê Thị Gia' })]) // prettier-ignore
    const head = await signIn(site, 'leader', 5)
    expect((await head.get('/staff/people/r-2')).text).toContain('action="/staff/people/r-2/same"')
    for (const q of ['cụ Mẹ Già', 'me gia', '0912345607']) {
      const { text } = await head.post('/staff/people/r-2/same', { q })
      expect([q, text.includes('name="gone" value="r-7"'), text.includes('r-8')]).toEqual([q, true, false])
    }
    // The very word before forty who only begin with it.
    expect((await head.post('/staff/people/r-2/same', { q: 'gia' })).text).toContain('value="r-hoa"')
    // Not with oneself, and not by somebody who does not hold the group.
    expect((await head.post('/staff/people/r-2/same', { q: 'Trần Thị Bình' })).text).not.toContain('name="gone"')
    const other = await signIn(site, 'leader', 6)
    expect((await other.post('/staff/people/r-2/same', { q: 'Mẹ Già' })).status).toBe(404)
    const merged = await head.post('/staff/people/r-2/merge', { gone: 'r-7' })
    expect(merged.text).toContain('Đã gộp hai dòng thành một người')
    expect(merged.text).toContain('Tách lại')
    expect((await other.post('/staff/people/r-8/merge', { gone: 'r-2' })).status).toBe(404)
  })

  test('gives a slip whose code joins one contact, and is shown once', async () => {
    const head = await signIn(site, 'leader', 5)
    const slip = await head.post('/staff/people/r-2/slip')
    expect(slip.text).toContain('role="img"')
    const printed = /class="code">\s*([A-Z]{5}-[A-Z]{5})/.exec(slip.text)![1]!
    expect(site.bytes()).not.toContain(readCode(printed)!)
    expect(site.lines.join('\n')).not.toContain(readCode(printed)!)
    expect((await head.get('/staff/people/r-2')).text).not.toContain(printed)
    // The paper's code opens the chat, which asks whether it is the resident or somebody they act for.
    const visitor = await site.visitor()
    await visitor.post({ id: 'o', kind: 'start', payload: `ps_${readCode(printed)!}` })
    await site.context.requests.runOnce()
    const found = await sql<{ contact: string }>`select contact from address`.execute(site.context.store.db)
    const { contact } = found.rows[0]!
    const redeemed = await redeemSlip(site.context.store.db, site.context.seals, {
      code: readCode(printed)!,
      contact,
      now: site.now.at,
    })
    expect(redeemed).toEqual({ person: 'r-2' })
  })

  test('joins a contact that waits by the head’s word, with what they did so far', async () => {
    const visitor = await site.visitor()
    await atFirstStep(visitor)
    const head = await signIn(site, 'leader', 5)
    const { text } = await head.get('/staff/groups/5/contacts')
    const contact = /name="contact" value="([^"]+)"/.exec(text)![1]!
    expect((await (await signIn(site, 'leader', 6)).post('/staff/groups/6/contacts', { contact, person: 'r-2' })).text).toContain('Không tìm thấy') // prettier-ignore
    const joined = await head.post('/staff/groups/5/contacts', { contact, person: 'r-2' })
    expect(joined.text).toContain('Đã ghép')
    expect(joined.text).toContain('Không có ai đang chờ')
    expect((await head.get('/staff/people/r-2')).text).toContain('tự báo')
    // The resident is told, and goes on where they stood.
    expect((await visitor.newest()).text).toContain('Tổ trưởng tổ 5 vừa ghi bác là «Bình» trong sổ của tổ.')
    await visitor.choose('Đúng là tôi')
    await visitor.choose((await visitor.newest()).options[0]!.label)
    expect((await visitor.newest()).text).not.toContain('trục trặc')
  })

  test('joins nobody again who said that they are not that person: the page says why', async () => {
    const visitor = await site.visitor()
    await atFirstStep(visitor)
    const head = await signIn(site, 'leader', 5)
    const contact = /name="contact" value="([^"]+)"/.exec((await head.get('/staff/groups/5/contacts')).text)![1]!
    await head.post('/staff/groups/5/contacts', { contact, person: 'r-2' })
    await visitor.choose('Không phải tôi')
    for (let left = 1; left > 0;) left = await site.context.requests.runOnce()
    const again = await head.post('/staff/groups/5/contacts', { contact, person: 'r-2' })
    expect(again.text).toContain('đã báo họ không phải người ấy')
    expect(again.text).toContain(contact)
    expect((await head.post('/staff/groups/5/contacts', { contact, person: 'r-3' })).text).toContain('Đã ghép')
  })

  test('undoes a merge that was a mistake, the newest first, and a line in the log says who did', async () => {
    await enrol(site, [rosterPerson(7, { name: 'Tran Thi Binh', born: 1950 }), rosterPerson(8, { name: 'Trần Thị Bình', born: 1950 })]) // prettier-ignore
    const head = await signIn(site, 'leader', 5)
    await head.post('/staff/groups/5/done', { flow: 'vneid-level-1', one: 'r-7' })
    await head.post('/staff/people/r-2/merge', { gone: 'r-7' })
    site.now.at += 60_000
    await head.post('/staff/people/r-2/merge', { gone: 'r-8' })
    const { text } = await head.get('/staff/people/r-2')
    expect(text).toContain('Trần Thị Bình: tách lại thành người riêng')
    expect(text).not.toContain('Tran Thi Binh: tách lại thành người riêng')
    expect((await head.post('/staff/people/r-2/part', { gone: 'r-7' })).text).toContain('Tách lần ấy trước')
    const other = await signIn(site, 'leader', 6)
    expect((await other.post('/staff/people/r-2/part', { gone: 'r-8' })).status).toBe(404)
    expect((await head.post('/staff/people/r-2/part', { gone: 'r-8' })).text).toContain('Đã tách lại thành hai người')
    site.now.at += 60_000
    const parted = await (await signIn(site, 'staff')).post('/staff/people/r-2/part', { gone: 'r-7' })
    expect(parted.text).not.toContain('Đã xong (tổ trưởng')
    expect((await head.get('/staff/people/r-7')).text).toContain('Đã xong (tổ trưởng hoặc phường ghi)')
    expect((await head.post('/staff/people/r-2/part', { gone: 'r-7' })).status).toBe(404)
    expect((await log()).filter(({ deed }) => deed === 'parted')).toMatchObject([
      { role: 'staff', subject: 'r-2', group: 5, count: 2 },
      { role: 'leader', subject: 'r-2', group: 5, count: 2 },
    ])
  })

  test('lets a resident who was joined to the wrong person go on as themselves, from where they stood', async () => {
    const visitor = await site.visitor()
    await atFirstStep(visitor)
    const head = await signIn(site, 'leader', 5)
    // The person stands in the same guide: the resident's own passage stays behind meanwhile.
    await head.post('/staff/groups/5/done', { flow: 'vneid-level-1', ticked: '1', upto: 'step', person: 'r-2' })
    const { text } = await head.get('/staff/groups/5/contacts')
    const contact = /name="contact" value="([^"]+)"/.exec(text)![1]!
    await head.post('/staff/groups/5/contacts', { contact, person: 'r-2' })
    const gone = /name="gone" value="([^"]+)"/.exec((await head.get('/staff/people/r-2')).text.split('Đã gộp vào người này')[1]!)![1]! // prettier-ignore
    expect((await head.post('/staff/people/r-2/part', { gone })).text).toContain('Đã tách lại')
    expect((await head.get('/staff/groups/5/contacts')).text).toContain(contact)
    await visitor.write('tiếp tục')
    const { text: said, options } = await visitor.newest()
    expect(said).not.toContain('trục trặc')
    expect(options.length).toBeGreaterThan(0)
    await visitor.choose(options[0]!.label)
    const own = await sql<{ person: string; step: string }>`
      select r.person, r.step from run r join contact c on c.person = r.person where c.id = ${contact}`.execute(
      site.context.store.db,
    )
    expect(own.rows).toHaveLength(1)
    expect(own.rows[0]!.person).not.toBe('r-2')
  })

  test('shows who acts for the person and with whose help each step was done, and ends it at once', async () => {
    const head = await signIn(site, 'leader', 5)
    const slip = await head.post('/staff/people/r-2/slip')
    const code = readCode(/class="code">\s*([A-Z]{5}-[A-Z]{5})/.exec(slip.text)![1]!)!
    const visitor = await site.visitor()
    await atFirstStep(visitor)
    const work = () => site.context.requests.runOnce()
    await visitor.post({ id: 'slip', kind: 'start', payload: `ps_${code}` })
    await work()
    await visitor.choose('Tôi làm hộ người có phiếu')
    await work()
    await visitor.write('mẹ')
    await work()
    await visitor.post({ id: 'begin', kind: 'start', payload: 'vneid-level-1' })
    await visitor.choose('Bắt đầu từ bước 1')
    await visitor.choose((await visitor.newest()).options[0]!.label)
    const found = await sql<{ contact: string }>`select contact from helping`.execute(site.context.store.db)
    const { contact } = found.rows[0]!
    const shown = (await head.get('/staff/people/r-2')).text
    expect(shown).toContain('Ai làm hộ người này')
    expect(shown).toContain('dùng phiếu có mã')
    expect(shown).toContain(`người hỗ trợ báo: Người nhắn tin ${contact.slice(0, 6)}`)
    expect(shown).not.toContain('mẹ')
    const end = '/staff/people/r-2/helpers/end'
    expect((await (await signIn(site, 'leader', 6)).post(end, { contact })).status).toBe(404)
    expect((await head.post(end, { contact: 'somebody' })).status).toBe(404)
    const ended = (await head.post(end, { contact })).text
    expect(ended).toContain('Đã chấm dứt làm hộ')
    expect(ended).not.toContain('Ai làm hộ người này')
    // The steps keep whose help they were done with, and the helper is told and acts for themselves.
    expect(ended).toContain(`người hỗ trợ báo: Người nhắn tin ${contact.slice(0, 6)}`)
    expect((await visitor.newest()).text).toContain('không nhờ bác nữa')
    expect((await log()).filter(({ deed }) => deed === 'revoked')).toMatchObject([{ who: head.contact, role: 'leader', kind: 'helping', subject: 'r-2', group: 5, count: 1 }]) // prettier-ignore
  })

  test('names a helper who is on the viewer’s own list, and no other', async () => {
    const visitor = await site.visitor()
    await atFirstStep(visitor)
    const { db } = site.context.store
    await sql`update contact set person = 'r-1', grp = 5 where id in (select contact from address)`.execute(db)
    await sql`insert into helping (contact, person, label, how, since) select contact, 'r-2', 'mẹ', 'slip', ${site.now.at} from address`.execute(db) // prettier-ignore
    const head = await signIn(site, 'leader', 5)
    const section = async () => (await head.get('/staff/people/r-2')).text.split('Ai làm hộ người này')[1]!.split('</section>')[0]! // prettier-ignore
    expect(await section()).toContain('<a href="/staff/people/r-1">Nguyễn Văn An</a>')
    await sql`update person set grp = 6 where id = 'r-1'`.execute(db)
    expect(await section()).not.toContain('Nguyễn Văn An')
    expect(await section()).toContain('Người nhắn tin')
  })
})
