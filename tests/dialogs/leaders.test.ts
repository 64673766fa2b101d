import { AUDIT_KINDS, kindKey } from '../../src/core/model/audit.js'
import { LOCALES } from '../../src/core/model/message.js'
import { loadWorld } from '../support/world.js'
import { sql } from 'kysely'
import { OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { putPeople } from '../../src/store/enrol.js'
import { recordDone } from '../../src/turns/record.js'
import { begin, finish, type Resident, type TestBot } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { onFreshBot } from '../support/forms.js'
import { rosterPerson } from '../store/roster-samples.js'

describeEngines('the chat of group heads and staff', await engines(), (engine) => {
  let database: TestDatabase
  let bot: TestBot
  const { work, says, taps, officer } = onFreshBot(engine, (made) => void ({ database, bot } = made))
  const inGroup = async (group: number, resident: Resident) =>
    sql`update person set grp = ${group} where id = ${(await resident.session()).person}`.execute(database.store.db)

  beforeEach(async () => {
    for (let i = 0; i < 6; i++) {
      const resident = bot.resident()
      await begin(resident)
      if (i === 0) await finish(resident)
    }
    const elsewhere = bot.resident()
    await begin(elsewhere)
    await inGroup(7, elsewhere)
  })

  test('/to gives a head the own group at a glance, and leads on to the page', async () => {
    const head = await officer('leader', 5)
    const seen = await says(head, 'tổ')
    expect(seen.text).toMatch(/^Tổ 5,[^]*1\/6 người xong[^]*5 người dừng ở/)
    expect(seen.options.map(({ label }) => label)).toEqual(['Nhắc người chưa xong (5)', 'Xem trang', 'Thôi'])
    const page = await taps(head, 'page')
    expect(page.text).toContain('/staff/enter?code=')
    const { path } = (await sql<{ path: string }>`select path from page_link`.execute(database.store.db)).rows[0]!
    expect(path).toBe('/staff/groups/5')
  })

  test('/to and /thongke say how many are so by the head’s word, of how many people, and whom no message reaches', async () => {
    const { store } = database
    const listed = Array.from({ length: 20 }, (_, i) => rosterPerson(i + 1))
    await putPeople(store.db, scopeOf(OPERATOR), bot.context.seals, listed, 1)
    const head = await officer('leader', 5)
    const scope = scopeOf({ id: 'head', role: 'leader', leads: [5] })
    const finished = { flow: 'vneid-level-1', persons: ['r-1', 'r-2'], upTo: 'end', now: 2 } as const
    await recordDone(bot.context, scope, finished)
    const { text } = await says(head, 'tổ')
    // Six chat and began, twenty are on the list and do not chat.
    expect(text).toContain('3/20 người xong (15 %, mục tiêu 60 %), 8 người đã bắt đầu')
    expect(text).toContain('trong số đã xong, 2 người do tổ trưởng hoặc phường ghi nhận')
    expect(text).toContain('Số còn lại do người dân tự báo')
    expect(text).toContain('20 người chưa xong, kể cả người chưa bắt đầu, không nhận được tin')
    await says(head, 'thôi')
    const counted = (await says(head, '/thongke')).text
    expect(counted).toContain('8 người bắt đầu, 3 người xong, trên 20 người dân (15 %, mục tiêu 60 %)')
    expect(counted).toContain('trong số đã xong, 2 người do tổ trưởng hoặc phường ghi nhận')
    expect(counted).not.toMatch(/^Số do người dân tự báo/m)
  })

  test('/to of somebody else’s group is refused, and staff are asked which', async () => {
    const head = await officer('leader', 5)
    expect((await says(head, '/to 7')).text).toContain('chỉ xem được số liệu của tổ 5')
    const staff = await officer('staff')
    expect((await says(staff, '/to')).text).toContain('Tổ nào')
    expect((await says(staff, 'tổ 5')).text).toContain('1/6 người xong')
  })

  test('/chuaxong counts by step in the own scope, and «chưa xong» at a step is still an answer', async () => {
    const head = await officer('leader', 5)
    expect((await says(head, 'chưa xong')).text).toMatch(/Tổ 5, chưa xong[^]*5 người chưa xong/)
    await says(head, 'thôi')
    await head.start('vneid-level-1')
    await head.tap('begin')
    expect((await says(head, 'chưa xong')).text).not.toContain('người chưa xong')
    expect((await head.ask()).kind).toBe('step')
    const staff = await officer('staff')
    expect((await says(staff, '/chuaxong vneid-level-1')).text).toContain('7 người chưa xong')
  })

  test('/thongke says this week against the last', async () => {
    const staff = await officer('staff')
    expect((await says(staff, '/thongke')).text).toContain(
      '7 ngày qua thêm 1 người xong, 0 đã xác nhận (7 ngày trước đó: 0, 0 đã xác nhận)',
    )
    bot.clock.pass(8 * 86_400_000)
    expect((await says(staff, '/thongke')).text).toContain(
      '7 ngày qua thêm 0 người xong, 0 đã xác nhận (7 ngày trước đó: 1, 0 đã xác nhận)',
    )
  })

  test('/moi: a head brings in helpers of the own group and nobody else; the code works once and is written down', async () => {
    const head = await officer('leader', 5)
    const asked = await says(head, '/moi')
    expect(asked.options.map(({ label }) => label)).toEqual(['người hỗ trợ', 'Thôi giữ vai trò của tôi', 'Thôi'])
    expect((await taps(head, 'helper')).text).toContain('Mời ai ạ')
    const made = await says(head, 'Cô Hạnh tổ 5')
    const payload = /start=(inv_\S+)/.exec(made.text)![1]!
    const helper = bot.resident()
    await helper.start(payload)
    await work()
    await taps(helper, 'accept')
    expect(await helper.contact()).toMatchObject({ role: 'helper' })
    const second = bot.resident()
    await second.start(payload)
    await work()
    expect(await second.contact()).toMatchObject({ role: 'resident' })
    expect((await says(head, '/nhatky')).text).toMatch(/\d\d:\d\d, [^:]+: tổ trưởng mời người hỗ trợ, tổ 5/)
    const staff = await officer('staff')
    expect((await says(staff, '/moi')).options.map(({ label }) => label)).toContain('tổ trưởng')
    await taps(staff, 'leader')
    expect((await says(staff, '999')).text).toContain('không có')
    await says(staff, '7')
    expect((await says(staff, 'Chú Ba')).text).toContain('Lời mời «Chú Ba» làm tổ trưởng tổ 7')
    // The ward reads who it was, by the name that the inviter gave them.
    expect((await says(staff, '/nhatky')).text).toMatch(/Cô Hạnh tổ 5 \(người hỗ trợ\) nhận vai trò người hỗ trợ, tổ 5/)
  })

  test('giving up a role shuts everything at once', async () => {
    const head = await officer('leader', 5)
    await says(head, '/trang')
    await says(head, '/moi')
    await taps(head, 'leave')
    expect((await taps(head, 'yes')).text).toContain('Đã ghi')
    expect(await head.contact()).toMatchObject({ role: 'resident' })
    expect((await says(head, '/to')).text).toContain('dành cho tổ trưởng')
    const links = await sql`select 1 from page_link`.execute(database.store.db)
    expect(links.rows).toEqual([])
  })

  test('/cauhoi is the ward’s, and a head is not told that it is for heads', async () => {
    const head = await officer('leader', 5)
    expect((await says(head, '/cauhoi')).text).toBe('Việc này dành cho cán bộ phường ạ.')
  })

  test('none of the leaders’ words does anything for a resident', async () => {
    const resident = bot.resident()
    await begin(resident)
    for (const command of [
      '/to',
      '/chuaxong',
      '/nhac',
      '/viec',
      '/xuat',
      '/hangcho',
      '/cauhoi',
      '/moi',
      '/nhatky',
      '/trang',
    ])
      expect((await says(resident, command)).text).toMatch(/dành cho (tổ trưởng|cán bộ)/)
  })
})

test.each(LOCALES)('every kind of thing in the log has words in %s', (locale) => {
  const { texts } = loadWorld()
  for (const kind of AUDIT_KINDS) expect(texts.render({ key: kindKey(kind)! }, { locale, form: 'bac', day: '2026-11-23' })).not.toBe('') // prettier-ignore
})
