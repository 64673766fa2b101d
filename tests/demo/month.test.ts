import { pino } from 'pino'
import { readConfig } from '../../src/config.js'
import { type Month, faultsOf } from '../../src/demo/account.js'
import { madeUpZalo } from '../../src/demo/apps.js'
import { createMadeUpBot } from '../../src/demo/bot.js'
import { broken } from '../../src/demo/judge.js'
import { simulateMonth } from '../../src/demo/month.js'
import { fillRoster } from '../../src/demo/roster.js'
import { simulate } from '../../src/demo/simulate.js'
import { addContacts, newContact } from '../store/samples.js'
import { createBot } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { loadWorld } from '../support/world.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const UNTIL = Date.parse('2026-11-23T18:00:00+07:00')
const APP_SECRET = 'x'.repeat(32)
const log = pino({ level: 'warn', base: null })

describeEngines('a month of the demo ward', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => void (database = await engine.fresh()))
  afterEach(() => database.drop())
  const bot = (env: Record<string, string> = {}) =>
    createMadeUpBot(readConfig(env), { store: database.store, material: loadWorld().material, log })

  test('reminds everybody who is stuck within the rules or puts them on a list of visits, and the bill is the forecast', async () => {
    const [residents, days] = engine.name === 'sqlite' ? [70, 30] : [40, 10]
    const month = await simulateMonth(bot(), { residents, days, seed: 147 }, UNTIL)
    expect(faultsOf(month)).toEqual([])
    // It was a month: all of it happened.
    const { stuck, arrived, broadcasts, money, notSent } = month
    expect(stuck.people).toBeGreaterThan(residents / 4)
    expect(Math.min(stuck.reminded, stuck.visits, broadcasts.rules)).toBeGreaterThan(5)
    expect(Math.min(arrived['zalo'] ?? 0, arrived['telegram'] ?? 0)).toBeGreaterThan(2)
    expect(Object.keys(notSent)).toEqual(expect.arrayContaining(['paper: window-closed', 'paper: page-only', 'paper: paid-off'])) // prettier-ignore
    if (engine.name !== 'sqlite') return
    expect(stuck.optedOut).toBeGreaterThan(0)
    expect(money).toMatchObject({ ofPackage: 10, others: 0 })
    expect(money.bill).toBeGreaterThan(0)
  }, 240_000)

  test('lets nobody in where an app is connected, or where people who exist write to the database', async () => {
    const simulation = { residents: 3, days: 2, seed: 1 }
    const refused = async (env: Record<string, string>, why: RegExp) => {
      const made = bot(env)
      // As a ward of somebody's own content that calls itself a demo.
      made.context.ward.demo = true
      await expect(simulateMonth(made, simulation, UNTIL)).rejects.toThrow(why)
      await expect(fillRoster(made.context, 1)).rejects.toThrow(why)
      const usual = createBot(database.store, { material: loadWorld().material })
      await expect(simulate({ ...usual.context, config: made.context.config }, simulation)).rejects.toThrow(why)
    }
    await refused({ APP_SECRET, TELEGRAM_BOT_TOKEN: '1:a' }, /connected to Telegram/)
    const zalo = { ZALO_APP_ID: '1', ZALO_APP_SECRET: 'secret', ZALO_OA_ID: '2' }
    await refused({ APP_SECRET, ...zalo }, /connected to Zalo/)
    await addContacts(database.store, [newContact(7, { address: { channel: 'telegram', address: '7001' } })])
    await refused({}, /real people write to this database/)
  })
})

describe('a simulated month', () => {
  test('goes by apps that are made up, whatever the settings say', () => {
    const { context } = createMadeUpBot(
      readConfig({ APP_SECRET, TELEGRAM_BOT_TOKEN: '1:a', ZALO_APP_ID: '1', ZALO_APP_SECRET: 'secret', ZALO_OA_ID: '2' }),
      { material: loadWorld().material, log, store: {} as never },
    ) // prettier-ignore
    expect([context.telegram, context.zalo, context.zaloAccess, context.catchUp]).toEqual([null, null, null, null])
    expect(context.reminding).toMatchObject({ pages: false, channels: [{ taken: [] }, { taken: [] }] })
  })

  test.each([
    ['two days after the last word', 48 * HOUR, 'reminder', 10, 'sent for 0 đ'],
    ['later', 48 * HOUR + 1, 'reminder', 10, 'sent for 55 đ'],
    ['a week after', 7 * DAY + 1, 'reminder', 10, 'window-closed'],
    ['at night', HOUR, 'reminder', 22, 'rejected'],
    ['an answer at night', HOUR, 'reply', 22, 'sent for 0 đ'],
  ] as const)('its Zalo takes and charges as Zalo does: %s', async (_, silent, kind, hour, expected) => {
    const now = Date.parse('2026-11-23T00:00:00+07:00') + hour * HOUR
    const zalo = madeUpZalo(() => now, { ofPackage: 0 })
    zalo.parse({ address: 'a', at: now - silent }, now)
    const outcome = await zalo.send('a', { text: 'x', options: [] }, { kind })
    expect(outcome.kind === 'sent' ? `sent for ${zalo.taken[0]!.price} đ` : outcome.kind).toBe(expected)
    expect(zalo.refused).toHaveLength(outcome.kind === 'sent' ? 0 : 1)
    zalo.shut('a')
    expect(await zalo.send('a', { text: 'x', options: [] }, { kind })).toEqual({ kind: 'blocked' })
  })

  test('uses up the package of its Zalo before it charges', async () => {
    const zalo = madeUpZalo(() => UNTIL, { ofPackage: 1 })
    for (const address of ['a', 'b']) {
      zalo.parse({ address, at: UNTIL - 3 * DAY }, UNTIL)
      await zalo.send(address, { text: 'x', options: [] }, { kind: 'reminder' })
    }
    expect(zalo.taken.map(({ price, ofPackage }) => [price, ofPackage])).toEqual([[0, true], [55, false]]) // prettier-ignore
  })

  const noon = Date.parse('2026-11-23T12:00:00+07:00')
  test.each([
    ['at half past nine in the evening', {}, 0, noon + 9.5 * HOUR, ['at night']],
    ['before seven', {}, 0, noon - 5 * HOUR - 1, ['at night']],
    ['at seven', {}, 0, noon - 5 * HOUR, []],
    ['after another one of the day', { reminded: [noon - 5 * HOUR] }, 0, noon, ['twice a day']],
    ['the third in seven days', { reminded: [noon - 6 * DAY, noon - DAY] }, 0, noon, ['more than 2 in seven days']],
    ['the third in eight days', { reminded: [noon - 7 * DAY, noon - DAY] }, 0, noon, []],
    ['to somebody who wants none', { outAt: noon - 1 }, 0, noon, ['wants none']],
    ['about what is finished', { finished: new Set(['a-flow']) }, 0, noon, ['has finished']],
    ['about something else than what is finished', { finished: new Set(['another']) }, 0, noon, []],
    ['in the middle of a talk', {}, noon - 1, noon, ['is writing']],
  ] as const)('judges a reminder %s', (_, memory, lastWord, at, expected) => {
    const known = { reminded: [], outAt: null, finished: new Set<string>(), ...memory } as never
    const came = { address: 'a', kind: 'reminder', at, price: 0, ofPackage: false, flow: 'a-flow', text: '' } as const
    expect(broken(known, { lastWord }, came)).toEqual(expected)
  })

  test('has a fault for everybody who was forgotten, every rule that was broken, and every đồng too many', () => {
    const fine = { forgotten: [], forbidden: [], money: { forecast: 110, unsent: 55, recorded: 55, bill: 55 } }
    const with_ = (more: object) => faultsOf({ ...fine, ...more } as unknown as Month)
    expect(with_({})).toEqual([])
    expect(with_({ forgotten: ['demo-1'] })).toEqual([expect.stringContaining('neither reminded nor on a list of visits: demo-1')]) // prettier-ignore
    expect(with_({ forbidden: ['demo-2: at night'] })).toEqual([expect.stringContaining('demo-2: at night')])
    expect(with_({ money: { ...fine.money, bill: 110 } })).toEqual([
      expect.stringContaining('the forecast (110 đ, 55 đ of it not sent) is not the bill (110 đ)'),
      expect.stringContaining('the bill is 110 đ'),
    ])
    expect(with_({ money: { ...fine.money, recorded: 0 } })).toHaveLength(1)
  })
})
