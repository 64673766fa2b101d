import { sql } from 'kysely'
import { invitationPayload, invite } from '../../src/access/invite.js'
import { decodeTap } from '../../src/core/talk/tap.js'
import type { Role } from '../../src/core/model/contact.js'
import { addResidents } from '../reminders/stage.js'
import { enrol, rosterPerson } from '../store/roster-samples.js'
import { optOut } from '../../src/store/opt-outs.js'
import { begin, createBot, finish, holdRequests, type Resident, type TestBot } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'

describeEngines('reminders from the chat', await engines(), (engine) => {
  let database: TestDatabase
  let bot: TestBot
  let residents: Resident[]
  const open = (approvalAbove?: number) => {
    bot = createBot(database.store)
    holdRequests(bot)
    const { reminders } = bot.context.ward
    if (approvalAbove !== undefined) reminders['approval-above'] = approvalAbove
  }
  beforeEach(async () => {
    database = await engine.fresh()
    open()
    residents = []
    for (let i = 0; i < 3; i++) {
      const resident = bot.resident()
      await begin(resident)
      residents.push(resident)
    }
    const elsewhere = bot.resident()
    await begin(elsewhere)
    await sql`update person set grp = 7 where id = ${(await elsewhere.session()).person}`.execute(database.store.db)
    bot.clock.pass(86_400_000)
  })
  afterEach(async () => {
    bot.context.ward.reminders['approval-above'] = 500
    await bot.context.close()
    await database.drop()
  })
  const work = async () => {
    for (let [done, rounds] = [-1, 0]; done !== 0 && rounds < 20; rounds++) done = await bot.context.requests.runOnce()
  }
  const says = async (resident: Resident, text: string) => {
    await resident.say(text)
    await work()
    return resident.last()
  }
  const taps = async (resident: Resident, option: string) => {
    await resident.tap(option)
    await work()
    return resident.last()
  }
  const officer = async (role: Exclude<Role, 'resident'>, group: number | null = null) => {
    const resident = bot.resident()
    await resident.start()
    await resident.tap('agree')
    await resident.tap('bac')
    await resident.start(invitationPayload(await invite(database.store.db, role, group, bot.clock())))
    await work()
    await resident.tap('accept')
    await work()
    return resident
  }
  /** Up to the preview of those who stand at the first step of level 1. */
  const previewed = async (head: Resident) => {
    const asked = await says(head, '/nhac')
    // One that runs still is offered first.
    if (asked.options[0]!.data.includes(':b0:')) await taps(head, 'new')
    const { options } = await taps(head, 'vneid-level-1')
    return taps(head, decodeTap(options[0]!.data)!.option)
  }
  const deliver = async () => {
    for (let [moved, rounds] = [1, 0]; moved > 0 && rounds < 20; rounds++) moved = await bot.context.reminders.runOnce()
  }
  /** The message that follows the broadcast, as it stands now. */
  const followed = async (head: Resident) => {
    bot.clock.pass(4_000)
    await bot.context.live.runOnce()
    return head.last()
  }
  const reminded = async (resident: Resident) =>
    (await resident.heard()).filter(({ text }) => text.includes('Không muốn nhận tin nhắc nữa')).length
  const broadcasts = async () =>
    (await sql<{ state: string }>`select state from broadcast order by created_at`.execute(database.store.db)).rows.map(
      ({ state }) => state,
    )

  test('a head sees who, how many and one message, types the count, and exactly those of the own group get one', async () => {
    const head = await officer('leader', 5)
    const asked = await says(head, '/nhac')
    expect(asked.text).toContain('hướng dẫn nào')
    const whom = await taps(head, 'vneid-level-1')
    expect(whom.options.some(({ label }) => /đang dừng ở .* \(3\)/.test(label))).toBe(true)
    const shown = await taps(head, decodeTap(whom.options[0]!.data)!.option)
    expect(shown.text).toMatch(/: 3 người đang dừng ở .*, 0 người không nhận được tin/)
    expect(shown.text).toContain('3 tin sẽ gửi')
    expect(shown.text).toContain('Chi phí: 0 đồng')
    expect(shown.text).toContain('Mình làm tiếp nhé?')
    expect(shown.options[0]!.label).toBe('Gửi 3 tin')
    expect((await taps(head, 'send')).text).toContain('gõ số tin sẽ gửi (3)')
    expect((await says(head, '4')).text).toContain('chưa đúng')
    expect(await broadcasts()).toEqual(['preview'])
    expect((await says(head, '3')).text).toMatch(/Đã bắt đầu gửi[^]*còn chờ: 3/)
    await deliver()
    expect(await Promise.all(residents.map(reminded))).toEqual([1, 1, 1])
    expect((await followed(head)).text).toMatch(/đã gửi: 3/)
    const { rows } = await sql<{ n: number }>`
      select count(*) as n from audit where deed = 'sent' and kind = 'broadcast' and grp = 5`.execute(database.store.db)
    expect(Number(rows[0]!.n)).toBe(1)
  })

  test('the likeliest people come first; behind «lọc thêm» are days as typed, residence and every step', async () => {
    const head = await officer('leader', 5)
    await says(head, '/nhac')
    const first = await taps(head, 'vneid-level-1')
    expect(first.options.length).toBeLessThanOrEqual(5)
    expect(first.options.map(({ data }) => decodeTap(data)!.option).slice(-2)).toEqual(['more', 'cancel'])
    expect(first.options.some(({ label }) => /chưa xong \(\d+\)/.test(label))).toBe(true)
    const { person } = await residents[0]!.session()
    await enrol(database.store.db, [rosterPerson(1, { id: person, group: 5, residence: 'temporary' })])
    await taps(head, 'more')
    expect((await taps(head, 'residence')).options.map(({ label }) => label)).toEqual(['người thường trú', 'người tạm trú', 'Tất cả']) // prettier-ignore
    const narrowed = await taps(head, 'temporary')
    expect(narrowed.text).toContain('Chỉ người tạm trú')
    expect(narrowed.options.find(({ data }) => decodeTap(data)!.option === 'unfinished')!.label).toContain('(1)')
    expect((await taps(head, 'unfinished')).text).toMatch(/1 người chưa xong \(chỉ người tạm trú\)/)
    await says(head, 'thôi')
    bot.clock.pass(5 * 86_400_000)
    await says(head, '/nhac')
    await taps(head, 'vneid-level-1')
    await taps(head, 'more')
    await taps(head, 'stuck')
    expect((await says(head, 'lâu rồi')).text).toContain('một số từ 1 đến 60')
    expect((await says(head, '3')).text).toMatch(/3 người dừng ở một bước đã quá 3 ngày/)
    await says(head, 'thôi')
    await says(head, '/nhac')
    await taps(head, 'vneid-level-1')
    await taps(head, 'more')
    expect((await taps(head, 'stuck')).options).toEqual([])
    expect((await says(head, 'hai')).text).toMatch(/3 người dừng ở một bước đã quá 2 ngày/)
    await says(head, 'thôi')
    await says(head, '/nhac')
    await taps(head, 'vneid-level-1')
    await taps(head, 'more')
    await taps(head, 'stuck')
    expect((await says(head, '9')).text).toMatch(/: 0 người dừng ở một bước đã quá 9 ngày/)
  })

  test('at night it says when it will be sent; whoever leaves it to itself is told so', async () => {
    bot.clock.pass(14 * 3_600_000)
    const head = await officer('leader', 5)
    expect((await previewed(head)).text).toMatch(/3 tin sẽ gửi[^]*Gửi từ 07:00, [^]*gửi sau: 3/)
    await taps(head, 'send')
    expect((await says(head, '3')).text).toMatch(/chưa gửi ngay: .*, từ 07:00 sẽ gửi/)
    const left = await taps(head, 'cancel')
    expect(left.text).toContain('Việc gửi vẫn chạy')
  })

  test('leads from the preview to the list of visits of that very broadcast', async () => {
    await enrol(database.store.db, [rosterPerson(1, { group: 5 })])
    const head = await officer('leader', 5)
    await says(head, '/nhac')
    await taps(head, 'vneid-level-1')
    await taps(head, 'more')
    expect((await taps(head, 'unfinished')).text).toMatch(/, 1 người không nhận được tin/)
    await taps(head, 'visits')
    expect((await head.heard()).some(({ text }) => text.includes('/staff/enter'))).toBe(true)
    const { rows } = await sql<{ path: string; id: string }>`
      select path, (select id from broadcast where state = 'preview') as id from page_link`.execute(database.store.db)
    expect(rows.map(({ path }) => path)).toEqual([`/staff/groups/5/visits?broadcast=${rows[0]!.id}`])
  })

  test('what a page or an app sends twice confirms once', async () => {
    const head = await officer('leader', 5)
    await previewed(head)
    await taps(head, 'send')
    const answer = head.item({ kind: 'text', text: '3' })
    await bot.context.turns.accept(answer)
    await bot.context.turns.accept(answer)
    await head.say('3')
    await work()
    await deliver()
    expect(await Promise.all(residents.map(reminded))).toEqual([1, 1, 1])
    expect(await broadcasts()).toHaveLength(1)
  })

  test('people who came in or dropped out between preview and confirmation are shown again, with what changed; opted-out ones get nothing', async () => {
    const head = await officer('leader', 5)
    const run = (await residents[2]!.session()).run
    const setState = (state: string) =>
      sql`update run set state = ${state} where id = ${run}`.execute(database.store.db)
    await setState('finished')
    await previewed(head)
    await taps(head, 'send')
    await setState('open')
    const again = await says(head, '2')
    expect(again.text).toMatch(
      /Danh sách vừa thay đổi, chưa gửi gì[^]*Số tin: 2 → 3[^]*thêm người nhận: 1[^]*3 tin sẽ gửi/,
    )
    await taps(head, 'send')
    await finish(residents[0]!)
    expect((await says(head, '3')).text).toMatch(/chưa gửi gì[^]*Số tin: 3 → 2[^]*2 tin sẽ gửi/)
    await taps(head, 'send')
    expect((await says(head, 'hai người')).text).toContain('Đã bắt đầu gửi')
    await says(residents[1]!, '/dung')
    bot.clock.pass(3_600_000)
    await deliver()
    expect(await Promise.all(residents.map(reminded))).toEqual([0, 0, 1])
    expect((await followed(head)).text).toContain('không cần gửi nữa (không muốn nhận tin): 1')
  })

  test('own words are checked, shown as they will be read, and may be put off', async () => {
    const head = await officer('leader', 5)
    await previewed(head)
    expect((await taps(head, 'own')).text).toContain('{{you}}')
    expect((await says(head, 'Xem thêm ở la.example nhé')).text).toContain('la.example chưa được phường cho phép')
    expect((await says(head, 'Gửi mã OTP cho tôi')).text).toContain('kẻ lừa đảo')
    expect((await says(head, 'Mời {{ten}} vào la.example')).text).toMatch(/«ten»[^]*la\.example/)
    expect((await says(head, 'Mời {{ten}} đến')).text).toContain('Không có chỗ điền «ten»')
    expect((await says(head, 'Mời {{you}} làm nốt phần «{{step}}».')).text).toContain(
      'Mời bác làm nốt phần «Tải ứng dụng VNeID».',
    )
    await taps(head, 'later')
    expect((await says(head, 'hôm nào đó')).text).toContain('Chưa thấy giờ')
    expect((await says(head, '15h mai')).text).toContain('Gửi từ 15:00')
    await taps(head, 'send')
    expect((await says(head, '3')).text).toMatch(/chưa gửi ngay: .*, từ 15:00 sẽ gửi/)
    await deliver()
    expect(await Promise.all(residents.map(reminded))).toEqual([0, 0, 0])
    bot.clock.pass(2 * 86_400_000)
    await deliver()
    expect((await residents[0]!.last()).text).toContain('Mời bác làm nốt phần «Tải ứng dụng VNeID».')
  })

  test('a phone number in own words: one of the ward’s settings reaches residents as it was typed, another is refused by name', async () => {
    const head = await officer('leader', 5)
    await previewed(head)
    await taps(head, 'own')
    expect((await says(head, 'Chiều nay 15h ra nhà văn hoá, gọi 0912345678 nhé')).text).toMatch(/«…678» không có trong phần cài đặt[^]*ward\.yaml/) // prettier-ignore
    expect((await says(head, 'Gọi tổng đài 1900 9999 nhé')).text).toContain('«1900 9999» không có')
    const text = 'Chiều nay 08:30 - 11:30 ra nhà văn hoá, có gì gọi 1900 0368 nhé.'
    const shown = await says(head, text)
    expect(shown.text).toContain(text)
    expect(shown.text).not.toContain('⟦')
    await taps(head, 'send')
    const { id } = (await sql<{ id: string }>`select id from broadcast`.execute(database.store.db)).rows[0]!
    const written = (from: string, to: string) => sql`update broadcast set plan = replace(plan, ${from}, ${to}) where id = ${id}`.execute(database.store.db) // prettier-ignore
    // The ward's settings name the number no more, or an older edition had masked it.
    await written('1900 0368', '⟦phone⟧')
    expect((await says(head, '3')).text).toContain('không còn cho gửi')
    expect(await broadcasts()).toEqual(['preview'])
    await previewed(head)
    await taps(head, 'own')
    await says(head, text)
    await taps(head, 'send')
    await says(head, '3')
    bot.clock.pass(3_600_000)
    await deliver()
    expect((await residents[0]!.last()).text).toContain(text)
  })

  test('a time, a count or a code typed into the form is answered by the form, and not as a resident’s secret', async () => {
    const head = await officer('leader', 5)
    await previewed(head)
    await taps(head, 'later')
    for (const [typed, meant] of [
      ['482913', /Chưa (thấy giờ|hiểu)/],
      ['08:30', /Gửi từ 08:30/],
    ] as const) {
      const { text } = await says(head, typed)
      expect(text).toMatch(meant)
      expect(text).not.toContain('cúp máy')
    }
    await taps(head, 'own')
    for (const typed of ['Số căn cước 079203004567', 'Mã OTP là 482913']) {
      const { text } = await says(head, typed)
      expect(text).toContain('số hoặc mã không được gửi đi')
      expect(text).not.toContain('cúp máy')
    }
    await says(head, 'Mời {{you}} làm nốt nhé.')
    await taps(head, 'send')
    expect(await head.ask()).toMatchObject({ reads: { kind: 'count', count: 3 } })
    expect((await says(head, '1234')).text).toContain('chưa đúng')
    expect((await says(head, 'ba tin')).text).toMatch(/sẽ gửi/)
  })

  test('a count of four digits is a count, to its sender and to whoever agrees to it', async () => {
    await addResidents(
      database.store,
      Array.from({ length: 1_230 }, (_, i) => i + 1),
    )
    await sql`update address set channel = 'web' where channel = 'telegram'`.execute(database.store.db)
    const [first, second] = [await officer('leader', 5), await officer('staff')]
    await says(first, '/nhac')
    await taps(first, 'vneid-level-1')
    await taps(first, 'more')
    expect((await taps(first, 'unfinished')).text).toContain('1234 tin sẽ gửi')
    await taps(first, 'send')
    expect((await says(first, '1235')).text).toContain('chưa đúng')
    expect((await says(first, '1234')).text).toContain('cần một cán bộ khác đồng ý')
    await says(second, '/nhac')
    await taps(second, 'b0')
    await taps(second, 'agree')
    expect((await says(second, '1.234')).text).toContain('Đã bắt đầu gửi')
    expect(await broadcasts()).toEqual(['running'])
  })

  test('many messages wait for somebody else’s yes, which is given or refused in the chat', async () => {
    bot.context.ward.reminders['approval-above'] = 2
    const [first, second] = [await officer('leader', 5), await officer('staff')]
    const send = async () => {
      expect((await previewed(first)).text).toContain('còn chờ một cán bộ khác đồng ý')
      await taps(first, 'send')
      return says(first, '3')
    }
    expect((await send()).text).toContain('cần một cán bộ khác đồng ý')
    expect((await second.last()).text).toContain('3 tin chờ người thứ hai đồng ý')
    await deliver()
    expect(await Promise.all(residents.map(reminded))).toEqual([0, 0, 0])
    // Its sender sees that it waits, and for whom.
    expect((await says(first, '/nhac')).options[0]!.label).toMatch(/^Đang chờ duyệt: .* \(3 tin\)$/)
    expect((await taps(first, 'b0')).text).toMatch(
      /3 tin sẽ gửi[^]*Đang chờ duyệt từ .*chưa gửi tin nào[^]*1 người được duyệt/,
    )
    await says(first, 'thôi')
    await says(second, '/nhac')
    expect((await taps(second, 'b0')).text).toContain('3 tin sẽ gửi')
    await taps(second, 'refuse')
    expect(await broadcasts()).toEqual([])
    expect((await first.heard()).some(({ text }) => text.includes('không được đồng ý'))).toBe(true)
    await send()
    await says(second, '/nhac')
    await taps(second, 'b0')
    await taps(second, 'agree')
    expect((await says(second, '3')).text).toContain('Đã bắt đầu gửi')
    expect((await first.heard()).some(({ text }) => text.includes('đã được đồng ý'))).toBe(true)
    await deliver()
    expect(await Promise.all(residents.map(reminded))).toEqual([1, 1, 1])
  })

  test('whoever waits for somebody else’s yes takes it back from the chat, and whoever was asked is told', async () => {
    bot.context.ward.reminders['approval-above'] = 2
    const [first, second] = [await officer('leader', 5), await officer('staff')]
    await previewed(first)
    await taps(first, 'send')
    await says(first, '3')
    await says(second, '/nhac')
    expect((await taps(second, 'b0')).options.map(({ data }) => decodeTap(data)!.option)).not.toContain('withdraw')
    await says(first, '/nhac')
    await taps(first, 'b0')
    expect((await taps(first, 'withdraw')).text).toContain('Đã rút lại')
    expect(await broadcasts()).toEqual([])
    expect((await second.heard()).some(({ text }) => text.includes('đã được người gửi rút lại'))).toBe(true)
    // What the other one had in front of them is gone.
    await taps(second, 'agree')
    expect((await says(second, '3')).text).toContain('không còn nữa')
    await deliver()
    expect(await Promise.all(residents.map(reminded))).toEqual([0, 0, 0])
    const { rows } = await sql<{ deed: string }>`select deed from audit where kind = 'broadcast' order by at, id`.execute(database.store.db) // prettier-ignore
    expect(rows.map(({ deed }) => deed).sort()).toEqual(['asked', 'withdrawn'])
  })

  test('it is paused, let go on and stopped from the chat; a head who lost the role does nothing more', async () => {
    const head = await officer('leader', 5)
    await previewed(head)
    await taps(head, 'send')
    await says(head, '3')
    expect((await taps(head, 'pause')).text).toContain('tạm dừng')
    await deliver()
    expect(await Promise.all(residents.map(reminded))).toEqual([0, 0, 0])
    expect((await taps(head, 'resume')).text).toContain('đang gửi')
    expect((await taps(head, 'stop')).text).toContain('3 tin không gửi nữa')
    await deliver()
    expect(await Promise.all(residents.map(reminded))).toEqual([0, 0, 0])
    await previewed(head)
    await taps(head, 'send')
    await sql`update contact set role = 'resident' where id = ${(await head.contact()).id}`.execute(database.store.db)
    await says(head, '3')
    expect(await broadcasts()).toEqual(['stopped', 'preview'])
  })

  test('«đừng nhắn nữa» is honoured at once and in one sentence, and «nhận lại» undoes it', async () => {
    const [resident] = residents
    expect((await says(resident!, '/dung')).text).toMatch(/^Dạ, từ giờ [^.]*\.$/)
    expect((await resident!.ask()).kind).toBe('step')
    const head = await officer('leader', 5)
    const shown = await previewed(head)
    expect(shown.text).toMatch(/: 3 người .*, 0 người không nhận được tin[^]*Thêm 1 người lần này không gửi/)
    expect(shown.text).toContain('không gửi (không muốn nhận tin): 1')
    expect((await taps(head, 'names')).text).toContain('/staff/enter')
    const [{ id }] = (await sql<{ id: string }>`select id from broadcast where state = 'preview'`.execute(database.store.db)).rows as [{ id: string }] // prettier-ignore
    const [{ path }] = (await sql<{ path: string }>`select path from page_link order by expires_at desc limit 1`.execute(database.store.db)).rows as [{ path: string }] // prettier-ignore
    expect(path).toBe(`/staff/broadcasts/${id}`)
    expect((await says(resident!, '/nhan')).text).toContain('nhắn nhắc lại')
    expect((await says(resident!, '/nhan')).text).toContain('vẫn đang nhận')
    expect((await previewed(head)).text).toContain('3 tin sẽ gửi')
  })

  test('whoever wants nothing silences themselves, and nobody whom they act for', async () => {
    const [helper] = residents
    const other = (await residents[1]!.session()).person
    const { id } = await helper!.contact()
    const { person: own } = await helper!.session()
    await sql`update session set state = ${JSON.stringify({ ...(await helper!.session()), person: other })} where contact = ${id}`.execute(database.store.db) // prettier-ignore
    await says(helper!, '/dung')
    const { rows } = await sql<{ subject: string }>`select subject from opt_out order by subject`.execute(
      database.store.db,
    )
    expect(rows.map(({ subject }) => subject).sort()).toEqual([id, own].sort())
    await database.store.transaction((tx) => optOut(tx, [id], 1))
  })

  test('the answer to a reminder goes to the person’s own step, and its old button moves nobody twice', async () => {
    const head = await officer('leader', 5)
    await previewed(head)
    await taps(head, 'send')
    await says(head, '3')
    await deliver()
    const [resident] = residents
    const reminder = await resident!.last()
    await resident!.send({ kind: 'tap', data: reminder.options[0]!.data })
    expect((await resident!.ask()).kind).toBe('step')
    const step = (await resident!.run())!.step
    await resident!.tap((await resident!.session()).prompt.options[0]!)
    const after = (await resident!.run())!.step
    expect(after).not.toBe(step)
    await resident!.send({ kind: 'tap', data: reminder.options[0]!.data })
    expect((await resident!.run())!.step).toBe(after)
  })

  test('the preview shows a message from each of three steps, with the words of its buttons', async () => {
    const [, second, third] = residents
    await second!.tap((await second!.session()).prompt.options[0]!)
    for (let i = 0; i < 2; i++) await third!.tap((await third!.session()).prompt.options[0]!)
    bot.clock.pass(86_400_000)
    const head = await officer('leader', 5)
    await says(head, '/nhac')
    await taps(head, 'vneid-level-1')
    const { text } = await taps(head, 'unfinished')
    expect(text.match(/Tổng đài .* nhắn bác/g)).toHaveLength(3)
    expect(text.match(/\[1 [^\]]+\]/g)).toHaveLength(3)
    expect(text).toContain('Xác nhận xong là gửi ngay')
    await taps(head, 'own')
    expect((await says(head, 'Phường mời {{you}} làm tiếp.')).text).toMatch(
      /Phường mời bác làm tiếp\.\s+VNeID mức 1, đang dừng ở phần «[^»]+»/,
    )
  })
})
