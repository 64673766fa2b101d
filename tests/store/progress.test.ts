import { mayRevoke, shutOut } from '../../src/access/revoke.js'
import { setRole } from '../../src/store/contacts.js'
import { appendLedger } from '../../src/store/ledger.js'
import { confirmedFinishes, personsIn, type ProgressFilter, progressOf } from '../../src/store/progress.js'
import { troublesSince } from '../../src/store/radar.js'
import { roleHolders } from '../../src/store/role-holders.js'
import { saveRuns } from '../../src/store/runs.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { enrol, headOf, household, rosterPerson, WARD } from './roster-samples.js'
import { addContacts, event, newContact, NOW, run } from './samples.js'

const FLOW = 'vneid-level-1'

describeEngines('where people stand', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await engine.fresh()
    const { store } = database
    await enrol(
      store.db,
      [
        rosterPerson(1, { name: 'Nguyễn Văn An', household: 'h-1', card: 'none' }),
        rosterPerson(2, { name: 'Trần Thị Bình', visit: true }),
        rosterPerson(3, { name: 'Lê Văn Chung', official: true }),
        rosterPerson(4, { name: 'Phạm Thị Dung' }),
        rosterPerson(5, { name: 'Vũ Văn Khác', group: 6 }),
      ],
      [household(1)],
    )
    await addContacts(store, [newContact('x', { contact: { id: 'c-x', role: 'resident', group: 5 } })])
    await saveRuns(store.db, [
      run('one', { person: 'r-1', flow: FLOW, state: 'finished', step: 'end', seq: 1 }),
      run('two', { person: 'r-2', flow: FLOW, step: 'otp', tries: 2 }),
      run('three', { person: 'r-3', flow: FLOW, state: 'finished', step: 'end', seq: 1 }),
      run('chat', { person: 'p-x', flow: FLOW, step: 'phone' }),
    ])
    const told = { flow: FLOW, group: 5 }
    await appendLedger(store.db, [
      event('r-one', 1, { ...told, person: 'r-1', outcome: 'finished', source: 'leader' }),
      event('r-two', 1, { ...told, person: 'r-2', outcome: 'trouble', step: 'otp', detail: 'no-code' }),
      event('r-three', 1, { ...told, person: 'r-3', outcome: 'finished', source: 'self' }),
    ])
  })
  afterEach(() => database.drop())

  const found = async (filter: ProgressFilter) => {
    const { people } = await progressOf(database.store.db, headOf(5), { flow: FLOW, group: 5, filter, limit: 50 })
    return people.map(({ id }) => id)
  }

  test('is told of everybody of a group, by name, who is only known from the chat at the end', async () => {
    const { people, total } = await progressOf(database.store.db, headOf(5), { flow: FLOW, group: 5, limit: 2 })
    expect([total, people.map(({ id }) => id)]).toEqual([5, ['r-1', 'r-2']])
    const rest = await progressOf(database.store.db, headOf(5), { flow: FLOW, group: 5, limit: 9, offset: 2 })
    expect(rest.people.map(({ id, name }) => [id, name])).toEqual([
      ['r-3', 'Lê Văn Chung'],
      ['r-4', 'Phạm Thị Dung'],
      ['p-x', null],
    ])
    expect(people[0]).toMatchObject({
      finished: 'confirmed',
      at: null,
      card: 'none',
      street: 'Đường Hoa Sen',
      chats: false,
    })
    expect(people[1]).toMatchObject({ finished: 'no', visit: true, at: { step: 'otp', state: 'open', tries: 2 } })
    expect(rest.people[0]).toMatchObject({ finished: 'self', official: true })
    expect(rest.people[2]).toMatchObject({ chats: true, at: { step: 'phone' } })
  })

  test('is found by what is the matter', async () => {
    expect(await found('not-started')).toEqual(['r-4'])
    expect(await found('under-way')).toEqual(['r-2', 'p-x'])
    expect(await found('stuck')).toEqual(['r-2'])
    expect(await found('finished')).toEqual(['r-1', 'r-3'])
    expect(await found('no-card')).toEqual(['r-1'])
    expect(await found('visit')).toEqual(['r-2'])
  })

  test('is told to nobody outside the scope', async () => {
    const { db } = database.store
    expect((await progressOf(db, headOf(6), { flow: FLOW, group: 5, limit: 9 })).people).toEqual([])
    expect((await progressOf(db, headOf(6), { flow: FLOW, limit: 9 })).people.map(({ id }) => id)).toEqual(['r-5'])
    expect(await personsIn(db, headOf(6), ['r-1', 'r-5'])).toEqual([{ id: 'r-5', group: 6 }])
    expect(await confirmedFinishes(db, headOf(6))).toEqual([])
    expect(await troublesSince(db, headOf(6), 0)).toEqual([])
    expect(await roleHolders(db, headOf(6))).toEqual([])
  })

  test('counts what others confirmed apart, and troubles by step', async () => {
    const { db } = database.store
    expect(await confirmedFinishes(db, WARD)).toEqual([{ flow: FLOW, group: 5, count: 1 }])
    expect(await troublesSince(db, WARD, 0)).toEqual([
      { flow: FLOW, step: 'otp', trouble: 'no-code', times: 1, persons: 1 },
    ])
    expect(await troublesSince(db, WARD, NOW + 86_400_000)).toEqual([])
  })

  test('roles are listed with their groups, and taken away by whoever may give them', async () => {
    const { store } = database
    await setRole(store.db, 'c-x', 'helper', [5, 7], NOW)
    expect(await roleHolders(store.db, WARD)).toMatchObject([{ contact: 'c-x', role: 'helper', groups: [5, 7] }])
    const [holder] = await roleHolders(store.db, headOf(5))
    expect(mayRevoke(headOf(5), holder!)).toBe(false)
    expect(mayRevoke(headOf(5, 7), holder!)).toBe(true)
    await shutOut(store.db, 'c-x', { by: 'c-head', now: NOW })
    expect(await roleHolders(store.db, WARD)).toEqual([])
  })
})
