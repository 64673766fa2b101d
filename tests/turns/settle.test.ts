import { currentStep, leave, start } from '../../src/core/flow/advance.js'
import { cardGuides } from '../../src/core/flow/definition.js'
import { auditLog } from '../../src/store/audit.js'
import { cardsInDoubt } from '../../src/store/cards.js'
import { putPeople } from '../../src/store/enrol.js'
import { appendLedger } from '../../src/store/ledger.js'
import { people } from '../../src/store/roster.js'
import { saveRuns } from '../../src/store/runs.js'
import { visitsTo, wishesOf } from '../../src/store/visits.js'
import { recordDone, type Recording } from '../../src/turns/record.js'
import { takeBack } from '../../src/turns/take-back.js'
import { createIds } from '../support/ids.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { loadWorld } from '../support/world.js'
import { enrol, headOf, rosterPerson, SEALS, WARD } from '../store/roster-samples.js'
import { NOW } from '../store/samples.js'

const { world } = loadWorld()
const HEAD = headOf(5)
const CARD = 'id-card'
const BOTH = { card: true, visited: true }

describeEngines('a card that was got', await engines(), (engine) => {
  let database: TestDatabase
  let at = NOW
  const newId = createIds()
  beforeEach(async () => void (database = await engine.fresh()))
  afterEach(() => database.drop())
  const parts = () => ({ store: database.store, world, newId })
  const record = (persons: string[], more: Partial<Recording> = {}) =>
    recordDone(parts(), HEAD, { flow: CARD, persons, upTo: 'end', settle: BOTH, now: ++at, ...more })
  const row = async (id: string) => {
    const [found] = await people(database.store.db, WARD, { ids: [id] })
    return { card: found!.card, reason: found!.cardReason, visit: found!.visit }
  }
  const doubts = async (scope = HEAD) => Object.fromEntries(await cardsInDoubt(database.store.db, scope, cardGuides(world.flows))) // prettier-ignore
  /** The person reports all of a guide themselves. */
  const report = async (person: string, flow = world.flows.get(CARD)!) => {
    const self = { contact: 'c', channel: 'web', group: 5, source: 'self', at: ++at } as const
    let move = start(flow, person, newId(), self)
    const events = [...move.events]
    while (move.run.state !== 'finished') {
      move = leave(
        flow,
        move.run,
        currentStep(flow, move.run).choices.find(({ as }) => as !== 'back')!,
        self,
      )
      events.push(...move.events)
    }
    await database.store.transaction(async (tx) => {
      await saveRuns(tx, [move.run])
      await appendLedger(tx, events)
    })
  }
  const NONE = { card: 'none', cardReason: 'thất lạc', visit: true } as const

  test('is on the roster with the recording that says so, and the wish for a visit is answered', async () => {
    const { db } = database.store
    await enrol(db, [rosterPerson(1, NONE), rosterPerson(2, { card: 'unknown' }), rosterPerson(3, NONE), rosterPerson(4, { card: 'has' })]) // prettier-ignore
    expect(await record(['r-1', 'r-2', 'r-4'])).toEqual({ recorded: 3, already: 0, moved: 0, settled: 2 })
    expect(await row('r-1')).toEqual({ card: 'has', reason: null, visit: false })
    expect(await row('r-2')).toMatchObject({ card: 'has' })
    expect(await row('r-3')).toEqual({ card: 'none', reason: 'thất lạc', visit: true })
    expect(await visitsTo(db, HEAD, ['r-1'])).toMatchObject([{ day: '2026-11-23', wishedSince: NOW }])
    // Nobody had asked: that somebody was there is not guessed.
    expect(await visitsTo(db, HEAD, ['r-2'])).toEqual([])
    expect(await doubts()).toEqual({})
    const log = await auditLog(db, WARD, { limit: 20 })
    expect(log.filter(({ subject }) => subject === 'r-1').map(({ deed, kind }) => `${deed} ${kind}`).sort()).toEqual(['recorded card', 'recorded id-card', 'recorded visit']) // prettier-ignore
  })

  test('is off it again, and the wish waits since when it did, when the recording is taken back', async () => {
    const { db } = database.store
    await enrol(db, [rosterPerson(1, NONE), rosterPerson(2, NONE)])
    await record(['r-1', 'r-2'])
    const recorded = at
    expect(await takeBack(parts(), HEAD, { flow: CARD, at: recorded, now: ++at })).toEqual({ undone: 2, moved: 0 })
    for (const id of ['r-1', 'r-2']) {
      expect(await row(id)).toEqual({ card: 'none', reason: 'thất lạc', visit: true })
      expect(await visitsTo(db, HEAD, [id])).toEqual([])
    }
    expect((await wishesOf(db, HEAD, { limit: 9 })).map(({ since }) => since)).toEqual([NOW, NOW])
    // What somebody wrote on the roster since is theirs and stays.
    await record(['r-1'])
    await putPeople(db, WARD, SEALS, [rosterPerson(1, { card: 'unknown', note: 'hỏi lại' })], ++at)
    await takeBack(parts(), HEAD, { flow: CARD, at: at - 1, now: ++at })
    expect(await row('r-1')).toMatchObject({ card: 'unknown' })
  })

  test('is not on it by a step alone, by another guide, or where it was not asked for', async () => {
    const { db } = database.store
    await enrol(db, [rosterPerson(1, NONE)])
    await record(['r-1'], { upTo: 'step' })
    await record(['r-1'], { flow: 'vneid-level-1', settle: { card: true, visited: false } })
    await record(['r-1'], { settle: { card: false, visited: false } })
    expect(await row('r-1')).toEqual({ card: 'none', reason: 'thất lạc', visit: true })
    // The roster and the guide disagree, and that is said.
    expect(await doubts()).toEqual({ 'r-1': 'confirmed' })
    expect(await record(['r-1'])).toEqual({ recorded: 0, already: 1, moved: 0, settled: 1 })
    expect(await row('r-1')).toMatchObject({ card: 'has', visit: true })
  })

  test('by the person’s own word leaves the roster as it is, until somebody confirms it by one tap', async () => {
    const { db } = database.store
    await enrol(db, [rosterPerson(1, NONE), rosterPerson(2, { group: 7, card: 'none' })])
    await report('r-1')
    await report('r-2')
    expect(await row('r-1')).toEqual({ card: 'none', reason: 'thất lạc', visit: true })
    expect(await doubts()).toEqual({ 'r-1': 'self' })
    expect(await doubts(headOf(7))).toEqual({ 'r-2': 'self' })
    expect(await record(['r-1'])).toEqual({ recorded: 1, already: 0, moved: 0, settled: 1 })
    expect(await row('r-1')).toMatchObject({ card: 'has', visit: false })
    expect(await doubts()).toEqual({})
  })
})
