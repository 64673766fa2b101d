import { OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { fillRoster } from '../../src/demo/roster.js'
import { simulate } from '../../src/demo/simulate.js'
import { figures } from '../../src/store/figures.js'
import { recountFigures } from '../../src/store/recount.js'
import { rosterFigures } from '../../src/store/roster-figures.js'
import { people } from '../../src/store/roster.js'
import { strangers } from '../../src/store/strangers.js'
import { createBot, type TestBot } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'

const WARD = scopeOf(OPERATOR)

describeEngines('the roster of the demo', await engines(), (engine) => {
  let database: TestDatabase
  let bot: TestBot
  beforeEach(async () => {
    database = await engine.fresh()
    bot = createBot(database.store)
  })
  afterEach(async () => {
    await bot.context.close()
    await database.drop()
  })

  test('has something to show in every group, knows most who chat, and is filled once', async () => {
    const { db } = database.store
    await simulate(bot.context, { residents: 60, days: 10, seed: 147 })
    const before = (await strangers(db, WARD, { limit: 999 })).length
    const filled = await fillRoster(bot.context, 147)
    expect(await fillRoster(bot.context, 147)).toEqual({ people: 0, households: 0 })
    const all = await people(db, WARD)
    expect(all).toHaveLength(filled.people)
    expect(all.every(({ hasPhone }) => !hasPhone)).toBe(true)
    const left = (await strangers(db, WARD, { limit: 999 })).length
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThan(before / 2)
    const found = await rosterFigures(db, WARD)
    expect(found.map(({ group }) => group)).toEqual(bot.context.ward.groups)
    for (const { people, withoutCard, households, reviewed } of found) {
      expect([households, reviewed > 0 && reviewed < 30]).toEqual([30, true])
      expect(withoutCard.permanent + withoutCard.temporary).toBeGreaterThan(0)
      expect(people).toBeGreaterThan(50)
    }
    expect(found.reduce((sum, { officials }) => sum + officials, 0)).toBeGreaterThan(5)
    expect(await recountFigures(db, WARD)).toEqual(await figures(db, WARD))
  })

  test('is no thing for a real ward', async () => {
    const real = { ...bot.context, ward: { ...bot.context.ward, demo: false } }
    await expect(fillRoster(real, 1)).rejects.toThrow(/this ward is real/)
    expect(await people(database.store.db, WARD)).toEqual([])
  })
})
