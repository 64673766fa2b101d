import { ledgerOfRun } from '../../../src/store/ledger.js'
import { loadByAddresses } from '../../../src/store/contacts.js'
import { loadRuns } from '../../../src/store/runs.js'
import { freshSqlite } from '../../support/databases.js'
import { createZaloBot, type ZaloBot } from '../../support/fake-zalo/bot.js'
import type { Fault } from '../../support/fake-zalo/faults.js'
import type { FakeUser } from '../../support/fake-zalo/person.js'
import { eventLine } from '../../support/talk.js'
import type { LedgerEvent } from '../../../src/core/model/ledger.js'

const refused = (code: number): Fault => ({ accepted: false, answer: { code } })
const FAULTS: readonly [name: string, fault: Fault, times?: number][] = [
  ['too many requests (-32)', refused(-32)],
  ['too many requests three times', refused(-32), 3],
  ['a page with 429', { accepted: false, answer: 'http-429' }],
  ['a page with 502', { accepted: false, answer: 'html-502' }],
  ['a page with 502 twice', { accepted: false, answer: 'html-502' }, 2],
  ['a page with 502 although it was accepted', { accepted: true, answer: 'html-502' }],
  ['an empty answer', { accepted: false, answer: 'empty' }],
  ['an empty answer although it was accepted', { accepted: true, answer: 'empty' }],
  ['a reset before it was accepted', { accepted: false, answer: 'reset' }],
  ['a reset after it was accepted', { accepted: true, answer: 'reset' }],
  ['a cut body', { accepted: true, answer: 'cut' }],
  ['«send failed» (-200)', refused(-200)],
  ['«send failed» although it arrived', { accepted: true, answer: { code: -200 } }],
  ['no answer', { accepted: false, answer: 'hold' }],
  ['no answer although it was accepted', { accepted: true, answer: 'hold' }],
  ['a token refused for a moment (-216)', refused(-216)],
  ['a token that has expired (-220)', refused(-220), 2],
  ['a package that lapsed for a moment (-224)', refused(-224)],
  ['the window shut for a moment (-230)', refused(-230)],
  ['blocked for a moment (-217)', refused(-217)],
  ['the night in the middle of the day (-234)', refused(-234)],
]
const POINTS = [0, 3, 8, 15]

/** Walks level 1 by answering «1»; says something when nothing new came. */
async function walk(bot: ZaloBot, person: FakeUser, settle = () => bot.calm()): Promise<void> {
  person.says('/start vneid-level-1_g5')
  await settle()
  for (let i = 0; (await runOf(bot, person))?.state !== 'finished'; i++) {
    if (i > 60) throw new Error(`the walk does not end: ${person.heard().at(-1)}`)
    const before = person.heard().length
    person.says('1')
    await settle()
    if (person.heard().length > before) continue
    person.says('tiếp tục')
    await settle()
  }
}

async function runOf({ context: { store } }: ZaloBot, { id }: FakeUser) {
  const [row] = await loadByAddresses(store.db, [{ channel: 'zalo', address: id }])
  return row ? (await loadRuns(store.db, [row.session.person]))[0] : undefined
}

async function ledgerOf(bot: ZaloBot, person: FakeUser): Promise<string[]> {
  const run = await runOf(bot, person)
  return (await ledgerOfRun(bot.context.store.db, run!.id)).map((event) => eventLine(event as LedgerEvent))
}

async function open(more: Partial<Parameters<typeof createZaloBot>[0]> = {}): Promise<ZaloBot> {
  const store = await freshSqlite()
  return createZaloBot({ store, ...more })
}

describe.each([
  ['business', 'auto'],
  ['state', 'off'],
] as const)('on the fake Zalo, a %s account with buttons %s', (type, buttons) => {
  /** One that waits long, so that a busy machine looks like no fault, and one that gives up soon. */
  const bots: ZaloBot[] = []
  let clean: { ledger: string[]; heard: number }
  beforeAll(async () => {
    for (const send of [10_000, 300])
      bots.push(await open({ oa: { type, echoes: true }, env: { ZALO_BUTTONS: buttons }, overrides: { zalo: { timeoutMs: { send } } } })) // prettier-ignore
    const person = bots[0]!.fake.user()
    await walk(bots[0]!, person)
    clean = { ledger: await ledgerOf(bots[0]!, person), heard: person.heard().length }
  })
  afterAll(async () => {
    for (const bot of bots) await bot.close()
  })

  test.each(FAULTS)(
    '%s: at any point no position is lost, and at most one message is there twice',
    async (_, fault, times = 1) => {
      const held = fault.answer === 'hold'
      const bot = bots[held ? 1 : 0]!
      for (const after of held ? POINTS.slice(1, 3) : POINTS) {
        const person = bot.fake.user()
        const alerts = bot.context.counts.of('zalo', 'colleague')
        bot.fake.faults.next('/oa/message', fault, times, after)
        await walk(bot, person)
        expect(bot.fake.faults.left()).toBe(0)
        expect({ after, ledger: await ledgerOf(bot, person) }).toEqual({ after, ledger: clean.ledger })
        expect(bot.fake.visibleDuplicates(person.id).length).toBeLessThanOrEqual(fault.accepted ? 1 : 0)
        // An echo of a message whose answer was lost is no colleague's.
        expect(bot.context.counts.of('zalo', 'colleague')).toBe(alerts)
        bot.fake.faults.clear()
        expect(await bot.context.zaloAccess!.tokens.accessToken()).toEqual({ ok: true, accessToken: bot.fake.livingPair().accessToken }) // prettier-ignore
      }
      expect(bot.logs.join('')).not.toMatch(/Bước \d|VNeID|access-\d|refresh-\d/)
    },
  )

  test('a walk without faults says every message once', () => {
    expect(clean.ledger.at(-1)).toMatch(/^finished/)
    expect(clean.heard).toBeGreaterThan(15)
  })
})

describe('a token that is renewed in the middle of a walk', () => {
  test.each([
    ['without a hitch', null],
    ['through a page with 502', { accepted: false, answer: 'html-502' }],
    ['through a reset', { accepted: false, answer: 'reset' }],
    ['through an empty answer', { accepted: false, answer: 'empty' }],
    ['through «invalid app secret» for a moment', { accepted: false, answer: { code: -14_004 } }],
  ] as const)('%s: nothing is lost and the pair that Zalo knows is ours', async (_, fault) => {
    const bot = await open()
    const person = bot.fake.user()
    let step = 0
    await walk(bot, person, async () => {
      if (++step === 8) {
        bot.clock.pass('23 hours')
        if (fault) bot.fake.faults.next('access_token', fault)
      }
      await bot.calm()
    })
    expect((await ledgerOf(bot, person)).at(-1)).toMatch(/^finished/)
    bot.clock.pass('10 minutes')
    expect(await bot.context.zaloAccess!.tokens.accessToken()).toEqual({ ok: true, accessToken: bot.fake.livingPair().accessToken }) // prettier-ignore
    expect(bot.fake.visibleDuplicates()).toEqual([])
    expect(bot.fake.faults.left()).toBe(0)
    await bot.close()
  })

  test('and lost with its answer, as Zalo allows: everything waits, and goes out after a new consent', async () => {
    const bot = await open()
    const person = bot.fake.user()
    person.says('/start vneid-level-1_g5')
    await bot.calm()
    bot.clock.pass('23 hours')
    bot.fake.faults.next('access_token', { accepted: true, answer: 'reset' })
    person.says('1')
    for (let i = 0; i < 20; i++) {
      await bot.settle()
      bot.clock.pass('10 minutes')
    }
    expect(person.heard()).toHaveLength(1)
    const { accessToken, refreshToken } = bot.fake.grant()
    await bot.context.zaloAccess!.tokens.replace({ accessToken, refreshToken, accessLifeMs: 90_000_000 })
    await bot.calm()
    expect(person.heard()).toHaveLength(2)
    await bot.close()
  })
})

test('events that come twice, three times and out of order walk to the same end', async () => {
  const bot = await open({ oa: { echoes: true, receipts: true } })
  const [first, second] = [bot.fake.user(), bot.fake.user()]
  let seed = 7
  const shuffle = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647
  await walk(bot, first)
  await walk(bot, second, async () => {
    for (let i = 0; i < 3; i++) {
      await bot.fake.webhooks.deliver({ copies: 3, shuffle, parallel: 3 })
      await bot.calm()
    }
  })
  expect(await ledgerOf(bot, second)).toEqual(await ledgerOf(bot, first))
  expect(second.heard()).toEqual(first.heard())
  expect(bot.fake.visibleDuplicates()).toEqual([])
  await bot.close()
})
