import fc from 'fast-check'
import type { ChannelName } from '../../src/core/model/message.js'
import type { Hours } from '../../src/core/policy/quiet.js'
import { afterQuiet, within } from '../../src/core/policy/quiet.js'
import {
  type Candidate,
  type ChannelRules,
  type Placement,
  reach,
  type Reader,
  type ReachPolicy,
  type Allowance,
  type Way,
} from '../../src/core/policy/reach.js'
import { createPlanner, messagesOf } from '../../src/core/broadcast/planner.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const CHANNELS: readonly ChannelName[] = ['telegram', 'zalo', 'web']
const ZALO: ChannelRules = { pushes: true, window: { free: 2 * DAY, paid: 7 * DAY, price: 55 }, quiet: { from: '22:00', until: '06:00' }, template: null } // prettier-ignore
const FREE: ChannelRules = { pushes: true, window: null, quiet: null, template: null }
const PAGE: ChannelRules = { ...FREE, pushes: false }

/** The wall clock of Viet Nam, by the machine's own table of zones instead of arithmetic. */
const wall = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Ho_Chi_Minh', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }) // prettier-ignore
const clockAt = (at: number) => wall.format(at)
const date = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Ho_Chi_Minh', year: 'numeric', month: '2-digit', day: '2-digit' }) // prettier-ignore
const dayIn = (at: number) => date.format(at)
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

/** Days of the fortnight around an instant on which somebody heard of us. */
const daysAround = (now: number) => fc.subarray([-9, -7, -6, -3, -1, 0, 1, 2], { maxLength: 3 }).map((some) => some.map((n) => dayIn(now + n * DAY))) // prettier-ignore

/** Somebody with a phone. */
const holderAt = (now: number, person: string): fc.Arbitrary<Omit<Reader, 'label'>> =>
  fc.record({
    person: fc.constant(person),
    optedOut: rarely(),
    ticket: rarely(),
    days: daysAround(now),
    quiet: fc.option(hours, { freq: 3 }),
    ways: fc.uniqueArray(
      fc.record({
        contact: fc.constant(`c of ${person}`),
        channel: fc.constantFrom(...CHANNELS),
        address: fc.constant(person),
        consented: rarely().map((no) => !no),
        state: fc.constantFrom('ok', 'ok', 'ok', 'blocked', 'dead') as fc.Arbitrary<'ok' | 'blocked' | 'dead'>,
        lastAt: fc.option(
          fc.oneof(
            fc.integer({ min: 0, max: 12 * 24 * 60 }).map((minutes) => now - minutes * 60_000),
            // The edges of Zalo's windows, to the second.
            fc.tuple(fc.constantFrom(2, 7), fc.integer({ min: -90, max: 90 })).map(([days, seconds]) => now - days * DAY - seconds * 1000), // prettier-ignore
          ),
        ),
        shutAt: fc.option(fc.integer({ min: 0, max: 12 * 24 * 60 }).map((minutes) => now - minutes * 60_000), { freq: 3 }), // prettier-ignore
        heldUntil: fc.option(fc.integer({ min: -600, max: 600 }).map((minutes) => now + minutes * 60_000), { freq: 4 }), // prettier-ignore
      }),
      { selector: ({ channel }) => channel, minLength: 1, maxLength: 3, size: 'max' },
    ),
  })

/** People of whom some have a phone, and some others act for them: one of the first `HELPERS` people each. */
const HELPERS = 4
const peopleAt = (now: number): fc.Arbitrary<Candidate[]> =>
  fc.integer({ min: 5, max: 20 }).chain((n) =>
    fc.tuple(...Array.from({ length: n }, (_, i) =>
      fc.record({
        phone: holderAt(now, `p-${i}`),
        has: i < HELPERS ? fc.constant(true) : fc.nat(3).map((one) => one > 0),
        helpers: fc.subarray([...Array(HELPERS).keys()].filter((helper) => helper !== i), { maxLength: 2 }),
        helped: fc.boolean(),
        first: fc.boolean(),
        group: fc.option(fc.integer({ min: 1, max: 4 })),
        finished: rarely(),
        optedOut: rarely(),
        ticket: rarely(),
        days: daysAround(now),
        waiting: rarely(),
      }),
    )).map((all) =>
      all.map(({ phone, has, helpers, helped, first, ...one }): Candidate => {
        const own = has ? [{ ...phone, label: null }] : []
        const others = helped ? helpers.map((i) => ({ ...all[i]!.phone, label: 'mẹ' })) : []
        const { person, days, optedOut, ticket } = phone
        return { ...one, ...(has ? { days, optedOut, ticket } : {}), person, readers: first ? [...others, ...own] : [...own, ...others] }
      }),
    ),
  ) // prettier-ignore

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
    people: peopleAt(now),
  }),
)

/** Whether its owner wrote by it since. */
function wroteAfter({ lastAt }: Way, at: number): boolean {
  return lastAt !== null && lastAt > at
}

/** Every rule that a message of the plan breaks, one by one and without the planner's own arithmetic. */
function broken(one: Candidate, placed: Placement, policy: ReachPolicy, joins: boolean): string[] {
  if (placed.reason !== null) return []
  const { reader } = placed
  const found: string[] = []
  const must = (holds: unknown, rule: string) => void (holds ? 0 : found.push(rule))
  must(!one.finished, 'finished')
  must(!one.optedOut && !reader.optedOut, 'opted out')
  must(!one.ticket && !reader.ticket, 'ticket')
  must(!one.waiting, 'two broadcasts')
  must(one.readers.some(({ person }) => person === reader.person), 'reader') // prettier-ignore
  for (const { days } of [one, reader]) {
    must(!days.includes(dayIn(placed.at)), 'one a day')
    const before = [1, 2, 3, 4, 5, 6].map((n) => dayIn(placed.at - n * DAY))
    must(before.filter((day) => days.includes(day)).length + 1 <= policy.perWeek, 'cap')
  }
  const way = reader.ways.find(({ channel }) => channel === placed.route.channel)
  const app = policy.channels.get(placed.route.channel)
  must(way?.consented, 'consent')
  must(way?.contact === placed.route.contact, 'contact')
  must(way?.state === 'ok', 'address')
  must(!way || way.shutAt === null || wroteAfter(way, way.shutAt), 'refused until they write')
  must(app?.pushes, 'page')
  if (!way || !app) return [...found, 'no such way']
  must(placed.at >= policy.now && placed.at >= policy.notBefore, 'too early')
  must(placed.at >= (way.heldUntil ?? 0), 'a colleague talks')
  for (const quiet of [policy.quiet, reader.quiet, app.quiet])
    if (quiet) must(!inHours(quiet, placed.at), 'quiet hours')
  // What stands in a message that leaves anyway costs nothing more.
  if (joins) must(placed.price === 0 && placed.uses === null, 'paid twice')
  else if (app.window) {
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

/** What one reader could get at best: `place channel at price` of equally good ways, each with its instant; or why nothing. */
function offers(reader: Reader, one: Candidate, policy: ReachPolicy, left: Allowance): { told: string; at: number }[] | string {
  if (reader.optedOut) return 'opted-out'
  if (reader.ticket) return 'ticket'
  const agreed = reader.ways.filter(({ consented }) => consented)
  if (agreed.length === 0) return 'no-consent'
  const latest = (ways: readonly Way[]) => Math.max(...ways.map(({ lastAt }) => lastAt ?? -1))
  const pushing = agreed.filter(({ channel }) => policy.channels.get(channel)?.pushes)
  const [free, dear, whys]: [{ way: Way; at: number }[], { price: number; inWindow: boolean; way: Way; at: number }[], Set<string>] = [[], [], new Set()]
  for (const way of agreed) {
    const app = policy.channels.get(way.channel)
    if (!app?.pushes) whys.add('page-only')
    else if (way.state !== 'ok') whys.add('blocked')
    else if (way.shutAt !== null && !wroteAfter(way, way.shutAt)) whys.add('window-closed')
    else {
      const quiet = [policy.quiet, reader.quiet, app.quiet].filter((hours) => hours !== null)
      const at = firstFree(quiet, Math.max(policy.now, policy.notBefore, way.heldUntil ?? 0))
      // A minute of every window is left unused.
      const silent = at === null || way.lastAt === null ? Infinity : at + 60_000 - way.lastAt
      if (at === null) whys.add('always-quiet')
      else if (!app.window || silent <= app.window.free) free.push({ way, at })
      else {
        const inWindow = silent <= app.window.paid
        const price = inWindow ? app.window.price : app.template && silent <= app.template.within ? app.template.price : null
        if (price === null) whys.add('window-closed')
        else if (!policy.paid) whys.add('paid-off')
        else dear.push({ price, inWindow, way, at })
      }
    }
  }
  const newest = <T extends { way: Way }>(some: readonly T[]) => some.filter(({ way }) => (way.lastAt ?? -1) === latest(some.map((other) => other.way)))
  if (free.length > 0)
    return newest(free).flatMap(({ way, at }) => {
      const alike = pushing.filter(({ lastAt }) => (lastAt ?? -1) === (way.lastAt ?? -1)).length
      const usual = reader === one.readers[0] && (way.lastAt ?? -1) === latest(pushing)
      const places = [...(usual ? [at > policy.now ? 'later' : 'now'] : []), ...(!usual || alike > 1 ? ['other-channel'] : [])]
      return places.map((place) => ({ told: `${place} ${way.channel} ${at} 0`, at }))
    })
  const ofPackage = newest(dear.filter(({ inWindow }) => inWindow && left.free > 0))
  if (ofPackage.length > 0) return ofPackage.map(({ way, at }) => ({ told: `paid ${way.channel} ${at} 0`, at }))
  if (dear.length > 0 && left.paid > 0) return newest(dear).map(({ way, at, price }) => ({ told: `paid ${way.channel} ${at} ${price}`, at }))
  if (dear.length > 0) whys.add('quota')
  return REASONS.find((why) => whys.has(why)) ?? 'no-contact'
} // prettier-ignore

/** What somebody could do something about is said first. */
const REASONS = ['quota', 'paid-off', 'window-closed', 'always-quiet', 'blocked', 'page-only', 'no-contact']

/** What may be done with somebody, said as the issue says it: all reasons for leaving them out, or the best that the first reader gets who gets one. */
function rightful(one: Candidate, policy: ReachPolicy, left: Allowance, heard: Heard): string[] {
  const out = [one.finished && 'finished', one.optedOut && 'opted-out', one.ticket && 'ticket', one.waiting && 'waiting-elsewhere'].filter((why) => typeof why === 'string') // prettier-ignore
  if (out.length > 0) return out.map((why) => `left-out: ${why}`)
  const full = (days: readonly string[], at: number) => [1, 2, 3, 4, 5, 6].filter((n) => days.includes(dayIn(at - n * DAY))).length >= policy.perWeek // prettier-ignore
  const judged = (allowed: Allowance, days: (person: string, own: readonly string[]) => readonly string[]) => {
    const whys = new Set<string>()
    for (const reader of one.readers) {
      const found = offers(reader, one, policy, allowed)
      if (typeof found === 'string') {
        whys.add(found)
        continue
      }
      const [theirs, hers] = [days(one.person, one.days), days(reader.person, reader.days)]
      const may = found.filter(({ at }) => ![...theirs, ...hers].includes(dayIn(at)) && !full(theirs, at) && !full(hers, at)) // prettier-ignore
      if (may.length > 0) return { reader, told: may.map(({ told }) => told), maybe: may.length < found.length }
      for (const { at } of found) {
        if (theirs.includes(dayIn(at))) whys.add('today')
        if (hers.includes(dayIn(at))) whys.add(reader.label === null ? 'today' : 'helper-today')
        if (full(theirs, at) || full(hers, at)) whys.add('capped')
      }
    }
    return whys
  }
  // What is told to a reader anyway costs nothing more.
  const shared = judged({ free: 1, paid: 1 }, (_, own) => own)
  if (!(shared instanceof Set)) {
    const { reader } = shared
    const joins = shared.told.flatMap((told) => {
      const [place, channel, at] = told.split(' ')
      const message = `${reader.person} ${channel} ${at}`
      const mine = heard
        .get(one.person)
        ?.filter((other) => other.day === dayIn(Number(at)) && other.message !== message)
      if (!heard.get(reader.person)?.some((other) => other.message === message) || (mine?.length ?? 0) > 0) return []
      return [`${place === 'paid' ? (Number(at) > policy.now ? 'later' : 'now') : place} ${channel} ${at} 0`]
    })
    if (joins.length > 0 && new Set(shared.told.map((told) => told.split(' ').slice(1).join(' '))).size === 1)
      return joins
    if (joins.length > 0) return [...joins, ...alone()]
  }
  return alone()

  function alone(): string[] {
    const found = judged(left, (person, own) => [...own, ...(heard.get(person) ?? []).map(({ day }) => day)])
    if (!(found instanceof Set)) return found.told
    const passes = ['ticket', 'today', 'helper-today', 'capped'].filter((why) => found.has(why))
    if (passes.length > 0) return passes.map((why) => `left-out: ${why}`)
    const offline = one.group !== null && policy.groupPosts.has(one.group) ? 'group-post' : 'paper'
    const why = REASONS.find((no) => found.has(no))
    if (why !== undefined) return [`${offline}: ${why}`]
    return one.readers.some(({ label }) => label === null) ? ['left-out: no-consent'] : [`${offline}: no-contact`]
  }
}

/** Of which messages somebody hears, by person. */
type Heard = Map<string, { message: string; day: string }[]>

function messageOf({ reader, route, at }: Extract<Placement, { reason: null }>): string {
  return `${reader.person} ${route.channel} ${at}`
}

describe('the planner of reminders', () => {
  test('plans not one forbidden message, whatever the roster, windows, quotas, opt-outs, caps and clocks', () => {
    const seen: Record<string, number> = { now: 0, paid: 0, later: 0, 'other-channel': 0, paper: 0, 'left-out': 0, joined: 0 } // prettier-ignore
    fc.assert(
      fc.property(plan, ({ policy, allowance, people }) => {
        const planner = createPlanner(policy, allowance)
        const left = { ...allowance }
        const heard: Heard = new Map()
        const placed = people.map((one) => {
          const rights = rightful(one, policy, left, heard)
          const placement = planner.place(one)
          const told = placement.reason === null ? `${placement.place} ${placement.route.channel} ${placement.at} ${placement.price}` : `${placement.place}: ${placement.reason}` // prettier-ignore
          // Neither a message too many nor one too few.
          if (!rights.includes(told)) expect(told).toBe(rights.join(' or '))
          let joins = false
          if (placement.reason === null) {
            const message = { message: messageOf(placement), day: dayIn(placement.at) }
            joins = (heard.get(placement.reader.person) ?? []).some((other) => other.message === message.message)
            for (const person of new Set([placement.reader.person, one.person])) heard.set(person, [...(heard.get(person) ?? []), message]) // prettier-ignore
            if (placement.uses !== null) left[placement.uses]--
          }
          return { one, placement, joins }
        })
        for (const { one, placement, joins } of placed) {
          expect(broken(one, placement, policy, joins)).toEqual([])
          seen[placement.place === 'group-post' ? 'paper' : placement.place]!++
        }
        const sent = placed.flatMap(({ placement }) => (placement.reason === null ? [placement] : []))
        // Nobody reads two messages of one plan on a day, those they read stand in one, and no quota is exceeded.
        const messages = new Set(sent.map(messageOf))
        expect(new Set(sent.map(({ reader, at }) => `${reader.person} ${dayIn(at)}`)).size).toBe(messages.size)
        expect(messagesOf(planner.tally())).toBe(messages.size)
        if (messages.size < sent.length) seen['joined']!++
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
      { numRuns: 800, seed: 147, endOnFailure: true },
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
    const self = { person: 'p', label: null, optedOut: false, ticket: false, days: [], quiet: null }
    const on = (channel: ChannelName, silent: number, state: 'ok' | 'blocked' | 'dead' = 'ok') =>
      ({
        contact: 'c',
        channel,
        address: 'a',
        state,
        lastAt: now - silent,
        heldUntil: null,
        shutAt: null,
        consented: true,
      }) as const
    const who = (ways: readonly ReturnType<typeof on>[], more: Partial<Candidate> = {}): Candidate => ({
      person: 'p', group: 5, finished: false, optedOut: false, ticket: false, days: [], waiting: false,
      readers: [{ ...self, ways }],
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
      ['nobody to write to', who([], { readers: [] }), {}, 'paper: no-contact'],
      ['finished', who([on('telegram', HOUR)], { finished: true }), {}, 'left-out: finished'],
      ['wants nothing', who([on('telegram', HOUR)], { optedOut: true }), {}, 'left-out: opted-out'],
      ['reminded twice this week', who([on('telegram', HOUR)], { days: ['2026-11-20', '2026-11-22'] }), {}, 'left-out: capped'],
      ['sleeps at noon', who([], { readers: [{ ...self, quiet: { from: '09:00', until: '13:30' }, ways: [on('telegram', HOUR)] }] }), {}, 'later telegram 13:30 0 đ'],
      ['never to be disturbed', who([], { readers: [{ ...self, quiet: { from: '06:00', until: '22:00' }, ways: [on('telegram', HOUR)] }] }), {}, 'paper: always-quiet'],
    ] as const)('%s', (_, one, more, expected) => expect(says(one, more)).toBe(expected)) // prettier-ignore

    test('the package goes first, then money, then paper', () => {
      const silent = who([on('zalo', 3 * DAY)])
      expect(says(silent, { paid: true }, { free: 1, paid: 0 })).toBe('paid zalo 10:00 0 đ')
      expect(says(silent, { paid: true }, { free: 0, paid: 0 })).toBe('paper: quota')
    })
  })
})
