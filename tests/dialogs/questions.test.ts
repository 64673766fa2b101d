import { sql } from 'kysely'
import { pino } from 'pino'
import { invitationPayload, invite } from '../../src/access/invite.js'
import type { Role } from '../../src/core/model/contact.js'
import { createContext } from '../../src/context.js'
import { readConfig } from '../../src/config.js'
import { OPERATOR, type Scope, scopeOf } from '../../src/core/policy/roles.js'
import { withdraw } from '../../src/questions/teach.js'
import { eraseContact } from '../../src/store/erase.js'
import { createRetention } from '../../src/upkeep/retention.js'
import { begin, createBot, createResident, holdRequests, type Resident, type TestBot } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { loadWorld } from '../support/world.js'

const QUESTION = 'Bọc nhựa thẻ căn cước được không ạ?'
const ANSWER = 'Được, nhưng bóc ra trước khi quét chip. Ép nhựa nóng làm hỏng chip.'

describeEngines('questions without an answer', await engines(), (engine) => {
  let database: TestDatabase
  let bot: TestBot
  beforeEach(async () => {
    database = await engine.fresh()
    bot = createBot(database.store)
    holdRequests(bot)
  })
  afterEach(async () => {
    await bot.context.close()
    await database.drop()
  })
  const work = async () => {
    for (let done = -1; done !== 0;) done = await bot.context.requests.runOnce()
  }
  const says = async (who: Resident, text: string) => {
    await who.say(text)
    await work()
    return (await who.last()).text
  }
  const taps = async (who: Resident, option: string) => {
    await who.tap(option)
    await work()
    return (await who.last()).text
  }
  const asker = async (text: string) => {
    const who = bot.resident()
    await begin(who)
    return { who, heard: await says(who, text) }
  }
  const officer = async (role: Exclude<Role, 'resident'>, group: number | null = null) => {
    const who = bot.resident()
    await who.start()
    await who.tap('agree')
    await who.tap('bac')
    await who.start(invitationPayload(await invite(database.store.db, role, group, bot.clock())))
    await work()
    await who.tap('accept')
    await work()
    return who
  }
  const questions = async () =>
    (
      await sql<{ text: string; times: number; state: string }>`
        select text, times, state from question order by times desc, text`.execute(database.store.db)
    ).rows
  const askers = async () =>
    (await sql<{ n: number }>`select count(*) as n from question_asker`.execute(database.store.db)).rows[0]!.n
  /** Answers the first question of the queue in Vietnamese, with other ways of asking it. */
  const teach = async (staff: Resident, answer: string, phrasings?: string) => {
    await says(staff, '/cauhoi')
    await taps(staff, 'q1')
    await taps(staff, 'answer')
    await says(staff, answer)
    await taps(staff, 'skip')
    if (phrasings === undefined) await taps(staff, 'skip')
    else await says(staff, phrasings)
    return taps(staff, 'publish')
  }

  test('asked by three in three spellings it is one row; answered once, all are told, and the fourth is answered at once', async () => {
    const first = await asker(QUESTION)
    const second = await asker('boc nhua the can cuoc dc ko')
    const third = await asker('BỌC NHỰA THẺ CĂN CƯỚC ĐC K')
    expect(await questions()).toEqual([{ text: QUESTION, times: 3, state: 'open' }])
    const staff = await officer('staff')
    const queue = await says(staff, 'câu hỏi')
    expect(queue).toMatch(/1 câu[^]*1\. «Bọc nhựa thẻ căn cước được không ạ\?» – 3 lần, ở [^]*phần «/)
    expect(await teach(staff, ANSWER)).toContain('Từ giờ tổng đài tự trả lời')
    for (const { who } of [first, second, third]) {
      const { text } = await who.last()
      expect(text).toContain('nay có câu trả lời')
      expect(text).toContain(ANSWER)
      // One who asks never reads the words of another.
      expect(text).not.toContain('Bọc nhựa')
    }
    expect(await askers()).toBe(0)
    const fourth = await asker('bác ơi, bọc nhựa thẻ căn cước đc không vậy')
    expect(fourth.heard).toContain(ANSWER)
    expect(fourth.heard).toMatch(/Nguồn: cán bộ phường[^]* trả lời ngày thứ Hai 23\/11/)
    expect(fourth.heard).toMatch(/Mình quay lại phần «[^»]+» nhé\?/)
    expect(await questions()).toEqual([{ text: QUESTION, times: 3, state: 'answered' }])
    expect(await says(staff, '/cauhoi')).toContain('Không có câu hỏi nào')
  })

  test('an answer that would capture what another topic answers is refused with the example, and nothing changes', async () => {
    const { who } = await asker(QUESTION)
    const [topic, answer] = [...loadWorld().material.answers.vi].find(([known]) => known === 'otp-khong-ve')!
    const stolen = answer.value.phrasings.find((text) => text.split(' ').length > 4)!
    const refused = await teach(await officer('staff'), ANSWER, `thẻ bọc nhựa có sao không\n${stolen}`)
    expect(refused).toContain(`«${stolen}» sẽ bị trả lời nhầm`)
    expect(refused).toContain(`«${answer.value.title}»`)
    expect(topic).toBe('otp-khong-ve')
    expect((await questions())[0]!.state).toBe('open')
    expect((await who.last()).text).not.toContain(ANSWER)
    expect((await asker(QUESTION)).heard).not.toContain(ANSWER)
  })

  test('what staff write is checked: a secret, a strange link, a request for a code and an endless text are refused', async () => {
    await asker(QUESTION)
    const staff = await officer('staff')
    await says(staff, '/cauhoi')
    await taps(staff, 'q1')
    await taps(staff, 'answer')
    expect(await says(staff, 'Mã otp là 482913 nhé')).toContain('mã, mật khẩu hoặc số giấy tờ')
    expect(await says(staff, 'Số của tôi là 034095001234')).toContain('mã, mật khẩu hoặc số giấy tờ')
    expect(await says(staff, 'Xem tại vneid-hotro.com')).toContain('Không dẫn sang vneid-hotro.com')
    expect(await says(staff, 'Bác xem trên trang phuong.example.org nhé')).toMatch(
      /Không dẫn sang phuong\.example\.org/,
    )
    expect(await says(staff, 'Bác gửi mã otp cho cán bộ để làm giúp')).toMatch(/mã OTP/)
    expect(await says(staff, 'dài '.repeat(200))).toContain('Dài quá')
    // A warning of scams is no scam that somebody tells of.
    expect(await says(staff, 'Có người gọi xưng công an bảo cài ứng dụng thì cúp máy, xem vneid.gov.vn')).toContain(
      'tiếng Anh',
    )
    expect((await sql`select 1 from ticket`.execute(database.store.db)).rows).toEqual([])
    expect((await questions())[0]!.state).toBe('open')
  })

  test('joined to a known topic it gets that topic’s answer from then on', async () => {
    const { who } = await asker(QUESTION)
    const staff = await officer('admin')
    await says(staff, '/cauhoi')
    await taps(staff, 'q1')
    await taps(staff, 'same')
    await says(staff, 'mất thẻ làm lại')
    const { label } = (await staff.last()).options[0]!
    expect(await taps(staff, 't1')).toContain('Từ giờ')
    expect((await who.last()).text).toMatch(/nay có câu trả lời[^]*Nguồn:/)
    const { heard, who: next } = await asker('boc nhua the can cuoc duoc khong')
    expect(heard).toContain('Nguồn:')
    expect(await next.ask()).toMatchObject({ kind: 'answered', topic: 'cccd-mat-hong-cap-lai' })
    expect(label).toMatch(/thẻ/i)
  })

  test('set aside it leaves the queue, is asked about no more, and nobody is noted as having asked', async () => {
    await asker(QUESTION)
    const staff = await officer('staff')
    await says(staff, '/cauhoi')
    await taps(staff, 'q1')
    expect(await taps(staff, 'dismiss')).toContain('Đã bỏ')
    await asker(QUESTION)
    expect(await questions()).toEqual([{ text: QUESTION, times: 2, state: 'dismissed' }])
    expect(await askers()).toBe(0)
  })

  test('is no question any longer when the resident finds it among the topics that were offered', async () => {
    const { who } = await asker(QUESTION)
    expect((await who.ask()).kind).toBe('meant')
    const other = await asker('boc nhua the can cuoc dc ko')
    await who.tap('m1')
    expect(await questions()).toEqual([{ text: QUESTION, times: 1, state: 'open' }])
    expect(await askers()).toBe(1)
    await other.who.tap('none-of-these')
    expect(await questions()).toHaveLength(1)
    await asker(QUESTION)
    await who.say(QUESTION)
    await who.tap('m2')
    expect((await questions())[0]!.times).toBe(2)
    for (let n = 0; n < 2; n++) {
      const again = await asker('thẻ căn cước có chống nước không')
      await again.who.tap('m1')
    }
    expect((await questions()).map(({ text }) => text)).toEqual([QUESTION])
  })

  test('is not for group heads, and nothing is kept of somebody who has not agreed', async () => {
    const stranger = bot.resident()
    await stranger.start()
    await says(stranger, QUESTION)
    expect(await questions()).toEqual([])
    await asker(QUESTION)
    expect(await says(await officer('leader', 5), '/cauhoi')).not.toContain('Bọc nhựa')
  })

  test('masks, says nothing of one word, and forgets what nobody asked for half a year', async () => {
    await asker('bọc nhựa thẻ căn cước được không, số tôi 0912345678')
    await asker('ờm')
    expect((await questions()).map(({ text }) => text)).toEqual(['bọc nhựa thẻ căn cước được không, số tôi ⟦phone⟧'])
    const { ward, clock, newId } = bot.context
    const retention = createRetention({ store: database.store, ward, clock, newId })
    bot.clock.pass('179 days')
    await retention.runOnce()
    expect(await questions()).toHaveLength(1)
    bot.clock.pass('2 days')
    await retention.runOnce()
    expect(await questions()).toEqual([])
  })

  test('erasing a contact takes away that they asked', async () => {
    const { who } = await asker(QUESTION)
    const other = await asker(QUESTION)
    const erase = async (contact: string) =>
      database.store.transaction((tx) => eraseContact(tx, contact, bot.context.newId))
    await erase((await who.contact()).id)
    expect(await askers()).toBe(1)
    expect(await questions()).toEqual([{ text: QUESTION, times: 2, state: 'open' }])
    // The words of a question that nobody else asked are theirs.
    await erase((await other.who.contact()).id)
    expect(await questions()).toEqual([])
  })

  test('another process gives the answer after its next look, and stops when it is taken back', async () => {
    await asker(QUESTION)
    const { material, clock } = bot.context
    const peer = createContext(readConfig({}), {
      store: database.peer(),
      material,
      clock,
      log: pino({ level: 'silent' }),
    })
    const elsewhere = createResident(peer)
    await begin(elsewhere)
    await teach(await officer('staff'), ANSWER)
    await peer.questions.runOnce()
    await elsewhere.say(QUESTION)
    expect((await elsewhere.last()).text).toContain(ANSWER)
    await elsewhere.say('Bọc nhựa thẻ căn cước không được phải không ạ?')
    expect((await elsewhere.last()).text).not.toContain(ANSWER)
    const { teaching, questions: own } = bot.context
    const id = (await sql<{ id: string }>`select id from taught`.execute(database.store.db)).rows[0]!.id
    const head = scopeOf({ id: 'head', role: 'leader', leads: [5] })
    const taken = (scope: Scope) => database.store.transaction((tx) => withdraw(tx, teaching, scope, id, bot.clock()))
    expect(await taken(head)).toBe(false)
    expect(await taken(scopeOf(OPERATOR))).toBe(true)
    await own.settle()
    await peer.questions.runOnce()
    await elsewhere.say(QUESTION)
    expect((await elsewhere.last()).text).not.toContain(ANSWER)
    expect((await asker(QUESTION)).heard).not.toContain(ANSWER)
    expect((await questions()).find(({ text }) => text === QUESTION)!.state).toBe('open')
    await peer.questions.stop()
  })

  test('those who asked are told in the morning when it was answered at night', async () => {
    const { who } = await asker(QUESTION)
    bot.clock.pass(Date.parse('2026-11-23T22:00:00+07:00') - bot.clock())
    await teach(await officer('staff'), ANSWER)
    expect((await who.last()).text).not.toContain(ANSWER)
    bot.clock.pass('9 hours')
    await bot.context.questions.runOnce()
    expect((await who.last()).text).toContain(ANSWER)
    await bot.context.questions.runOnce()
    expect((await who.heard()).filter(({ text }) => text.includes(ANSWER))).toHaveLength(1)
  })

  test('a scam story opens a ticket behind the safe path, and comes first', async () => {
    const head = await officer('leader', 5)
    const { who } = await asker('cho tôi gặp người')
    await says(who, 'có người xưng công an gọi điện bảo đọc mã otp')
    const heard = (await who.heard()).map(({ text }) => text)
    expect(heard.at(-2)).toContain('cúp máy')
    expect(heard.at(-1)).toContain('phiếu số 1')
    expect((await who.ask()).kind).toBe('alarm')
    expect((await head.last()).text).toContain('có thể đang bị lừa')
    const { rows } = await sql<{ reason: string }>`select reason from ticket`.execute(database.store.db)
    expect(rows).toEqual([{ reason: 'scam' }])
  })
})
