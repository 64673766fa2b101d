import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Inbound } from '../../src/core/model/message.js'
import type { Said } from '../../src/core/model/outbox.js'
import { openSqlite, type Store } from '../../src/store/open.js'
import type { Accepted } from '../../src/turns/batch.js'
import { bundle, databaseSettings, launch, removeBundles, type Running } from '../support/children.js'
import { createBot, type Resident } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { loadWorld } from '../support/world.js'
import { writeMaterial } from './material.js'

interface Told {
  id: number
  accepted?: Accepted
  heard?: Said
  failed?: string
}

/** The steps of the main way, and what is tapped before the first of them. */
const BEFORE = 4
const STEPS = 17

let program: string
let material: string
beforeAll(() => {
  program = bundle('tests/turns/bot.ts', { whole: true })
  material = join(dirname(program), 'material.json')
  writeFileSync(material, writeMaterial(loadWorld().material))
})
afterAll(removeBundles)

describeEngines('a bot that is killed', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => void (database = await engine.fresh()))
  afterEach(() => database.drop())

  /** One process at a time on the database: it is killed, and the next one goes on. */
  const createBots = () => {
    let child: Running
    let waiting = new Map<number, (told: Told | null) => void>()
    let id = 0
    let kills = 0
    let spare: Running | null = null
    const begin = () =>
      launch(program, { env: { ...databaseSettings(database.store), LOG_LEVEL: 'warn', TEST_MATERIAL: material } })
    const open = async () => {
      child = spare ?? begin()
      spare = null
      const own = new Map<number, (told: Told | null) => void>()
      waiting = own
      child.each((line) => {
        const told = JSON.parse(line) as Told
        own.get(told.id)?.(told)
        own.delete(told.id)
      })
      void child.ended.then(() => own.forEach((settle) => settle(null)))
      await child.line(/ready/)
      // The next one starts while this one works: a start costs more than all the messages between two kills.
      spare = begin()
    }
    const kill = async () => {
      kills++
      child.kill('SIGKILL')
      expect(await child.ended).toBe('SIGKILL')
    }
    return {
      open,
      kill,
      /** Null when the process was killed before it could answer. */
      send: (item: Inbound) =>
        new Promise<Told | null>((resolve) => {
          waiting.set(++id, resolve)
          child.write(JSON.stringify({ id, item }))
        }),
      kills: () => kills,
      close: async () => {
        for (const one of [child, spare]) {
          one?.child.stdin!.end()
          await one?.ended
        }
      },
    }
  }

  /** Holds what is in the database against what a walk without any crash leaves. */
  const expectWhole = async (resident: Resident) => {
    const [run, ...others] = await resident.runs()
    expect(others).toEqual([])
    expect(run).toMatchObject({ flow: 'vneid-level-1', state: 'finished', step: 'wait-approval', seq: STEPS + 2 })
    expect((await resident.ask()).kind).toBe('finished')
    const ledger = await resident.ledger()
    expect(ledger.map(({ seq }) => seq)).toEqual(Array.from({ length: STEPS + 2 }, (_, i) => i + 1))
    const done = ledger.filter(({ outcome }) => outcome === 'done').map(({ step }) => step)
    expect(new Set(done).size).toBe(STEPS)
    expect(done).toHaveLength(STEPS)
    const { said } = await resident.session()
    expect(said).toBe(BEFORE + STEPS)
    expect(await resident.heard()).toHaveLength(said)
  }

  /** The store to look into the database with: on SQLite a new connection, as if nobody had been there. */
  const look = (): Store => (engine.name === 'sqlite' ? openSqlite(database.store.where) : database.another())

  test('goes on where it was, killed after every answered message of a walk', async () => {
    const bots = createBots()
    const { resident } = prepared(database)
    await bots.open()
    let heard: Said | undefined
    for (let n = 0; n < BEFORE + STEPS; n++) {
      const content = heard
        ? { kind: 'tap' as const, data: heard.options[0]!.data }
        : { kind: 'start' as const, payload: 'vneid-level-1_g5' }
      const item = resident.item(content)
      const told = await bots.send(item)
      expect(told?.accepted).toMatchObject({ kind: 'handled', said: n + 1 })
      heard = told!.heard!
      await bots.kill()
      await bots.open()
      // Nobody knows whether the answer got through: delivered once more.
      if (n % 4 === 0) expect((await bots.send(item))?.accepted?.kind).toBe('duplicate')
    }
    expect(bots.kills()).toBe(BEFORE + STEPS)
    await bots.close()
    const store = look()
    await expectWhole(createBot(store).resident(resident.address))
    if (engine.name === 'sqlite') await store.close()
  })

  test('loses and doubles nothing, killed at any moment before an answer, with others writing at the same time', async () => {
    const bots = createBots()
    const { residents } = prepared(database)
    await bots.open()
    const heard = new Map<Resident, Said>()
    let seed = 20_261_123
    const roll = (below: number) => ((seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0), seed % below)
    let unanswered = 0
    for (let n = 0; n < BEFORE + STEPS; n++) {
      const items = residents.map((resident) => {
        const before = heard.get(resident)
        return resident.item(
          before ? { kind: 'tap', data: before.options[0]!.data } : { kind: 'start', payload: 'vneid-level-1_g5' },
        )
      })
      let open = [...items.keys()]
      for (let tries = 0; open.length > 0; tries++) {
        const answers = open.map(async (i) => ({ i, told: await bots.send(items[i]!) }))
        // Spread over the whole of a turn: before the message is read, in the transaction, and behind it.
        if (tries === 0 && n % 2 === 0) {
          const end = performance.now() + roll(60) / 10
          while (performance.now() < end) await new Promise((next) => setImmediate(next))
          await bots.kill()
          await bots.open()
        }
        const told = await Promise.all(answers)
        for (const { i, told: one } of told) if (one?.heard) heard.set(residents[i]!, one.heard)
        for (const { told: one } of told) expect(one?.failed).toBeUndefined()
        open = told.filter((one) => one.told === null).map(({ i }) => i)
        unanswered += open.length
      }
    }
    await bots.close()
    expect(unanswered).toBeGreaterThan(0)
    const store = look()
    const after = createBot(store)
    for (const { address } of residents) await expectWhole(after.resident(address))
    if (engine.name === 'sqlite') await store.close()
  })
})

/** Residents of the test, who only make events: their answers come from the processes. */
function prepared(database: TestDatabase): { resident: Resident; residents: Resident[] } {
  const bot = createBot(database.store)
  return { resident: bot.resident('walker'), residents: ['one', 'two', 'three'].map((name) => bot.resident(name)) }
}
