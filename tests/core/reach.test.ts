import fc from 'fast-check'
import type { ChannelName } from '../../src/core/model/message.js'
import type { Hours } from '../../src/core/policy/quiet.js'
import { afterQuiet, within } from '../../src/core/policy/quiet.js'
import {
  type Candidate,
  type ChannelRules,
  type Placement,
  reach,
  type ReachPolicy,
  type Allowance,
  type Way,
} from '../../src/core/policy/reach.js'
import { createPlanner } from '../../src/core/broadcast/planner.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const CHANNELS: readonly ChannelName[] = ['telegram', 'zalo', 'web']
const ZALO: ChannelRules = { pushes: true, window: { free: 2 * DAY, paid: 7 * DAY, price: 55 }, quiet: { from: '22:00', until: '06:00' }, template: null } // prettier-ignore
const FREE: ChannelRules = { pushes: true, window: null, quiet: null, template: null }
const PAGE: ChannelRules = { ...FREE, pushes: false }

/** The wall clock of Viet Nam, by the machine's own table of zones instead of arithmetic. */
const wall = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Ho_Chi_Minh', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }) // prettier-ignore
const clockAt = (at: number) => wall.format(at)
const inHours = ({ from, until }: Hours, at: number) => {
  const now = clockAt(at)
  if (from === until) return false
  return from < until ? from <= now && now < until : now >= from || now < until
}

const clockTime = fc.tuple(fc.nat(23), fc.nat(59)).map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`) // prettier-ignore
const hours = fc.record({ from: clockTime, until: clockTime })
/** An instant as somebody anywhere would write it down. */
const instant = fc
  .record({
    at: fc.integer({ min: Date.parse('2026-01-01Z'), max: Date.parse('2027-12-31Z') }),
    zone: fc.integer({ min: -12, max: 14 }),
  }) // prettier-ignore
  .map(({ at, zone }) => {
    const local = new Date(at + zone * HOUR).toISOString().slice(0, 23)
    return Date.parse(`${local}${zone < 0 ? '-' : '+'}${String(Math.abs(zone)).padStart(2, '0')}:00`)
  })

const rules: fc.Arbitrary<ChannelRules> = fc.record({
  pushes: fc.boolean(),
  window: fc.option(
    fc
      .tuple(fc.integer({ min: 1, max: 72 }), fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 900 }))
      .map(([free, more, price]) => ({ free: free * HOUR, paid: (free + more) * HOUR, price })),
  ),
  quiet: fc.option(hours),
  template: fc.option(
    fc.record({
      price: fc.integer({ min: 100, max: 900 }),
      within: fc.integer({ min: 3, max: 11 }).map((days) => days * DAY),
    }),
  ),
})

/** Half of them the real apps. */
const app = fc.oneof(rules, fc.constantFrom(ZALO, FREE, ZALO, PAGE))

const contactId = fc.nat(20).map((n) => `c-${n}`)
const candidateAt = (now: number, person: string): fc.Arbitrary<Candidate> =>
  fc.record({
    person: fc.constant(person),
    group: fc.option(fc.integer({ min: 1, max: 4 })),
    finished: rarely(),
    optedOut: rarely(),
    ticket: rarely(),
    today: rarely(),
    thisWeek: fc.constantFrom(0, 0, 0, 1, 2, 3),
    waiting: rarely(),
    quiet: fc.option(hours, { freq: 3 }),
    reader: fc.option(
      fc.record({
        contact: contactId,
        helper: fc.boolean(),
        consented: rarely().map((no) => !no),
        optedOut: rarely(),
        today: rarely(),
        ways: fc.uniqueArray(
          fc.record({
            channel: fc.constantFrom(...CHANNELS),
            address: fc.constant(person),
            state: fc.constantFrom('ok', 'ok', 'ok', 'blocked', 'dead') as fc.Arbitrary<'ok' | 'blocked' | 'dead'>,
            lastAt: fc.option(
              fc.oneof(
                fc.integer({ min: 0, max: 12 * 24 * 60 }).map((minutes) => now - minutes * 60_000),
                // The edges of Zalo's windows, to the second.
                fc.tuple(fc.constantFrom(2, 7), fc.integer({ min: -90, max: 90 })).map(([days, seconds]) => now - days * DAY - seconds * 1000), // prettier-ignore
              ),
            ),
            heldUntil: fc.option(fc.integer({ min: -600, max: 600 }).map((minutes) => now + minutes * 60_000), { freq: 4 }), // prettier-ignore
          }),
          { selector: ({ channel }) => channel, minLength: 1, maxLength: 3, size: 'max' },
        ),
      }),
      { freq: 8 },
    ),
  })

function rarely(): fc.Arbitrary<boolean> {
  return fc.nat(24).map((n) => n === 0)
}

const plan = instant.chain((now) =>
  fc.record({
    policy: fc.record({
      now: fc.constant(now),
      notBefore: fc.oneof(
        fc.constant(0),
        fc.integer({ min: -5000, max: 5000 }).map((m) => now + m * 60_000),
      ),
      quiet: fc.oneof(fc.constant({ from: '21:00', until: '07:00' }), hours),
      perWeek: fc.integer({ min: 1, max: 3 }),
      paid: fc.boolean(),
      channels: fc.tuple(app, app, app).map((all) => new Map(CHANNELS.map((name, i) => [name, all[i]!] as const))),
      groupPosts: fc.subarray([1, 2, 3, 4]).map((groups) => new Set(groups)),
    }) satisfies fc.Arbitrary<ReachPolicy>,
    allowance: fc.record({ free: fc.nat(3), paid: fc.nat(3) }),
    people: fc
      .integer({ min: 5, max: 20 })
      .chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => candidateAt(now, `p-${i}`)))),
  }),
)

/** Every rule that a message of the plan breaks, one by one and without the planner's own arithmetic. */
function broken(one: Candidate, placed: Placement, policy: ReachPolicy): string[] {
  if (placed.reason !== null) return []
  const { reader } = one
  const found: string[] = []
  const must = (holds: unknown, rule: string) => void (holds ? 0 : found.push(rule))
  must(!one.finished, 'finished')
  must(!one.optedOut && !reader?.optedOut, 'opted out')
  must(!one.ticket, 'ticket')
  must(!one.today && !reader?.today, 'one a day')
  must(!one.waiting, 'two broadcasts')
  must(one.thisWeek + 1 <= policy.perWeek, 'cap')
  must(reader?.consented, 'consent')
  must(reader?.contact === placed.route.contact, 'reader')
  const way = reader?.ways.find(({ channel }) => channel === placed.route.channel)
  const app = policy.channels.get(placed.route.channel)
  must(way?.state === 'ok', 'address')
  must(app?.pushes, 'page')
  if (!way || !app) return [...found, 'no such way']
  must(placed.at >= policy.now && placed.at >= policy.notBefore, 'too early')
  must(placed.at >= (way.heldUntil ?? 0), 'a colleague talks')
  for (const quiet of [policy.quiet, one.quiet, app.quiet]) if (quiet) must(!inHours(quiet, placed.at), 'quiet hours')
  if (app.window) {
    const silent = way.lastAt === null ? Infinity : placed.at - way.lastAt
    if (placed.price === 0 && placed.uses === null) must(silent < app.window.free, 'not free any more')
    else {
      must(policy.paid, 'money unasked')
      must(placed.place === 'paid', 'shown as free')
      if (silent >= app.window.paid) {
        must(app.template && silent < app.template.within, 'refused')
        must(placed.price === app.template?.price, 'price of the template')
      } else must(placed.price === (placed.uses === 'free' ? 0 : app.window.price), 'price')
    }
  } else must(placed.price === 0, 'a price where there is none')
  return found
}

/** The first instant from `start` on that lies in none of the hours, by trying each minute of a day; null: none does. */
function firstFree(quiet: readonly Hours[], start: number): number | null {
  const [hour = 0, minute = 0] = clockAt(start).split(':').map(Number)
  const begun = Math.floor(start / 60_000) * 60_000
  for (let n = 0; n <= 24 * 60; n++) {
    const now = (hour * 60 + minute + n) % 1440
    const shown = `${String(Math.floor(now / 60)).padStart(2, '0')}:${String(now % 60).padStart(2, '0')}`
    const asleep = quiet.some(({ from, until }) =>
      from < until ? from <= shown && shown < until : from > until && (shown >= from || shown < until),
    )
    if (!asleep) return n === 0 ? start : begun + n * 60_000
  }
  return null
}

/** What may be done with somebody, said as the issue says it: all reasons for leaving them out, or the best of what each of their apps allows. */
function rightful(one: Candidate, policy: ReachPolicy, left: Allowance, spokenTo: ReadonlySet<string>): string[] {
  const { reader } = one
  const out = [
    one.finished && 'finished',
    (one.optedOut || reader?.optedOut) && 'opted-out',
    one.ticket && 'ticket',
    one.today && 'today',
    one.waiting && 'waiting-elsewhere',
    one.thisWeek + 1 > policy.perWeek && 'capped',
    reader && !reader.consented && 'no-consent',
    reader && (reader.today || spokenTo.has(reader.contact)) && 'helper-today',
  ].filter((why) => typeof why === 'string')
  if (out.length > 0) return out.map((why) => `left-out: ${why}`)
  const offline = one.group !== null && policy.groupPosts.has(one.group) ? 'group-post' : 'paper'
  if (!reader) return [`${offline}: no-contact`]
  const latest = (ways: readonly Way[]) => Math.max(...ways.map(({ lastAt }) => lastAt ?? -1))
  const pushing = reader.ways.filter(({ channel }) => policy.channels.get(channel)?.pushes)
  const [free, dear, whys]: [string[], { price: number; inWindow: boolean; way: Way; at: number }[], Set<string>] = [[], [], new Set()] // prettier-ignore
  const freeWays: { way: Way; at: number }[] = []
  for (const way of reader.ways) {
    const app = policy.channels.get(way.channel)
    if (!app?.pushes) whys.add('page-only')
    else if (way.state !== 'ok') whys.add('blocked')
    else {
      const quiet = [policy.quiet, one.quiet, app.quiet].filter((hours) => hours !== null)
      const at = firstFree(quiet, Math.max(policy.now, policy.notBefore, way.heldUntil ?? 0))
      // A minute of every window is left unused.
      const silent = at === null || way.lastAt === null ? Infinity : at + 60_000 - way.lastAt
      if (at === null) whys.add('always-quiet')
      else if (!app.window || silent <= app.window.free) freeWays.push({ way, at })
      else {
        const inWindow = silent <= app.window.paid
        const price = inWindow ? app.window.price : app.template && silent <= app.template.within ? app.template.price : null // prettier-ignore
        if (price === null) whys.add('window-closed')
        else if (!policy.paid) whys.add('paid-off')
        else dear.push({ price, inWindow, way, at })
      }
    }
  }
  const newest = <T extends { way: Way }>(some: readonly T[]) =>
    some.filter(({ way }) => (way.lastAt ?? -1) === latest(some.map((other) => other.way)))
  for (const { way, at } of newest(freeWays)) {
    const usual = (way.lastAt ?? -1) === latest(pushing)
    const places = [...(usual ? [at > policy.now ? 'later' : 'now'] : []), ...(!usual || pushing.filter(({ lastAt }) => (lastAt ?? -1) === (way.lastAt ?? -1)).length > 1 ? ['other-channel'] : [])] // prettier-ignore
    for (const place of places) free.push(`${place} ${way.channel} ${at} 0`)
  }
  if (free.length > 0) return free
  const ofPackage = newest(dear.filter(({ inWindow }) => inWindow && left.free > 0))
  if (ofPackage.length > 0) return ofPackage.map(({ way, at }) => `paid ${way.channel} ${at} 0`)
  if (dear.length > 0 && left.paid > 0) return newest(dear).map(({ way, at, price }) => `paid ${way.channel} ${at} ${price}`) // prettier-ignore
  if (dear.length > 0) whys.add('quota')
  // What somebody could do something about is said first.
  for (const why of ['quota', 'paid-off', 'window-closed', 'always-quiet', 'blocked', 'page-only'])
    if (whys.has(why)) return [`${offline}: ${why}`]
  return [`${offline}: no-contact`]
}

describe('the planner of reminders', () => {
  test('plans not one forbidden message, whatever the roster, windows, quotas, opt-outs, caps and clocks', () => {
    const seen: Record<string, number> = { now: 0, paid: 0, later: 0, 'other-channel': 0, paper: 0, 'left-out': 0 }
    fc.assert(
      fc.property(plan, ({ policy, allowance, people }) => {
        const planner = createPlanner(policy, allowance)
        const left = { ...allowance }
        const spokenTo = new Set<string>()
        const placed = people.map((one) => {
          const rights = rightful(one, policy, left, spokenTo)
          const placement = planner.place(one)
          const told = placement.reason === null ? `${placement.place} ${placement.route.channel} ${placement.at} ${placement.price}` : `${placement.place}: ${placement.reason}` // prettier-ignore
          // Neither a message too many nor one too few.
          if (!rights.includes(told)) expect(told).toBe(rights.join(' or '))
          if (placement.reason === null) {
            spokenTo.add(placement.route.contact)
            if (placement.uses !== null) left[placement.uses]--
          }
          return { one, placement }
        })
        for (const { one, placement } of placed) {
          expect(broken(one, placement, policy)).toEqual([])
          seen[placement.place === 'group-post' ? 'paper' : placement.place]!++
        }
        const sent = placed.flatMap(({ placement }) => (placement.reason === null ? [placement] : []))
        // Nobody reads two messages of one plan, and no quota is exceeded.
        expect(new Set(sent.map(({ route }) => route.contact)).size).toBe(sent.length)
        expect(sent.filter(({ uses }) => uses === 'free').length).toBeLessThanOrEqual(allowance.free)
        expect(sent.filter(({ uses }) => uses === 'paid').length).toBeLessThanOrEqual(allowance.paid)
        // What the preview shows is what the plan holds.
        const tally = planner.tally()
        expect(tally.cost).toBe(sent.reduce((sum, { price }) => sum + price, 0))
        expect(Object.values(tally.places).reduce((a, b) => a + b, 0)).toBe(people.length)
        expect(tally.people).toBe(people.length)
        const counted: Record<string, number> = {}
        for (const { placement } of placed) {
          counted[placement.place] = (counted[placement.place] ?? 0) + 1
          const why = `${placement.place}: ${placement.reason}`
          if (placement.reason !== null) counted[why] = (counted[why] ?? 0) + 1
        }
        for (const [what, count] of Object.entries({ ...tally.places, ...tally.reasons })) expect([what, counted[what] ?? 0]).toEqual([what, count]) // prettier-ignore
      }),
      { numRuns: 800, seed: 147 },
    )
    expect(Object.entries(seen).filter(([, count]) => count < 20)).toEqual([])
  })

  test('knows the quiet hours as the wall clock shows them, and finds the first minute after them', () => {
    fc.assert(
      fc.property(fc.array(hours, { maxLength: 3 }), instant, (quiet, at) => {
        for (const one of quiet) expect(within(one, at)).toBe(inHours(one, at))
        const free = afterQuiet(quiet, at)
        if (free === null) return
        expect(free).toBeGreaterThanOrEqual(at)
        expect(quiet.some((one) => inHours(one, free))).toBe(false)
        for (let minute = at; minute < free; minute += 60_000)
          expect(quiet.some((one) => inHours(one, minute))).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  describe('in plain cases', () => {
    const now = Date.parse('2026-11-23T10:00:00+07:00')
    const policy: ReachPolicy = {
      now,
      notBefore: 0,
      quiet: { from: '21:00', until: '07:00' },
      perWeek: 2,
      paid: false,
      channels: new Map([['telegram', FREE], ['zalo', ZALO], ['web', PAGE]] as const),
      groupPosts: new Set([7]),
    } // prettier-ignore
    const on = (channel: ChannelName, silent: number, state: 'ok' | 'blocked' | 'dead' = 'ok') =>
      ({ channel, address: 'a', state, lastAt: now - silent, heldUntil: null }) as const
    const who = (ways: readonly ReturnType<typeof on>[], more: Partial<Candidate> = {}): Candidate => ({
      person: 'p', group: 5, finished: false, optedOut: false, ticket: false, today: false, thisWeek: 0, waiting: false, quiet: null,
      reader: { contact: 'c', helper: false, consented: true, optedOut: false, today: false, ways },
      ...more,
    }) // prettier-ignore
    const says = (one: Candidate, more: Partial<ReachPolicy> = {}, left = { free: 0, paid: 10 }) => {
      const placed = reach(one, { ...policy, ...more }, left)
      return placed.reason === null
        ? `${placed.place} ${placed.route.channel} ${clockAt(placed.at)} ${placed.price} đ`
        : `${placed.place}: ${placed.reason}`
    }

    test.each([
      ['somebody who wrote yesterday', who([on('zalo', DAY)]), {}, 'now zalo 10:00 0 đ'],
      ['in the evening it waits for the morning', who([on('zalo', HOUR)]), { now: now + 11.5 * HOUR }, 'later zalo 07:00 0 đ'],
      // Free now, but no longer in the morning.
      ['what the night makes dear is dear', who([on('zalo', 30 * HOUR)]), { now: now + 11.5 * HOUR, paid: true }, 'paid zalo 07:00 55 đ'],
      ['no đồng unasked', who([on('zalo', 3 * DAY)]), {}, 'paper: paid-off'],
      ['three days silent', who([on('zalo', 3 * DAY)]), { paid: true }, 'paid zalo 10:00 55 đ'],
      ['eight days silent', who([on('zalo', 8 * DAY)]), { paid: true }, 'paper: window-closed'],
      ['another app is free', who([on('zalo', 3 * DAY), on('telegram', 90 * DAY)]), { paid: true }, 'other-channel telegram 10:00 0 đ'],
      ['only the page', who([on('web', HOUR)]), {}, 'paper: page-only'],
      ['a page read last does not make the app another one', who([on('web', HOUR), on('telegram', DAY)]), {}, 'now telegram 10:00 0 đ'],
      ['blocked', who([on('telegram', HOUR, 'blocked')]), {}, 'paper: blocked'],
      ['blocked, in a group with a chat', who([on('telegram', HOUR, 'dead')], { group: 7 }), {}, 'group-post: blocked'],
      ['nobody to write to', who([], { reader: null }), {}, 'paper: no-contact'],
      ['finished', who([on('telegram', HOUR)], { finished: true }), {}, 'left-out: finished'],
      ['wants nothing', who([on('telegram', HOUR)], { optedOut: true }), {}, 'left-out: opted-out'],
      ['reminded twice this week', who([on('telegram', HOUR)], { thisWeek: 2 }), {}, 'left-out: capped'],
      ['sleeps at noon', who([on('telegram', HOUR)], { quiet: { from: '09:00', until: '13:30' } }), {}, 'later telegram 13:30 0 đ'],
      ['never to be disturbed', who([on('telegram', HOUR)], { quiet: { from: '06:00', until: '22:00' } }), {}, 'paper: always-quiet'],
    ] as const)('%s', (_, one, more, expected) => expect(says(one, more)).toBe(expected)) // prettier-ignore

    test('the package goes first, then money, then paper', () => {
      const silent = who([on('zalo', 3 * DAY)])
      expect(says(silent, { paid: true }, { free: 1, paid: 0 })).toBe('paid zalo 10:00 0 đ')
      expect(says(silent, { paid: true }, { free: 0, paid: 0 })).toBe('paper: quota')
    })
  })
})
