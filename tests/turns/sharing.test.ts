import { type AddressInfo, connect, createServer } from 'node:net'
import { sql } from 'kysely'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import type { Inbound } from '../../src/core/model/message.js'
import { createWakes } from '../../src/delivery/wakes.js'
import { recountFigures } from '../../src/store/recount.js'
import { OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { figures } from '../../src/store/figures.js'
import type { Accepted } from '../../src/turns/batch.js'
import { bundle, databaseSettings, launch, removeBundles, type Running } from '../support/children.js'
import { begin, createBot, type Resident, type TestBot } from '../support/context.js'
import { describeEngines, engines, redisUrl, type TestDatabase } from '../support/databases.js'

const WARD = scopeOf(OPERATOR)

const all = await engines()
const postgres = all.filter(({ name }) => name === 'postgres')
const redis = await redisUrl()

/** A generator of its own for each test: the same scatter every time. */
function dice(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 4_294_967_296) * below)
  }
}

function shuffled<T>(list: readonly T[], roll: (below: number) => number): T[] {
  const copy = [...list]
  for (let i = copy.length - 1; i > 0; i--) {
    const j = roll(i + 1)
    ;[copy[i], copy[j]] = [copy[j]!, copy[i]!]
  }
  return copy
}

/** What must be true of every database, whoever wrote to it. */
async function expectSound({ store }: TestDatabase): Promise<void> {
  const rows = async (text: string) => (await sql.raw<Record<string, unknown>>(text).execute(store.db)).rows
  // The ledger of every run: 1, 2, 3 … and the run says how far.
  expect(
    await rows(`select r.id from run r left join (
      select run, count(*) as n, max(seq) as most, min(seq) as least from ledger group by run
    ) l on l.run = r.id where l.run is null or l.n <> r.seq or l.most <> r.seq or l.least <> 1`),
  ).toEqual([])
  expect(await rows('select run from ledger where run not in (select id from run)')).toEqual([])
  // The outbox of every contact: 1, 2, 3 … up to what the session says.
  expect(
    await rows(`select s.contact from session s left join (
      select contact, count(*) as n, max(n) as most from outbox group by contact
    ) o on o.contact = s.contact where coalesce(o.n, 0) <> s.said or coalesce(o.most, 0) <> s.said`),
  ).toEqual([])
  // Each event enters the step that the one before led to.
  expect(
    await rows(`select a.run, a.seq from ledger a join ledger b on b.run = a.run and b.seq = a.seq + 1
      where a.to_step is not null and b.step <> a.to_step`),
  ).toEqual([])
  expect(await figures(store.db, WARD)).toEqual(await recountFigures(store.db, WARD))
}

describeEngines('several bots on one database', all, (engine) => {
  let database: TestDatabase
  beforeEach(async () => void (database = await engine.fresh()))
  afterEach(() => database.drop())

  test.each([2, 3])('%i bots share the residents: nothing is lost, doubled or out of order', async (count) => {
    const bots: TestBot[] = Array.from({ length: count }, () => createBot(database.peer()))
    const roll = dice(count)
    const residents = Array.from({ length: 25 }, (_, i) => bots[0]!.resident(`r-${i}`))
    const sent: Inbound[] = []
    const told: { resident: Resident; bot: number; said: number; sent: number; kind: Accepted['kind'] }[] = []
    const answers: Promise<unknown>[] = []
    const texts = [
      'đồng ý',
      'Bác',
      '5',
      '1',
      'xong',
      'xong rồi',
      'chưa được',
      '1',
      'quay lại',
      'tiến độ',
      'xin chào',
      '2',
    ]
    for (let round = 0; round < 14; round++) {
      for (const resident of shuffled(residents, roll)) {
        const item = resident.item(
          round === 0
            ? { kind: 'start', payload: 'vneid-level-1' }
            : { kind: 'text', text: texts[round < 5 ? round - 1 : roll(texts.length)]! },
        )
        sent.push(item)
        const bot = roll(count)
        const answer = bots[bot]!.context.turns.accept(item)
        answers.push(
          answer.then(({ said, kind }) => told.push({ resident, bot, said, kind, sent: sent.indexOf(item) })),
        )
        // Now and then everything in flight is left to land, so that rounds overlap in part.
        if (roll(40) === 0) await Promise.all(answers.splice(0))
      }
    }
    await Promise.all(answers)
    expect(told).toHaveLength(residents.length * 14)
    // A wish for a person leaves something to be done after the turn.
    expect(
      [...new Set(told.map(({ kind }) => kind))].filter((kind) => kind !== 'handled' && kind !== 'deferred'),
    ).toEqual([])
    // What one bot has taken up is still under way when the others find nothing left.
    const left = async () => Number((await sql<{ n: number }>`select count(*) as n from inbox where status = 'deferred'`.execute(database.store.db)).rows[0]!.n) // prettier-ignore
    while ((await left()) > 0) for (const bot of bots) await bot.context.requests.runOnce()
    told.sort((a, b) => a.sent - b.sent)
    for (const resident of residents) {
      for (const bot of bots.keys()) {
        // What one process accepted of a contact it handled in that order.
        const numbers = told.filter((one) => one.resident === resident && one.bot === bot).map(({ said }) => said)
        expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
      }
      // Fourteen messages, fourteen answers, whoever gave them; and a word more for each wish for a person.
      const more = told.filter((one) => one.resident === resident && one.kind === 'deferred').length
      expect((await resident.session()).said).toBe(14 + more)
    }
    await expectSound(database)
    const before = await dump(database)
    const again = shuffled([...sent, ...sent], roll).slice(0, 200)
    const kinds = await Promise.all(again.map((item) => bots[roll(count)]!.context.turns.accept(item)))
    expect(new Set(kinds.map(({ kind }) => kind))).toEqual(new Set(['duplicate']))
    expect(await dump(database)).toEqual(before)
    expect(bots.flatMap(({ logs }) => logs).filter((line) => line.includes('"level":50'))).toEqual([])
  })

  test('one event that reaches all bots at once moves its contact once', async () => {
    const bots = Array.from({ length: 3 }, () => createBot(database.peer()))
    const residents = Array.from({ length: 12 }, (_, i) => bots[0]!.resident(`r-${i}`))
    // Strangers too: all of them meet somebody for the first time.
    const firsts = residents.map((resident) => resident.item({ kind: 'start', payload: 'vneid-level-1_g5' }))
    const met = await Promise.all(bots.flatMap((bot, i) => shuffled(firsts, dice(i)).map((item) => bot.context.turns.accept(item)))) // prettier-ignore
    expect(met.filter(({ kind }) => kind === 'handled')).toHaveLength(12)
    expect(new Set(met.map(({ contact }) => contact)).size).toBe(12)
    for (const option of ['agree', 'bac', 'begin', 'done', 'done', 'done']) {
      const items = await Promise.all(
        residents.map(async (resident) => {
          const { data } = (await resident.last()).options.find((shown) => shown.data.includes(`:${option}:`))!
          return resident.item({ kind: 'tap', data })
        }),
      )
      const kinds = await Promise.all(bots.flatMap((bot, i) => shuffled(items, dice(i + 9)).map((item) => bot.context.turns.accept(item)))) // prettier-ignore
      expect(kinds.filter(({ kind }) => kind === 'handled')).toHaveLength(12)
    }
    for (const resident of residents) expect((await resident.run())!.step).toBe('app-password')
    await expectSound(database)
  })
})

describeEngines('several processes on one database', postgres, (engine) => {
  let database: TestDatabase
  let program: string
  const children: Running[] = []
  beforeAll(() => void (program = bundle('tests/turns/bot.ts', { whole: true })))
  afterAll(removeBundles)
  beforeEach(async () => void (database = await engine.fresh()))
  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.child.stdin!.end()
      expect(await child.ended).toBe(0)
    }
    await database.drop()
  })

  const open = async (count: number, env: Record<string, string> = {}) => {
    for (let i = 0; i < count; i++)
      children.push(launch(program, { env: { ...databaseSettings(database.store), LOG_LEVEL: 'warn', ...env } }))
    const waiting = children.map((child) => new Map<number, (line: Told) => void>())
    children.forEach((child, i) =>
      child.each((line) => {
        const told = JSON.parse(line) as Told
        waiting[i]!.get(told.id)?.(told)
      }),
    )
    await Promise.all(children.map((child) => child.line(/ready/)))
    let id = 0
    return (child: number, message: { item: Inbound } | { listen: string }) =>
      new Promise<Told>((resolve) => {
        waiting[child]!.set(++id, resolve)
        children[child]!.write(JSON.stringify({ id, ...message }))
      })
  }
  interface Told {
    id: number
    accepted?: Accepted
    failed?: string
  }

  test('three processes share sixty conversations, and deliveries that come again change nothing', async () => {
    const ask = await open(3)
    const bot = createBot(database.store)
    const roll = dice(7)
    const residents = Array.from({ length: 60 }, (_, i) => bot.resident(`r-${i}`))
    const texts = ['đồng ý', 'Bác', '1', 'xong', 'xong rồi', 'chưa được', '1', 'quay lại', '2', 'xong', 'tiến độ']
    const sent: Inbound[] = []
    const told: { who: number; child: number; told: Told }[] = []
    const answers: Promise<unknown>[] = []
    for (let round = 0; round < 12; round++) {
      for (const [who, resident] of shuffled([...residents.entries()], roll)) {
        const item = resident.item(
          round === 0
            ? { kind: 'start', payload: 'vneid-level-1_g5' }
            : { kind: 'text', text: texts[round < 4 ? round - 1 : roll(texts.length)]! },
        )
        sent.push(item)
        const child = roll(3)
        answers.push(ask(child, { item }).then((line) => told.push({ who, child, told: line })))
      }
      if (round % 3 === 2) await Promise.all(answers.splice(0))
    }
    await Promise.all(answers)
    expect(told.filter(({ told: { accepted } }) => accepted?.kind !== 'handled')).toEqual([])
    told.sort((a, b) => a.told.id - b.told.id)
    for (const [who, resident] of residents.entries()) {
      for (const child of [0, 1, 2]) {
        const numbers = told
          .filter((one) => one.who === who && one.child === child)
          .map((one) => one.told.accepted!.said)
        expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
      }
      expect((await resident.session()).said).toBe(12)
    }
    await expectSound(database)
    const before = await dump(database)
    const kinds = await Promise.all(shuffled(sent, roll).slice(0, 200).map((item) => ask(roll(3), { item }))) // prettier-ignore
    expect(new Set(kinds.map(({ accepted }) => accepted?.kind))).toEqual(new Set(['duplicate']))
    expect(await dump(database)).toEqual(before)
    expect(children.map((child) => child.stdout().match(/"level":50/))).toEqual([null, null, null])
  })

  const named = redis === null ? test.skip : test
  named('a page at one process hears what another process said, through Redis', async () => {
    const ask = await open(2, { REDIS_URL: redis! })
    const bot = createBot(database.store)
    const resident = bot.resident()
    await begin(resident)
    const { id } = await resident.contact()
    await ask(0, { listen: id })
    const woken = children[0]!.line(new RegExp(`"woken":"${id}"`))
    // The subscription may be a moment younger than the process: said again until it is heard.
    let heard = false
    void woken.then(() => (heard = true))
    for (let i = 0; i < 100 && !heard; i++) await ask(1, { item: resident.item({ kind: 'text', text: 'tiến độ' }) })
    await woken
  })

  test('without Redis a process wakes its own pages only, and the messages are there to be read', async () => {
    const ask = await open(2)
    const bot = createBot(database.store)
    const resident = bot.resident()
    await begin(resident)
    const { id } = await resident.contact()
    await ask(0, { listen: id })
    const before = (await resident.heard()).length
    await ask(1, { item: resident.item({ kind: 'text', text: 'tiến độ' }) })
    await ask(0, { listen: id })
    expect(children[0]!.stdout()).not.toContain('woken')
    expect(await resident.heard()).toHaveLength(before + 1)
    await ask(0, { item: resident.item({ kind: 'text', text: 'tiến độ' }) })
    await children[0]!.line(/woken/)
  })
})

describe('wakes', () => {
  const log = pino({ level: 'silent' })

  const named = redis === null ? test.skip : test
  named('cross from one process to another, and are heard by nobody behind a close', async () => {
    const connect = () => new Redis(redis!, { maxRetriesPerRequest: 1 })
    const parts = () => ({ publish: connect(), subscribe: connect() })
    const [one, two] = [createWakes(log, parts()), createWakes(log, parts())]
    const contact = `c-${process.pid}-${Date.now()}`
    const heard = new Promise<void>((resolve) => two.listen(contact, resolve))
    let done = false
    void heard.then(() => (done = true))
    while (!done) {
      one.wake([contact, 'nobody'])
      await new Promise((next) => setImmediate(next))
    }
    await one.close()
    await two.close()
    expect(two.listened()).toEqual([])
  })

  named('are heard again once a Redis that was away at the start has come', async () => {
    const { hostname, port } = new URL(redis!)
    const door = createServer((socket) => {
      const through = connect(Number(port || 6379), hostname)
      socket.pipe(through).pipe(socket)
      for (const side of [socket, through]) side.on('error', () => socket.destroy())
    })
    const listening = (at: number) => new Promise<void>((open) => door.listen(at, '127.0.0.1', open))
    await listening(0)
    const own = (door.address() as AddressInfo).port
    await new Promise((closed) => door.close(closed))
    const warned = new Promise<void>((told) => (log.warn = () => told()))
    const open = () => {
      const client = new Redis(`redis://127.0.0.1:${own}`, { maxRetriesPerRequest: 1 })
      client.on('error', () => {})
      return client
    }
    const wakes = createWakes(log, { publish: open(), subscribe: open() })
    await warned
    await listening(own)
    const speaker = createWakes(log, { publish: new Redis(redis!), subscribe: new Redis(redis!) })
    const contact = `back-${process.pid}-${Date.now()}`
    let done = false
    wakes.listen(contact, () => (done = true))
    while (!done) {
      speaker.wake([contact])
      await new Promise((next) => setImmediate(next))
    }
    await wakes.close()
    await speaker.close()
    await new Promise((closed) => door.close(closed))
  })

  test('a Redis that is away changes nothing within the process', async () => {
    const away = () => {
      const client = new Redis('redis://127.0.0.1:1', { maxRetriesPerRequest: 1, retryStrategy: () => null })
      client.on('error', () => {})
      return client
    }
    const wakes = createWakes(log, { publish: away(), subscribe: away() })
    let heard = 0
    const deaf = wakes.listen('c', () => heard++)
    wakes.wake(['c', 'd'])
    deaf()
    deaf()
    wakes.wake(['c'])
    expect(heard).toBe(1)
    await wakes.close()
  })
})

/** Everything that a second delivery could change. */
async function dump({ store }: TestDatabase): Promise<unknown[]> {
  const tables = ['session', 'run', 'ledger', 'inbox', 'outbox', 'contact', 'person']
  const found = []
  for (const table of tables) {
    const { rows } = await sql<object>`select * from ${sql.table(table)}`.execute(store.db)
    found.push(rows.map((row) => JSON.stringify(row)).sort())
  }
  return found
}
