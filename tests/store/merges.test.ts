import { sql } from 'kysely'
import { loadByAddresses } from '../../src/store/contacts.js'
import { figures } from '../../src/store/figures.js'
import { appendLedger } from '../../src/store/ledger.js'
import { helpedBy, startHelping } from '../../src/store/helping.js'
import { historyOf, mergePeople } from '../../src/store/merges.js'
import { optedOut, optOut, quietHours, setQuietHours } from '../../src/store/opt-outs.js'
import type { Store } from '../../src/store/open.js'
import { recountFigures } from '../../src/store/recount.js'
import { people, withPhones } from '../../src/store/roster.js'
import { loadRuns, saveRuns } from '../../src/store/runs.js'
import { confirmContact, createSlip, joinContact, redeemSlip, strangers } from '../../src/store/slips.js'
import { DAY_MS } from '../../src/core/policy/calendar.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { enrol, headOf, household, rosterPerson, SEALS, WARD } from './roster-samples.js'
import { addContacts, event, newContact, NOW, run, session } from './samples.js'

/** A run with the two events that led to where it stands. */
async function walked(store: Store, id: string, person: string, more: Parameters<typeof run>[1] = {}): Promise<void> {
  const one = run(id, { person, seq: 2, ...more })
  const shared = { person, flow: one.flow, group: 5, contact: `c-${person}` }
  await store.transaction(async (tx) => {
    await saveRuns(tx, [one])
    await appendLedger(tx, [
      event(one.id, 1, { ...shared, to: 'phone' }),
      one.state === 'finished'
        ? event(one.id, 2, { ...shared, outcome: 'finished', to: null })
        : event(one.id, 2, { ...shared, outcome: 'done', to: one.step }),
    ])
  })
}

describeEngines('two rows that are one person', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => void (database = await engine.fresh()))
  afterEach(() => database.drop())
  const five = headOf(5)

  test('become one: what one leaves open the other fills in, and the ledger is as it was', async () => {
    const { store } = database
    const { db } = store
    await enrol(
      db,
      [
        rosterPerson(1, { name: 'Nguyễn Văn An', born: null, note: 'a' }),
        rosterPerson(2, { name: 'Nguyen Van An', card: 'none', visit: true, phone: '0912345678', household: 'h-1', note: 'b' }),
      ], // prettier-ignore
      [household(1)],
    )
    await walked(store, '1', 'r-1', { step: 'otp' })
    await walked(store, '2', 'r-2', { flow: 'id-card', state: 'finished' })
    await walked(store, '3', 'r-2', { step: 'phone', enteredAt: NOW - 1 })
    const ledger = () => sql`select * from ledger order by run, seq`.execute(db)
    const before = (await ledger()).rows
    expect(await mergePeople(db, five, SEALS, { kept: 'r-1', gone: 'r-2', at: NOW })).toBe('merged')
    expect((await ledger()).rows).toEqual(before)
    expect(withPhones(SEALS, await people(db, five))).toEqual([
      rosterPerson(1, { name: 'Nguyễn Văn An', card: 'none', visit: true, phone: '0912345678', household: 'h-1', note: 'a · b' }),
    ]) // prettier-ignore
    const history = (await historyOf(db, five, 'r-1'))!
    expect(history.ids).toEqual(['r-1', 'r-2'])
    expect(history.runs.map(({ id }) => id).sort()).toEqual(['r-1', 'r-2', 'r-3'])
    expect(history.events).toHaveLength(6)
    expect(await historyOf(db, five, 'r-2')).toBeNull()
    // The person counts once in each guide, where the kept one stands.
    const found = await figures(db, five)
    expect(found).toMatchObject([
      { flow: 'id-card', started: 1, finished: 1 },
      { flow: 'vneid-level-1', started: 1, finished: 0, standing: [{ step: 'otp', count: 1 }] },
    ])
    expect(await recountFigures(db, five)).toEqual(found)
  })

  test('whoever acts for the one acts for the other, and nobody for themselves', async () => {
    const { store } = database
    await enrol(store.db, [rosterPerson(1, {}), rosterPerson(2, {})])
    await addContacts(store, [newContact(7), newContact(8)])
    await sql`update contact set person = 'r-1' where id = 'c-8'`.execute(store.db)
    await store.transaction(async (tx) => {
      for (const contact of ['c-7', 'c-8'])
        await startHelping(tx, { contact, person: 'r-2', label: 'mẹ', how: 'made', now: NOW })
    })
    await mergePeople(store.db, five, SEALS, { kept: 'r-1', gone: 'r-2', at: NOW })
    expect(await helpedBy(store.db, 'c-7')).toEqual([{ person: 'r-1', label: 'mẹ', group: 5 }])
    expect(await helpedBy(store.db, 'c-8')).toEqual([])
  })

  test('whoever chats as the one that is gone goes on as the one that is kept', async () => {
    const { store } = database
    const { db } = store
    await addContacts(store, [
      newContact(1, { contact: { id: 'c-1', role: 'resident', group: 5 } }),
      newContact(2, { session: session('p-2') }),
    ])
    // Contact 2 acts for person 1 at the moment.
    await sql`update session set state = replace(state, '"person":"p-2"', '"person":"p-1"') where contact = 'c-2'`.execute(
      db,
    )
    await enrol(db, [rosterPerson(1, { id: 'p-1' }), rosterPerson(2)])
    await walked(store, '1', 'p-1')
    await mergePeople(db, five, SEALS, { kept: 'r-2', gone: 'p-1', at: NOW })
    const loaded = await loadByAddresses(db, ['a-1', 'a-2'].map((address) => ({ channel: 'web', address }))) // prettier-ignore
    expect(loaded.map((row) => [row.contact, row.session.person, row.session.version])).toEqual([
      ['c-1', 'r-2', 1],
      ['c-2', 'r-2', 1],
    ])
    expect((await loadRuns(db, ['r-2'])).map(({ id }) => id)).toEqual(['r-1'])
    const contacts = await sql`select id, person, grp from contact order by id`.execute(db)
    expect(contacts.rows).toEqual([
      { id: 'c-1', person: 'r-2', grp: 5 },
      { id: 'c-2', person: 'p-2', grp: null },
    ])
  })

  test('keep what either of them asked for: no reminders, hours of their own, and how often they were reminded', async () => {
    const { db } = database.store
    await enrol(db, [1, 2].map((n) => rosterPerson(n))) // prettier-ignore
    await optOut(db, ['r-2'], NOW)
    await setQuietHours(db, 'r-2', { from: '12:00', until: '14:00' })
    for (const [contact, person, day] of [
      ['c-1', 'r-1', '2026-11-23'],
      ['c-2', 'r-2', '2026-11-23'],
      ['c-2', 'r-2', '2026-11-22'],
    ])
      await sql`insert into reminded (contact, day, person, broadcast) values (${contact}, ${day}, ${person}, 'b')`.execute(db) // prettier-ignore
    await mergePeople(db, five, SEALS, { kept: 'r-1', gone: 'r-2', at: NOW })
    expect([...(await optedOut(db, ['r-1']))]).toEqual(['r-1'])
    expect((await quietHours(db, ['r-1'])).get('r-1')).toEqual([{ from: '12:00', until: '14:00' }])
    const reminded = await sql`select day from reminded where person = 'r-1' order by day`.execute(db)
    expect(reminded.rows).toEqual([{ day: '2026-11-22' }, { day: '2026-11-23' }])
  })

  test('a chain of merges ends at the last one, and the history holds all of them', async () => {
    const { db } = database.store
    await enrol(
      db,
      [1, 2, 3].map((n) => rosterPerson(n)),
    )
    for (const n of [1, 2, 3]) await walked(database.store, `${n}`, `r-${n}`, { flow: `flow-${n}` })
    await mergePeople(db, five, SEALS, { kept: 'r-2', gone: 'r-1', at: NOW })
    await mergePeople(db, five, SEALS, { kept: 'r-3', gone: 'r-2', at: NOW })
    const history = (await historyOf(db, five, 'r-3'))!
    expect(history.ids).toEqual(['r-1', 'r-2', 'r-3'])
    expect(history.events).toHaveLength(6)
    expect(await recountFigures(db, five)).toEqual(await figures(db, five))
  })

  test('are not merged over the border of a scope, with themselves, or twice', async () => {
    const { db } = database.store
    await enrol(db, [rosterPerson(1), rosterPerson(2), rosterPerson(7, { group: 7 })])
    expect(await mergePeople(db, five, SEALS, { kept: 'r-1', gone: 'r-7', at: NOW })).toBe('out-of-scope')
    expect(await mergePeople(db, five, SEALS, { kept: 'r-7', gone: 'r-1', at: NOW })).toBe('out-of-scope')
    expect(await mergePeople(db, five, SEALS, { kept: 'r-1', gone: 'r-1', at: NOW })).toBe('same')
    expect(await mergePeople(db, five, SEALS, { kept: 'r-1', gone: 'r-2', at: NOW })).toBe('merged')
    expect(await mergePeople(db, five, SEALS, { kept: 'r-1', gone: 'r-2', at: NOW })).toBe('out-of-scope')
    expect(await mergePeople(db, five, SEALS, { kept: 'r-2', gone: 'r-1', at: NOW })).toBe('out-of-scope')
    expect(await people(db, WARD)).toHaveLength(2)
  })
})

describeEngines('a contact and a person of the roster', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await engine.fresh()
    await addContacts(
      database.store,
      [1, 2].map((n) => newContact(n, { contact: { id: `c-${n}`, role: 'resident', group: 5 } })),
    )
    await addContacts(database.store, [newContact(3), newContact(7, { contact: { id: 'c-7', role: 'resident', group: 7 } })]) // prettier-ignore
    await enrol(database.store.db, [rosterPerson(1), rosterPerson(2), rosterPerson(9, { group: 7 })])
  })
  afterEach(() => database.drop())
  const five = headOf(5)
  const now = NOW

  test('are joined by the head of both, with what was done in the chat so far', async () => {
    const { db } = database.store
    await walked(database.store, '1', 'p-1')
    expect((await strangers(db, five, 9)).map(({ contact, group }) => [contact, group])).toEqual([
      ['c-1', 5],
      ['c-2', 5],
    ])
    expect(await confirmContact(db, five, { contact: 'c-1', person: 'r-1', now })).toBe('joined')
    expect((await historyOf(db, five, 'r-1'))!.events).toHaveLength(2)
    expect((await strangers(db, five, 9)).map(({ contact }) => contact)).toEqual(['c-2'])
    expect(await confirmContact(db, five, { contact: 'c-1', person: 'r-1', now })).toBe('already')
    expect(await confirmContact(db, five, { contact: 'c-1', person: 'r-2', now })).toBe('other-person')
    // A second telephone of the same person.
    expect(await confirmContact(db, five, { contact: 'c-2', person: 'r-1', now })).toBe('joined')
    expect(await recountFigures(db, five)).toEqual(await figures(db, five))
  })

  test('are not joined by a head of another group, nor with a person or a contact of one, nor where nothing is', async () => {
    const { db } = database.store
    for (const [scope, contact, person] of [
      [headOf(7), 'c-1', 'r-1'],
      [five, 'c-7', 'r-1'],
      [five, 'c-1', 'r-9'],
      [five, 'c-3', 'r-1'],
      [five, 'c-none', 'r-1'],
      [five, 'c-1', 'p-2'],
      [headOf(), 'c-1', 'r-1'],
    ] as const)
      expect([contact, person, await confirmContact(db, scope, { contact, person, now })]).toEqual([contact, person, 'not-there']) // prettier-ignore
    expect(await strangers(db, WARD, 9)).toHaveLength(4)
  })

  test('are joined by a slip, once, within seven days; of the code nothing is kept but a keyed hash', async () => {
    const { db } = database.store
    const code = 'ABCDEFGHKL'
    expect(await createSlip(db, headOf(7), SEALS, { person: 'r-1', code, now })).toBe('out-of-scope')
    expect(await createSlip(db, five, SEALS, { person: 'r-1', code, now })).toBe('created')
    expect(JSON.stringify((await sql`select * from slip`.execute(db)).rows)).not.toContain(code)
    expect(await redeemSlip(db, SEALS, { code, contact: 'c-3', now: now + 7 * DAY_MS })).toBe('expired')
    const redeemed = await redeemSlip(db, SEALS, { code, contact: 'c-3', now: now + 7 * DAY_MS - 1 })
    expect(redeemed).toEqual({ person: 'r-1' })
    expect(await joinContact(db, { contact: 'c-3', person: 'r-1', now, who: 'c-3', how: 'slip' })).toBe('joined')
    expect((await sql`select person, grp from contact where id = 'c-3'`.execute(db)).rows).toEqual([
      { person: 'r-1', grp: 5 },
    ])
    expect(await redeemSlip(db, SEALS, { code, contact: 'c-1', now })).toBe('used')
    expect(await redeemSlip(db, SEALS, { code: 'LLLLLLLLLL', contact: 'c-1', now })).toBe('unknown')
  })

  test('a new slip ends the one before', async () => {
    const { db } = database.store
    await createSlip(db, five, SEALS, { person: 'r-1', code: 'AAAAAAAAAA', now })
    await createSlip(db, five, SEALS, { person: 'r-1', code: 'BBBBBBBBBB', now })
    expect(await redeemSlip(db, SEALS, { code: 'AAAAAAAAAA', contact: 'c-1', now })).toBe('unknown')
    expect(await redeemSlip(db, SEALS, { code: 'BBBBBBBBBB', contact: 'c-1', now })).toEqual({ person: 'r-1' })
  })

  test('five wrong codes a day are all that somebody has, and the right one is not tried after them', async () => {
    const { db } = database.store
    await createSlip(db, five, SEALS, { person: 'r-1', code: 'AAAAAAAAAA', now })
    for (let n = 0; n < 5; n++)
      expect(await redeemSlip(db, SEALS, { code: 'BBBBBBBBBB', contact: 'c-1', now: now + n })).toBe('unknown')
    expect(await redeemSlip(db, SEALS, { code: 'AAAAAAAAAA', contact: 'c-1', now: now + 9 })).toBe('too-many')
    // Another contact has tries of their own, and tomorrow is another day.
    expect(await redeemSlip(db, SEALS, { code: 'BBBBBBBBBB', contact: 'c-2', now: now + 9 })).toBe('unknown')
    expect(await redeemSlip(db, SEALS, { code: 'AAAAAAAAAA', contact: 'c-1', now: now + DAY_MS })).toEqual({ person: 'r-1' }) // prettier-ignore
  })
})
