import { sql } from 'kysely'
import { invitationPayload, invite } from '../../../src/access/invite.js'
import { loadByAddresses } from '../../../src/store/contacts.js'
import { detailsOf } from '../../../src/store/zalo.js'
import { describeEngines, engines, type TestDatabase } from '../../support/databases.js'
import { createTelegramBot, type TelegramBot } from '../../support/fake-telegram/bot.js'
import type { Person } from '../../support/fake-telegram/fake-telegram.js'

describeEngines('a call back, on Telegram', await engines(), (engine) => {
  let database: TestDatabase
  let bot: TelegramBot
  let person: Person
  beforeEach(async () => {
    database = await engine.fresh()
    bot = await createTelegramBot({ store: database.store, by: 'webhook' })
    person = bot.fake.person()
    person.start('vneid-level-1_g5')
    await bot.settle()
    for (const words of ['Đồng ý', 'Bác', 'Bắt đầu']) {
      person.tap(words)
      await bot.settle()
    }
  })
  afterEach(async () => {
    await bot.close()
    await database.drop()
  })
  const says = async (text: string) => {
    person.say(text)
    await bot.settle()
  }
  const given = async (who = person) => {
    const [row] = await loadByAddresses(database.store.db, [{ channel: 'telegram', address: String(who.id) }])
    const kept = await detailsOf(database.store.db, row!.contact)
    return kept?.phone ? bot.context.seals.open('contact_detail.phone', row!.contact, kept.phone) : null
  }
  const number = () => `0912${String(person.id).padStart(6, '0')}`

  test.each(['gọi lại cho tôi', 'goi lai cho bac nhe', '/giup'])(
    '«%s»: a key asks for the number only where a call is wanted',
    async (words) => {
      await says(words)
      expect(person.chat.keys.length > 0).toBe(words !== '/giup')
      if (words === '/giup') expect(person.last().text).toContain('gọi lại cho tôi')
    },
  )

  test('the number that is given is kept sealed, the keys go, the guide goes on, and whoever answers hears that it is there', async () => {
    const head = bot.fake.person()
    head.start()
    await bot.settle()
    head.tap('Đồng ý')
    await bot.settle()
    head.start(invitationPayload(await invite(database.store.db, 'leader', 5, bot.clock())))
    await bot.settle()
    head.press(1)
    await bot.settle()
    await says('gọi lại cho tôi')
    expect(person.chat.keys).toEqual([
      { text: 'Gửi số điện thoại của tôi', request_contact: true },
      { text: '1 Không cần gọi lại' },
    ])
    person.key('Gửi số')
    await bot.settle()
    expect(await given()).toEqual({ ok: true, text: number() })
    expect(person.chat.keys).toEqual([])
    const [thanks, recap] = person.heard().slice(-2)
    expect(thanks!.text).toContain('đã ghi số điện thoại')
    expect(recap!.text).toContain('Mình làm tiếp nhé')
    expect(recap!.keyboard.length).toBeGreaterThan(1)
    expect(head.last().text).toContain('Phiếu 1: người dân đã gửi số điện thoại')
    person.press(1)
    await bot.settle()
    expect(person.last().text).toContain('Tải ứng dụng VNeID')
    const tables = await Promise.all(
      ['inbox', 'outbox', 'session', 'dialog', 'ledger', 'ticket', 'contact_detail'].map((table) =>
        sql`select * from ${sql.table(table)}`.execute(database.store.db),
      ),
    )
    const everything = JSON.stringify(tables.map(({ rows }) => rows)) + bot.logs.join('')
    expect(everything).not.toMatch(new RegExp(number().slice(1)))
    expect(everything).not.toContain('Thị Tư')
  })

  test('brought twice it is thanked for once, and a later one takes its place', async () => {
    await says('gọi lại cho tôi')
    person.key('Gửi số')
    const [{ update }] = bot.fake.state.pending as unknown as [{ update: unknown }]
    await bot.settle()
    await bot.fake.post(update)
    await bot.settle()
    expect(person.heard().filter(({ text }) => text.includes('đã ghi số điện thoại'))).toHaveLength(1)
    person.sendsCard('+84 987 654 321', person.id)
    await bot.settle()
    expect(await given()).toEqual({ ok: true, text: '0987654321' })
    expect(person.heard().filter(({ text }) => text.includes('đã ghi số điện thoại'))).toHaveLength(2)
  })

  test.each([
    ['of somebody else', 4242],
    ['of nobody that Telegram knows', undefined],
  ])('the number %s is not kept, and the wish stands', async (_, user) => {
    await says('gọi lại cho tôi')
    person.sendsCard('84987654321', user)
    await bot.settle()
    expect(await given()).toBe(null)
    expect(person.last().text).toContain('không phải số của bác')
    expect(person.chat.keys).toHaveLength(2)
    expect(bot.logs.join('')).not.toContain('987654321')
  })

  test.each(['key', 'number', 'words', 'command'])(
    'who would rather not (by %s) is asked no more, and the keys go',
    async (by) => {
      await says('gọi lại cho tôi')
      if (by === 'key') person.key('Không cần')
      else person.say(by === 'number' ? '1' : by === 'words' ? 'không cần' : '/huongdan')
      await bot.settle()
      expect(person.chat.keys).toEqual([])
      expect(await given()).toBe(null)
      if (by === 'command') expect(person.last().text).toMatch(/1 .*\n2 /)
      else expect(person.last().text).toContain('Mình làm tiếp nhé')
    },
  )

  test('a visit asks for the time first, then for the number', async () => {
    await says('xin đến nhà')
    person.tap('Buổi sáng')
    await bot.settle()
    expect(person.chat.keys).toHaveLength(2)
    person.key('Gửi số')
    await bot.settle()
    expect(await given()).toEqual({ ok: true, text: number() })
  })

  test('without consent nothing is kept, and that is said', async () => {
    const other = bot.fake.person()
    other.start()
    await bot.settle()
    other.sendsCard('84987654321', other.id)
    await bot.settle()
    expect(other.last().text).toContain('chưa giữ số')
    expect(await given(other)).toBe(null)
  })

  test('a number that is typed is no number to call back on', async () => {
    await says('gọi lại cho tôi')
    await says('0987654321')
    expect(await given()).toBe(null)
    expect(person.chat.keys).toHaveLength(2)
    expect(bot.logs.join('')).not.toContain('987654321')
  })
})
