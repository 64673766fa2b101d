import fc from 'fast-check'
import { currentStep, leave, type Move, pause, start, trouble } from '../../src/core/flow/advance.js'
import type { Run } from '../../src/core/model/run.js'
import { OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { exportSteps } from '../../src/exports/steps.js'
import { figures } from '../../src/store/figures.js'
import { finishedByWeek } from '../../src/store/figures-now.js'
import { appendLedger, ledgerOfRun } from '../../src/store/ledger.js'
import type { Store } from '../../src/store/open.js'
import { confirmedFinishes, progressOf } from '../../src/store/progress.js'
import { recountFigures } from '../../src/store/recount.js'
import { loadRuns, saveRuns } from '../../src/store/runs.js'
import { recordDone, type Recording } from '../../src/turns/record.js'
import { takeBack } from '../../src/turns/take-back.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { createIds } from '../support/ids.js'
import { loadWorld } from '../support/world.js'
import { addContacts, newContact, NOW } from '../store/samples.js'

const { world } = loadWorld()
const WARD = scopeOf(OPERATOR)
const HEAD = scopeOf({ id: 'head', role: 'leader', leads: [5] })
const FLOW = 'vneid-level-1'
const flow = world.flows.get(FLOW)!

const deeds = fc.array(
  fc.record({
    person: fc.integer({ min: 0, max: 4 }),
    what: fc.constantFrom('record', 'record', 'undo', 'undo', 'goes-on', 'goes-on', 'ends', 'trouble', 'pause'),
    upTo: fc.constantFrom('step', 'end'),
  }),
  { minLength: 1, maxLength: 25 },
)

describeEngines('recording at the door', await engines(), (engine) => {
  let database: TestDatabase
  let round = 0
  let at = NOW
  const newId = createIds()
  beforeAll(async () => void (database = await engine.fresh()))
  afterAll(() => database.drop())

  /** Five people of group 5 whom nobody else has anything to do with. */
  const five = async () => {
    round++
    const names = [0, 1, 2, 3, 4].map((n) => `${round}-${n}`)
    const one = (name: string) => newContact(name, { contact: { id: `c-${name}`, role: 'resident', group: 5 } })
    await addContacts(database.store, names.map(one))
    return names.map((name) => `p-${name}`)
  }
  const parts = (store: Store) => ({ store, world, newId })
  const record = (persons: string[], more: Partial<Recording> = {}, store = database.store) =>
    recordDone(parts(store), HEAD, { flow: FLOW, persons, upTo: 'end', now: ++at, ...more })
  const runsOf = async (person: string) => loadRuns(database.store.db, [person])
  const standing = async (person: string) => {
    const { people } = await progressOf(database.store.db, WARD, { flow: FLOW, limit: 1000 })
    return people.find(({ id }) => id === person)!
  }
  /** The person goes on by themselves: a step, or all that are left. */
  const goOn = async (person: string, { toEnd = false, what = 'step' } = {}) => {
    const self = { contact: 'c', channel: 'web', group: 5, source: 'self', at: ++at } as const
    const write = async ({ run, events }: Move): Promise<Run> => {
      await database.store.transaction(async (tx) => {
        await saveRuns(tx, [run])
        await appendLedger(tx, events)
      })
      return run
    }
    const open = (await runsOf(person)).find(({ state }) => state !== 'finished')
    let run = open ?? (await write(start(flow, person, newId(), self)))
    do {
      const forward = currentStep(flow, run).choices.find(({ as }) => as !== 'back')!
      if (what === 'trouble') run = await write(trouble(flow, run, 'nfc', self))
      else if (what === 'pause') run = await write(pause(flow, run, self))
      else run = await write(leave(flow, run, forward, self))
    } while (toEnd && run.state !== 'finished')
  }
  const exported = async (person: string) => {
    const rows = []
    for await (const row of exportSteps(database.store.db, WARD, world.flows, {})) if (row[0] === person) rows.push(row)
    return rows
  }

  test('whatever is written down, vouched for and taken back, every figure is what the ledger alone gives', async () => {
    const { store } = database
    await fc.assert(
      fc.asyncProperty(deeds, async (history) => {
        const people = await five()
        for (const { person: n, what, upTo } of history) {
          const person = people[n]!
          if (what === 'record') await record([person], { upTo: upTo === 'end' ? 'end' : 'step' })
          else if (what === 'undo') {
            for (const { id, seq } of await runsOf(person))
              await takeBack(parts(store), HEAD, { run: id, seq, now: ++at })
          } else await goOn(person, { toEnd: what === 'ends', what })
        }
        const counted = await figures(store.db, WARD, { flow: FLOW })
        expect(counted).toEqual(await recountFigures(store.db, WARD, { flow: FLOW }))
        const { people: all } = await progressOf(store.db, WARD, { flow: FLOW, limit: 1000 })
        const finished = all.filter((one) => one.finished !== 'no').length
        expect(counted.reduce((sum, one) => sum + one.finished, 0)).toBe(finished)
        const [weeks] = await finishedByWeek(store.db, WARD, { now: at })
        expect(weeks?.now ?? 0).toBe(finished)
        const confirmed = await confirmedFinishes(store.db, WARD, 5)
        expect(confirmed.reduce((sum, { count }) => sum + count, 0)).toBe(
          all.filter((one) => one.finished === 'confirmed').length,
        )
        // Who reads the file counts the same.
        const rows = (await Promise.all(people.map(exported))).flat()
        const ended = new Set(rows.filter((row) => row[8] === 'finished').map(([person]) => person))
        expect([...ended].sort()).toEqual(
          all.filter(({ id, finished }) => people.includes(id) && finished !== 'no').map(({ id }) => id).sort(), // prettier-ignore
        )
        expect(rows.filter((row) => row[8] === 'undone' || row[8] === 'confirmed')).toEqual([])
      }),
      { numRuns: 15 },
    )
  }, 120_000)

  test('vouches for a finish that the person reported, once, and what they said stays their word', async () => {
    const [person] = await five()
    await goOn(person!, { toEnd: true })
    expect((await standing(person!)).finished).toBe('self')
    const before = await confirmedFinishes(database.store.db, WARD, 5)
    expect(await record([person!])).toEqual({ recorded: 1, already: 0, moved: 0 })
    expect(await record([person!])).toEqual({ recorded: 0, already: 1, moved: 0 })
    expect((await standing(person!)).finished).toBe('confirmed')
    const counted = (all: typeof before) => all.reduce((sum, { count }) => sum + count, 0)
    expect(counted(await confirmedFinishes(database.store.db, WARD, 5))).toBe(counted(before) + 1)
    const [run] = await runsOf(person!)
    const events = await ledgerOfRun(database.store.db, run!.id)
    expect(events.slice(-2).map(({ outcome, source }) => [outcome, source])).toEqual([
      ['finished', 'self'],
      ['confirmed', 'leader'],
    ])
    // The word is taken back, and the finish is their own again.
    expect(await takeBack(parts(database.store), HEAD, { run: run!.id, seq: run!.seq, now: ++at })).toEqual({
      undone: 1,
      moved: 0,
    })
    expect((await standing(person!)).finished).toBe('self')
    expect((await exported(person!)).filter((row) => row[8] === 'finished').map((row) => row[11])).toEqual(['self'])
  })

  test('takes a whole list back in one go, but nothing of whoever went on since', async () => {
    const people = await five()
    await goOn(people[1]!)
    const stood = await standing(people[1]!)
    await record(people.slice(0, 3), { upTo: 'step' })
    const written = at
    await goOn(people[2]!)
    const undo = () => takeBack(parts(database.store), HEAD, { flow: FLOW, at: written, now: ++at })
    expect(await undo()).toEqual({ undone: 2, moved: 1 })
    expect(await runsOf(people[0]!)).toEqual([])
    expect((await standing(people[1]!)).at).toEqual(stood.at)
    expect((await standing(people[2]!)).at).not.toBeNull()
    expect((await undo()) === 'refused' || (await undo())).toMatchObject({ undone: 0 })
    // What was taken back can be written down anew.
    expect(await record([people[0]!])).toMatchObject({ recorded: 1 })
    expect((await standing(people[0]!)).finished).toBe('confirmed')
  })

  test('is refused outside of one’s own groups, and leaves everything as it is', async () => {
    const [person] = await five()
    await record([person!])
    const [run] = await runsOf(person!)
    const other = scopeOf({ id: 'other', role: 'leader', leads: [6] })
    const what = { run: run!.id, seq: run!.seq, now: ++at }
    expect(await takeBack(parts(database.store), other, what)).toBe('refused')
    expect(await takeBack(parts(database.store), scopeOf({ id: 'h', role: 'helper', leads: [5] }), what)).toBe('refused') // prettier-ignore
    expect(await takeBack(parts(database.store), HEAD, { flow: FLOW, at: 1, now: at })).toEqual({ undone: 0, moved: 1 }) // prettier-ignore
    expect(await runsOf(person!)).toEqual([run])
  })

  test('does not write down the step behind the one that an old page shows, and the same tap twice is once', async () => {
    const [person] = await five()
    const seen = async () => new Map([[person!, (await standing(person!)).mark]])
    const old = await seen()
    expect(await record([person!], { upTo: 'step', seen: old })).toMatchObject({ recorded: 1 })
    const [run] = await runsOf(person!)
    // The back button, and the same button again.
    expect(await record([person!], { upTo: 'step', seen: old })).toEqual({ recorded: 0, already: 1, moved: 0 })
    const shown = await seen()
    await goOn(person!)
    expect(await record([person!], { upTo: 'step', seen: shown })).toEqual({ recorded: 0, already: 0, moved: 1 })
    expect((await runsOf(person!))[0]!.seq).toBe(run!.seq + 1)
    expect(await record([person!], { upTo: 'step', seen: await seen() })).toMatchObject({ recorded: 1 })
    // All of it is done, wherever the page showed them.
    expect(await record([person!], { seen: old })).toMatchObject({ recorded: 1 })
  })

  test('two taps at the same moment write once, from two processes as well', async () => {
    const [person] = await five()
    const peer = database.peer()
    const answers = await Promise.all([record([person!]), record([person!], {}, peer)])
    expect(answers.map((answer) => answer !== 'refused' && answer.recorded).sort()).toEqual([0, 1])
    expect(await runsOf(person!)).toHaveLength(1)
    const [run] = await runsOf(person!)
    const what = { run: run!.id, seq: run!.seq, now: ++at }
    const undone = await Promise.all([
      takeBack(parts(database.store), HEAD, what),
      takeBack(parts(peer), HEAD, { ...what, now: ++at }),
    ])
    expect(undone.map((answer) => answer !== 'refused' && answer.undone).sort()).toEqual([0, 1])
    expect(await runsOf(person!)).toEqual([])
  })
})
