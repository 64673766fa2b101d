import fc from 'fast-check'
import { sql } from 'kysely'
import { showStats } from '../../src/cli/stats.js'
import { readConfig } from '../../src/config.js'
import type { FlowFigures } from '../../src/core/figures.js'
import { FEW, OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { type Figure, figures } from '../../src/store/figures.js'
import { recountFigures } from '../../src/store/recount.js'
import { invitationPayload, invite } from '../../src/access/invite.js'
import { databaseSettings } from '../support/children.js'
import { createBot, holdRequests, type Resident, type TestBot } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'

const WARD = scopeOf(OPERATOR)

/** What somebody does: where they come from, and which of the choices they tap, one after the other. */
interface History {
  payload: string
  taps: number[]
}

const FLOWS = ['id-card', 'portal-login', 'vneid-activation', 'vneid-level-1', 'vneid-level-2']

const history = fc.record<History>({
  payload: fc
    .tuple(fc.constantFrom('', ...FLOWS), fc.constantFrom('', '_g1', '_g2', '_g5'))
    .map((both) => both.join('')),
  // Mostly the first choice, so that guides are finished too.
  taps: fc.array(fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(5) }), {
    minLength: 3,
    maxLength: 45,
  }),
})

/** Plays all histories side by side: everybody's next message is in the next batch. */
async function play(bot: TestBot, histories: readonly History[]): Promise<Resident[]> {
  const residents = histories.map(() => bot.resident())
  await Promise.all(residents.map((resident, i) => resident.start(histories[i]!.payload)))
  for (let round = 0; round < 45; round++) {
    await Promise.all(
      residents.map(async (resident, i) => {
        const tap = histories[i]!.taps[round]
        if (tap === undefined) return
        const { prompt } = await resident.session()
        const option = prompt.options[tap % Math.max(1, prompt.options.length)]
        if (option !== undefined) await resident.tap(option)
      }),
    )
    bot.clock.pass('7 hours')
  }
  return residents
}

/** Adds the figures of a guide up. */
function summed(all: readonly Figure[], flow: string) {
  const own = all.filter((figure) => figure.flow === flow)
  const sum = (of: (figure: Figure) => number) => own.reduce((total, figure) => total + of(figure), 0)
  const standing: Record<string, number> = {}
  for (const { step, count } of own.flatMap((figure) => figure.standing)) standing[step] = (standing[step] ?? 0) + count
  return { started: sum(({ started }) => started), finished: sum(({ finished }) => finished), standing }
}

describeEngines('the figures', await engines(), (engine) => {
  let database: TestDatabase
  let bot: TestBot
  beforeEach(async () => {
    database = await engine.fresh()
    bot = createBot(database.store)
    holdRequests(bot)
    // Groups large enough to be broken down.
    for (const group of bot.context.ward.groups) {
      for (let n = 0; n < FEW; n++)
        await sql`insert into person (id, grp, created_at) values (${`other-${group}-${n}`}, ${group}, 1)`.execute(
          database.store.db,
        )
    }
  })
  afterEach(async () => {
    await bot.context.close()
    await database.drop()
  })

  const stats = async (values: Record<string, string> = {}) => {
    const config = { ...readConfig(databaseSettings(database.store)), wardFile: 'ward.demo.yaml' }
    let printed = ''
    expect(await showStats(config, { ...values, json: true }, (text) => (printed += text))).toBe(0)
    return JSON.parse(printed) as FlowFigures[]
  }

  test('are the same from the runs, from the ledger alone, in the tool and in the chat, for any histories', async () => {
    const staff = bot.resident()
    await staff.start(invitationPayload(await invite(database.store.db, 'staff', null, bot.clock())))
    await bot.context.requests.runOnce()
    await staff.tap('accept')
    await bot.context.requests.runOnce()
    const asked = async (words: string) => {
      await staff.say(words)
      await bot.context.requests.runOnce()
      return (await staff.last()).text
    }
    const samples = fc.sample(history, { numRuns: engine.name === 'sqlite' ? 160 : 70, seed: 147 })
    await play(bot, samples)
    const { db } = database.store
    const all = await figures(db, WARD)
    expect(all.reduce((sum, { started }) => sum + started, 0)).toBeGreaterThan(40)
    expect(all.some(({ finished }) => finished > 0)).toBe(true)
    expect(all.some(({ standing }) => standing.some(({ state }) => state === 'paused'))).toBe(true)
    expect(await recountFigures(db, WARD)).toEqual(all)
    for (const group of [null, 1, 2, 5]) {
      expect(await recountFigures(db, WARD, { group })).toEqual(await figures(db, WARD, { group }))
      for (const flow of FLOWS) {
        const filter = { flow, group }
        const own = await figures(db, WARD, filter)
        expect(own).toEqual(all.filter((figure) => figure.flow === flow && figure.grp === group))
        expect(await recountFigures(db, WARD, filter)).toEqual(own)
      }
    }
    const ward = await stats()
    const text = await asked('/thongke')
    for (const flow of FLOWS) {
      const expected = summed(all, flow)
      const told = ward.find((one) => one.flow === flow)!
      expect([told.started, told.finished]).toEqual([expected.started, expected.finished])
      expect(Object.fromEntries(told.standing.map(({ step, count }) => [step, count]))).toEqual(expected.standing)
      expect(
        told.groups.map(({ group, started, finished, confirmed }) => [group, started, finished, confirmed]),
      ).toEqual(
        all
          .filter((figure) => figure.flow === flow)
          .sort((a, b) => (a.grp ?? Infinity) - (b.grp ?? Infinity))
          .map(({ grp, started, finished }) => [grp, started, finished, 0]),
      )
      expect(numbers(text, bot, flow)).toEqual(expected)
      for (const group of [1, 2, 5]) {
        const own = summed(
          all.filter(({ grp }) => grp === group),
          flow,
        )
        const some = await stats({ flow, group: String(group) })
        expect(some.map(({ started, finished }) => [started, finished])).toEqual(
          own.started === 0 ? [] : [[own.started, own.finished]],
        )
        const words = await asked(`/thongke ${flow} ${group}`)
        if (own.started > 0) expect(numbers(words, bot, flow)).toEqual(own)
        else expect(words).toContain('Chưa có ai bắt đầu')
      }
    }
  })

  test('count somebody who names their group later where they belong now', async () => {
    const resident = bot.resident()
    await resident.start('vneid-level-1')
    for (const option of ['agree', 'bac', 'unknown-group', 'begin', 'done']) await resident.tap(option)
    expect((await figures(database.store.db, WARD)).map(({ grp }) => grp)).toEqual([null])
    await resident.start('vneid-level-1_g4')
    expect((await figures(database.store.db, WARD)).map(({ grp, started }) => [grp, started])).toEqual([[4, 1]])
    // The ledger keeps what was true then, and follows with the next step.
    await resident.tap('continue')
    await resident.tap('done')
    expect(await recountFigures(database.store.db, WARD)).toEqual(await figures(database.store.db, WARD))
  })

  test('count a guide that was begun again after its end once, as finished', async () => {
    const resident = bot.resident()
    await resident.start('portal-login_g2')
    for (let i = 0; i < 60 && (await resident.ask()).kind !== 'finished'; i++)
      await resident.tap((await resident.session()).prompt.options[0]!)
    await resident.start('portal-login')
    await resident.tap('begin')
    expect(await resident.runs()).toHaveLength(2)
    const found = await figures(database.store.db, WARD)
    expect(found).toMatchObject([{ flow: 'portal-login', grp: 2, started: 1, finished: 1, standing: [] }])
    expect(await recountFigures(database.store.db, WARD)).toEqual(found)
  })
})

/** Reads the figures of a guide back out of what the chat says. */
function numbers(text: string, { context }: TestBot, flow: string) {
  const guide = context.material.guides.vi.get(flow)!.value
  const paragraph = text.split('\n\n').find((one) => one.startsWith(`${guide.short}:`)) ?? ''
  const [, started, finished] = /(\d+) người bắt đầu, (\d+) người xong/.exec(paragraph)!.map(Number)
  const standing: Record<string, number> = {}
  const steps = context.world.flows.get(flow)!.steps
  const titles = steps.map(({ id, number }) => {
    const title = guide.steps[id]!.title
    return [id, number === undefined ? `đang ở ${title}` : `đang ở bước ${number}: ${title}`] as const
  })
  const unread = new Set(titles.map(([id]) => id))
  for (const line of paragraph.split('\n').slice(1)) {
    const match = /^ *· (\d+) người (đang ở .*)$/.exec(line)
    if (!match) continue
    const step = titles.find(([id, title]) => unread.has(id) && title === match[2])![0]
    unread.delete(step)
    standing[step] = Number(match[1])
  }
  return { started: started!, finished: finished!, standing }
}
