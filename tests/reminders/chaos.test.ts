import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serialize } from 'node:v8'
import { sql } from 'kysely'
import { addResidents, createStage, PLAN, WARD } from './stage.js'
import { createTelegram } from '../../src/channels/telegram/telegram.js'
import { bundle, databaseSettings, launch, removeBundles, type Running } from '../support/children.js'
import { createClock, MONDAY_MORNING } from '../support/clock.js'
import { describeEngines, engines, redisUrl, type TestDatabase } from '../support/databases.js'
import { loadWorld } from '../support/world.js'
import { FAKE_TOKEN, type FakeTelegram, startFakeTelegram } from '../support/fake-telegram/fake-telegram.js'

/** Twenty seconds on SQLite and forty on PostgreSQL; `CHAOS_PEOPLE=1800` for less. */
const PEOPLE = Number(process.env['CHAOS_PEOPLE'] ?? 10_000)
/** How often a process is killed in the middle of it: on a machine of its own every few seconds. */
const KILLS = 6

/** Content without the ways back to its files and lines, which are functions and cannot be handed to another process. */
function withoutPlaces(value: unknown): unknown {
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [key, withoutPlaces(one)]))
  if (Array.isArray(value)) return value.map(withoutPlaces)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([, one]) => typeof one !== 'function')
  return Object.fromEntries(kept.map(([key, one]) => [key, withoutPlaces(one)]))
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const redis = await redisUrl()

describeEngines('a broadcast under fire', await engines(), (engine) => {
  let database: TestDatabase
  let fake: FakeTelegram
  const children: Running[] = []
  const dir = mkdtempSync(join(tmpdir(), 'ward-chaos-'))
  const content = join(dir, 'material')
  beforeAll(async () => {
    writeFileSync(content, serialize(withoutPlaces(loadWorld().material)))
    database = await engine.fresh()
    fake = await startFakeTelegram(Date.now)
  })
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL')
    await Promise.all(children.map(({ ended }) => ended))
    await fake.close()
    await database.drop()
    removeBundles()
    rmSync(dir, { recursive: true, force: true })
  })

  test(`${PEOPLE} recipients, 429s, cut connections and kill -9: one outcome each, nobody twice, a doubt is counted and not repeated`, async () => {
    const { store } = database
    const ids = Array.from({ length: PEOPLE }, (_, i) => 100_000 + i)
    await addResidents(store, ids)
    for (const id of ids)
        fake.state.chats.set(id, { id, language: 'vi', started: true, blocked: id % 997 === 0, deactivated: false, messages: [], keys: [] }) // prettier-ignore
    // What the app does meanwhile.
    for (let n = 1; n <= 5; n++) fake.faults.plan('sendMessage', { refuse: 429, retryAfter: 1 }, { after: PEOPLE / 10 })
    for (const [lost, accepted] of [['reset', true], ['reset', false], ['html-502', true]] as const)
        for (let n = 0; n < 3; n++) fake.faults.plan('sendMessage', { lost, accepted }, { after: PEOPLE / 30 }) // prettier-ignore

    const clock = createClock()
    const telegram = createTelegram({ token: FAKE_TOKEN, apiRoot: fake.url })
    const { reminders } = createStage(store, { clock, channels: [telegram], newId: () => 'b' })
    const shown = await reminders.preview({ contact: 'head', scope: WARD }, PLAN)
    if (shown.kind !== 'preview') throw new Error(shown.kind)
    const confirmed = await reminders.confirm({ id: 'b', key: 'k', by: 'staff', count: PEOPLE })
    expect(confirmed.kind).toBe('confirmed')

    const program = bundle('tests/reminders/chaos-child.ts')
    const settings = databaseSettings(store)
    const env = {
      ...(store.engine === 'sqlite' ? { SQLITE_FILE: store.where } : settings),
      ...(store.engine === 'postgres' && redis ? { REDIS_URL: redis, REDIS_PREFIX: `chaos-${process.pid}` } : {}),
      API_ROOT: fake.url,
      TOKEN: FAKE_TOKEN,
      MATERIAL: content,
      SHIFT: String(MONDAY_MORNING - Date.now()),
    }
    const begin = () => {
      const child = launch(program, { env })
      children.push(child)
      return child
    }
    const working = Array.from({ length: store.engine === 'sqlite' ? 1 : 2 }, begin)
    let kills = 0
    const state = async () =>
      (await sql<{ state: string }>`select state from broadcast where id = 'b'`.execute(store.db)).rows[0]!.state
    const received = () => fake.state.calls.get('sendMessage') ?? 0
    let next = PEOPLE / (KILLS + 2)
    while ((await state()) !== 'done') {
      await pause(200)
      // In the middle of sending, however fast the machine is.
      if (received() < next || kills === KILLS) continue
      next += PEOPLE / (KILLS + 2)
      const victim = kills++ % working.length
      working[victim]!.kill('SIGKILL')
      await working[victim]!.ended
      working[victim] = begin()
    }
    for (const child of working) child.kill('SIGKILL')

    const found = (
        await sql<{ contact: string; status: string | null; n: number }>`
          select r.contact, o.status, count(*) over (partition by r.person) as n
          from recipient r left join outbox o on o.contact = r.contact and o.n = r.n where r.broadcast = 'b'`.execute(store.db)
      ).rows // prettier-ignore
    expect(found).toHaveLength(PEOPLE)
    const wrong: string[] = []
    const counts: Record<string, number> = {}
    for (const { contact, status } of found) {
      const { messages } = fake.state.chats.get(Number(contact.slice(2)))!
      counts[String(status)] = (counts[String(status)] ?? 0) + 1
      const fits = status === 'sent' ? messages.length === 1 : status === 'maybe' ? messages.length <= 1 : status === 'cancelled' && messages.length === 0 // prettier-ignore
      if (!fits) wrong.push(`${contact} ${status} ${messages.length}`)
    }
    expect(wrong).toEqual([])
    // Nobody is written off for a pause or a cut line: only those who blocked us are cancelled, and only what was in flight is in doubt.
    expect(counts['cancelled'] ?? 0).toBeLessThanOrEqual(ids.filter((id) => id % 997 === 0).length)
    expect(counts['maybe'] ?? 0).toBeLessThanOrEqual((kills + 2) * 24 + 40)
    expect(counts['sent']).toBeGreaterThan(PEOPLE * 0.9)
    expect(kills).toBe(KILLS)
    expect(fake.faults.left()).toBe(0)
    process.stderr.write(`${engine.name}: ${JSON.stringify(counts)}, ${kills} kills\n`)
  }, 600_000)
})
