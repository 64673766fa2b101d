import { sql } from 'kysely'
import { closingLines } from '../../src/core/broadcast/said.js'
import { messagesOf } from '../../src/core/broadcast/planner.js'
import { type Budget, createLocalBudget } from '../../src/delivery/budget.js'
import { createLive } from '../../src/delivery/live.js'
import { followBroadcast } from '../../src/reminders/live.js'
import { migrate } from '../../src/store/migrate.js'
import { openSqlite, type Store } from '../../src/store/open.js'
import { loadByAddresses, setRole } from '../../src/store/contacts.js'
import { createTelegramBot, type TelegramBot } from '../support/fake-telegram/bot.js'
import type { Person } from '../support/fake-telegram/fake-telegram.js'
import { PLAN, WARD } from './stage.js'

let store: Store
let bot: TelegramBot
let head: Person
let residents: Person[]
beforeEach(async () => {
  store = openSqlite(':memory:')
  await migrate(store)
  bot = await createTelegramBot({ store, by: 'webhook', overrides: { telegram: { callSeconds: 0.5 } } })
  residents = []
  for (let i = 0; i < 3; i++) residents.push(await begin())
  head = await begin()
  const { contact } = await row(head)
  await setRole(store.db, contact, 'staff', [], bot.clock())
  // The head’s own guide is no part of this.
  await sql`update run set state = 'finished' where person = (select person from contact where id = ${contact})`.execute(store.db) // prettier-ignore
  bot.clock.pass('2 hours')
})
afterEach(() => bot.close())

const row = async (who: Person) =>
  (await loadByAddresses(store.db, [{ channel: 'telegram', address: String(who.id) }]))[0]!
const begin = async (): Promise<Person> => {
  const who = bot.fake.person()
  who.start('vneid-level-1_g5')
  await bot.settle()
  for (const words of ['Đồng ý', 'Bác', 'Bắt đầu']) {
    who.tap(words)
    await bot.settle()
  }
  return who
}
const edits = () => bot.fake.state.calls.get('editMessageText') ?? 0
/** Time goes on by so many ms, and what follows looks. */
const look = async (ms = 4_000) => {
  bot.clock.pass(ms)
  await bot.context.live.runOnce()
}
const saysTo = async (words: string) => {
  head.say(words)
  await bot.settle()
}
const liveAnew = (budget = createLocalBudget(bot.clock, {})) => {
  const { telegram, wakes, log, reminding } = bot.context
  return createLive({
    store, channels: [telegram!], budget, wakes, clock: bot.clock, log, pause: async () => {},
    follow: (tx, one) => followBroadcast(tx, reminding, one),
  }) // prettier-ignore
}
/** Watches a broadcast in the chat that began elsewhere; nothing of it has left yet. */
const watching = async () => {
  const shown = await bot.context.reminders.preview({ contact: (await row(head)).contact, scope: WARD }, PLAN)
  if (shown.kind !== 'preview') throw new Error(shown.kind)
  await bot.context.reminders.confirm({ id: shown.id, key: 'k', by: 'other', count: messagesOf(shown.tally) })
  await saysTo('/nhac')
  head.press(1)
  await bot.settle()
  return shown.id
}
const deliver = async () => {
  await bot.context.reminders.runOnce()
  await bot.settle()
  await bot.context.reminders.runOnce()
}

describe('how a broadcast goes, on Telegram', () => {
  test('is one message that changes, and ends by itself', async () => {
    await watching()
    const message = head.last()
    expect(message.text).toMatch(/đang gửi[^]*còn chờ: 3/)
    expect(head.buttons().map(({ text }) => text)).toEqual(['1 Tạm dừng', '2 Dừng hẳn', '3 Xem trang', '4 Xong'])
    const [heard, before] = [head.heard().length, edits()]
    await look()
    // Nothing has changed, and nothing is said.
    expect(edits()).toBe(before)
    await bot.context.reminders.runOnce()
    residents[2]!.block()
    await bot.settle()
    await look()
    expect(head.last().id).toBe(message.id)
    expect(head.last().text).toMatch(/đã gửi: 2/)
    await deliver()
    await look()
    expect(head.heard()).toHaveLength(heard)
    expect(head.last().text).toMatch(/đã xong[^]*Kết thúc lúc[^]*Còn 1 người không nhận được tin/)
    expect(head.last().keyboard).toEqual([])
    const after = edits()
    await look()
    await look()
    expect(edits()).toBe(after)
    // The form is over too: the next words are not taken for an answer to it.
    expect((await row(head)).session.prompt.ask.kind).toBe('nothing')
    await saysTo('/nhac')
    expect(head.last().text).toContain('hướng dẫn nào')
  })

  test('keeps its buttons while it runs: it is paused and stopped from there', async () => {
    const id = await watching()
    await look()
    head.press(1)
    await bot.settle()
    expect(head.last().text).toContain('tạm dừng')
    expect(head.buttons()[0]!.text).toBe('1 Gửi tiếp')
    head.press(2)
    await bot.settle()
    expect(head.last().text).toMatch(/đã dừng/)
    expect(await bot.context.reminders.progress(id)).toEqual([{ result: 'cancelled', reason: 'stopped', count: 3, cost: 0 }]) // prettier-ignore
    // What followed it has its last words too, and nothing new is said.
    const heard = head.heard().length
    await look()
    await look()
    expect(head.heard()).toHaveLength(heard)
    expect(head.heard().at(-2)!.text).toMatch(/đã dừng[^]*Kết thúc lúc/)
    expect((await sql`select 1 from live_message`.execute(store.db)).rows).toEqual([])
  })

  test('changes at most once in four seconds, by another’s pause too, and goes on after a restart', async () => {
    const id = await watching()
    await look()
    const before = edits()
    await bot.context.reminders.pause(id)
    await look(1_000)
    expect(edits()).toBe(before)
    await bot.context.reminders.resume(id)
    await bot.context.reminders.pause(id)
    bot.clock.pass(3_000)
    // Another process, or this one started anew: all that is known stands in the database.
    await liveAnew().runOnce()
    await bot.context.live.runOnce()
    expect(edits()).toBe(before + 1)
    expect(head.last().text).toContain('tạm dừng')
  })

  test('after another question the numbers go on and no button comes back', async () => {
    await watching()
    const message = head.last()
    await saysTo('/chuaxong')
    expect(message.keyboard).toEqual([])
    await deliver()
    await look()
    expect(message.text).toMatch(/đã gửi: 3/)
    expect(message.keyboard).toEqual([])
    expect((await row(head)).session.prompt.ask.kind).toBe('dialog')
  })

  test.each([
    ['refused for speed', { refuse: 429, retryAfter: 7 }, 8_000],
    ['a broken answer', { lost: 'html-502', accepted: true }, 4_000],
    ['a cut line', { lost: 'reset', accepted: false }, 4_000],
  ] as const)('%s: it is tried again, and the messages of the broadcast are none the worse', async (_, fault, wait) => {
    await watching()
    bot.fake.faults.plan('editMessageText', fault)
    await bot.context.reminders.runOnce()
    await bot.settle()
    await look()
    expect(bot.fake.faults.left()).toBe(0)
    if (!('accepted' in fault && fault.accepted)) expect(head.last().text).toMatch(/còn chờ: 3/)
    await look(wait)
    expect(head.last().text).toMatch(/đã gửi: 3/)
    expect(residents.map((who) => who.heard().filter(({ text }) => text.includes('Không muốn nhận tin nhắc nữa')).length)).toEqual([1, 1, 1]) // prettier-ignore
  })

  test('a message that is gone, a head who shut us out or lost the role: it is followed no more', async () => {
    await watching()
    const { contact } = await row(head)
    const followed = async () => (await sql`select 1 from live_message`.execute(store.db)).rows.length
    await sql`update contact set role = 'resident' where id = ${contact}`.execute(store.db)
    await look()
    expect(await followed()).toBe(0)
    await sql`update contact set role = 'staff' where id = ${contact}`.execute(store.db)
    for (const gone of [() => (head.chat.messages = []), () => head.block()]) {
      await saysTo('thôi')
      await saysTo('/nhac')
      head.press(1)
      await bot.settle()
      expect(await followed()).toBe(1)
      gone()
      await bot.context.reminders.runOnce()
      await bot.settle()
      await look()
      expect(await followed()).toBe(0)
    }
  })

  test('takes its place behind the replies, and leaves it to the messages where there is none', async () => {
    await watching()
    await bot.context.reminders.runOnce()
    await bot.settle()
    const lanes: string[] = []
    const free = createLocalBudget(bot.clock, {})
    let places = 0
    const take: Budget['take'] = async (_, lane) => {
      lanes.push(lane)
      return { granted: lanes.length % 3 === 0 ? places : 0, wait: 5 }
    }
    const live = liveAnew({ ...free, take })
    const before = edits()
    bot.clock.pass(4_000)
    await live.runOnce()
    expect([edits() - before, lanes.length > 3]).toEqual([0, true])
    ;[places, lanes.length] = [1, 0]
    bot.clock.pass(4_000)
    await live.runOnce()
    expect([edits() - before, lanes]).toEqual([1, ['rest', 'rest', 'rest']])
  })

  test('what Telegram says to a change is what the contract has for it', async () => {
    const { edit } = bot.context.telegram!
    const { id, text } = residents[0]!.last()
    const [there, said] = [String(residents[0]!.id), { text: 'Lời mới' }]
    expect(await edit!(there, String(id), said)).toMatchObject({ kind: 'sent' })
    expect(await edit!(there, String(id), said)).toMatchObject({ kind: 'sent' })
    expect(await edit!(there, '9999', said)).toMatchObject({ kind: 'rejected' })
    expect(await edit!(there, String(id), { text: 'x'.repeat(5000) })).toMatchObject({ kind: 'rejected' })
    bot.clock.pass('3 days')
    expect(await edit!(there, String(id), { text })).toMatchObject({ kind: 'rejected' })
    residents[0]!.block()
    expect(await edit!(there, String(id), { text })).toEqual({ kind: 'blocked' })
  })
})

test('the last words count those who are to be visited', () => {
  const lines = closingLines([{ result: 'paper', reason: 'no-contact', count: 2 }, { result: 'cancelled', reason: 'finished', count: 5 }, { result: 'failed', reason: null, count: 1 }], 0) // prettier-ignore
  expect(lines.map(({ vars }) => vars?.['count'])).toEqual([undefined, 3])
})
