import { storeFailure } from '../../src/store/errors.js'
import {
  claimDeferred,
  countDead,
  countDeferred,
  deferInbox,
  finishDeferred,
  inboxKey,
  insertInbox,
  type InboxRow,
  listDead,
  markDead,
} from '../../src/store/inbox.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { failureOf, NOW } from './samples.js'

const row = (n: number | string, more: Partial<InboxRow> = {}): InboxRow => ({
  channel: 'telegram',
  externalId: `e-${n}`,
  contact: 'c-1',
  at: NOW,
  status: 'done',
  request: null,
  ...more,
})

describeEngines('the inbox', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => void (database = await engine.fresh()))
  afterEach(() => database.drop())

  test('an event is new once, and the same id on another channel is another event', async () => {
    const { db } = database.store
    const twice = [row(1), row(2), row(1)]
    expect(await insertInbox(db, twice)).toEqual(new Set([inboxKey(row(1)), inboxKey(row(2))]))
    const again = await insertInbox(db, [row(2), row(3), row(1, { channel: 'zalo' })])
    expect(again).toEqual(new Set([inboxKey(row(3)), 'zalo\u0000e-1']))
    expect(await insertInbox(db, [])).toEqual(new Set())
  })

  test('an id that no database can keep is still the same event the second time', async () => {
    const odd = row('\u0000\ud83d')
    expect(await insertInbox(database.store.db, [odd])).toEqual(new Set([inboxKey(odd)]))
    expect(await insertInbox(database.store.db, [odd])).toEqual(new Set())
  })

  test('an event delivered to several processes at once is new to exactly one of them', async () => {
    const stores = [database.store, database.peer(), database.peer()]
    const ids = Array.from({ length: 60 }, (_, i) => i)
    const taken = await Promise.all(
      stores.map((store, s) =>
        // Each in another order: sorted inside, so that nobody waits in a circle.
        store.transaction((tx) =>
          insertInbox(
            tx,
            [...ids.slice(s * 20), ...ids.slice(0, s * 20)].map((id) => row(id)),
          ),
        ),
      ),
    )
    expect(taken.reduce((sum, set) => sum + set.size, 0)).toBe(60)
    expect(new Set(taken.flatMap((set) => [...set])).size).toBe(60)
  })

  test('deferred events are claimed oldest first, by one process each, and again only when the lease has ended', async () => {
    const { db } = database.store
    const other = database.peer()
    await insertInbox(db, [row(1), row(2, { at: NOW - 5 }), row(3), row(4)])
    await deferInbox(
      db,
      [1, 2, 3].map((n) => ({ channel: 'telegram', externalId: `e-${n}`, request: `{"kind":"redeem","code":"${n}"}` })),
    )
    expect(await countDeferred(db)).toBe(3)
    const [first] = await claimDeferred(db, NOW, 1000, 1)
    expect(first).toEqual({
      channel: 'telegram',
      externalId: 'e-2',
      contact: 'c-1',
      at: NOW - 5,
      request: '{"kind":"redeem","code":"2"}',
      tries: 1,
      leaseUntil: NOW + 1000,
    })
    const both = await Promise.all([claimDeferred(db, NOW, 1000, 5), claimDeferred(other.db, NOW, 1000, 5)])
    expect(both.flat().map(inboxKey).sort()).toEqual([inboxKey(row(1)), inboxKey(row(3))])
    expect(await claimDeferred(other.db, NOW + 999, 1000, 5)).toEqual([])
    expect((await claimDeferred(other.db, NOW + 1000, 1000, 5)).map(({ tries }) => tries)).toEqual([2, 2, 2])
    await finishDeferred(db, [row(2), row(1)])
    expect(await countDeferred(db)).toBe(1)
    expect((await claimDeferred(db, NOW + 9000, 1000, 5)).map(inboxKey)).toEqual([inboxKey(row(3))])
  })

  if (engine.name === 'postgres') {
    test('a claim passes over what another process is just claiming', async () => {
      const { db } = database.store
      const other = database.peer()
      await insertInbox(db, [
        row(1, { status: 'deferred', request: '{}' }),
        row(2, { status: 'deferred', request: '{}' }),
      ])
      const claims = await database.store.transaction(async (tx) => [
        await claimDeferred(tx, NOW, 1000, 1),
        await claimDeferred(other.db, NOW, 1000, 5),
      ])
      expect(claims.map((claim) => claim.map(inboxKey))).toEqual([[inboxKey(row(1))], [inboxKey(row(2))]])
    })
  }

  test('a dead event is kept for the operator and never claimed again', async () => {
    const { db } = database.store
    await insertInbox(db, [
      row(1, { status: 'deferred', request: '{}' }),
      row(2),
      row(3, { status: 'dead', error: 'TypeError' }),
    ])
    await markDead(db, row(1), 'x'.repeat(5000))
    expect(await countDead(db)).toBe(2)
    expect(await claimDeferred(db, NOW, 1000, 5)).toEqual([])
    const dead = await listDead(db, 10)
    expect(dead.map(({ externalId, error }) => [externalId, error?.length])).toEqual([
      ['e-1', 500],
      ['e-3', 9],
    ])
  })

  test('an event is deferred only with what is to be done', async () => {
    const failed = await failureOf(insertInbox(database.store.db, [row(1, { status: 'deferred' })]))
    expect(storeFailure(failed)).toBeNull()
  })
})
