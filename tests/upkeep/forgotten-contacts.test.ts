import { sql } from 'kysely'
import { MACHINE, OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { auditLog } from '../../src/store/audit.js'
import { putHouseholds, putPeople } from '../../src/store/enrol.js'
import { figures } from '../../src/store/figures.js'
import { historyOf } from '../../src/store/merges.js'
import { recountFigures } from '../../src/store/recount.js'
import { people, withPhones } from '../../src/store/roster.js'
import { joinContact } from '../../src/store/slips.js'
import { recordDone } from '../../src/turns/record.js'
import { createRetention } from '../../src/upkeep/retention.js'
import { household, rosterPerson } from '../store/roster-samples.js'
import { begin, type Resident, type TestBot } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { onFreshBot } from '../support/forms.js'

const WARD = scopeOf(OPERATOR)
const HEAD = scopeOf({ id: 'head', role: 'leader', leads: [5] })
const DAY = 86_400_000
const ROW = { household: 'h-1', name: 'Đinh Văn Không Đồng', phone: '0912345678', card: 'none', visit: true } as const

describeEngines('a chat contact that is forgotten', await engines(), (engine) => {
  let database: TestDatabase
  let bot: TestBot
  let resident: Resident
  const { says, taps } = onFreshBot(engine, async (made) => {
    ;({ database, bot } = made)
    const { db } = database.store
    await putHouseholds(db, WARD, [household(1)], bot.clock())
    await putPeople(db, WARD, bot.context.seals, [rosterPerson(1, ROW), rosterPerson(2)], bot.clock())
    resident = bot.resident()
  })
  const forget = (days: number) => {
    bot.clock.pass(days * DAY)
    const { store, ward, newId } = bot.context
    return createRetention({ store, ward, clock: bot.clock, newId }).runOnce()
  }
  const join = async (how: 'head' | 'slip' = 'head', who = resident) => {
    const { id } = await who.contact()
    const joined = { contact: id, person: 'r-1', now: bot.clock(), who: 'head', how }
    expect(await database.store.transaction((tx) => joinContact(tx, joined))).toBe('joined')
    return id
  }
  const listed = async () => withPhones(bot.context.seals, await people(database.store.db, WARD, { ids: ['r-1'] }))
  const record = (flow: string, upTo: 'step' | 'end') =>
    recordDone(bot.context, HEAD, { flow, persons: ['r-1'], upTo, now: bot.clock() })
  const all = () => figures(database.store.db, WARD)
  const namesOf = async (table: string) => JSON.stringify((await sql`select * from ${sql.table(table)}`.execute(database.store.db)).rows) // prettier-ignore
  const expectRecounted = async () => expect(await all()).toEqual(await recountFigures(database.store.db, WARD))

  test('takes nobody off the roster who was joined without ever having agreed', async () => {
    await resident.start()
    const contact = await join('slip')
    const before = await listed()
    expect(await forget(31)).toBe(1)
    await expect(resident.contact()).rejects.toThrow('nobody')
    expect(await listed()).toEqual(before)
    expect(before).toMatchObject([ROW])
    for (const table of ['merge', 'contact', 'inbox', 'slip']) expect(await namesOf(table)).not.toContain(contact)
  })

  test('leaves what a head wrote down, and what they said themselves stands there without them', async () => {
    await begin(resident, 'vneid-level-1')
    await resident.tap('done')
    const own = (await resident.run())!.id
    await resident.start('portal-login')
    await resident.tap('begin')
    const shared = (await resident.run())!.id
    const contact = await join()
    await record('portal-login', 'step')
    await record('id-card', 'end')
    const before = [await listed(), await all()]
    await expectRecounted()
    expect(await forget(729)).toBe(0)
    expect(await forget(2)).toBe(1)
    expect([await listed(), await all()]).toEqual(before)
    await expectRecounted()
    const history = (await historyOf(database.store.db, WARD, 'r-1'))!
    expect(history.runs.map(({ flow }) => flow).sort()).toEqual(['id-card', 'portal-login'])
    expect(history.runs.map(({ id }) => id)).toContain(shared)
    for (const { person, source } of history.events) expect(person).toBe(source === 'leader' ? 'r-1' : null)
    expect(history.events.filter(({ source }) => source === 'self').length).toBeGreaterThan(0)
    const ledger = await sql<{ person: string | null }>`select person from ledger where run = ${own}`.execute(database.store.db) // prettier-ignore
    expect(new Set(ledger.rows.map(({ person }) => person))).toEqual(new Set([null]))
    for (const table of ['ledger', 'merge', 'unmerge', 'helping', 'reminded', 'session'])
      expect(await namesOf(table)).not.toContain(contact)
    expect(await namesOf('merge')).not.toContain(own)
  })

  test('writes down how many were forgotten, as the machine and without a name, and nothing on a day without any', async () => {
    await resident.start()
    await join()
    await bot.resident().start()
    const lines = async () => (await auditLog(database.store.db, WARD, { limit: 9 })).map(({ who, deed, kind, subject, group, count }) => ({ who, deed, kind, subject, group, count })) // prettier-ignore
    const before = await lines()
    expect(await forget(31)).toBe(2)
    const line = { who: MACHINE.id, deed: 'erased', kind: 'contact', subject: null, group: null, count: 2 }
    expect(await lines()).toEqual([line, ...before])
    expect(await forget(1)).toBe(0)
    expect(await lines()).toEqual([line, ...before])
  })

  test('leaves whom it helped where the roster has them, and forgets those whom it alone brought in', async () => {
    await begin(resident)
    for (const label of ['ông', 'bà']) {
      await says(resident, '/nguoithan')
      await taps(resident, 'new')
      await says(resident, label)
      await taps(resident, 'agreed')
      await resident.start('id-card')
      await resident.tap('begin')
    }
    const helped = (await sql<{ person: string }>`select person from helping order by label`.execute(database.store.db))
      .rows
    // The head finds out that «bà» is somebody of the list.
    const grandmother = bot.resident()
    await grandmother.start()
    await sql`update contact set person = ${helped[0]!.person} where id = ${(await grandmother.contact()).id}`.execute(
      database.store.db,
    )
    await join('head', grandmother)
    await record('id-card', 'end')
    const before = [await listed(), await all()]
    expect(await forget(731)).toBe(2)
    expect([await listed(), await all()]).toEqual(before)
    await expectRecounted()
    const left = await sql<{ id: string }>`select id from person`.execute(database.store.db)
    expect(left.rows.map(({ id }) => id)).toContain('r-1')
    expect(left.rows.map(({ id }) => id)).not.toContain(helped[1]!.person)
  })

  test('leaves the steps of a person who goes on chatting from another phone', async () => {
    await begin(resident)
    await join()
    const second = bot.resident()
    await second.start()
    await join('slip', second)
    bot.clock.pass(700 * DAY)
    await second.start()
    await second.tap('agree')
    expect(await forget(31)).toBe(1)
    await expect(resident.contact()).rejects.toThrow('nobody')
    expect((await second.runs()).map(({ person }) => person)).toEqual(['r-1'])
    for (const { person } of await second.ledger()) expect(person).not.toBeNull()
    await expectRecounted()
    // The last of their phones takes with it what any of them said.
    expect(await forget(731)).toBe(1)
    expect((await historyOf(database.store.db, WARD, 'r-1'))!.runs).toEqual([])
    expect(await listed()).toMatchObject([ROW])
    await expectRecounted()
  })
})
