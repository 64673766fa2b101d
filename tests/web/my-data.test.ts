import { sql } from 'kysely'
import { MACHINE, OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { audit } from '../../src/store/audit.js'
import { loadByAddresses } from '../../src/store/contacts.js'
import { putHouseholds, putPeople } from '../../src/store/enrol.js'
import { joinContact } from '../../src/store/slips.js'
import { createWeb } from '../../src/web/app.js'
import { enrol, household, rosterPerson } from '../store/roster-samples.js'
import { begin, type Resident, type TestBot } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { onFreshBot } from '../support/forms.js'

describeEngines('the page of one’s own data', await engines(), (engine) => {
  let database: TestDatabase
  let bot: TestBot
  let resident: Resident
  const { says, taps, officer } = onFreshBot(engine, async (made) => {
    ;({ database, bot } = made)
    resident = bot.resident()
    await begin(resident)
  })
  const link = async (who = resident) =>
    new URL(/http\S+\/my-data\?code=\S+/.exec((await says(who, '/dulieu')).text)![0])
  const app = () => createWeb(bot.context)
  const look = async (url: URL) => app().request(url.pathname + url.search)
  const open = async (url: URL, path = '/my-data', headers: Record<string, string> = {}) =>
    app().request(path, { method: 'POST', body: new URLSearchParams({ code: url.searchParams.get('code')! }), headers })

  test('shows every row: the list’s, the guides, each record, whom they help and who helps them', async () => {
    const [row] = await loadByAddresses(database.store.db, [{ channel: 'web', address: resident.address }])
    const ward = scopeOf(OPERATOR)
    const { seals } = bot.context
    await putHouseholds(database.store.db, ward, [household(1, { house: 'số 9' })], bot.clock())
    const phone = '0912345678'
    await putPeople(database.store.db, ward, seals, [rosterPerson(1, { id: row!.self, household: 'h-1', name: 'Trần Thị <b>Tư</b>', phone, note: 'đi lại khó', visit: true }), rosterPerson(2, { name: 'Người Khác' })], bot.clock()) // prettier-ignore
    await says(resident, '/giup')
    await says(resident, '/nguoithan')
    await taps(resident, 'new')
    await says(resident, 'mẹ Hồng')
    await taps(resident, 'agreed')
    const page = await (await open(await link())).text()
    for (const part of [
      'Trần Thị &lt;b&gt;Tư&lt;/b&gt;',
      '1950',
      'số 9 Đường Hoa Sen',
      phone,
      'đi lại khó',
      'mẹ Hồng',
      'Phiếu 1',
      'bắt đầu',
    ])
      // prettier-ignore
      expect(page).toContain(part)
    expect(page).not.toContain('Người Khác')
    expect(page).not.toContain('<b>Tư')
  })

  test('shows the household’s number and review, what was done by a row that is one with theirs now, and by which role their data were touched', async () => {
    const { db } = database.store
    const { id: contact } = await resident.contact()
    const head = await officer('leader', 5)
    const { id: who } = await head.contact()
    await sql`update contact set label = 'Cô Hạnh tổ 5' where id = ${who}`.execute(db)
    const houses = [household(1, { code: 'H-907', reviewedOn: '2026-11-20' })]
    await enrol(db, [rosterPerson(1, { household: 'h-1', visit: true }), rosterPerson(2)], houses)
    const leader = scopeOf({ id: who, role: 'leader', leads: [5] })
    const at = Date.parse('2026-11-21T09:05:00+07:00')
    const line = { at, deed: 'saw', kind: 'person', group: 5, count: 1 } as const
    const own = scopeOf({ id: contact, role: 'resident', leads: [] })
    await audit(db, leader, [{ ...line, id: 'l-1', subject: 'r-1' }, { ...line, id: 'l-2', subject: 'r-2', deed: 'changed' }]) // prettier-ignore
    await audit(db, scopeOf(MACHINE), [{ ...line, id: 'l-3', subject: contact, deed: 'recorded', kind: 'id-card' }])
    await audit(db, own, [{ ...line, id: 'l-4', subject: 'r-1', deed: 'joined', kind: 'slip' }])
    const before = (await resident.ledger()).length
    expect(before).toBeGreaterThan(0)
    const joined = { contact, person: 'r-1', now: bot.clock(), who: contact, how: 'slip' } as const
    await database.store.transaction((tx) => joinContact(tx, joined))
    const page = (await (await open(await link())).text()).replace(/\s+/g, ' ')
    for (const part of [
      'H-907',
      'thứ Sáu 20/11',
      '21/11 09:05 · Tổ trưởng: xem một người',
      '21/11 09:05 · tổng đài tự làm: ghi xong Làm thẻ căn cước',
      '21/11 09:05 · bác: ghép phiếu có mã',
    ])
      expect(page).toContain(part)
    expect(page).not.toMatch(/Hạnh|: sửa/)
    // What they did before they were joined to the list is theirs.
    const records = /<h2>Từng lần ghi<\/h2>(.*)/.exec(page)![1]!
    expect(records.match(/<li>/g)).toHaveLength(before)
  })

  test('opens once, by its button alone, within ten minutes, and says what to do after', async () => {
    const url = await link()
    expect([(await look(url)).status, (await look(url)).status]).toEqual([200, 200])
    expect((await open(url)).status).toBe(200)
    const again = await open(url)
    expect([again.status, await again.text()]).toEqual([403, expect.stringContaining('đã mở rồi')])
    const late = await link()
    bot.clock.pass(10 * 60_000)
    const answer = await open(late)
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('quá 10 phút')])
    expect((await look(new URL('http://ward/my-data?code=guessed'))).status).toBe(403)
  })

  test('takes no form of another site, keeps nothing in the browser, and lets nobody into the staff pages', async () => {
    const url = await link()
    expect((await open(url, '/my-data', { origin: 'http://evil.example' })).status).toBe(403)
    const head = await officer('leader', 5)
    const own = await link(head)
    const entered = await open(own, '/staff/enter')
    expect([entered.status, entered.headers.getSetCookie().filter((one) => one.startsWith('ward_staff='))]).toEqual([303, []]) // prettier-ignore
    const page = await open(url)
    expect([page.status, page.headers.get('cache-control'), page.headers.getSetCookie()]).toEqual([200, 'no-store', []])
  })
})
