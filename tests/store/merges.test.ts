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
import { mergesInto, undoMerge } from '../../src/store/unmerge.js'
import { eraseContact } from '../../src/store/erase.js'
import { confirmContact, createSlip, joinContact, redeemSlip } from '../../src/store/slips.js'
import { strangers, strangersOf } from '../../src/store/strangers.js'
import { SLIP_MS } from '../../src/core/roster/slip.js'
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

describeEngines('a merge that was a mistake', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => void (database = await engine.fresh()))
  afterEach(() => database.drop())
  const five = headOf(5)
  const part = (kept: string, gone: string, scope = five) =>
    database.store.transaction((tx) => undoMerge(tx, scope, SEALS, { kept, gone, at: NOW + 9_000, id: `u-${gone}` }))
  const merge = (kept: string, gone: string, at = NOW) =>
    database.store.transaction((tx) => mergePeople(tx, five, SEALS, { kept, gone, at }))
  /** All that a merge may change, but for the counters of sessions and the instants of writing. */
  const state = async () => {
    const { db } = database.store
    const rows = []
    for (const from of ['person', 'run', 'contact', 'helping', 'slip', 'opt_out', 'quiet_hours', 'reminded', 'ledger'])
      rows.push((await sql`select * from ${sql.table(from)} order by 1, 2`.execute(db)).rows)
    const sessions = await sql<{ contact: string; state: string }>`select contact, state from session order by 1`.execute(db) // prettier-ignore
    rows.push(sessions.rows.map(({ contact, state }) => [contact, (JSON.parse(state) as { person: string }).person]))
    return [...rows, withPhones(SEALS, await people(db, WARD))]
  }
  /** Two persons with all that hangs on a person. */
  const two = async () => {
    const { store } = database
    const { db } = store
    await addContacts(store, [1, 2, 3].map((n) => newContact(n, { contact: { id: `c-${n}`, role: 'resident', group: 5 } }))) // prettier-ignore
    await enrol(
      db,
      [
        rosterPerson(1, { id: 'p-1', name: 'Nguyễn Văn An', born: null, note: 'a' }),
        rosterPerson(2, { id: 'p-2', name: 'Nguyen Van An', card: 'none', cardReason: 'ốm', residence: 'temporary', visit: true, phone: '0912345678', household: 'h-1', note: 'b' }),
        ...[5, 6, 7, 8].map((n) => rosterPerson(n)),
      ],
      [household(1)],
    ) // prettier-ignore
    await walked(store, '1', 'p-1', { step: 'otp' })
    await walked(store, '2', 'p-2', { flow: 'id-card', state: 'finished' })
    await walked(store, '3', 'p-2', { step: 'phone' })
    await createSlip(db, five, SEALS, { person: 'p-2', code: 'AAAAAAAAAA', now: NOW })
    await startHelping(db, { contact: 'c-3', person: 'p-2', label: 'ông', how: 'slip', now: NOW })
    await sql`update session set state = replace(state, '"person":"p-3"', '"person":"p-2"') where contact = 'c-3'`.execute(db) // prettier-ignore
    await optOut(db, ['p-2'], NOW)
    await setQuietHours(db, 'p-2', { from: '12:00', until: '14:00' })
    await sql`insert into reminded (contact, day, person, broadcast) values ('c-2', '2026-11-23', 'p-2', 'b')`.execute(
      db,
    )
  }

  test('is undone, and both stand as if it had never been', async () => {
    await two()
    const { db } = database.store
    const before = await state()
    expect(await merge('p-1', 'p-2')).toBe('merged')
    expect(await state()).not.toEqual(before)
    expect(await helpedBy(db, 'c-3')).toMatchObject([{ person: 'p-1' }])
    expect(await mergesInto(db, five, 'p-1')).toEqual([{ gone: 'p-2', name: 'Nguyen Van An', at: NOW, how: 'merge', both: true }]) // prettier-ignore
    expect(await part('p-1', 'p-2')).toBe('parted')
    expect(await state()).toEqual(before)
    expect(await mergesInto(db, five, 'p-1')).toEqual([])
    expect(await recountFigures(db, five)).toEqual(await figures(db, five))
    // … and may be made again, and undone again.
    expect(await merge('p-2', 'p-1')).toBe('merged')
    expect(await part('p-2', 'p-1')).toBe('parted')
    expect(withPhones(SEALS, await people(db, WARD, { ids: ['p-1'] }))[0]).toMatchObject({ born: null, note: 'a', phone: null }) // prettier-ignore
  })

  test('leaves what happened since with the passage in which it happened, and every figure as the ledger has it', async () => {
    await two()
    const { store } = database
    const { db } = store
    await merge('p-1', 'p-2')
    const since = async (id: string, contact: string, flow: string, source: 'self' | 'leader', step = 'otp') => {
      await saveRuns(db, [run(id, { person: 'p-1', flow, step, seq: 1, startedAt: NOW + 5 })])
      await appendLedger(db, [event(`r-${id}`, 1, { person: 'p-1', flow, group: 5, contact, at: NOW + 5, to: step, source })])
    } // prettier-ignore
    await since('new', 'c-2', 'vneid-level-2', 'self')
    await since('door', 'head', 'portal-login', 'leader')
    await since('own', 'c-1', 'activation', 'self')
    expect(await recountFigures(db, five)).toEqual(await figures(db, five))
    await part('p-1', 'p-2')
    const runsOf = async (person: string) => (await loadRuns(db, [person])).map(({ id }) => id).sort()
    expect(await runsOf('p-1')).toEqual(['r-1', 'r-door', 'r-own'])
    expect(await runsOf('p-2')).toEqual(['r-2', 'r-3', 'r-new'])
    expect(await recountFigures(db, five)).toEqual(await figures(db, five))
    // What is done next names whose it is by itself.
    await saveRuns(db, [run('new', { person: 'p-2', flow: 'vneid-level-2', step: 'phone', seq: 2 })])
    await appendLedger(db, [event('r-new', 2, { person: 'p-2', flow: 'vneid-level-2', group: 5, contact: 'c-2', outcome: 'done', to: 'phone', at: NOW + 9_999 })]) // prettier-ignore
    expect(await recountFigures(db, five)).toEqual(await figures(db, five))
    expect((await historyOf(db, five, 'p-2'))!.events).toHaveLength(6)
    // Erasing one of them afterwards leaves no trace of them, and the figures as they were.
    const counted = await figures(db, WARD)
    let made = 0
    await store.transaction((tx) => eraseContact(tx, 'c-2', () => `n-${++made}`))
    expect(await figures(db, WARD)).toEqual(counted)
    expect(await recountFigures(db, WARD)).toEqual(counted)
    const left = await sql`select * from ledger where run in ('r-2', 'r-3', 'r-new') and person is not null`.execute(db)
    expect(left.rows).toEqual([])
  })

  test('keeps what somebody wrote into the row since', async () => {
    await two()
    const { db } = database.store
    await merge('p-1', 'p-2')
    const now = withPhones(SEALS, await people(db, five, { ids: ['p-1'] }))[0]!
    await enrol(db, [rosterPerson(1, { ...now, phone: '0987654321', note: 'a · b · c', card: 'has', visit: true })])
    await part('p-1', 'p-2')
    expect(withPhones(SEALS, await people(db, five, { ids: ['p-1'] }))[0]).toMatchObject({ phone: '0987654321', note: 'a · b · c', card: 'has', visit: false, household: null }) // prettier-ignore
  })

  test('goes from the newest to the oldest, and whoever was taken in before comes along', async () => {
    const { db } = database.store
    await enrol(db, [1, 2, 3, 4].map((n) => rosterPerson(n))) // prettier-ignore
    for (const n of [1, 2, 3, 4]) await walked(database.store, `${n}`, `r-${n}`, { flow: `flow-${n}` })
    await merge('r-2', 'r-1', NOW)
    await merge('r-3', 'r-2', NOW + 1)
    await merge('r-3', 'r-4', NOW + 2)
    expect(await part('r-3', 'r-2')).toBe('not-the-newest')
    expect(await part('r-3', 'r-1')).toBe('out-of-scope')
    expect(await part('r-3', 'r-4')).toBe('parted')
    expect(await part('r-3', 'r-2')).toBe('parted')
    expect((await historyOf(db, five, 'r-2'))!.ids).toEqual(['r-1', 'r-2'])
    expect((await historyOf(db, five, 'r-2'))!.events).toHaveLength(4)
    expect(await recountFigures(db, five)).toEqual(await figures(db, five))
    expect(await part('r-2', 'r-1')).toBe('parted')
    expect(await people(db, five)).toHaveLength(4)
    expect(await recountFigures(db, five)).toEqual(await figures(db, five))
  })

  test('is not undone over the border of a scope, twice, or by two at once', async () => {
    const { db } = database.store
    await enrol(db, [rosterPerson(1), rosterPerson(2), rosterPerson(7, { group: 7 })])
    await database.store.transaction((tx) => mergePeople(tx, WARD, SEALS, { kept: 'r-1', gone: 'r-7', at: NOW }))
    expect(await part('r-1', 'r-7', headOf(6))).toBe('out-of-scope')
    expect(await part('r-1', 'r-7')).toBe('out-of-scope')
    expect(await part('r-1', 'r-2')).toBe('out-of-scope')
    const both = await Promise.all([part('r-1', 'r-7', WARD), part('r-1', 'r-7', WARD)])
    expect(both.sort()).toEqual(['out-of-scope', 'parted'])
  })

  test('of a contact and a person of the roster is undone too: a wrong slip in the wrong hand', async () => {
    await two()
    const { db } = database.store
    await addContacts(database.store, [newContact(9, { contact: { id: 'c-9', role: 'resident', group: 6 } })])
    await walked(database.store, '9', 'p-9')
    const before = await state()
    await joinContact(db, { contact: 'c-9', person: 'p-2', now: NOW, who: 'c-9', how: 'slip' })
    expect(await mergesInto(db, five, 'p-2')).toMatchObject([{ gone: 'p-9', name: null, how: 'slip', both: true }])
    expect(await part('p-2', 'p-9')).toBe('parted')
    expect(await state()).toEqual(before)
    expect(await recountFigures(db, WARD)).toEqual(await figures(db, WARD))
  })
})

describeEngines('a contact and a person of the roster', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await engine.fresh()
    const agreed = (n: number, group: number | null) =>
      newContact(n, { contact: { id: `c-${n}`, role: 'resident', group }, session: session(`p-${n}`, { consent: { version: '1', at: NOW } }) }) // prettier-ignore
    await addContacts(database.store, [agreed(1, 5), agreed(2, 5), agreed(3, null), agreed(7, 7)])
    await enrol(database.store.db, [rosterPerson(1), rosterPerson(2), rosterPerson(9, { group: 7 })])
  })
  afterEach(() => database.drop())
  const five = headOf(5)
  const now = NOW

  test('are joined by the head of both, with what was done in the chat so far', async () => {
    const { db } = database.store
    await walked(database.store, '1', 'p-1')
    expect((await strangers(db, five, { limit: 9 })).map(({ contact, group }) => [contact, group])).toEqual([
      ['c-1', 5],
      ['c-2', 5],
    ])
    expect(await confirmContact(db, five, { contact: 'c-1', person: 'r-1', now })).toBe('joined')
    expect((await historyOf(db, five, 'r-1'))!.events).toHaveLength(2)
    expect((await strangers(db, five, { limit: 9 })).map(({ contact }) => contact)).toEqual(['c-2'])
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
    expect(await strangers(db, WARD, { limit: 9 })).toHaveLength(4)
  })

  test('are nobody’s to join before the contact has agreed to anything being kept', async () => {
    const { db } = database.store
    await addContacts(database.store, [newContact(4, { contact: { id: 'c-4', role: 'resident', group: 5 } })])
    expect(await strangersOf(db, five, 5)).toEqual(['c-1', 'c-2'])
    expect((await strangers(db, five, { limit: 9 })).map(({ contact }) => contact)).toEqual(['c-1', 'c-2'])
    expect(await confirmContact(db, five, { contact: 'c-4', person: 'r-1', now })).toBe('not-there')
  })

  test('are joined by a slip, once, while it lives; of the code nothing is kept but a keyed hash', async () => {
    const { db } = database.store
    const code = 'ABCDEFGHKL'
    expect(await createSlip(db, headOf(7), SEALS, { person: 'r-1', code, now })).toBe('out-of-scope')
    expect(await createSlip(db, five, SEALS, { person: 'r-1', code, now })).toBe('created')
    expect(JSON.stringify((await sql`select * from slip`.execute(db)).rows)).not.toContain(code)
    expect(await redeemSlip(db, SEALS, { code, contact: 'c-3', now: now + SLIP_MS })).toBe('expired')
    const redeemed = await redeemSlip(db, SEALS, { code, contact: 'c-3', now: now + SLIP_MS - 1 })
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
    expect(await redeemSlip(db, SEALS, { code: 'AAAAAAAAAA', contact: 'c-1', now })).toBe('voided')
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
