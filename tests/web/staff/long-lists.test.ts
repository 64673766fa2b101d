import { sql } from 'kysely'
import { newSession } from '../../../src/core/turn.js'
import { createContacts } from '../../../src/store/contacts.js'
import { household, rosterPerson } from '../../store/roster-samples.js'
import { atFirstStep, openSite, type Site } from '../site.js'
import { enrol, signIn, type Staff } from './signed-in.js'

let site: Site
let head: Staff
beforeEach(async () => {
  site = await openSite()
  head = await signIn(site, 'leader', 5)
})
afterEach(() => site.close())

describe('the pages of a large group', () => {
  test('contacts share one list of names, and a whole name that one person has is enough', async () => {
    await enrol(site, [
      ...Array.from({ length: 300 }, (_, i) => rosterPerson(`n${i}`, { name: `Trần Văn ${String.fromCodePoint(65 + (i % 26))}${i}` })), // prettier-ignore
      ...['a', 'b'].map((id) => rosterPerson(id, { name: 'Lê Thị Hai' })),
    ])
    for (let i = 0; i < 3; i++) await atFirstStep(await site.visitor())
    const { text } = await head.get('/staff/groups/5/contacts')
    expect(text.match(/list="known"/g)).toHaveLength(3)
    expect(text.match(/Trần Văn A0, 1950/g)).toHaveLength(1)
    expect(text).toContain('value="Lê Thị Hai, 1950 (2)"')
    const contacts = [...text.matchAll(/name="contact" value="([^"]+)"/g)].map(([, id]) => id!)
    const join = async (contact: string, person: string) => (await head.post('/staff/groups/5/contacts', { contact, person })).text // prettier-ignore
    expect(await join(contacts[0]!, 'Trần Văn')).toContain('Không tìm thấy ai đúng tên này')
    expect(await join(contacts[0]!, 'Lê Thị Hai')).toContain('nhiều người trùng tên')
    expect(await join(contacts[0]!, 'Lê Thị Hai, 1950 (2)')).toContain('Đã ghép')
    expect(await join(contacts[1]!, 'trần văn b1')).toContain('Đã ghép')
    const { rows } = await sql<{ person: string }>`
      select person from contact where id in (${sql.join(contacts)}) and person like 'r-%' order by person`.execute(site.context.store.db) // prettier-ignore
    expect(rows.map(({ person }) => person)).toEqual(['r-b', 'r-n1'])
  })

  test('contacts have a code that the resident reads out too, come fifty at a time, and are found by it among all', async () => {
    const visitor = await site.visitor()
    await atFirstStep(visitor)
    const told = async () => {
      await visitor.write('dữ liệu của tôi')
      for (let left = 1; left > 0;) left = await site.context.requests.runOnce()
      return (await visitor.read()).messages.slice(-4).map(({ text }) => text).join('\n') // prettier-ignore
    }
    const code = /Mã của bác: ([A-Z]{5})\./.exec(await told())![1]!
    const { store, newId } = site.context
    await store.transaction((tx) =>
      createContacts(
        tx,
        Array.from({ length: 120 }, (_, i) => ({
          address: { channel: 'telegram' as const, address: `${i}` },
          contact: { id: newId(), role: 'resident' as const, group: 5 },
          session: { ...newSession(newId(), 'vi'), consent: { version: '1', at: site.now.at } },
          at: site.now.at + i,
        })),
      ),
    )
    await sql`update session set last_at = ${site.now.at + 9_000_000} where contact in (select contact from address where channel = 'telegram')`.execute(store.db) // prettier-ignore
    const first = (await head.get('/staff/groups/5/contacts')).text
    expect(first).toContain('121 người đang chờ')
    expect(first.match(/name="contact"/g)).toHaveLength(50)
    expect(first).not.toContain(code)
    const third = (await head.get('/staff/groups/5/contacts?page=3')).text
    expect(third.match(/name="contact"/g)).toHaveLength(21)
    // Where they stand is a second thing to compare.
    expect(third).toContain('VNeID mức 1: Tải ứng dụng VNeID, từ ')
    const found = (await head.get(`/staff/groups/5/contacts?code=${code.toLowerCase()}`)).text
    expect(found.match(/name="contact"/g)).toHaveLength(1)
    expect(found).toContain(`Mã «${code}»: 1 người`)
    expect((await head.get('/staff/groups/5/contacts?code=AAAAA')).text).toContain(
      'Không có ai đang chờ ở tổ này có mã «AAAAA»',
    )
    // Another group's head finds nobody by it, and whoever is joined needs it no more.
    const other = await signIn(site, 'leader', 6)
    expect((await other.get(`/staff/groups/6/contacts?code=${code}`)).text).toContain('Không có ai đang chờ')
    await enrol(site, [rosterPerson(1)])
    const contact = /name="contact" value="([^"]+)"/.exec(found)![1]!
    await head.post('/staff/groups/5/contacts', { contact, person: 'r-1' })
    const newest = (await visitor.newest()).n
    await told()
    expect((await visitor.read(newest)).messages.map(({ text }) => text).join('\n')).toMatch(
      /^(?![^]*Mã của bác)[^]*Có tên trong sổ/,
    )
    expect((await head.get(`/staff/groups/5/contacts?code=${code}`)).text).not.toContain('name="contact"')
  })

  test('households come a hundred at a time, those not reviewed first', async () => {
    await enrol(site, [], Array.from({ length: 130 }, (_, i) => household(i, { reviewedOn: i < 20 ? '2026-11-01' : null }))) // prettier-ignore
    const first = (await head.get('/staff/groups/5/households')).text
    expect(first).toContain('20/130 hộ đã rà soát')
    expect(first.match(/name="household"/g)).toHaveLength(100)
    expect(first.match(/Chưa rà soát/g)).toHaveLength(100)
    const second = (await head.get('/staff/groups/5/households?page=2')).text
    expect(second.match(/name="household"/g)).toHaveLength(30)
    expect(second).toContain('Trang 2 trên 2')
  })
})
