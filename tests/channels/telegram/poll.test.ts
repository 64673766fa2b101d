import { pino } from 'pino'
import { startPolling } from '../../../src/channels/telegram/poll.js'
import { createTelegram } from '../../../src/channels/telegram/telegram.js'
import { createClock } from '../../support/clock.js'
import { FAKE_TOKEN, type FakeTelegram, startFakeTelegram } from '../../support/fake-telegram/fake-telegram.js'

let fake: FakeTelegram
const logs: string[] = []
const log = pino({ level: 'trace', base: null }, { write: (line: string) => void logs.push(line) })
beforeEach(async () => {
  logs.length = 0
  fake = await startFakeTelegram(createClock())
})
afterEach(() => fake.close())

const telegramOf = (token = FAKE_TOKEN) =>
  createTelegram({ token, apiRoot: fake.url, pollSeconds: 10, callSeconds: 0.3 })

/** Polls until the test stops it; waits are noted and not waited for. */
function poll(take: (ids: number[]) => Promise<void> | void = () => {}, telegram = telegramOf()) {
  const taken: number[] = []
  const pauses: number[] = []
  const polling = startPolling({
    telegram,
    log,
    async take(updates) {
      const ids = updates.map(({ update_id }) => update_id)
      await take(ids)
      taken.push(...ids)
    },
    pause: async (ms) => void pauses.push(ms),
  })
  return { polling, taken, pauses }
}

/** Says some words and gives back the updates' numbers. */
function say(count: number): number[] {
  const person = fake.person()
  return Array.from({ length: count }, () => {
    person.say('xong')
    return fake.state.nextUpdate - 1
  })
}

describe('polling', () => {
  test('takes updates in their order, a hundred at a time, and a stop ends the open question', async () => {
    const ids = say(230)
    const sizes: number[] = []
    const { polling, taken } = poll((batch) => void sizes.push(batch.length))
    await fake.polled()
    expect(taken).toEqual(ids)
    expect(sizes).toEqual([100, 100, 30])
    ids.push(...say(2))
    await fake.polled()
    expect(taken).toEqual(ids)
    await polling.stop()
    expect(await polling.ended).toBe('stopped')
  })

  test('an update that was not stored comes again, with everything behind it', async () => {
    const ids = say(3)
    let fails = 4
    const { polling, taken, pauses } = poll(() =>
      fails-- > 0 ? Promise.reject(new Error('the database is full')) : undefined,
    )
    await fake.polled()
    expect(taken).toEqual(ids)
    expect(pauses).toEqual([1000, 2000, 4000, 8000])
    expect(logs.join('')).not.toContain('the database is full')
    await polling.stop()
  })

  test.each([
    ['a reset connection', { lost: 'reset', accepted: false }, 1000],
    ['a reset after the answer was made', { lost: 'reset', accepted: true }, 1000],
    ['an HTML page with 502', { lost: 'html-502', accepted: false }, 1000],
    ['an internal error', { refuse: 500, description: 'Internal Server Error' }, 1000],
    ['a pause that is asked for', { refuse: 429, retryAfter: 7 }, 7000],
    ['another one that asks', { refuse: 409, description: 'Conflict: terminated by other getUpdates request' }, 3000],
  ] as const)('survives %s', async (_, fault, ms) => {
    const ids = say(2)
    fake.faults.plan('getUpdates', fault)
    const { polling, taken, pauses } = poll()
    await fake.polled()
    expect(taken).toEqual(ids)
    expect(pauses).toEqual([ms])
    await polling.stop()
  })

  test.each(['cut', 'hold'] as const)(
    'recovers from an answer that never ends (%s) within its time limit',
    async (lost) => {
      const ids = say(2)
      fake.faults.plan('getUpdates', { lost, accepted: true })
      const telegram = createTelegram({ token: FAKE_TOKEN, apiRoot: fake.url, pollSeconds: 0.2, callSeconds: 0.2 })
      const { polling, taken } = poll(undefined, telegram)
      await fake.polled()
      expect(taken).toEqual(ids)
      await polling.stop()
    },
  )

  test('another program on the same bot is waited for, from 3 seconds up to a minute', async () => {
    fake.faults.plan(
      'getUpdates',
      { refuse: 409, description: 'Conflict: terminated by other getUpdates request' },
      { times: 7 },
    )
    const { polling, pauses } = poll()
    await fake.polled()
    expect(pauses).toEqual([3000, 6000, 12_000, 24_000, 48_000, 60_000, 60_000])
    await polling.stop()
  })

  test('of two who ask, the older question is ended, and both go on', async () => {
    const a = poll()
    await fake.polled()
    const b = poll()
    await until(() => a.pauses.length > 0 || b.pauses.length > 0)
    expect([...a.pauses, ...b.pauses][0]).toBe(3000)
    await Promise.all([a.polling.stop(), b.polling.stop()])
  })

  test('a webhook that somebody left behind is taken away', async () => {
    await telegramOf().setWebhook('https://elsewhere.example.vn/x', 'secret')
    const ids = say(1)
    const { polling, taken } = poll()
    await fake.polled()
    expect(taken).toEqual(ids)
    await polling.stop()
  })

  test.each([
    ['was revoked', '4711:another-token'],
    ['was never one', '4711'],
  ])('a token that %s ends it, with a clear line that does not hold the token', async (_, token) => {
    const { polling } = poll(undefined, telegramOf(token))
    expect(await polling.ended).toBe('refused')
    expect(logs.join('')).toContain('TELEGRAM_BOT_TOKEN is not accepted')
    expect(logs.join('')).not.toContain('another-token')
  })

  test('an app that cannot be reached is asked again, less and less often', async () => {
    const telegram = createTelegram({ token: FAKE_TOKEN, apiRoot: 'http://127.0.0.1:1' })
    const pauses: number[] = []
    const polling = startPolling({
      telegram,
      log,
      take: async () => {},
      pause: async (ms) => void (pauses.push(ms) === 7 && void polling.stop()),
    })
    await polling.ended
    expect(pauses.slice(0, 7)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  })
})

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((go) => setImmediate(go))
}
