import { sql } from 'kysely'
import { invitationPayload, invite } from '../../../src/access/invite.js'
import { setUpTelegram } from '../../../src/channels/telegram/set-up.js'
import { createTelegram } from '../../../src/channels/telegram/telegram.js'
import { addressState } from '../../../src/store/addresses.js'
import type { Store } from '../../../src/store/open.js'
import { menusOf } from '../../../src/turns/menus.js'
import { createRoleMenus } from '../../../src/turns/role-menus.js'
import { freshSqlite } from '../../support/databases.js'
import { createTelegramBot, type TelegramBot } from '../../support/fake-telegram/bot.js'
import type { Person } from '../../support/fake-telegram/fake-telegram.js'

let store: Store
let bot: TelegramBot
let person: Person
beforeEach(async () => {
  store = await freshSqlite()
  bot = await createTelegramBot({ store, by: 'webhook', overrides: { telegram: { callSeconds: 0.5 } } })
  person = bot.fake.person()
})
afterEach(() => bot.close())

const begin = async (who = person) => {
  who.start('vneid-level-1_g5')
  await bot.settle()
  for (const words of ['Đồng ý', 'Bác', 'Bắt đầu']) {
    who.tap(words)
    await bot.settle()
  }
}
const state = () => addressState(store.db, { channel: 'telegram', address: String(person.id) })
const calls = (method: string) => bot.fake.state.calls.get(method) ?? 0

describe('a secret', () => {
  test('is deleted from the chat after the answer, and the resident is told so', async () => {
    await begin()
    person.say('mã OTP là 483926')
    await bot.settle()
    expect(person.chat.messages.some(({ text }) => text.includes('483926'))).toBe(false)
    const [warning, deleted] = person
      .heard()
      .slice(-2)
      .map(({ text }) => text)
    expect(warning).toContain('đã che mã này')
    expect(deleted).toContain('đã xóa tin vừa rồi')
    // The question is still there to be answered.
    person.press(1)
    await bot.settle()
    expect(person.last().text).toContain('Tạo tài khoản')
  })

  test('under a picture too', async () => {
    await begin()
    person.media('picture', 'căn cước của tôi 079203004567')
    await bot.settle()
    expect(person.chat.messages.some(({ text }) => text.includes('079203004567'))).toBe(false)
    expect(person.last().text).toContain('đã xóa tin vừa rồi')
  })

  test.each([
    ['too old', { refuse: 400, description: "Bad Request: message can't be deleted for everyone" }],
    ['the network is away', { lost: 'reset', accepted: false }],
  ] as const)('that cannot be deleted (%s) is only warned about', async (_, fault) => {
    await begin()
    bot.fake.faults.plan('deleteMessage', fault)
    person.say('mật khẩu là Baham@1972')
    await bot.settle()
    expect(person.last().text).toContain('xóa tin vừa gửi đi')
    expect(person.heard().some(({ text }) => text.includes('đã xóa tin vừa rồi'))).toBe(false)
  })

  test('a message without one stays where it is', async () => {
    await begin()
    person.say('xong rồi')
    await bot.settle()
    expect(calls('deleteMessage')).toBe(0)
  })

  test('is in no log line and in no row, nor is the token, a phone number or what was said', async () => {
    const secrets = ['079203004567', '483926', 'Baham@1972', '4111111111111111', '0912345987']
    await begin()
    for (const fault of ['reset', 'cut', 'html-502'] as const) {
      for (const secret of secrets) {
        bot.fake.faults.plan('sendMessage', { lost: fault, accepted: false })
        bot.fake.faults.plan('deleteMessage', { lost: fault, accepted: false })
        person.say(`mật khẩu là ${secret}`)
        person.tapData(secret)
        person.start(secret)
        await bot.calm()
      }
    }
    // A call back: the number comes by the app's own key, whatever goes wrong around it; others' numbers come by their cards.
    for (const fault of ['reset', 'cut', 'html-502'] as const) {
      bot.fake.faults.plan('sendMessage', { lost: fault, accepted: false })
      person.say('gọi lại cho tôi')
      await bot.calm()
      bot.fake.faults.plan('sendMessage', { lost: fault, accepted: false })
      person.key('Gửi số')
      await bot.calm()
      person.sendsCard('84912345987', 4242)
      await bot.calm()
    }
    const own = `912${String(person.id).padStart(6, '0')}`
    expect((await sql<{ phone: string }>`select phone from contact_detail`.execute(store.db)).rows).toHaveLength(1)
    for (const refuse of [400, 401, 403, 409, 500]) {
      bot.fake.faults.plan('sendMessage', { refuse, description: `Bad Request: can't parse "Chào bác 079203004567"` })
      person.say('tiếp tục')
      await bot.calm()
    }
    const rows = await Promise.all(
      ['inbox', 'outbox', 'session', 'dialog', 'ticket', 'contact_detail', 'ledger', 'run', 'contact', 'address'].map(
        (table) => sql`select * from ${sql.table(table)}`.execute(store.db),
      ),
    )
    const everything = JSON.stringify(rows.map((each) => each.rows))
    const logs = bot.logs.join('')
    expect(bot.logs.length).toBeGreaterThan(20)
    for (const secret of [...secrets, own, 'Thị Tư', '912345987']) {
      expect(everything).not.toContain(secret)
      expect(logs).not.toContain(secret)
    }
    for (const words of [
      bot.fake.token,
      bot.fake.token.split(':')[1]!,
      'Chào bác',
      'tiếp tục',
      'Bước',
      'mật khẩu',
      'the-secret-of-the-webhook',
    ])
      expect(logs).not.toContain(words)
  })
})

describe('a button', () => {
  test('is acknowledged at once, and an expired one works all the same', async () => {
    await begin()
    expect([...bot.fake.state.callbacks.values()].every(({ answered }) => answered)).toBe(true)
    person.press(1)
    bot.clock.pass('3 minutes')
    const before = person.heard().length
    await bot.settle()
    expect(person.heard().length).toBe(before + 1)
  })

  test('is gone once its question is answered, by a button or in words', async () => {
    await begin()
    for (const answer of [() => person.press(1), () => person.say('xong rồi'), () => person.say('1')]) {
      const asked = person.last()
      expect(asked.keyboard.length).toBeGreaterThan(1)
      answer()
      await bot.settle()
      expect(asked.keyboard).toEqual([])
      expect(person.last().keyboard.length).toBeGreaterThan(1)
    }
  })

  test('that could not be taken away is taken away later', async () => {
    await begin()
    bot.fake.faults.plan('editMessageReplyMarkup', { refuse: 429, retryAfter: 3 })
    const first = person.last()
    person.press(1)
    await bot.settle()
    expect(first.keyboard.length).toBeGreaterThan(0)
    person.press(1)
    await bot.settle()
    expect(person.heard().filter(({ keyboard }) => keyboard.length > 0)).toEqual([person.last()])
  })

  test('pressed twice in a hurry has one effect, and the second is explained', async () => {
    await begin()
    person.press(1)
    person.press(1)
    await bot.settle()
    expect(person.last().text).toMatch(/tin cũ|đã qua/)
  })
})

describe('somebody who blocks the bot', () => {
  test('hears nothing more, and is back as soon as they let it in or write', async () => {
    await begin()
    person.block()
    await bot.settle()
    expect(await state()).toBe('blocked')
    person.unblock()
    await bot.settle()
    expect(await state()).toBe('ok')
    person.chat.blocked = true
    person.say('tiếp tục')
    await bot.settle()
    expect(await state()).toBe('blocked')
    person.chat.blocked = false
    const before = person.heard().length
    person.say('tiếp tục')
    await bot.settle()
    expect(await state()).toBe('ok')
    expect(person.heard().length).toBe(before + 1)
  })

  test('or whose account is gone is left alone, and nobody else is', async () => {
    const other = bot.fake.person()
    await begin()
    await begin(other)
    person.say('tiếp tục')
    other.say('tiếp tục')
    person.leave()
    const before = other.heard().length
    await bot.settle()
    expect(await state()).toBe('blocked')
    expect(other.heard().length).toBe(before + 1)
  })
})

test('«too many requests» pauses the whole bot for exactly as long as it says, and loses nothing', async () => {
  const others = [bot.fake.person(), bot.fake.person()]
  await begin()
  bot.fake.faults.plan('sendMessage', { refuse: 429, retryAfter: 17 })
  person.say('/tiendo')
  await bot.settle()
  const [before, sends] = [person.heard().length, calls('sendMessage')]
  for (const each of others) each.start()
  bot.clock.pass(16_999)
  await bot.settle()
  expect(calls('sendMessage')).toBe(sends)
  bot.clock.pass(1)
  await bot.settle()
  expect(person.heard().length).toBe(before + 1)
  expect(others.map((each) => each.heard().length)).toEqual([1, 1])
})

describe('the set-up', () => {
  const setUp = (webhook: { url: string; secret: string } | null, token = bot.fake.token) => {
    const telegram = createTelegram({ token, apiRoot: bot.fake.url, callSeconds: 0.3 })
    const menus = menusOf(bot.context.texts, '2026-11-23')
    const pauses: number[] = []
    const done = setUpTelegram({
      telegram,
      webhook,
      menus,
      log: bot.context.log,
      pause: async (ms) => void pauses.push(ms),
    })
    return done.then((ready) => ({ ready, pauses }))
  }

  test('puts the commands into the menu, in both languages', async () => {
    expect((await setUp(null)).ready).toBe(true)
    expect([...bot.fake.state.menus.keys()].sort()).toEqual(['', 'en', 'vi'])
    expect(bot.fake.state.menus.get('')).toEqual(bot.fake.state.menus.get('vi'))
    expect(bot.fake.state.menus.get('vi')![0]).toEqual({ command: 'tieptuc', description: 'Làm tiếp chỗ đang dở' })
    expect(bot.fake.state.menus.get('en')![0]).toEqual({ command: 'tieptuc', description: 'Go on where I was' })
    expect(bot.fake.state.webhook).toBe(null)
  })

  test('whoever leads a group or works for the ward has their own commands before the others, as long as they do', async () => {
    const head = bot.fake.person()
    const staff = bot.fake.person()
    for (const [who, role] of [
      [head, 'leader'],
      [staff, 'staff'],
    ] as const) {
      await begin(who)
      who.start(invitationPayload(await invite(store.db, role, role === 'leader' ? 5 : null, bot.clock())))
      await bot.settle()
      // Asked first, then taken.
      who.press(1)
      await bot.settle()
    }
    const telegram = bot.context.telegram!
    const menus = createRoleMenus({ telegram, store, texts: bot.context.texts, clock: bot.clock, log: bot.context.log })
    // What cannot be set now is set at the next look.
    bot.fake.faults.plan('setMyCommands', { refuse: 429, retryAfter: 3 })
    expect([await menus.runOnce(), await menus.runOnce(), await menus.runOnce()]).toEqual([1, 1, 0])
    const menu = (language: string, who: Person) => bot.fake.state.menus.get(`${language} chat ${who.id}`)
    expect(menu('vi', staff)!.map(({ command }) => command)).toEqual(expect.arrayContaining(['hangcho', 'dung']))
    expect(menu('en', head)![0]).toEqual({ command: 'to', description: 'My group' })
    expect(menu('', head)![0]).toEqual({ command: 'to', description: 'Tổ của tôi' })
    expect(menu('vi', person)).toBe(undefined)
    await sql`update contact set role = 'resident' where role = 'leader'`.execute(store.db)
    expect([await menus.runOnce(), await menus.runOnce()]).toEqual([1, 0])
    expect([menu('vi', head), menu('en', head), menu('', head)]).toEqual([undefined, undefined, undefined])
    expect(menu('vi', staff)).toHaveLength(21)
  })

  test('tells Telegram where to bring updates, and what they have to show', async () => {
    const webhook = { url: 'https://chat.phoyen.vn/webhooks/telegram', secret: 'abc_-1' }
    expect((await setUp(webhook)).ready).toBe(true)
    expect(bot.fake.state.webhook).toMatchObject({
      url: webhook.url,
      secret: 'abc_-1',
      allowed: ['message', 'callback_query', 'my_chat_member'],
    })
  })

  test('waits while Telegram is busy or away', async () => {
    bot.fake.faults.plan('deleteWebhook', { refuse: 429, retryAfter: 4 })
    bot.fake.faults.plan('setMyCommands', { lost: 'reset', accepted: true })
    expect(await setUp(null)).toEqual({ ready: true, pauses: [4000, 2000] })
  })

  test('says which setting is wrong, and goes on', async () => {
    expect((await setUp({ url: 'http://chat.phoyen.vn/webhooks/telegram', secret: 'abc' })).ready).toBe(false)
    expect((await setUp(null, '4711:wrong')).ready).toBe(false)
    expect(bot.logs.join('')).toMatch(/not set up; look at TELEGRAM_BOT_TOKEN, PUBLIC_URL \(https\)/)
    expect(bot.logs.join('')).not.toContain('4711:wrong')
  })
})
