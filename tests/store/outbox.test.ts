import { storeFailure } from '../../src/store/errors.js'
import { scopeOf } from '../../src/core/policy/roles.js'
import {
  cancelInvitation,
  createInvitation,
  invitationOf,
  openInvitations,
  redeemInvitation,
} from '../../src/store/invitations.js'
import { appendOutbox, newestByContact, outboxAfter, outboxLast } from '../../src/store/outbox.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { WARD } from './roster-samples.js'
import { failureOf, message, NOW } from './samples.js'

describeEngines('the outbox', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => void (database = await engine.fresh()))
  afterEach(() => database.drop())

  test('messages are read from a number on, or the last of them, oldest first', async () => {
    const { db } = database.store
    expect(
      await appendOutbox(
        db,
        [3, 1, 2, 12].map((n) => message('c-1', n)),
      ),
    ).toBe(4)
    await appendOutbox(db, [message('c-2', 5)])
    const numbers = async (found: Promise<{ n: number }[]>) => (await found).map(({ n }) => n)
    expect(await numbers(outboxAfter(db, 'c-1', 1, 2))).toEqual([2, 3])
    expect(await numbers(outboxAfter(db, 'c-1', 12, 2))).toEqual([])
    expect(await numbers(outboxLast(db, 'c-1', 2))).toEqual([3, 12])
    expect(await newestByContact(db, ['c-1', 'c-2', 'c-3'])).toEqual(
      new Map([
        ['c-1', 12],
        ['c-2', 5],
      ]),
    )
    expect((await outboxAfter(db, 'c-2', 0, 1))[0]).toEqual({
      contact: 'c-2',
      n: 5,
      channel: 'web',
      at: NOW,
      kind: 'reply',
      body: '{"text":"Bước 5 ✓","options":[]}',
      status: 'kept',
    })
    expect(await appendOutbox(db, [])).toBe(0)
    expect(await newestByContact(db, [])).toEqual(new Map())
  })

  test('a number is used once per contact', async () => {
    const { db } = database.store
    await appendOutbox(db, [message('c-1', 1)])
    expect(storeFailure(await failureOf(appendOutbox(db, [message('c-1', 1)])))).toBe('conflict')
  })

  test('a message with a key that was there before is left out, and is not counted', async () => {
    const { db } = database.store
    const bulk = { kind: 'bulk', status: 'queued' } as const
    expect(await appendOutbox(db, [message('c-1', 1, { ...bulk, dedupeKey: 'b1:p1' })])).toBe(1)
    const again = [
      message('c-1', 2, { ...bulk, dedupeKey: 'b1:p1' }),
      message('c-2', 1, { ...bulk, dedupeKey: 'b1:p2' }),
    ]
    expect(await appendOutbox(db, again)).toBe(1)
    expect(await newestByContact(db, ['c-1', 'c-2'])).toEqual(
      new Map([
        ['c-1', 1],
        ['c-2', 1],
      ]),
    )
  })
})

describeEngines('invitations', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await engine.fresh()
    await createInvitation(database.store.db, {
      codeHash: 'hash',
      role: 'leader',
      grp: 5,
      label: 'Cô Hạnh tổ 5',
      createdAt: NOW,
      createdBy: null,
      expiresAt: NOW + 1000,
    })
  })
  afterEach(() => database.drop())

  test('a code gives its role once', async () => {
    const { db } = database.store
    expect(await invitationOf(db, 'wrong', NOW)).toBe('unknown')
    expect(await invitationOf(db, 'hash', NOW + 1000)).toBe('expired')
    expect(await redeemInvitation(db, 'wrong', 'c-1', NOW)).toBe(false)
    expect(await redeemInvitation(db, 'hash', 'c-1', NOW + 1000)).toBe(false)
    expect(await invitationOf(db, 'hash', NOW + 999)).toMatchObject({ role: 'leader', grp: 5, label: 'Cô Hạnh tổ 5' })
    expect(await redeemInvitation(db, 'hash', 'c-1', NOW + 999)).toBe(true)
    expect(await redeemInvitation(db, 'hash', 'c-1', NOW + 999)).toBe(false)
    expect(await invitationOf(db, 'hash', NOW + 999)).toBe('used')
  })

  test('one that is taken back gives nothing, and is taken back in the scope alone', async () => {
    const { db } = database.store
    const head = scopeOf({ id: 'c-9', role: 'leader', leads: [5] })
    // A head brings in helpers: the invitation of a head is the ward's.
    expect(await cancelInvitation(db, head, 'hash', NOW)).toBe(false)
    expect((await openInvitations(db, WARD, NOW)).map(({ codeHash }) => codeHash)).toEqual(['hash'])
    expect(await openInvitations(db, head, NOW)).toEqual([])
    expect(await cancelInvitation(db, WARD, 'hash', NOW)).toBe(true)
    expect(await openInvitations(db, WARD, NOW)).toEqual([])
    expect(await redeemInvitation(db, 'hash', 'c-1', NOW)).toBe(false)
    expect(await invitationOf(db, 'hash', NOW)).toBe('cancelled')
  })

  test('of many who use a code at once, one gets the role', async () => {
    const stores = [database.store, database.peer(), database.peer()]
    const results = await Promise.all(
      Array.from({ length: 9 }, (_, i) =>
        stores[i % 3]!.transaction((tx) => redeemInvitation(tx, 'hash', `c-${i}`, NOW)),
      ),
    )
    expect(results.filter(Boolean)).toHaveLength(1)
  })
})
