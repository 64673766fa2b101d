import { sql } from 'kysely'
import { groupsOf } from '../../src/store/scope.js'
import { loadByAddresses, saveSessions, setGroup, setGroups, setRole } from '../../src/store/contacts.js'
import { storeFailure, VersionConflict } from '../../src/store/errors.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { addContacts, failureOf, newContact, session, NOW } from './samples.js'

describeEngines('contacts', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => void (database = await engine.fresh()))
  afterEach(() => database.drop())

  const load = (address: string) => loadByAddresses(database.store.db, [{ channel: 'web', address }])

  test('a contact comes back by its address exactly as it was made', async () => {
    const made = newContact(1, {
      session: session('p-1', {
        version: 3,
        said: 7,
        lastAt: 1_790_000_000_123,
        consent: { version: '2', at: 5 },
        prompt: { n: 7, ask: { kind: 'remedy', trouble: 'nfc', n: 1 }, options: ['better', 'still'] },
      }),
      contact: { id: 'c-1', role: 'leader', group: 5 },
    })
    expect(await addContacts(database.store, [made])).toEqual([])
    expect(await load('a-1')).toEqual([
      { channel: 'web', address: 'a-1', contact: 'c-1', role: 'leader', grp: 5, self: 'p-1', session: made.session },
    ])
    expect(await load('a-2')).toEqual([])
  })

  test('an address that is taken stays with its contact, and nothing is left of the one that lost', async () => {
    await addContacts(database.store, [newContact(1)])
    const lost = await addContacts(database.store, [
      newContact(2),
      { ...newContact(3), address: newContact(1).address },
    ])
    expect(lost).toEqual([{ channel: 'web', address: 'a-1' }])
    expect((await load('a-1'))[0]!.contact).toBe('c-1')
    expect((await load('a-2'))[0]!.contact).toBe('c-2')
    const left = await sql<{ n: number }>`select count(*) as n from person where id = ${'p-3'}`.execute(
      database.store.db,
    )
    expect(left.rows).toEqual([{ n: 0 }])
  })

  test('of two processes that meet somebody at once, one makes the contact and the other is told so', async () => {
    const other = database.peer()
    const lost = await Promise.all([
      addContacts(database.store, [newContact(1), newContact(2)]),
      addContacts(other, [
        { ...newContact('x'), address: newContact(2).address },
        { ...newContact('y'), address: newContact(1).address },
      ]),
    ])
    expect(lost.map(({ length }) => length).sort()).toEqual([0, 2])
    const found = await Promise.all([load('a-1'), load('a-2')])
    expect(found.map(({ length }) => length)).toEqual([1, 1])
  })

  test('a session is written only over the version it was worked out from', async () => {
    await addContacts(database.store, [newContact(1), newContact(2)])
    const next = (person: string, version: number) => session(person, { version, said: version, form: 'co' })
    await saveSessions(database.store.db, [
      { contact: 'c-1', session: next('p-1', 1) },
      { contact: 'c-2', session: next('p-2', 1) },
    ])
    const stale = await failureOf(
      database.store.transaction((tx) =>
        saveSessions(tx, [
          { contact: 'c-1', session: next('p-1', 1) },
          { contact: 'c-2', session: next('p-2', 2) },
        ]),
      ),
    )
    expect(stale).toBeInstanceOf(VersionConflict)
    expect((stale as VersionConflict).ids).toEqual(['c-1'])
    expect(storeFailure(stale)).toBe('conflict')
    // Nothing of the transaction was kept, the other session neither.
    expect((await load('a-2'))[0]!.session).toEqual(next('p-2', 1))
  })

  test('a locked session is read as the process before left it, and so is its contact', async () => {
    await addContacts(database.store, [newContact(1)])
    const other = database.peer()
    const key = [{ channel: 'web' as const, address: 'a-1' }]
    const turn = (store: typeof other) =>
      store.transaction(async (tx) => {
        const [row] = await loadByAddresses(tx, key, { lock: true })
        await new Promise((resolve) => setTimeout(resolve, 20))
        await saveSessions(tx, [{ contact: 'c-1', session: { ...row!.session, version: row!.session.version + 1 } }])
        await setGroup(tx, 'c-1', (row!.grp ?? 0) + 1)
      })
    await turn(database.store)
    await Promise.all([turn(database.store), turn(other), turn(other)])
    const [row] = await loadByAddresses(other.db, key)
    expect([row!.session.version, row!.grp]).toEqual([4, 4])
  })

  test('a role and a group are set, the group for the own person too', async () => {
    await addContacts(database.store, [newContact(1), newContact(2)])
    await setRole(database.store.db, 'c-1', 'leader', [5, 9, 5], NOW)
    await setGroups(database.store.db, [
      { contact: 'c-1', grp: 7 },
      { contact: 'c-2', grp: null },
    ])
    expect((await load('a-1'))[0]).toMatchObject({ role: 'leader', grp: 7 })
    expect(await groupsOf(database.store.db, 'c-1')).toEqual([5, 9])
    await setRole(database.store.db, 'c-1', 'resident', [], NOW)
    expect(await groupsOf(database.store.db, 'c-1')).toEqual([])
    const persons = await sql`select id, grp from person order by id`.execute(database.store.db)
    expect(persons.rows).toEqual([
      { id: 'p-1', grp: 7 },
      { id: 'p-2', grp: null },
    ])
  })

  test('what a database cannot keep in a text is shown as «�» and harms nobody', async () => {
    const made = newContact(1, {
      address: { channel: 'web', address: 'a\u0000\ud800' },
      session: session('p-1', { run: 'r\u0000\udfff 😀' }),
    })
    await addContacts(database.store, [made])
    const [row] = await loadByAddresses(database.store.db, [made.address])
    expect(row!.contact).toBe('c-1')
    expect(row!.session.run).toContain('😀')
  })

  test('nothing given is nothing done', async () => {
    const { db } = database.store
    expect(await loadByAddresses(db, [])).toEqual([])
    await saveSessions(db, [])
    await setGroups(db, [])
  })
})
