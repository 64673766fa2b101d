import { sql } from 'kysely'
import type { Material } from '../../src/core/flow/inspect.js'
import type { BroadcastPlan } from '../../src/core/model/broadcast.js'
import { DAY_MS, dayOf, startOfDay } from '../../src/core/policy/calendar.js'
import { OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { isToVisit } from '../../src/core/broadcast/visits.js'
import { messagesOf } from '../../src/core/broadcast/planner.js'
import { BUSY_MS } from '../../src/reminders/queue.js'
import { generator } from '../../src/demo/chance.js'
import { loadBroadcast } from '../../src/store/broadcasts.js'
import { optOut } from '../../src/store/opt-outs.js'
import { outcomePage } from '../../src/store/recipients.js'
import { freshSqlite } from '../support/databases.js'
import { createZaloBot, type ZaloBot } from '../support/fake-zalo/bot.js'
import { FAKE_TOKEN, type FakeTelegram, startFakeTelegram } from '../support/fake-telegram/fake-telegram.js'
import { createClock } from '../support/clock.js'
import { loadWorld } from '../support/world.js'
import { enrol, rosterPerson } from '../store/roster-samples.js'

const DAYS = 28
const RESIDENTS = { zalo: 120, telegram: 60, web: 20 }
/** On the ward's list only: nobody ever wrote to us for them. */
const ROSTER_ONLY = 60
const HOUR = 3_600_000
const WARD = scopeOf(OPERATOR)
const FLOW = 'vneid-level-1'
/** Messages that the package has for nothing in a month. */
const PACKAGE = 25
const PRICE = 55
/** Ends every reminder and nothing else. */
const REMINDER = 'Không muốn nhận tin nhắc nữa'

const plan = (who: BroadcastPlan['audience']['who'], more: Partial<BroadcastPlan> = {}): BroadcastPlan => ({
  audience: { flow: FLOW, who, groups: null, residence: null },
  wording: { kind: 'ready' },
  at: null,
  paid: false,
  ...more,
})
const STUCK = plan({ kind: 'stuck', days: 3 }, { paid: true })

/** Somebody of the ward with a phone, and what they still mean to do. */
interface Somebody {
  address: string
  say(text: string): void
  /** Messages that they will still send before they are stuck. */
  will: number
  /** When they write next, ms. */
  next: number
  began: boolean
  lastWord: number
  outAt: number | null
  /** Reminders that reached them, ms. */
  reminded: number[]
}

function materialOf(): Material {
  const { material } = loadWorld()
  const { value } = material.ward
  const reminders = { ...value.reminders, 'paid-most': 100, 'package-left': PACKAGE }
  return { ...material, ward: { ...material.ward, value: { ...value, reminders } } }
}

test('a month of the demo ward: everybody who is stuck is reminded within the rules or stands on the list of visits, and the forecast is the bill', async () => {
  const random = generator(147)
  const store = await freshSqlite()
  const clock = createClock('2026-11-23T06:00:00+07:00')
  const telegram: FakeTelegram = await startFakeTelegram(clock)
  const bot: ZaloBot = await createZaloBot({
    store,
    clock,
    oa: { package: 'full', allowance: PACKAGE, cloudAccount: { balance: 10_000_000 } },
    env: {
      ZALO_PAID_MESSAGES: 'on',
      TELEGRAM_BOT_TOKEN: FAKE_TOKEN,
      TELEGRAM_API_ROOT: telegram.url,
      TELEGRAM_WEBHOOK_SECRET: 'a-secret-of-the-month-test',
    },
    overrides: { material: materialOf() },
  })
  const { context, fake } = bot
  const { ward, reminders, schedules, delivery, turns, world } = context
  await enrol(store.db, Array.from({ length: ROSTER_ONLY }, (_, i) => rosterPerson(i, { group: (i % 12) + 1 }))) // prettier-ignore

  // The ward's people, who begin in the first ten days.
  let events = 0
  let said: Promise<unknown>[] = []
  const somebody = (address: string, say: Somebody['say']): Somebody => ({
    address,
    say,
    will: 4 + Math.floor(random() * 18),
    next: clock() + random() * 10 * DAY_MS,
    began: false,
    lastWord: 0,
    outAt: null,
    reminded: [],
  })
  const elsewhere = (channel: 'telegram' | 'web', address: string) =>
    somebody(address, (text) => {
      const start = text.startsWith('/start ')
      const content = start ? ({ kind: 'start', payload: text.slice(7) } as const) : ({ kind: 'text', text } as const)
      said.push(turns.accept({ channel, externalId: `e-${++events}`, address, content, at: clock(), secrets: [] }))
    })
  const onZalo = new Map(Array.from({ length: RESIDENTS.zalo }, () => {
    const user = fake.user()
    return [user.id, { user, ...somebody(user.id, (text) => void user.says(text)) }] as const
  })) // prettier-ignore
  const onTelegram = Array.from({ length: RESIDENTS.telegram }, (_, i) => {
    const id = 900_000 + i
    telegram.state.chats.set(id, { id, language: 'vi', started: true, blocked: false, deactivated: false, messages: [], keys: [] }) // prettier-ignore
    return elsewhere('telegram', String(id))
  })
  const onWeb = Array.from({ length: RESIDENTS.web }, (_, i) => elsewhere('web', `page-${i}`))
  const everybody: Somebody[] = [...onZalo.values(), ...onTelegram, ...onWeb]

  /** Brings, answers, plans and sends until nothing moves; then everybody looks at what came. */
  const [read, chats] = [{ zalo: 0 }, new Map<string, number>()]
  const run = async () => {
    for (let moved = 1; moved > 0;) {
      await Promise.all(said)
      said = []
      moved = (await fake.webhooks.deliver({ parallel: 16 })).length
      await context.intake.settled()
      moved += (await context.requests.runOnce()) + (await schedules.runOnce())
      moved += (await reminders.runOnce()) + (await delivery.runOnce())
    }
    for (const { to, text, at } of fake.accepted.slice(read.zalo))
      if (text?.includes(REMINDER)) heed(onZalo.get(to)!, at)
    read.zalo = fake.accepted.length
    for (const person of onTelegram) {
      const { messages } = telegram.state.chats.get(Number(person.address))!
      for (const { from, text, at } of messages.slice(chats.get(person.address) ?? 0))
        if (from === 'bot' && text.includes(REMINDER)) heed(person, at)
      chats.set(person.address, messages.length)
    }
  }

  /** Whoever is reminded sometimes goes on, and sometimes says that it is enough. */
  const wrong: string[] = []
  const wants: Somebody[] = []
  const heed = (person: Somebody, at: number) => {
    const today = startOfDay(dayOf(at))
    const clockHour = (at - today) / HOUR
    const week = person.reminded.filter((one) => one >= today - 6 * DAY_MS)
    const found = (what: string) => wrong.push(`${person.address} at ${new Date(at).toISOString()}: ${what}`)
    if (clockHour < 7 || clockHour >= 21) found('at night')
    if (week.some((one) => one >= today)) found('twice a day')
    if (week.length >= ward.reminders['per-week']) found('more than twice in seven days')
    if (person.outAt !== null) found('wants nothing')
    if (person.lastWord > at - BUSY_MS) found('is writing')
    person.reminded.push(at)
    const what = random()
    if (what < 0.35) [person.will, person.next] = [1 + Math.floor(random() * 5), at + random() * 6 * HOUR]
    else if (what < 0.42) wants.push(person)
    else if (what < 0.45) block(person)
  }
  const block = ({ address }: Somebody) => {
    const zalo = onZalo.get(address)
    if (zalo) zalo.user.blocks()
    else telegram.state.chats.get(Number(address))!.blocked = true
  }
  const live = (hour: number) => {
    for (const person of everybody) {
      if (person.next > clock() || hour < 7 || hour >= 20) continue
      if (!person.began) person.say(`/start ${FLOW}_g${1 + Math.floor(random() * 12)}`)
      else if (person.will > 0) person.say('1')
      else {
        // Now and then somebody looks in without going on: their window is open again.
        person.next = clock() + (2 + random() * 20) * DAY_MS
        const zalo = onZalo.get(person.address)
        if (zalo && person.reminded.length > 0 && !zalo.user.state.blocked) zalo.user.opensChat()
        continue
      }
      person.will--
      person.began = true
      person.lastWord = clock()
      if (person.will <= 0) person.next = clock() + (2 + random() * 20) * DAY_MS
    }
  }
  const unsent = async (id: string) => (await outcomePage(store.db, id, '', 10_000)).reduce((sum, { result, price }) => sum + (result === 'sent' ? 0 : price), 0) // prettier-ignore
  const bill = () => fake.accepted.filter(({ charged }) => charged === 'cloud').length * PRICE

  /** A broadcast by hand, as shown. */
  const forecasts = new Map<string, number>()
  const broadcast = async (what: BroadcastPlan): Promise<string> => {
    const shown = await reminders.preview({ contact: 'head', scope: WARD }, what)
    if (shown.kind !== 'preview') throw new Error(shown.kind)
    const count = messagesOf(shown.tally)
    expect(await reminders.confirm({ id: shown.id, key: shown.id, by: 'head', count })).toMatchObject({ kind: 'confirmed' }) // prettier-ignore
    forecasts.set(shown.id, shown.tally.cost)
    return shown.id
  }

  /** Everybody who has been stuck since before this morning's rules has had their message, wants none, or stands on the list of today. */
  const addressOf = async () => new Map((await sql<{ person: string; address: string }>`select c.person, a.address from contact c join address a on a.contact = c.id`.execute(store.db)).rows.map(({ person, address }) => [person, address])) // prettier-ignore
  const checked = { reminded: 0, paper: 0, out: 0, ticket: 0, people: 0 }
  const checkStuck = async (morning: number, today: string) => {
    const lists = await sql<{ id: string }>`select id from broadcast where plan = ${JSON.stringify(STUCK)} and state = 'done' order by confirmed_at desc limit 1`.execute(store.db) // prettier-ignore
    const listed = new Set((await outcomePage(store.db, lists.rows[0]!.id, '', 10_000)).filter(isToVisit).map(({ person }) => person)) // prettier-ignore
    const tickets = new Set((await sql<{ contact: string; person: string }>`select contact, person from ticket where state <> 'closed'`.execute(store.db)).rows.flatMap(({ contact, person }) => [contact, person])) // prettier-ignore
    const waits = new Set(world.flows.get(FLOW)!.steps.filter(({ kind }) => kind === 'wait').map(({ id }) => id)) // prettier-ignore
    const stuck = await sql<{ person: string; step: string; at: number }>`select person, step, entered_at as at from run where flow = ${FLOW} and state <> 'finished'`.execute(store.db) // prettier-ignore
    const addresses = await addressOf()
    for (const { person, step, at } of stuck.rows) {
      if (waits.has(step) || at > morning - 3 * DAY_MS) continue
      checked.people++
      const one = everybody.find(({ address }) => address === addresses.get(person))!
      const start = startOfDay(today)
      const recent = one.reminded.filter((when) => when >= start - 6 * DAY_MS)
      if (one.outAt !== null) checked.out++
      else if (recent.some((when) => when >= start) || recent.length >= ward.reminders['per-week']) checked.reminded++
      else if (listed.has(person)) checked.paper++
      else if (tickets.has(person)) checked.ticket++
      else wrong.push(`${person} (${one.address}) is stuck at ${step} on ${today} and nobody looks after them`)
    }
  }

  for (const rule of ['level-1-stuck', 'level-1-overdue']) expect(await schedules.set(rule, true, 'staff')).toBe(true)
  const begin = clock()
  while (clock() < begin + DAYS * DAY_MS) {
    const day = Math.floor((clock() - begin) / DAY_MS)
    const hour = (clock() - startOfDay(dayOf(clock()))) / HOUR
    if (hour === 7) await context.zaloAccess!.tokens.accessToken()
    live(hour)
    await run()
    for (const person of wants.splice(0)) {
      const [row] = (await sql<{ contact: string }>`select contact from address where address = ${person.address}`.execute(store.db)).rows // prettier-ignore
      await store.transaction((tx) => optOut(tx, [row!.contact], clock()))
      person.outAt = clock()
    }
    if (hour === 10) {
      const before = bill()
      const id = await broadcast(STUCK)
      await run()
      // All of it leaves at once, so that the forecast is the bill to the đồng, but for those who had shut us out without our knowing.
      expect(bill() - before + (await unsent(id))).toBe(forecasts.get(id))
    }
    if (hour === 10.5) await checkStuck(clock() - 2 * HOUR, dayOf(clock()))
    // After nine in the evening somebody writes to all who have not finished, once a week: it waits for the morning.
    if (hour === 21 && day % 7 === 4) await broadcast(plan({ kind: 'unfinished' }))
    clock.pass(hour >= 7 && hour < 11 ? '30 minutes' : 'an hour')
  }
  await run()
  expect(wrong).toEqual([])

  // Nothing was refused for the window (-230, -232), the night (-234), the quota (-211) or the money (-320, -321).
  expect(fake.refused.filter((code) => code !== -217)).toEqual([])
  expect(fake.visibleDuplicates().filter(({ text }) => text?.includes(REMINDER))).toEqual([])
  // Nobody is reminded behind the end of the guide.
  const after = await sql<{ person: string }>`
    select r.person from recipient r join outbox o on o.contact = r.contact and o.n = r.n
    join ledger l on l.person = r.person and l.flow = ${FLOW} and l.outcome = 'finished' and l.at < o.sent_at
    where o.status = 'sent'`.execute(store.db)
  expect(after.rows).toEqual([])

  // The money: what was forecast, what the outcomes say, what the fake took.
  const packaged = fake.accepted.filter(({ charged }) => charged === 'sub_quota').length
  const paid = bill()
  const outcomes = await Promise.all([...forecasts.keys()].map(async (id) => (await reminders.progress(id)).reduce((sum, { cost }) => sum + cost, 0))) // prettier-ignore
  expect(packaged).toBe(PACKAGE)
  expect(paid).toBeGreaterThan(20 * PRICE)
  const shutOut = await Promise.all([...forecasts.keys()].map(unsent))
  const sum = (some: Iterable<number>) => [...some].reduce((a, b) => a + b, 0)
  expect(sum(forecasts.values()) - sum(shutOut)).toBe(paid)
  expect(sum(shutOut)).toBeLessThan(paid / 10)
  expect(sum(outcomes)).toBe(paid)
  const rules = await sql<{ id: string }>`select id from broadcast where rule is not null`.execute(store.db)
  for (const { id } of rules.rows) expect((await loadBroadcast(store.db, id))!.tally.cost).toBe(0)
  expect(rules.rows.length).toBeGreaterThan(5)

  // The month was one: all of it happened, and to many.
  const total = everybody.reduce((sum, { reminded }) => sum + reminded.length, 0)
  expect(total).toBeGreaterThan(200)
  expect(everybody.filter(({ outAt }) => outAt !== null).length).toBeGreaterThan(5)
  for (const kind of ['reminded', 'paper', 'out'] as const) expect(checked[kind]).toBeGreaterThan(50)
  process.stderr.write(`${JSON.stringify({ total, packaged, paid, checked, broadcasts: forecasts.size, rules: rules.rows.length, messages: fake.accepted.length })}\n`) // prettier-ignore
  await bot.close()
  await telegram.close()
}, 120_000)
