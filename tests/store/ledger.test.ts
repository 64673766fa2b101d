import { OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { sql } from 'kysely'
import { storeFailure, VersionConflict } from '../../src/store/errors.js'
import { appendLedger, type LedgerPlace, ledgerOfRun, streamLedger } from '../../src/store/ledger.js'
import { loadRuns, saveRuns, standing } from '../../src/store/runs.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { addContacts, event, failureOf, newContact, NOW, run } from './samples.js'

describeEngines('the ledger', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => void (database = await engine.fresh()))
  afterEach(() => database.drop())

  test('events come back as they were written, in their order', async () => {
    const events = [
      event('r-1', 1, { group: 3 }),
      event('r-1', 2, { outcome: 'trouble', detail: 'nfc', number: null, to: null }),
    ]
    await appendLedger(database.store.db, [events[1]!, event('r-2', 1), events[0]!])
    expect(await ledgerOfRun(database.store.db, 'r-1')).toEqual(events)
    await appendLedger(database.store.db, [])
  })

  test('the same move is never written twice: it is a conflict, and nothing of the batch is kept', async () => {
    const { db } = database.store
    await appendLedger(db, [event('r-1', 1), event('r-1', 2)])
    const failed = await failureOf(appendLedger(db, [event('r-2', 1), event('r-1', 2, { step: 'other' })]))
    expect(storeFailure(failed)).toBe('conflict')
    expect(await ledgerOfRun(db, 'r-2')).toEqual([])
  })

  test('a gap is refused, in the first event as in a later one', async () => {
    const { db } = database.store
    await appendLedger(db, [event('r-1', 1)])
    for (const gap of [[event('r-1', 3)], [event('r-2', 2)], [event('r-1', 2), event('r-1', 4)]]) {
      const failed = await failureOf(appendLedger(db, gap))
      expect(failed.message).toContain('no gaps')
      expect(storeFailure(failed)).toBeNull()
    }
    for (const bad of [{ seq: 0 }, { outcome: 'guessed' as never }, { source: 'bot' as never }]) {
      expect(storeFailure(await failureOf(appendLedger(db, [{ ...event('r-3', 1), ...bad }])))).toBeNull()
    }
  })

  test('nothing is deleted and nothing is changed, but a person may be taken out', async () => {
    const { db } = database.store
    await appendLedger(db, [event('r-1', 1), event('r-1', 2)])
    const forbidden = [
      sql`delete from ledger`,
      sql`delete from ledger where run = 'r-1' and seq = 2`,
      sql`update ledger set step = 'else'`,
      sql`update ledger set person = null, at = at + 1`,
      sql`update ledger set seq = 9 where seq = 2`,
      ...(engine.name === 'postgres'
        ? [sql`truncate ledger`]
        : [sql`insert or replace into ledger select * from ledger where seq = 1`]),
    ]
    for (const statement of forbidden) expect((await failureOf(statement.execute(db))).message).toContain('append-only')
    await sql`update ledger set person = null, contact = 'erased'`.execute(db)
    expect(await ledgerOfRun(db, 'r-1')).toEqual([
      { ...event('r-1', 1), person: null, contact: 'erased' },
      { ...event('r-1', 2), person: null, contact: 'erased' },
    ])
  })

  test('pages walk through all of it once, in one order on every engine, and filters narrow it', async () => {
    const { db } = database.store
    const all = ['b', 'A', 'ă', 'a', 'Z'].flatMap((name, i) =>
      [1, 2, 3].map((seq) =>
        event(name, seq, { at: NOW + seq * 10, group: i < 2 ? i : null, flow: i % 2 ? 'id-card' : 'vneid-level-1' }),
      ),
    )
    await appendLedger(db, all)
    const walk = async (filter: Parameters<typeof streamLedger>[2]) => {
      const seen: string[] = []
      let after: LedgerPlace | null = null
      for (;;) {
        const page: Awaited<ReturnType<typeof streamLedger>> = await streamLedger(
          db,
          scopeOf(OPERATOR),
          filter,
          after,
          2,
        )
        if (page.length === 0) return seen
        seen.push(...page.map(({ run, seq }) => `${run}${seq}`))
        after = page.at(-1)!
      }
    }
    expect(await walk({})).toEqual([1, 2, 3].flatMap((seq) => ['A', 'Z', 'a', 'b', 'ă'].map((name) => `${name}${seq}`)))
    expect(await walk({ from: NOW + 20, to: NOW + 30, flow: 'id-card' })).toEqual(['A2', 'a2'])
    expect(await walk({ group: null, to: NOW + 20 })).toEqual(['Z1', 'a1', 'ă1'])
    expect(await walk({ group: 0, from: NOW + 30 })).toEqual(['b3'])
  })
})

describeEngines('runs', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await engine.fresh()
    await addContacts(database.store, [newContact(1), newContact(2)])
  })
  afterEach(() => database.drop())

  test('a run is written, written again, and comes back with all of its person', async () => {
    const { db } = database.store
    const first = run(1, { trail: ['a', 'b'], tries: 2 })
    const card = run(2, { person: 'p-1', flow: 'id-card', startedAt: NOW + 1, state: 'finished' })
    await saveRuns(db, [card, first])
    expect(await loadRuns(db, ['p-1', 'p-2'])).toEqual([first, card])
    const moved = {
      ...first,
      step: 'otp',
      seq: 4,
      tries: 0,
      trail: ['a', 'b', 'phone'],
      state: 'paused' as const,
      edition: 2,
    }
    await saveRuns(db, [moved])
    expect(await loadRuns(db, ['p-1'])).toEqual([moved, card])
    expect(await loadRuns(db, [])).toEqual([])
    expect(await standing(db)).toEqual([
      { flow: 'id-card', edition: 1, step: 'phone', state: 'finished', count: 1 },
      { flow: 'vneid-level-1', edition: 2, step: 'otp', state: 'paused', count: 1 },
    ])
  })

  test('a run never falls behind the events it has counted', async () => {
    const { db } = database.store
    await saveRuns(db, [run(1, { seq: 5 })])
    const failed = await failureOf(saveRuns(db, [run(1, { seq: 4, step: 'old' })]))
    expect(failed).toBeInstanceOf(VersionConflict)
    expect((failed as VersionConflict).ids).toEqual(['r-1'])
    expect((await loadRuns(db, ['p-1']))[0]!.step).toBe('phone')
  })

  test('a person has one unfinished run of a flow, also when two processes open one at once', async () => {
    const other = database.peer()
    const results = await Promise.allSettled([
      database.store.transaction((tx) => saveRuns(tx, [run('x', { person: 'p-1' })])),
      other.transaction((tx) => saveRuns(tx, [run('y', { person: 'p-1', state: 'paused' })])),
    ])
    const failed = results.filter((result) => result.status === 'rejected')
    expect(failed.map(({ reason }) => storeFailure(reason))).toEqual(['conflict'])
    const [kept] = await loadRuns(other.db, ['p-1'])
    // When that one ends, another may begin, in the same statement.
    const again = run('again', { person: 'p-1', startedAt: NOW + 1 })
    await saveRuns(other.db, [again, { ...kept!, state: 'finished', seq: 9 }])
    expect((await loadRuns(other.db, ['p-1'])).map(({ state }) => state)).toEqual(['finished', 'open'])
  })

  test('a run stands on what its checks allow', async () => {
    for (const bad of [{ seq: -1 }, { tries: -1 }, { state: 'lost' as never }, { person: 'nobody' }]) {
      expect(storeFailure(await failureOf(saveRuns(database.store.db, [run(1, bad)])))).toBeNull()
    }
  })
})
