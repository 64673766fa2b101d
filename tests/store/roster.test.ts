import { sql } from 'kysely'
import { audit, auditLog } from '../../src/store/audit.js'
import { setGroup } from '../../src/store/contacts.js'
import { dropPeople, putHouseholds, putPeople, reviewHouseholds } from '../../src/store/enrol.js'
import { historyOf, mergePeople } from '../../src/store/merges.js'
import { households, people, withPhones } from '../../src/store/roster.js'
import { rosterFigures } from '../../src/store/roster-figures.js'
import { saveRuns } from '../../src/store/runs.js'
import { createSeals } from '../../src/store/sealed.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { enrol, headOf, household, rosterPerson, SEALS, WARD } from './roster-samples.js'
import { addContacts, failureOf, newContact, NOW, run } from './samples.js'

describeEngines('the roster', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => void (database = await engine.fresh()))
  afterEach(() => database.drop())

  const ids = async (...args: Parameters<typeof people> extends [unknown, ...infer Rest] ? Rest : never) =>
    (await people(database.store.db, ...args)).map(({ id }) => id)

  test('gives back what was put in, with the household, the phone number only where it is opened', async () => {
    const { db } = database.store
    const one = rosterPerson(1, {
      household: 'h-1',
      card: 'none',
      cardReason: 'ốm nằm nhà',
      visit: true,
      official: true,
      phone: '0912345678',
      residence: 'temporary',
      note: 'hay vắng nhà',
    })
    await enrol(db, [one, rosterPerson(2)], [household(1, { code: '12', reviewedOn: '2026-11-20' })])
    const listed = await people(db, WARD)
    expect(listed[0]).toMatchObject({ id: 'r-1', code: '12', street: 'Đường Hoa Sen', reviewedOn: '2026-11-20', hasPhone: true }) // prettier-ignore
    expect(JSON.stringify(listed)).not.toContain('0912345678')
    expect(withPhones(SEALS, listed)).toEqual([one, rosterPerson(2)])
    const changed = { ...one, card: 'has' as const, phone: null, household: null, born: null }
    expect(await putPeople(db, WARD, SEALS, [changed], NOW)).toEqual({ written: 1 })
    expect(withPhones(SEALS, await people(db, WARD, { ids: ['r-1'] }))).toEqual([changed])
    // With another secret the numbers are lost, and nothing else.
    const other = createSeals(() => 'another secret')
    await putPeople(db, WARD, SEALS, [one], NOW)
    expect(withPhones(other, await people(db, WARD, { ids: ['r-1'] }))).toEqual([{ ...one, phone: null }])
  })

  test('keeps no phone number that can be read in the file', async () => {
    const { db } = database.store
    await enrol(db, [rosterPerson(1, { phone: '0912345678' })])
    const kept = await sql<{ phone: string; phone_hash: string }>`select * from roster`.execute(db)
    expect(JSON.stringify(kept.rows)).not.toContain('912345678')
    expect(kept.rows[0]!.phone).toMatch(/^s1\./)
  })

  test('finds people by words of the name as they are typed, by phone, card, visit and office', async () => {
    const { db } = database.store
    await enrol(db, [
      rosterPerson(1, { name: 'Trần Thị Hòa', phone: '0912345678', card: 'none' }),
      rosterPerson(2, { name: 'Đỗ Văn Ân', visit: true }),
      rosterPerson(3, { name: 'Nguyễn Văn An', official: true, group: 7 }),
    ])
    // By group, then by the given name.
    expect(await ids(WARD)).toEqual(['r-2', 'r-1', 'r-3'])
    expect(await ids(WARD, { name: 'hoa tran' })).toEqual(['r-1'])
    expect(await ids(WARD, { name: 'Ân' })).toEqual(['r-2', 'r-3'])
    expect(await ids(WARD, { name: '%' })).toEqual(['r-2', 'r-1', 'r-3'])
    expect(await ids(WARD, { phone: '0912345678' }, SEALS)).toEqual(['r-1'])
    expect(await ids(WARD, { phone: '0912345679' }, SEALS)).toEqual([])
    expect(await ids(WARD, { card: 'none' })).toEqual(['r-1'])
    expect(await ids(WARD, { visit: true })).toEqual(['r-2'])
    expect(await ids(WARD, { official: true })).toEqual(['r-3'])
    expect(await ids(WARD, { group: 5, limit: 1 })).toEqual(['r-2'])
  })

  test('writes nothing of a list in which one person or household belongs to another scope', async () => {
    const { db } = database.store
    await enrol(db, [rosterPerson(7, { group: 7 })], [household(7, { group: 7 })])
    await addContacts(database.store, [newContact('chat')])
    const five = headOf(5)
    const put = (more: Parameters<typeof rosterPerson>[1], n: number | string = 1) =>
      putPeople(db, five, SEALS, [rosterPerson(2), rosterPerson(n, more)], NOW)
    expect(await put({ group: 7 })).toEqual({ refused: ['r-1'] })
    expect(await put({ group: 5 }, 7)).toEqual({ refused: ['r-7'] })
    expect(await put({ household: 'h-7' })).toEqual({ refused: ['r-1'] })
    expect(await put({ household: 'h-none' })).toEqual({ refused: ['r-1'] })
    // Somebody who chats and said no group is nobody's to claim.
    expect(await put({ id: 'p-chat' })).toEqual({ refused: ['p-chat'] })
    expect(await putHouseholds(db, five, [household(1), household(2, { group: 7 })], NOW)).toEqual({ refused: ['h-2'] })
    expect(await putHouseholds(db, five, [household(1), household(7)], NOW)).toEqual({ refused: ['h-7'] })
    expect(await reviewHouseholds(db, five, ['h-7'], '2026-11-24')).toEqual({ refused: ['h-7'] })
    expect(await dropPeople(db, five, ['r-7'])).toEqual({ refused: ['r-7'] })
    expect(await ids(WARD)).toEqual(['r-7'])
    expect((await households(db, WARD)).map(({ id, reviewedOn }) => [id, reviewedOn])).toEqual([['h-7', null]])
  })

  test('keeps whoever it lists in the group it names, whatever they say in the chat', async () => {
    const { db } = database.store
    await addContacts(database.store, [newContact(1), newContact(2)])
    await enrol(db, [rosterPerson(1, { id: 'p-1' })])
    await setGroup(db, 'c-1', 9)
    await setGroup(db, 'c-2', 9)
    const persons = await sql`select id, grp from person order by id`.execute(db)
    expect(persons.rows).toEqual([
      { id: 'p-1', grp: 5 },
      { id: 'p-2', grp: 9 },
    ])
  })

  test('says which households were gone through, when, by whom, and how many live there', async () => {
    const { db } = database.store
    const both = [rosterPerson(1, { household: 'h-1' }), rosterPerson(2, { household: 'h-1' })]
    await enrol(db, both, [household(1), household(2)])
    expect(await reviewHouseholds(db, headOf(5), ['h-1'], '2026-11-24')).toEqual({ written: 1 })
    expect((await households(db, headOf(5))).map(({ id, reviewedOn, people }) => [id, reviewedOn, people])).toEqual([
      ['h-1', '2026-11-24', 2],
      ['h-2', null, 0],
    ])
    expect((await sql`select reviewed_by from household where id = 'h-1'`.execute(db)).rows).toEqual([
      { reviewed_by: 'head-5' },
    ])
    await mergePeople(db, headOf(5), SEALS, { kept: 'r-1', gone: 'r-2', at: NOW })
    expect((await households(db, WARD, { ids: ['h-1'] }))[0]!.people).toBe(1)
  })

  test('counts people without a card by residence, households gone through, and officials who can sign in', async () => {
    const { db } = database.store
    const none = { card: 'none' as const, household: 'h-1' }
    await enrol(
      db,
      [
        rosterPerson(1, none),
        rosterPerson(2, { ...none, residence: 'temporary', visit: true }),
        rosterPerson(3, { ...none, residence: null }),
        rosterPerson(4, { card: 'has', official: true, visit: true }),
        rosterPerson(5, { official: true }),
        rosterPerson(6, { ...none, group: 7, household: null }),
        rosterPerson(7, { group: 7 }),
      ],
      [household(1, { reviewedOn: '2026-11-20' }), household(2, { reviewedOn: '2026-10-01' }), household(3)],
    )
    await saveRuns(db, [
      run(4, { person: 'r-4', flow: 'portal-login', state: 'finished' }),
      run(5, { person: 'r-5', flow: 'portal-login' }),
      run(6, { person: 'r-5', flow: 'id-card', state: 'finished' }),
    ])
    const five = {
      group: 5,
      people: 5,
      withoutCard: { permanent: 1, temporary: 1, unknown: 1 },
      cardUnknown: 1,
      visits: 2,
      cardVisits: 1,
      households: 3,
      reviewed: 2,
      officials: 2,
      officialsDone: 1,
      officialsConfirmed: 0,
    }
    expect(await rosterFigures(db, headOf(5))).toEqual([five])
    expect(await rosterFigures(db, headOf(5), { since: '2026-11-01' })).toEqual([{ ...five, reviewed: 1 }])
    expect(await rosterFigures(db, headOf(7))).toMatchObject([{ group: 7, people: 2, withoutCard: { permanent: 1 }, cardUnknown: 1 }]) // prettier-ignore
    // Two people could be recognised: who does not lead them sees how many they are.
    const ward = await rosterFigures(db, WARD)
    expect(ward).toMatchObject([
      five,
      { group: 7, people: 2, withoutCard: { permanent: 0 }, cardUnknown: 0 },
      { group: null, people: 0, withoutCard: { permanent: 1 }, cardUnknown: 1 },
    ])
    expect(ward.reduce((sum, { people }) => sum + people, 0)).toBe(7)
    await mergePeople(db, WARD, SEALS, { kept: 'r-4', gone: 'r-5', at: NOW })
    expect((await rosterFigures(db, headOf(5)))[0]).toMatchObject({ people: 4, officials: 1, officialsDone: 1 })
  })

  test('takes people off, whose deeds stay without a name', async () => {
    const { db } = database.store
    await enrol(db, [rosterPerson(1), rosterPerson(2)])
    expect(await dropPeople(db, headOf(5), ['r-1'])).toEqual({ written: 1 })
    expect(await ids(WARD)).toEqual(['r-2'])
    expect(await historyOf(db, WARD, 'r-1')).toEqual({ ids: ['r-1'], runs: [], events: [] })
  })
})

describeEngines('the audit log', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => void (database = await engine.fresh()))
  afterEach(() => database.drop())

  const line = (n: number, more = {}) => ({
    id: `a-${n}`,
    at: NOW + n,
    deed: 'saw' as const,
    kind: 'person',
    subject: `r-${n}`,
    group: 5,
    count: 1,
    ...more,
  })

  test('shows the newest first, page by page, to staff all of it and to a head the own lines', async () => {
    const { db } = database.store
    await audit(db, headOf(5), [line(1), line(2)])
    await audit(db, WARD, [line(3, { deed: 'exported', kind: 'without-card', subject: null, group: null, count: 12 })])
    await audit(db, headOf(7), [])
    const all = await auditLog(db, WARD, { limit: 2 })
    expect(all).toEqual([
      { id: 'a-3', at: NOW + 3, who: 'operator', role: 'admin', deed: 'exported', kind: 'without-card', subject: null, group: null, count: 12, whoLabel: null, subjectLabel: null },
      { ...line(2), who: 'head-5', role: 'leader', whoLabel: null, subjectLabel: null },
    ]) // prettier-ignore
    expect((await auditLog(db, WARD, { before: all[1], limit: 9 })).map(({ id }) => id)).toEqual(['a-1'])
    expect((await auditLog(db, headOf(5), { limit: 9 })).map(({ id }) => id)).toEqual(['a-2', 'a-1'])
    expect(await auditLog(db, headOf(7), { limit: 9 })).toEqual([])
  })

  test('is changed and shortened by nobody', async () => {
    const { db } = database.store
    await audit(db, WARD, [line(1)])
    for (const statement of [
      sql`update audit set who = 'another'`,
      sql`delete from audit`,
      sql`insert into audit (id, at, who, role, deed, kind) values ('a-1', 1, 'x', 'admin', 'saw', 'person') on conflict (id) do update set who = 'x'`,
    ])
      expect((await failureOf(statement.execute(db))).message).toMatch(/append-only/)
    expect(await auditLog(db, WARD, { limit: 9 })).toHaveLength(1)
  })
})
