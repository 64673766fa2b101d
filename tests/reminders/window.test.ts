import { sql } from 'kysely'
import type { BroadcastPlan } from '../../src/core/model/broadcast.js'
import { OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { messagesOf } from '../../src/core/broadcast/planner.js'
import { createZaloBot, type ZaloBot } from '../support/fake-zalo/bot.js'
import type { FakeUser } from '../support/fake-zalo/person.js'
import { packageUsed } from '../../src/store/prices.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'

const PLAN: BroadcastPlan = {
  audience: { flow: 'vneid-level-1', who: { kind: 'unfinished' }, groups: null, residence: null },
  wording: { kind: 'ready' },
  at: null,
  paid: false,
}
const SENDER = { contact: 'head', scope: scopeOf(OPERATOR) }

describeEngines('Zalo’s window, from the webhook to the plan', await engines(), (engine) => {
  let database: TestDatabase
  let bot: ZaloBot
  let person: FakeUser
  beforeEach(async () => {
    database = await engine.fresh()
    const cloudAccount = { balance: 1000 }
    bot = await createZaloBot({ store: database.store, oa: { allowance: 0, cloudAccount }, env: { ZALO_PAID_MESSAGES: 'on' }, overrides: {} }) // prettier-ignore
    bot.context.ward.reminders['paid-most'] = 10
    person = bot.fake.user()
    person.says('/start vneid-level-1_g5')
    await bot.settle()
    for (let i = 0; i < 4; i++) {
      person.says('1')
      await bot.settle()
    }
  })
  afterEach(async () => {
    Object.assign(bot.context.ward.reminders, { 'paid-most': 0, 'package-left': 0 })
    await bot.close()
    await database.drop()
  })

  const planned = async (plan = PLAN) => {
    const shown = await bot.context.reminders.preview(SENDER, plan)
    if (shown.kind !== 'preview') throw new Error(shown.kind)
    const { places, reasons, cost } = shown.tally
    const found = Object.entries(places).filter(([, n]) => n > 0).map(([place]) => place) // prettier-ignore
    return { id: shown.id, count: messagesOf(shown.tally), found: [...found, ...Object.keys(reasons), cost] }
  }
  const found = async (plan = PLAN) => (await planned(plan)).found
  const last = async () =>
    (await sql<{ at: number }>`select last_interaction as at from address where address = ${person.id}`.execute(database.store.db)).rows[0]!.at // prettier-ignore

  test('whatever somebody does in the app opens it again, and the plan knows', async () => {
    bot.clock.pass('an hour')
    expect(await found()).toEqual(['now', 0])
    bot.clock.pass('2 days')
    expect(await found()).toEqual(['paper', 'paper: paid-off', 0])
    expect(await found({ ...PLAN, paid: true })).toEqual(['paid', 55])
    const doings: (() => void)[] = [
      () => void person.sends('sticker'),
      () => person.opensChat(),
      () => void person.says('xin chào'),
      () => person.follows(),
      () => person.submitsInfo({ name: 'Tư', phone: '84912345678' }),
    ]
    for (const act of doings) {
      bot.clock.pass('3 days')
      expect(await found()).toEqual(['paper', 'paper: paid-off', 0])
      act()
      await bot.settle()
      expect(await last()).toBe(bot.clock())
      expect(await found()).toEqual(['now', 0])
    }
    bot.clock.pass('7 days')
    expect(await found({ ...PLAN, paid: true })).toEqual(['paper', 'paper: window-closed', 0])
  })

  test('what a person does not do themselves opens nothing: our own messages, and that they were read', async () => {
    bot.fake.oa.echoes = true
    bot.fake.oa.receipts = true
    bot.clock.pass('3 days')
    const before = await last()
    person.reads(['1'])
    bot.fake.colleague('99', person.id, 'Chào bác')
    await bot.settle()
    expect(await last()).toBe(before)
  })

  test('who looks in before a paid message has left gets it for nothing, and the outcome says so', async () => {
    bot.clock.pass('3 days')
    const { id, count, found: shown } = await planned({ ...PLAN, paid: true })
    expect(shown).toEqual(['paid', 55])
    const confirmed = await bot.context.reminders.confirm({ id, key: 'k', by: 'head', count })
    expect(confirmed.kind).toBe('confirmed')
    await bot.context.reminders.runOnce()
    person.opensChat()
    await bot.settle()
    expect(await bot.context.reminders.progress(id)).toEqual([{ result: 'sent', reason: null, count: 1, cost: 0 }])
    expect(bot.fake.oa.cloudAccount!.balance).toBe(1000)
  })

  test('a message of the package that was refused leaves it to the next one', async () => {
    bot.context.ward.reminders['package-left'] = 1
    bot.clock.pass('3 days')
    person.blocks()
    const first = await planned({ ...PLAN, paid: true })
    expect(first.found).toEqual(['paid', 0])
    await bot.context.reminders.confirm({ id: first.id, key: 'k', by: 'head', count: first.count })
    await bot.context.reminders.runOnce()
    await bot.settle()
    expect(await bot.context.reminders.progress(first.id)).toMatchObject([{ result: 'cancelled', count: 1 }])
    person = bot.fake.user()
    for (const text of ['/start vneid-level-1_g5', '1', '1', '1', '1']) {
      person.says(text)
      await bot.settle()
    }
    bot.clock.pass('3 days')
    expect(await found({ ...PLAN, paid: true })).toEqual(['paid', 'paper', 'paper: blocked', 0])
  })

  test.each([
    ['before the batch is written', false],
    ['before it has left', true],
  ])('who looks in %s takes nothing of the package', async (_, written) => {
    bot.context.ward.reminders['package-left'] = 2
    bot.clock.pass('3 days')
    const { id, count, found: shown } = await planned({ ...PLAN, paid: true })
    expect(shown).toEqual(['paid', 0])
    await bot.context.reminders.confirm({ id, key: 'k', by: 'head', count })
    if (written) await bot.context.reminders.runOnce()
    expect(await packageUsed(database.store.db, 0)).toBe(1)
    person.opensChat()
    await bot.settle()
    await bot.context.reminders.runOnce()
    await bot.settle()
    expect(await bot.context.reminders.progress(id)).toMatchObject([{ result: 'sent', count: 1, cost: 0 }])
    expect(await packageUsed(database.store.db, 0)).toBe(0)
  })

  test('nor does a paid one whose reader looked in count as one of the package', async () => {
    bot.clock.pass('3 days')
    const { id, count, found: shown } = await planned({ ...PLAN, paid: true })
    expect(shown).toEqual(['paid', 55])
    await bot.context.reminders.confirm({ id, key: 'k', by: 'head', count })
    await bot.context.reminders.runOnce()
    person.opensChat()
    await bot.settle()
    expect(await bot.context.reminders.progress(id)).toMatchObject([{ result: 'sent', count: 1, cost: 0 }])
    expect(await packageUsed(database.store.db, 0)).toBe(0)
  })

  test('who looks in before the batch is written is not paid for either', async () => {
    bot.clock.pass('3 days')
    const { id, count } = await planned({ ...PLAN, paid: true })
    await bot.context.reminders.confirm({ id, key: 'k', by: 'head', count })
    person.opensChat()
    await bot.settle()
    await bot.context.reminders.runOnce()
    await bot.settle()
    expect(await bot.context.reminders.progress(id)).toEqual([{ result: 'sent', reason: null, count: 1, cost: 0 }])
    expect(bot.fake.oa.cloudAccount!.balance).toBe(1000)
  })
})
