import { OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { loadByAddresses } from '../../src/store/contacts.js'
import { putHouseholds, putPeople } from '../../src/store/enrol.js'
import { createWeb } from '../../src/web/app.js'
import { household, rosterPerson } from '../store/roster-samples.js'
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
