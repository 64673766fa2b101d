import { OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { exportSteps, STEP_COLUMNS } from '../../src/exports/steps.js'
import { appendLedger } from '../../src/store/ledger.js'
import { begin, createBot, type TestBot } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'

describeEngines('the export of steps', await engines(), (engine) => {
  let database: TestDatabase
  let bot: TestBot
  beforeEach(async () => {
    database = await engine.fresh()
    bot = createBot(database.store)
  })
  afterEach(() => database.drop())

  const rows = async (filter = {}) => {
    const found: Record<string, unknown>[] = []
    for await (const row of exportSteps(database.store.db, scopeOf(OPERATOR), bot.context.world.flows, filter))
      found.push(Object.fromEntries(STEP_COLUMNS.map((column, i) => [column, row[i]])))
    return found
  }

  test('has the columns of the outside of the house', () => {
    expect(STEP_COLUMNS.join(',')).toBe(
      'person_id,contact_id,channel,group,flow,edition,step,number,outcome,at,by_contact_id,source',
    )
  })

  test('says of every move what was left and what was entered, at the time of Viet Nam', async () => {
    const resident = bot.resident()
    await begin(resident)
    bot.clock.pass('90 minutes')
    await resident.tap('have-it')
    await resident.tap('have-account')
    await resident.tap('trouble')
    await resident.tap('maintenance')
    await resident.tap('better')
    await resident.say('quay lại')
    await resident.say('để lúc khác')
    const found = await rows()
    expect(found.map(({ outcome, step, number }) => `${outcome} ${step} ${number ?? '-'}`)).toEqual([
      'entered install -',
      'skipped install -',
      'entered app-account -',
      'skipped app-account -',
      'entered sign-in 1',
      'trouble sign-in 1',
      'back sign-in 1',
      'entered app-account -',
      'paused app-account -',
    ])
    const { id } = await resident.contact()
    const { person } = (await resident.run())!
    expect(found[4]).toEqual({
      person_id: person,
      contact_id: id,
      channel: 'web',
      group: 5,
      flow: 'vneid-level-1',
      edition: 1,
      step: 'sign-in',
      number: 1,
      outcome: 'entered',
      at: '2026-11-23T09:30:00+07:00',
      by_contact_id: id,
      source: 'self',
    })
    expect(found[0]!['at']).toBe('2026-11-23T08:00:00+07:00')
  })

  test('reads page by page and leaves nothing out', async () => {
    const event = (run: number, seq: number) => ({ run: `r-${run}`, seq, at: 1_790_000_000_000 + (run % 7), person: 'p', contact: 'c', channel: 'web' as const, group: run % 2 ? 3 : null, flow: 'vneid-level-1', edition: 1, step: 'gone', number: null, outcome: seq === 1 ? ('entered' as const) : ('trouble' as const), source: 'self' as const, detail: null, to: null }) // prettier-ignore
    await appendLedger(database.store.db, Array.from({ length: 2500 }, (_, i) => [event(i, 1), event(i, 2)]).flat())
    expect(await rows()).toHaveLength(5000)
    expect(await rows({ group: 3 })).toHaveLength(2500)
    expect(await rows({ flow: 'id-card' })).toEqual([])
  })
})
