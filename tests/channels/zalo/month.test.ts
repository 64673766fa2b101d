import { sql } from 'kysely'
import { appendOutbox } from '../../../src/store/outbox.js'
import { freshSqlite } from '../../support/databases.js'
import { createZaloBot } from '../../support/fake-zalo/bot.js'
import type { FakeUser } from '../../support/fake-zalo/person.js'
import { isNight, localHour } from '../../support/fake-zalo/state.js'

const RESIDENTS = 5000
const DAYS = 30
const HOUR = 3_600_000
/** Everybody is reminded so often, at any hour of the day or the night: the planner's own care is not what is tested here. */
const REMINDERS = 2

/** A ward by a seed: the same every time. */
function dice(seed: number) {
  let state = seed
  const next = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
  return { next, pick: <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]! }
}

test('a month of a ward with 5,000 residents: nothing is refused for window or night, and every message is accounted for', async () => {
  const store = await freshSqlite()
  const oa = { package: 'full' as const, ratePerMinute: 2000 }
  const bot = await createZaloBot({ store, oa, overrides: { budget: undefined as never } })
  const { fake, clock, context } = bot
  const { next, pick } = dice(147)
  const people = Array.from({ length: RESIDENTS }, () => fake.user())
  const known = new Set<FakeUser>()
  let planned = 0

  /** Brings, answers and sends until nothing moves for two seconds, and gives back how long that took. */
  const run = async (): Promise<number> => {
    const from = clock()
    for (let still = 0; still < 2; clock.pass('a second')) {
      while (fake.webhooks.waiting > 0) await fake.webhooks.deliver({ parallel: 32 })
      still = (await context.delivery.runOnce()) === 0 ? still + 1 : 0
    }
    return clock() - from
  }
  const remind = async (some: readonly FakeUser[]) => {
    const at = clock()
    const ids = new Map((await sql<{ address: string; contact: string }>`select address, contact from address`.execute(store.db)).rows.map((row) => [row.address, row.contact])) // prettier-ignore
    const rows = some.map(({ id }) => {
      planned++
      const body = JSON.stringify({ text: `Nhắc ${planned}`, options: [] })
      const message = { contact: ids.get(id)!, n: 10_000 + planned, channel: 'zalo' as const, address: id, at, body }
      return { ...message, kind: 'bulk' as const, status: 'queued' as const, dedupeKey: `nhac ${planned}` }
    })
    await appendOutbox(store.db, rows)
  }
  const live = (person: FakeUser) => {
    const what = next()
    if (what < 0.75) person.says(pick(['1', '1', 'tiếp tục', 'xin chào', 'k đc']))
    else if (what < 0.85) person.opensChat()
    else if (what < 0.9) person.sends('sticker')
    else if (what < 0.94) person.unfollows()
    else if (what < 0.97) person.follows()
    else person.blocks()
  }

  let reminded = 0
  for (let hour = 0; hour < DAYS * 24; hour++) {
    await context.zaloAccess!.tokens.accessToken()
    // In the first ten days they come, by day; later some come back, by day and now and then by night.
    if (hour < 240 && !isNight(clock())) {
      const from = known.size
      for (const person of people.slice(from, from + Math.ceil(RESIDENTS / 160))) {
        person.says('/start vneid-level-1_g5')
        known.add(person)
      }
    }
    const [all, busy] = [[...known], isNight(clock()) ? 1 : 9]
    for (let i = 0; i < busy; i++) {
      const person = pick(all.length > 0 ? all : people.slice(0, 1))
      if (!known.has(person)) continue
      if (person.state.blocked) person.unblocks()
      live(person)
    }
    const spent = await run()
    // A wave to a part of the ward at 9:00, 21:00 and 2:00.
    if ([9, 21, 2].includes(localHour(clock()))) {
      const wave = Math.min(all.length, Math.ceil((RESIDENTS * REMINDERS) / (DAYS * 3)))
      await remind(Array.from({ length: wave }, () => all[reminded++ % all.length]!))
    }
    clock.pass(HOUR - spent - (await run()))
  }
  await run()

  // Nothing was refused for the window (-230, -232), the night (-234) or too fast (-32).
  expect(fake.refused.filter((code) => code !== -217)).toEqual([])
  const reminders = fake.accepted.filter(({ text }) => text?.startsWith('Nhắc '))
  expect(reminders.filter(({ at }) => isNight(at))).toEqual([])
  expect(new Set(fake.accepted.map(({ charged }) => charged))).toEqual(new Set(['reply']))
  expect(fake.accepted.some(({ at }) => isNight(at))).toBe(true)

  // Every reminder is somewhere, and only once.
  const found = await sql<{ status: string; waits: string; n: number }>`
    select status, coalesce(waits_for, error, '-') as waits, count(*) as n from outbox where kind = 'bulk'
    group by 1, 2`.execute(store.db)
  const of = (status: string, waits?: string) =>
    found.rows
      .filter((row) => row.status === status && (waits === undefined || row.waits === waits))
      .reduce((sum, { n }) => sum + n, 0)
  expect(planned).toBeGreaterThan(RESIDENTS * 1.5)
  expect(of('sent') + of('queued', 'contact') + of('cancelled') + of('queued', 'night')).toBe(planned)
  expect(of('sent')).toBe(reminders.length)
  expect(new Set(reminders.map(({ text }) => text)).size).toBe(reminders.length)
  // The waiting wait for somebody who has not been there for two days; whoever came back got theirs.
  const waiting = await sql<{ address: string }>`
    select distinct address from outbox where waits_for = 'contact'`.execute(store.db)
  const byId = new Map(people.map((person) => [person.id, person]))
  for (const { address } of waiting.rows)
    expect(clock() - (byId.get(address)!.state.lastInteraction ?? 0)).toBeGreaterThan(48 * HOUR - 61_000)
  expect(of('queued', 'contact')).toBeGreaterThan(RESIDENTS / 4)
  expect(of('sent')).toBeGreaterThan(RESIDENTS / 4)
  expect(fake.visibleDuplicates().filter(({ text }) => text?.startsWith('Nhắc '))).toEqual([])
  expect(known.size).toBe(RESIDENTS)
  await bot.close()
}, 180_000)
