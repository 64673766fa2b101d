import { Redis } from 'ioredis'
import { pino } from 'pino'
import { type Budget, createLocalBudget, createSharedBudget, rateOfLimit } from '../../src/delivery/budget.js'
import { createClock } from '../support/clock.js'
import { redisUrl } from '../support/databases.js'

const RATES = { telegram: { perSecond: 25, kept: 10 }, zalo: { perSecond: 80 / 60, burst: 5, kept: 2 } }
const quiet = pino({ level: 'silent' })

const url = await redisUrl()
const connections: Redis[] = []
let suites = 0
afterAll(() => connections.forEach((redis) => redis.disconnect()))

const local = (clock: () => number): [Budget, Budget] => {
  const budget = createLocalBudget(clock, RATES)
  return [budget, budget]
}

const shared = (clock: () => number): [Budget, Budget] => {
  const prefix = `ward-test-${process.pid}-${++suites}`
  const one = (): Budget => {
    const redis = new Redis(url!)
    connections.push(redis)
    return createSharedBudget({
      redis,
      log: quiet,
      local: createLocalBudget(clock, RATES),
      rates: RATES,
      clock,
      prefix,
    })
  }
  return [one(), one()]
}

const kinds = [['of one process', local, true] as const, ['shared through Redis by two', shared, url !== null] as const]

for (const [name, make, there] of kinds) {
  const suite = there ? describe : describe.skip
  suite(`a budget ${name}${there ? '' : ' – skipped: no Redis'}`, () => {
    test('lets a second’s worth out at once, then one by one', async () => {
      const clock = createClock()
      const [a, b] = make(clock)
      expect(await a.take('telegram', 'replies', 20)).toEqual({ granted: 20, wait: 0 })
      expect(await b.take('telegram', 'replies', 20)).toEqual({ granted: 5, wait: 40 })
      expect(await b.take('telegram', 'replies', 1)).toEqual({ granted: 0, wait: 40 })
      clock.pass(40)
      expect(await a.take('telegram', 'replies', 2)).toEqual({ granted: 1, wait: 40 })
      clock.pass('an hour')
      expect(await a.take('telegram', 'replies', 100)).toMatchObject({ granted: 25 })
    })

    test('never lets out more than the rate, however many ask', async () => {
      const clock = createClock()
      const [a, b] = make(clock)
      let out = 0
      for (let ms = 0; ms < 4000; ms += 50) {
        const taken = await Promise.all([a, b, a, b].map((budget) => budget.take('telegram', 'replies', 3)))
        out += taken.reduce((sum, { granted }) => sum + granted, 0)
        clock.pass(50)
      }
      expect(out).toBeLessThanOrEqual(25 + 4 * 25)
      expect(out).toBeGreaterThan(4 * 25)
    })

    test('keeps a share for replies', async () => {
      const [a, b] = make(createClock())
      expect(await a.take('telegram', 'rest', 25)).toMatchObject({ granted: 15, wait: 40 })
      expect(await b.take('telegram', 'rest', 1)).toMatchObject({ granted: 0 })
      expect(await b.take('telegram', 'replies', 25)).toMatchObject({ granted: 10 })
    })

    test('takes back what was not used, and no more than it holds', async () => {
      const [a, b] = make(createClock())
      await a.take('telegram', 'replies', 25)
      await a.give('telegram', 4)
      expect(await b.take('telegram', 'replies', 9)).toMatchObject({ granted: 4 })
      await b.give('telegram', 400)
      expect(await a.take('telegram', 'replies', 99)).toMatchObject({ granted: 25 })
    })

    test('a pause holds for all, and the longer one counts', async () => {
      const clock = createClock()
      const [a, b] = make(clock)
      await a.pause('telegram', 7000)
      await b.pause('telegram', 3000)
      expect([await a.paused('telegram'), await b.paused('telegram')]).toEqual([7000, 7000])
      clock.pass(6999)
      expect(await b.paused('telegram')).toBe(1)
      clock.pass(1)
      expect([await a.paused('telegram'), await b.paused('telegram'), await a.paused('zalo')]).toEqual([0, 0, 0])
    })

    test('holds a minute’s worth of Zalo back, with a small burst that is never exceeded', async () => {
      const clock = createClock()
      const [a, b] = make(clock)
      expect(await a.take('zalo', 'rest', 9)).toMatchObject({ granted: 3 })
      expect(await b.take('zalo', 'replies', 9)).toMatchObject({ granted: 2, wait: 750 })
      let out = 0
      for (let ms = 0; ms < 60_000; ms += 250) {
        clock.pass(250)
        out += (await [a, b][(ms / 250) % 2]!.take('zalo', 'replies', 9)).granted
      }
      // Redis keeps fourteen digits.
      expect([79, 80]).toContain(out)
      clock.pass('an hour')
      expect(await a.take('zalo', 'replies', 99)).toMatchObject({ granted: 5 })
    })

    test('does not hold back a channel that has no rate', async () => {
      const [a] = make(createClock())
      expect(await a.take('web', 'rest', 1000)).toEqual({ granted: 1000, wait: 0 })
    })
  })
}

test('while Redis is away each process goes by its own budget', async () => {
  const clock = createClock()
  const away = { eval: () => Promise.reject(new Error('away')) } as unknown as Redis
  const budget = createSharedBudget({ redis: away, log: quiet, local: createLocalBudget(clock, RATES), rates: RATES })
  expect(await budget.take('telegram', 'replies', 30)).toMatchObject({ granted: 25 })
  await budget.give('telegram', 5)
  expect(await budget.take('telegram', 'replies', 30)).toMatchObject({ granted: 5 })
  await budget.pause('telegram', 500)
  expect(await budget.paused('telegram')).toBe(500)
})

test('an app that names its limit is used to four fifths of it', () => {
  expect(rateOfLimit(100)).toEqual({ perSecond: 80 / 60, burst: 5, kept: 2 })
  expect(rateOfLimit(2000)).toEqual({ perSecond: 1600 / 60, burst: 100, kept: 40 })
})
