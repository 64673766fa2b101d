import { sql } from 'kysely'
import { auditLog } from '../../../src/store/audit.js'
import { OPERATOR, scopeOf } from '../../../src/core/policy/roles.js'
import { rosterPerson } from '../../store/roster-samples.js'
import { openSite, type Site } from '../site.js'
import { enrol, enrolSix, signIn, type Staff } from './signed-in.js'

let site: Site
let head: Staff
beforeEach(async () => {
  site = await openSite()
  await enrolSix(site)
  // Trần Thị Bình has waited for three days.
  site.now.at += 3 * 86_400_000
  head = await signIn(site, 'leader', 5)
})
afterEach(() => site.close())

const row = async () => (await sql<{ visit: number; visit_by: string | null }>`select visit, visit_by from roster where person = 'r-2'`.execute(site.context.store.db)).rows[0]! // prettier-ignore
const deed = (who: Staff, what: string, fields: Readonly<Record<string, string | string[]>>, group = 5) =>
  who.post(`/staff/groups/${group}/visits/${what}`, { person: 'r-2', ...fields })

describe('a visit on the pages', () => {
  test('says since when it is wished for, and offers to go there, on the list, the group’s and the person’s page', async () => {
    for (const path of ['/staff/groups/5/visits', '/staff/groups/5', '/staff/people/r-2']) {
      const { text } = await head.get(path)
      expect([path, /chờ từ [^<,]*, 3 ngày/.test(text)]).toEqual([path, true])
      expect(text).toMatch(/formaction="\/staff\/groups\/5\/visits\/take"\s+name="person"\s+value="r-2"/)
      expect(text).toMatch(/formaction="\/staff\/groups\/5\/visits\/made"/)
      expect(text).toContain('id="one-wish"')
    }
  })

  test('is taken from each of them and gone back to it; whoever is going is named, and the ward goes instead', async () => {
    for (const [back, home] of [['list', '/staff/groups/5/visits'], ['group', '/staff/groups/5'], ['person', '/staff/people/r-2']] as const) {
      const { location, text } = await deed(head, 'take', { back })
      expect(location).toMatch(new RegExp(`^${home}\\?.*done=visit-taken`))
      expect(text).toMatch(/anh chị đã nhận/)
      expect((await deed(head, 'leave', { back })).location).toContain('done=visit-left')
    } // prettier-ignore
    await deed(head, 'take', {})
    await sql`update contact set label = 'Cô Hạnh tổ 5' where id = ${head.contact}`.execute(site.context.store.db)
    const other = await signIn(site, 'leader', 5)
    const seen = (await other.get('/staff/groups/5/visits')).text
    expect(seen).toContain('Cô Hạnh tổ 5 đã nhận')
    expect(seen).not.toMatch(/formaction="[^"]*\/take"/)
    expect((await deed(other, 'take', { person: `r-2 ${head.contact}` })).location).toContain('done=visit-gone')
    const staff = await signIn(site, 'staff')
    const over = /name="person"\s+value="(r-2 [^"]+)"/.exec((await staff.get('/staff/groups/5/visits')).text)![1]!
    await deed(staff, 'take', { person: over })
    expect((await row()).visit_by).toBe(staff.contact)
  })

  test('is written down for several at once from the list that was printed, on the day on which it was', async () => {
    const { text } = await head.get('/staff/groups/5/visits')
    expect(text).toMatch(/<input\s+type="checkbox"\s+form="visits-made"\s+name="person"\s+value="r-1"/)
    const { location } = await deed(head, 'made', { person: ['r-1', 'r-2'], day: '2026-11-24', back: 'list', flow: 'id-card' }) // prettier-ignore
    expect(location).toBe('/staff/groups/5/visits?flow=id-card&done=visited&count=2')
    expect(await row()).toEqual({ visit: 0, visit_by: null })
    const list = (await head.get('/staff/groups/5/visits')).text
    // Who has no card stays on the list, with the visit; who only wished to be visited is off it.
    expect(list).toMatch(/Nguyễn Văn An[^]*đã đến nhà/)
    expect(list).not.toContain('Trần Thị Bình')
    expect((await deed(head, 'made', { day: '2026-11-24' })).location).toContain('done=visit-already')
    const person = (await head.get('/staff/people/r-2')).text
    expect(person).toMatch(/đã đến nhà [^<]*24\/11/)
    const log = await auditLog(site.context.store.db, scopeOf(OPERATOR), { limit: 50 })
    expect(log.filter(({ kind, deed }) => kind === 'visit' && deed === 'recorded').map(({ subject }) => subject).sort()).toEqual(['r-1', 'r-2']) // prettier-ignore
  })

  test('is not written down for a day to come or that is none, for nobody, or in another group', async () => {
    for (const day of ['2027-01-01', '2026-02-30', 'heute'])
      expect((await deed(head, 'made', { day })).location).toContain('done=visit-day')
    expect((await deed(head, 'made', { person: [] })).location).toContain('done=nobody-ticked')
    await enrol(site, [rosterPerson(7, { group: 6, visit: true })])
    expect((await deed(head, 'made', { person: ['r-2', 'r-7'] })).status).toBe(403)
    expect((await deed(head, 'made', { person: 'r-7' }, 6)).status).toBe(403)
    const staff = await signIn(site, 'staff')
    expect((await deed(staff, 'made', { person: 'r-7' })).status).toBe(403)
    expect((await deed(staff, 'take', { person: 'r-7' })).location).toContain('done=visit-gone')
    expect(await row()).toMatchObject({ visit: 1 })
  })

  test('that was written down by mistake is taken back on the person’s page, and waits since when it did', async () => {
    await deed(head, 'take', {})
    const { text } = await deed(head, 'made', { back: 'person' })
    const visit = /name="visit" value="([^"]{2,})"/.exec(text)![1]!
    const other = await signIn(site, 'leader', 6)
    expect((await deed(other, 'undo', { visit, back: 'person' })).status).toBe(403)
    expect((await deed(other, 'undo', { visit }, 6)).location).toContain('done=visit-gone')
    const back = await deed(head, 'undo', { visit, back: 'person' })
    expect(back.text).toMatch(/chờ từ [^<,]*, 3 ngày · anh chị đã nhận/)
    expect(back.text).not.toContain('visits/undo')
  })
})
