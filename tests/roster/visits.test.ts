import { sql } from 'kysely'
import { leaveVisit, takeVisit, visitsMade, visitUndone } from '../../src/roster/visits.js'
import { scopeOf } from '../../src/core/policy/roles.js'
import { auditLog } from '../../src/store/audit.js'
import { dropPeople, putPeople } from '../../src/store/enrol.js'
import { mergePeople } from '../../src/store/merges.js'
import { migrate } from '../../src/store/migrate.js'
import { MIGRATIONS } from '../../src/store/migrations/list.js'
import { visitsTo, wishesOf } from '../../src/store/visits.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { enrol, headOf, rosterPerson, SEALS, WARD } from '../store/roster-samples.js'
import { NOW } from '../store/samples.js'

const HEAD = headOf(5)
const OTHER = scopeOf({ id: 'other-head', role: 'leader', leads: [5] })
const STAFF = scopeOf({ id: 'staff', role: 'staff', leads: [] })
const DAY = '2026-11-23'

describeEngines('visits that people wish for', await engines(), (engine) => {
  let database: TestDatabase
  let ids = 0
  beforeEach(async () => void (database = await engine.fresh()))
  afterEach(() => database.drop())
  const parts = (later = 0) => ({ now: NOW + later, newId: () => `v-${++ids}` })
  const within = <T>(work: Parameters<TestDatabase['store']['transaction']>[0]) =>
    database.store.transaction(work) as Promise<T>
  const wishes = async (scope = WARD) => (await wishesOf(database.store.db, scope, { limit: 9 })).map(({ person, since, takenBy }) => [person, since - NOW, takenBy]) // prettier-ignore
  const put = async (n: number, more: Parameters<typeof rosterPerson>[1], later: number) =>
    putPeople(database.store.db, WARD, SEALS, [rosterPerson(n, more)], NOW + later)

  test('wait in the order in which they were wished for, whatever is changed of the person meanwhile', async () => {
    await put(2, { visit: true }, 10)
    await put(1, { visit: true }, 20)
    await put(3, { visit: true, group: 7 }, 30)
    // A list that is read again says the same wish once more.
    await put(2, { visit: true, note: 'read again' }, 40)
    expect(await wishes()).toEqual([['r-2', 10, null], ['r-1', 20, null], ['r-3', 30, null]]) // prettier-ignore
    expect(await wishes(HEAD)).toEqual([['r-2', 10, null], ['r-1', 20, null]]) // prettier-ignore
    await put(2, {}, 50)
    await put(2, { visit: true }, 60)
    expect(await wishes(HEAD)).toEqual([['r-1', 20, null], ['r-2', 60, null]]) // prettier-ignore
  })

  test('are taken by one, given back, and taken over by the ward alone', async () => {
    await enrol(database.store.db, [rosterPerson(1, { visit: true }), rosterPerson(2)])
    expect(await within((tx) => takeVisit(tx, parts(), headOf(7), 'r-1'))).toBe(false)
    expect(await within((tx) => takeVisit(tx, parts(), HEAD, 'r-2'))).toBe(false)
    expect(await within((tx) => takeVisit(tx, parts(), HEAD, 'r-1'))).toBe(true)
    expect(await within((tx) => takeVisit(tx, parts(), HEAD, 'r-1'))).toBe(true)
    expect(await within((tx) => takeVisit(tx, parts(), OTHER, 'r-1'))).toBe(false)
    expect(await within((tx) => takeVisit(tx, parts(), OTHER, 'r-1', HEAD.who))).toBe(false)
    expect(await wishesOf(database.store.db, OTHER, { limit: 9, open: true })).toEqual([])
    expect(await within((tx) => takeVisit(tx, parts(), STAFF, 'r-1', HEAD.who))).toBe(true)
    expect(await within((tx) => leaveVisit(tx, parts(), HEAD, 'r-1'))).toBe(false)
    expect(await within((tx) => leaveVisit(tx, parts(), STAFF, 'r-1'))).toBe(true)
    expect(await wishes()).toEqual([['r-1', 0, null]])
    const log = await auditLog(database.store.db, WARD, { limit: 9 })
    expect(log.map(({ deed, kind, subject }) => [deed, kind, subject])).toEqual(Array.from({ length: 3 }, () => ['changed', 'visit', 'r-1'])) // prettier-ignore
  })

  test('are made once a day, kept as history, and put back as they were when that was a mistake', async () => {
    const { db } = database.store
    await enrol(db, [rosterPerson(1, { visit: true }), rosterPerson(2), rosterPerson(3, { group: 7 })])
    await within((tx) => takeVisit(tx, parts(5), HEAD, 'r-1'))
    const made = (persons: string[]) => within((tx) => visitsMade(tx, parts(9), HEAD, { persons, day: DAY }))
    expect(await made(['r-1', 'r-3'])).toBe('refused')
    expect(await wishes()).toHaveLength(1)
    expect(await made(['r-1', 'r-2', 'r-2'])).toEqual({ written: 2, already: 0 })
    expect(await made(['r-1', 'r-2'])).toEqual({ written: 0, already: 2 })
    expect(await wishes()).toEqual([])
    const [visit] = await visitsTo(db, HEAD, ['r-1'])
    expect(visit).toMatchObject({ day: DAY, at: NOW + 9, who: HEAD.who, wishedSince: NOW })
    expect(await visitsTo(db, headOf(7), ['r-1'])).toEqual([])
    expect(await visitsTo(db, HEAD, ['r-2'])).toMatchObject([{ wishedSince: null }])
    expect(await within((tx) => visitUndone(tx, parts(), headOf(7), visit!.id))).toBe(false)
    expect(await within((tx) => visitUndone(tx, parts(), HEAD, visit!.id))).toBe(true)
    expect(await wishes()).toEqual([['r-1', 0, HEAD.who]])
    expect(await visitsTo(db, HEAD, ['r-1'])).toEqual([])
    const log = await auditLog(db, WARD, { limit: 9 })
    expect(log.map(({ deed }) => deed).sort()).toEqual(['changed', 'recorded', 'recorded', 'undone'])
  })

  test('are the older one’s of two who turned out to be one, and go with the row of the roster', async () => {
    const { db } = database.store
    await put(1, {}, 10)
    await put(2, { visit: true }, 20)
    await within((tx) => visitsMade(tx, parts(25), HEAD, { persons: ['r-1'], day: DAY }))
    await within((tx) => mergePeople(tx, WARD, SEALS, { kept: 'r-1', gone: 'r-2', at: NOW + 30 }))
    expect(await wishes()).toEqual([['r-1', 20, null]])
    expect(await visitsTo(db, HEAD, ['r-1', 'r-2'])).toHaveLength(1)
    await dropPeople(db, WARD, ['r-1'])
    expect((await sql`select 1 from visited`.execute(db)).rows).toEqual([])
  })
})

describeEngines('wishes of before they had a time', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => void (database = await engine.empty()))
  afterEach(() => database.drop())

  test('wait since the last change of the row', async () => {
    const { store } = database
    await migrate(store, Object.fromEntries(Object.entries(MIGRATIONS).filter(([name]) => name < '0046')))
    await sql`insert into person (id, grp, created_at) values ('p', 5, 1), ('q', 5, 1)`.execute(store.db)
    await sql`
      insert into roster (person, name, folded, card, visit, official, updated_at)
      values ('p', 'A', 'a', 'none', 1, 0, 77), ('q', 'B', 'b', 'none', 0, 0, 78)`.execute(store.db)
    await migrate(store)
    expect(await wishesOf(store.db, WARD, { limit: 9 })).toEqual([{ person: 'p', group: 5, since: 77, takenBy: null }])
    expect((await sql`select visit_since from roster where person = 'q'`.execute(store.db)).rows).toEqual([{ visit_since: null }]) // prettier-ignore
  })
})
