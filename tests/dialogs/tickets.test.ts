import { sql } from 'kysely'
import { OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import type { RosterPerson } from '../../src/core/model/roster.js'
import { putPeople } from '../../src/store/enrol.js'
import { visitsTo } from '../../src/store/visits.js'
import { rosterPerson } from '../store/roster-samples.js'
import { begin, type Resident, type TestBot } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { onFreshBot } from '../support/forms.js'

describeEngines('a person who takes over', await engines(), (engine) => {
  let database: TestDatabase
  let bot: TestBot
  let resident: Resident
  const { work, says, taps, officer } = onFreshBot(engine, async (made) => {
    ;({ database, bot } = made)
    resident = bot.resident()
    await begin(resident)
  })
  const tickets = async () =>
    (
      await sql<{ reason: string; step: string; tries: number; grp: number; state: string; suits: string | null }>`
        select reason, step, tries, grp, state, suits from ticket order by number`.execute(database.store.db)
    ).rows

  test('«gặp người» opens one ticket with the step, tells the head of the group, and asks when it suits', async () => {
    const head = await officer('leader', 5)
    const other = await officer('leader', 7)
    const quiet = (await other.heard()).length
    const asked = await says(resident, 'cho tôi gặp người')
    expect(asked.text).toMatch(/phiếu số 1/)
    // The choices of the turn stay in front.
    expect((await resident.ask()).kind).toBe('stuck')
    expect((await head.last()).text).toMatch(/Phiếu 1 \(muốn gặp người\), Tổ 5[^]*hàng chờ/)
    expect((await other.heard()).length).toBe(quiet)
    expect((await says(resident, 'xin đến nhà')).text).toMatch(/đã có phiếu số 1[^]*Lúc nào tiện/)
    expect((await taps(resident, 'morning')).text).toMatch(/đã ghi[^]*Mình làm tiếp nhé/)
    expect(await says(resident, '/giup')).toMatchObject({ text: expect.stringContaining('đã có phiếu số 1') as string })
    expect(await tickets()).toEqual([
      {
        reason: 'visit',
        step: (await resident.run())!.step,
        tries: expect.any(Number) as number,
        grp: 5,
        state: 'open',
        suits: 'morning',
      },
    ])
  })

  test('a call back on the page: nothing is asked for, what is typed is masked, and there are numbers to call', async () => {
    expect((await says(resident, '/giup')).text).not.toContain('gọi lại cho tôi')
    const told = await says(resident, 'gọi lại cho tôi')
    expect(told.text).toMatch(/số gõ vào thì cháu che đi[^]*18001096/)
    expect(await tickets()).toEqual([expect.objectContaining({ reason: 'asked', state: 'open' })])
  })

  test('the third remedy that failed opens one by itself', async () => {
    await resident.tap('trouble')
    await resident.say('1')
    for (let miss = 0; miss < 4 && (await resident.ask()).kind === 'remedy'; miss++) await resident.tap('still')
    await work()
    expect(await tickets()).toEqual([expect.objectContaining({ reason: 'third-miss', state: 'open' })])
  })

  test('a group without a head is the staff’s; hours are said as they are, and that nobody is there yet', async () => {
    bot.clock.pass(Date.parse('2026-11-21T20:00:00+07:00') - bot.clock())
    expect((await says(resident, '/giup')).text).toContain('chưa có ai trực')
    const staff = await officer('staff')
    const second = bot.resident()
    await begin(second)
    // A Saturday evening: the office opens on Monday.
    expect((await says(second, '/giup')).text).toMatch(/ngoài giờ làm việc[^]*07:30, thứ Hai 23\/11/)
    expect((await staff.last()).text).toContain('Phiếu 2')
  })

  test('whoever takes it talks through the bot, which is silent meanwhile and comes back with a recap', async () => {
    const head = await officer('leader', 5)
    await says(resident, '/giup')
    const before = (await resident.run())!
    const queue = await says(head, 'hàng chờ')
    expect(queue.text).toContain('Phiếu 1')
    await taps(head, 't1')
    expect((await resident.last()).text).toContain('Tổ trưởng tổ 5 đang trả lời')
    const count = (await resident.heard()).length
    await says(resident, 'bác quét mãi không được cháu ơi')
    await says(resident, '1')
    expect((await resident.heard()).length).toBe(count)
    const heard = (await head.heard()).map(({ text }) => text)
    expect(heard.at(-2)).toBe('Phiếu 1: bác quét mãi không được cháu ơi')
    expect(heard.at(-1)).toBe('Phiếu 1: 1')
    await says(head, 'Chiều nay cháu qua nhà bác nhé')
    expect((await resident.last()).text).toBe('Tổ trưởng tổ 5: Chiều nay cháu qua nhà bác nhé')
    await says(head, 'Bác ở nhà nhé')
    expect((await resident.last()).text).toContain('Bác ở nhà nhé')
    expect((await taps(head, 'close')).text).toContain('Đã đóng phiếu 1')
    expect((await resident.last()).text).toMatch(/đã xong[^]*Mình làm tiếp nhé/)
    expect((await resident.run())!.step).toBe(before.step)
    await says(resident, '1')
    await resident.tap('done')
    expect((await resident.run())!.step).not.toBe(before.step)
    expect((await tickets())[0]!.state).toBe('closed')
  })

  test('/viec lists who asked and wishes for a visit together, the oldest first, by number and never by name', async () => {
    const head = await officer('leader', 5)
    // Nothing of the list waits: the queue itself answers.
    expect((await says(head, '/viec')).text).toContain('Không có ai đang chờ')
    const { seals, store } = bot.context
    const put = (people: readonly RosterPerson[]) => putPeople(store.db, scopeOf(OPERATOR), seals, people, bot.clock())
    await put([rosterPerson(1, { visit: true, name: 'Phạm Thị Dung' }), rosterPerson(2), rosterPerson(3, { visit: true, group: 7 })]) // prettier-ignore
    bot.clock.pass(2 * 86_400_000)
    await says(resident, '/giup')
    bot.clock.pass(4 * 86_400_000)
    await put([rosterPerson(2, { visit: true })])
    const first = await says(head, 'việc')
    expect(first.text).toMatch(
      /1 người xin gặp[^]*2 người trong sổ muốn được đến nhà[^]*Việc 1\/3[^]*Chuyến thăm · tổ 5 · chờ 6 ngày/,
    )
    expect(first.text).not.toMatch(/Dung|câu hỏi/)
    expect((await taps(head, 'next')).text).toMatch(/Việc 2\/3[^]*Phiếu 1/)
    expect((await taps(head, 'next')).text).toMatch(/Việc 3\/3[^]*tổ 5 · mới xin hôm nay/)
    expect((await taps(head, 'next')).text).toContain('những việc bác để lại vẫn còn đó')
    expect((await says(head, '/viec 1')).text).toContain('đã nhận phiếu 1')
    const clerk = await officer('staff')
    await says(resident, 'chụp ảnh cưới ở đâu đẹp mà rẻ nhất phường mình')
    expect((await says(clerk, '/viec')).text).toMatch(/3 người trong sổ muốn được đến nhà/)
  })

  test('/viec takes a visit, leads to the name by a one-time link, and writes down that it was made', async () => {
    const head = await officer('leader', 5)
    const other = await officer('leader', 5)
    const { seals, store } = bot.context
    await putPeople(store.db, scopeOf(OPERATOR), seals, [rosterPerson(1, { visit: true })], bot.clock())
    const state = async () => (await sql`select visit, visit_by is null as free from roster where person = 'r-1'`.execute(store.db)).rows[0] // prettier-ignore
    await says(head, '/viec')
    await says(other, '/viec')
    expect((await taps(head, 'take')).text).toMatch(/đã nhận chuyến thăm[^]*Chuyến thăm bác đã nhận · tổ 5/)
    // Of two who take it, one has it; the other is told so.
    expect((await taps(other, 'take')).text).toMatch(/đã có người khác nhận[^]*không còn việc nào/)
    expect((await taps(head, 'name')).text).toMatch(/\/staff\/enter\?code=/)
    const paths = await sql<{ path: string }>`select path from page_link`.execute(store.db)
    expect(paths.rows).toEqual([{ path: '/staff/people/r-1' }])
    await says(head, '/viec')
    expect((await taps(head, 'leave')).text).toMatch(/Đã trả chuyến thăm[^]*Chuyến thăm · tổ 5/)
    expect((await taps(head, 'done')).text).toMatch(/Đã ghi hôm nay đã đến nhà[^]*không còn việc nào/)
    expect(await state()).toMatchObject({ visit: 0 })
    const made = await visitsTo(store.db, scopeOf(OPERATOR), ['r-1'])
    expect(made).toMatchObject([{ day: '2026-11-23', who: (await head.contact()).id }])
    expect((await says(head, '/viec')).text).toContain('Không có ai đang chờ')
  })

  test('/viec closes a talk that is done, and gives visits back when the role goes', async () => {
    const head = await officer('leader', 5)
    await says(resident, '/giup')
    await says(head, '/viec')
    expect((await taps(head, 'close')).text).toMatch(/Đã đóng phiếu 1[^]*không còn việc nào/)
    expect((await tickets())[0]!.state).toBe('closed')
    const { seals, store } = bot.context
    await putPeople(store.db, scopeOf(OPERATOR), seals, [rosterPerson(1, { visit: true })], bot.clock())
    await says(head, '/viec')
    await taps(head, 'take')
    await says(head, '/moi')
    await taps(head, 'leave')
    await taps(head, 'yes')
    const held = await sql`select 1 from roster where visit_by is not null`.execute(store.db)
    expect(held.rows).toEqual([])
  })

  test('a secret sent to a person is masked and warned about, and does not reach them', async () => {
    const head = await officer('leader', 5)
    await says(resident, '/giup')
    await says(head, '/hangcho')
    await taps(head, 't1')
    const count = (await head.heard()).length
    expect((await says(resident, 'mã otp 482913')).text).toContain('đã che')
    expect((await head.heard()).length).toBe(count)
  })

  test('of two who take it at once one gets it, and nobody takes one of another group', async () => {
    const heads = [await officer('leader', 5), await officer('staff')]
    const stranger = await officer('leader', 7)
    await says(resident, '/giup')
    expect((await says(stranger, '/hangcho')).text).toContain('Không có ai')
    for (const who of heads) await says(who, '/hangcho')
    for (const who of heads) await who.tap('t1')
    await work()
    const answers = await Promise.all(heads.map(async (who) => (await who.last()).text))
    expect(answers.filter((text) => text.includes('đã nhận phiếu'))).toHaveLength(1)
    expect(answers.filter((text) => text.includes('người khác nhận'))).toHaveLength(1)
  })

  test('given back, it waits again and the bot answers; a role that is gone lets go of the talk', async () => {
    const head = await officer('leader', 5)
    await says(resident, '/giup')
    await says(head, '/hangcho')
    await taps(head, 't1')
    await taps(head, 'give-back')
    expect((await resident.last()).text).toContain('vừa bận')
    expect((await tickets())[0]!.state).toBe('open')
    await says(head, '/hangcho')
    await taps(head, 't1')
    await sql`update address set state = 'blocked' where contact = ${(await head.contact()).id}`.execute(
      database.store.db,
    )
    expect((await says(resident, 'alo')).text).toContain('không còn ở đây')
  })

  test('what nobody takes for four hours is brought before staff once, in office hours', async () => {
    await officer('leader', 5)
    const staff = await officer('staff')
    bot.clock.pass(Date.parse('2026-11-23T16:00:00+07:00') - bot.clock())
    await says(resident, '/giup')
    bot.clock.pass(4 * 3_600_000 + 1)
    expect(await bot.context.escalation.runOnce()).toBe(0)
    bot.clock.pass(Date.parse('2026-11-24T07:31:00+07:00') - bot.clock())
    expect(await bot.context.escalation.runOnce()).toBe(1)
    expect((await staff.last()).text).toMatch(/chưa có ai nhận[^]*Phiếu 1/)
    expect(await bot.context.escalation.runOnce()).toBe(0)
  })
})
