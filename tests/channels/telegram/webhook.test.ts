import { sql } from 'kysely'
import type { Store } from '../../../src/store/open.js'
import { freshSqlite } from '../../support/databases.js'
import { createTelegramBot, type TelegramBot, WEBHOOK_SECRET } from '../../support/fake-telegram/bot.js'

let store: Store
let bot: TelegramBot
beforeEach(async () => {
  store = await freshSqlite()
  bot = await createTelegramBot({ store, by: 'webhook' })
})
afterEach(() => bot.close())

const stored = async () => (await sql<{ n: number }>`select count(*) as n from inbox`.execute(store.db)).rows[0]!.n
const update = (text: string) => {
  bot.fake.person().say(text)
  return bot.fake.state.pending.at(-1)!.update
}
const counted = (result: string) => bot.context.counts.of('telegram', result)

describe('the webhook', () => {
  test('takes an update once its secret is right, and answers after it is stored', async () => {
    expect(await bot.fake.post(update('xin chào'))).toBe(200)
    expect(await stored()).toBe(1)
    expect(counted('read')).toBe(1)
  })

  test.each(['', 'wrong', `${WEBHOOK_SECRET}x`, WEBHOOK_SECRET.toUpperCase()])(
    'refuses the secret «%s», keeps nothing, and counts it',
    async (secret) => {
      expect(await bot.fake.post(update('xin chào'), { 'x-telegram-bot-api-secret-token': secret })).toBe(401)
      expect(await stored()).toBe(0)
      expect(counted('refused: secret')).toBe(1)
    },
  )

  test.each([
    ['nothing', '', 400, 'not JSON'],
    ['half an update', '{"update_id": 1, "mess', 400, 'not JSON'],
    ['a page', '<html>', 400, 'not JSON'],
    ['a number', '5', 400, 'no update'],
    ['null', 'null', 400, 'no update'],
    ['a list', '[]', 400, 'no update'],
    ['an update without a chat', '{"update_id": 1, "message": {"text": "a"}}', 400, 'malformed update'],
    [
      'more than a megabyte',
      JSON.stringify({ update_id: 1, message: { text: 'x'.repeat(1024 * 1024) } }),
      413,
      'too large',
    ],
  ])('refuses %s, keeps nothing, and counts it', async (_, body, status, why) => {
    expect(await bot.fake.post(body)).toBe(status)
    expect(await stored()).toBe(0)
    expect(counted(`refused: ${why}`)).toBe(1)
  })

  test('takes what is not for us without a word', async () => {
    const group = { update_id: 1, message: { message_id: 1, chat: { id: -5, type: 'group' }, text: 'chào' } }
    expect(await bot.fake.post(group)).toBe(200)
    expect(await bot.fake.post({ update_id: 2, of_tomorrow: {} })).toBe(200)
    expect(await stored()).toBe(0)
    expect([counted('ignored: group'), counted('ignored: kind')]).toEqual([1, 1])
    expect(bot.context.counts.text()).toContain(
      'ward_channel_events_total{channel="telegram",result="ignored: group"} 1',
    )
  })

  test('asks Telegram to come again when the database takes nothing', async () => {
    const event = update('xin chào')
    await sql`pragma query_only = 1`.execute(store.db)
    expect(await bot.fake.post(event)).toBe(503)
    await sql`pragma query_only = 0`.execute(store.db)
    expect(await bot.fake.post(event)).toBe(200)
    expect(await stored()).toBe(1)
  })

  test('asks Telegram to come again when the bot is stopping', async () => {
    await bot.context.turns.stop()
    expect(await bot.fake.post(update('xin chào'))).toBe(503)
    expect(await stored()).toBe(0)
  })

  test('is only for POST', async () => {
    expect((await fetch(bot.fake.state.webhook!.url)).status).toBe(404)
  })
})

test('a thousand updates, each delivered twice or more and in any order, change nothing a second time', async () => {
  const person = bot.fake.person()
  person.start('vneid-level-1_g5')
  await bot.settle()
  for (const words of ['Đồng ý', 'Bác', 'Bắt đầu']) {
    person.tap(words)
    await bot.settle()
  }
  const people = Array.from({ length: 20 }, () => bot.fake.person())
  for (let i = 0; i < 49; i++) for (const each of people) each.say(i % 2 === 0 ? 'xong rồi' : 'xin chào')
  for (let i = 0; i < 20; i++) person.say('tiếp')
  const updates = bot.fake.state.pending.map((pending) => pending.update)
  expect(updates).toHaveLength(1000)
  for (const each of updates) await bot.fake.post(each)
  bot.fake.state.pending = []
  const everything = async () => {
    const tables = ['inbox', 'session', 'run', 'ledger', 'outbox'] as const
    const found = await Promise.all(
      tables.map((table) => sql`select * from ${sql.table(table)} order by 1, 2`.execute(store.db)),
    )
    return found.map(({ rows }) => rows)
  }
  await bot.settle()
  const before = await everything()
  expect(before[0]).toHaveLength(1004)
  let seed = 147
  const shuffled = [...updates, ...updates]
    .map((each) => ({ each, key: (seed = (seed * 48_271) % 2_147_483_647) }))
    .sort((a, b) => a.key - b.key)
    .map(({ each }) => each)
  for (let i = 0; i < shuffled.length; i += 40) {
    const statuses = await Promise.all(shuffled.slice(i, i + 40).map((each) => bot.fake.post(each)))
    expect(statuses.every((status) => status === 200)).toBe(true)
  }
  await bot.settle()
  expect(await everything()).toEqual(before)
})

test('a tap and a text of one person, in either order or at once, have one effect each', async () => {
  for (const order of ['tap first', 'text first', 'at once']) {
    const person = bot.fake.person()
    person.start('vneid-level-1_g5')
    await bot.settle()
    for (const words of ['Đồng ý', 'Bác', 'Bắt đầu']) {
      person.tap(words)
      await bot.settle()
    }
    const before = (await bot.context.store.db.selectFrom('ledger').select('seq').execute()).length
    person.press(1)
    person.say('/tiendo')
    const [tap, text] = bot.fake.state.pending.map((pending) => pending.update)
    const posts = order === 'text first' ? [text, tap] : [tap, text]
    if (order === 'at once') await Promise.all(posts.map((each) => bot.fake.post(each)))
    else for (const each of posts) await bot.fake.post(each)
    await bot.settle()
    const heard = person
      .heard()
      .slice(-2)
      .map((each) => each.text)
    expect(heard.filter((words) => words.includes('Tiến độ'))).toHaveLength(1)
    const moved = (await bot.context.store.db.selectFrom('ledger').select('seq').execute()).length - before
    // A text that came first has put its own question in front: the tap is then one of an older message.
    expect(moved).toBeLessThanOrEqual(1)
    expect(heard).toHaveLength(2)
  }
})
