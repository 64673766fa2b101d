import { sql } from 'kysely'
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
