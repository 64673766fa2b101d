import { request } from 'node:http'
import { sql } from 'kysely'
import { addressState } from '../../../src/store/addresses.js'
import type { Store } from '../../../src/store/open.js'
import { freshSqlite } from '../../support/databases.js'
import { createZaloBot, type ZaloBot } from '../../support/fake-zalo/bot.js'

let store: Store
let bot: ZaloBot
beforeEach(async () => {
  store = await freshSqlite()
  bot = await createZaloBot({ store })
})
afterEach(() => bot.close())

const TABLES = ['inbox', 'contact', 'session', 'address', 'run', 'ledger', 'outbox', 'contact_detail'] as const
const everything = async () => {
  const found = await Promise.all(TABLES.map((table) => sql`select * from ${sql.table(table)} order by 1, 2`.execute(store.db))) // prettier-ignore
  return Object.fromEntries(TABLES.map((table, i) => [table, found[i]!.rows]))
}
const stored = async () => (await everything())['inbox']!.length
const counted = (result: string) => bot.context.counts.of('zalo', result)
const event = (more: object = {}) =>
  JSON.stringify({
    app_id: bot.fake.app.appId,
    sender: { id: bot.fake.user().id },
    recipient: { id: bot.fake.oa.oaId },
    event_name: 'user_send_text',
    message: { text: 'xin chào', msg_id: 'm-1' },
    timestamp: String(bot.clock()),
    ...more,
  })
const post = (body: string | Uint8Array<ArrayBuffer>, signature?: string) =>
  bot.fake.webhooks.post(body, signature === undefined ? {} : { 'X-ZEvent-Signature': signature })
const signed = (body: string) => post(body, bot.fake.webhooks.sign(body))

describe('the webhook of Zalo', () => {
  test('takes an event that is signed over its bytes, as Zalo documents it', async () => {
    // The vector of the fact sheet: app 1234567890123456789, key OaSecretKeyForTests, a moment of 2025 that was just now.
    const body =
      '{"app_id":"1234567890123456789","sender":{"id":"246845883529197922"},"recipient":{"id":"388613280878808645"},"user_id_by_app":"552177279717587730","event_name":"user_send_text","message":{"text":"Xin chào","msg_id":"96d3cdf3af150460909"},"timestamp":"1764000000000"}'
    bot.clock.pass(1764000000000 - bot.clock())
    expect(await post(body, 'mac=5314faf83bd79236c782d837e99f8e7f49e62198597d8960aa649c32c155c792')).toBe(200)
    expect((await everything())['inbox']).toMatchObject([{ channel: 'zalo', external_id: 'user:96d3cdf3af150460909' }])
  })

  test.each([
    ['no signature', () => undefined],
    ['another one', (body: string) => bot.fake.webhooks.sign(`${body} `)],
    ['nothing behind mac=', () => 'mac='],
    ['the right one with a digit changed', (body: string) => bot.fake.webhooks.sign(body).replace(/.$/, (c) => (c === '0' ? '1' : '0'))], // prettier-ignore
  ])('answers 200 to an event with %s, keeps nothing, and counts it', async (_, signature) => {
    const body = event()
    expect(await post(body, signature(body))).toBe(200)
    expect(await stored()).toBe(0)
    expect(counted('refused: signature')).toBe(1)
  })

  test('an event that was changed on its way, or re-encoded, is not believed', async () => {
    const body = event()
    expect(await post(body.replace('xin chào', 'xin chao'), bot.fake.webhooks.sign(body))).toBe(200)
    expect(await post(JSON.stringify(JSON.parse(body), null, 1), bot.fake.webhooks.sign(body))).toBe(200)
    expect(await stored()).toBe(0)
    expect(counted('refused: signature')).toBe(2)
  })

  test.each([
    ['words', 'xin chào', 400, 'not JSON'],
    ['half an event', '{"event_name":"user_send', 400, 'not JSON'],
    ['a page', '<html></html>', 400, 'not JSON'],
    ['a list', '[]', 200, 'signature'],
    ['nothing, as a console may test it', '', 200, 'signature'],
    ['more than a megabyte', `{"a":"${'x'.repeat(1024 * 1024)}"}`, 413, 'too large'],
  ])('refuses %s, keeps nothing, and counts it', async (_, body, status, why) => {
    expect(await signed(body)).toBe(status)
    expect(await stored()).toBe(0)
    expect(counted(`refused: ${why}`)).toBe(1)
  })

  test('takes what lacks a field, and what it does not know, without a word', async () => {
    expect(await signed(event({ sender: {} }))).toBe(200)
    expect(await signed(event({ event_name: 'of_tomorrow' }))).toBe(200)
    expect(await signed(event({ recipient: { id: '5' } }))).toBe(200)
    expect(await stored()).toBe(0)
    const seen = ['refused: missing-field', 'ignored: kind', 'ignored: another account'].map(counted)
    expect(seen).toEqual([1, 1, 1])
  })

  test('has no ear for receipts, groups, visitors and templates', async () => {
    const ends = { sender: { id: bot.fake.oa.oaId }, recipient: { id: '7' } }
    for (const name of [
      'user_received_message',
      'user_seen_message',
      'anonymous_send_text',
      'user_send_group_text',
      'change_template_status',
    ])
      // prettier-ignore
      expect(await signed(event({ ...ends, event_name: name }))).toBe(200)
    expect(await stored()).toBe(0)
    expect(['receipt', 'group', 'anonymous', 'template'].map((why) => counted(`ignored: ${why}`))).toEqual([2, 1, 1, 1])
  })

  test('answers GET and HEAD with an empty 200', async () => {
    for (const method of ['GET', 'HEAD']) {
      const answer = await fetch(bot.url, { method })
      expect([answer.status, await answer.text()]).toEqual([200, ''])
    }
  })

  test('asks Zalo to come again when the database takes nothing, and takes it then', async () => {
    bot.fake.user().says('xin chào')
    await sql`pragma query_only = 1`.execute(store.db)
    expect(await bot.fake.webhooks.deliver()).toMatchObject([{ status: 503 }])
    await sql`pragma query_only = 0`.execute(store.db)
    bot.clock.pass('30 seconds')
    expect(await bot.fake.webhooks.deliver()).toMatchObject([{ status: 200, retry: 1 }])
    expect([await stored(), counted('retry')]).toEqual([1, 1])
  })

  test('asks Zalo to come again when the bot is stopping', async () => {
    await bot.context.turns.stop()
    expect(await signed(event())).toBe(503)
    expect(await stored()).toBe(0)
  })

  test('answers in time although the database does not, and what was stored after all is not done twice', async () => {
    let go = () => {}
    const wait = new Promise<void>((resolve) => (go = resolve))
    const { transaction } = store
    store.transaction = async (work) => {
      await wait
      return transaction(work)
    }
    const person = bot.fake.user()
    person.says('xin chào')
    const started = performance.now()
    expect(await bot.fake.webhooks.deliver()).toMatchObject([{ status: 503 }])
    expect(performance.now() - started).toBeLessThan(2000)
    go()
    store.transaction = transaction
    bot.clock.pass('30 seconds')
    await bot.settle()
    expect(person.heard()).toHaveLength(1)
    expect(counted('duplicate')).toBe(1)
  })

  test('a large body that says nothing of its size is cut off, and memory stays flat', async () => {
    const chunk = Buffer.alloc(64 * 1024, 0x20)
    const send = () =>
      new Promise<number>((resolve) => {
        const out = request(bot.url, { method: 'POST', headers: { 'content-type': 'application/json' } }, (answer) => {
          answer.resume()
          resolve(answer.statusCode ?? 0)
        })
        out.on('error', () => resolve(413))
        for (let i = 0; i < 64; i++) out.write(chunk)
        out.end()
      })
    await send()
    const before = process.memoryUsage().rss
    for (let i = 0; i < 40; i++) expect(await send()).toBe(413)
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * 1024 * 1024)
    expect(await stored()).toBe(0)
    expect(counted('refused: too large')).toBeGreaterThan(0)
  })
})

describe('a replay of what Zalo once sent', () => {
  test('changes nothing, however late', async () => {
    const person = bot.fake.user()
    person.follows()
    person.says('xin chào')
    const bodies = [event({ sender: { id: person.id } }), event({ sender: { id: person.id }, event_name: 'user_click_chatnow', user_id: person.id })] // prettier-ignore
    await bot.settle()
    for (const body of bodies) await signed(body)
    await bot.settle()
    const before = await everything()
    for (const length of ['an hour', '3 days']) {
      bot.clock.pass(length)
      for (const body of bodies) expect(await signed(body)).toBe(200)
      await bot.settle()
      const after = await everything()
      // Only the last word about when somebody was there is Zalo's own time, which the replay cannot move.
      expect(after).toEqual(before)
    }
    bot.clock.pass('5 days')
    expect(await signed(bodies[0]!)).toBe(200)
    expect(await everything()).toEqual(before)
    expect(counted('refused: old')).toBe(1)
    expect(counted('duplicate')).toBe(2)
  })

  test('an old unfollow does not shut out who came back', async () => {
    const person = bot.fake.user()
    const address = { channel: 'zalo', address: person.id } as const
    person.follows()
    await bot.settle()
    bot.clock.pass('a minute')
    const gone = event({ event_name: 'unfollow', oa_id: bot.fake.oa.oaId, follower: { id: person.id } })
    await signed(gone)
    expect(await addressState(store.db, address)).toBe('blocked')
    bot.clock.pass('a minute')
    person.follows()
    await bot.settle()
    expect(await addressState(store.db, address)).toBe('ok')
    bot.clock.pass('a minute')
    await signed(gone)
    expect(await addressState(store.db, address)).toBe('ok')
  })
})

test('a thousand events, each delivered twice or more and in any order, change nothing a second time', async () => {
  const people = Array.from({ length: 20 }, () => bot.fake.user())
  for (const person of people) person.says('/start vneid-level-1_g5')
  await bot.settle()
  for (let round = 0; round < 3; round++) {
    for (const person of people) person.says('1')
    await bot.settle()
  }
  bot.fake.oa.echoes = true
  for (let i = 0; i < 43; i++) for (const person of people) person.says(i % 2 === 0 ? 'xong rồi' : 'xin chào')
  for (const person of people) {
    person.sends('image')
    person.sends('sticker')
    person.opensChat()
    person.submitsInfo({ name: 'Tư', phone: '84912345678' })
    person.unfollows()
    person.follows()
  }
  bot.fake.colleague('9', people[0]!.id, 'Để cô giúp bác')
  let seed = 147
  const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647
  const bodies = bot.fake.webhooks.pendingBodies()
  expect(bodies.length).toBeGreaterThan(950)
  await bot.fake.webhooks.deliver()
  await bot.calm()
  // The echoes of the answers have come as well, and come again below.
  const before = await everything()
  expect(before['ledger']!.length).toBeGreaterThanOrEqual(40)
  const shuffled = [...bodies, ...bodies].map((body) => ({ body, key: random() })).sort((a, b) => a.key - b.key)
  for (let i = 0; i < shuffled.length; i += 40) {
    const statuses = await Promise.all(shuffled.slice(i, i + 40).map(({ body }) => signed(body)))
    expect(new Set(statuses)).toEqual(new Set([200]))
  }
  await bot.settle()
  const after = await everything()
  for (const table of TABLES) expect({ table, rows: after[table] }).toEqual({ table, rows: before[table] })
})
