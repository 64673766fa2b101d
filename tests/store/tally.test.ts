import fc from 'fast-check'
import { sql } from 'kysely'
import { OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import type { Outcome, Source } from '../../src/core/model/ledger.js'
import type { Week } from '../../src/core/figures.js'
import type { Run } from '../../src/core/model/run.js'
import { dump, fill, type Held, type HeldRow } from '../../src/store/backup.js'
import { setGroup } from '../../src/store/contacts.js'
import { eraseContact } from '../../src/store/erase.js'
import { finishedByWeek, WEEK_MS } from '../../src/store/figures-now.js'
import { appendLedger } from '../../src/store/ledger.js'
import { absorb } from '../../src/store/merges.js'
import { migrate } from '../../src/store/migrate.js'
import { MIGRATIONS } from '../../src/store/migrations/list.js'
import type { Db, Store } from '../../src/store/open.js'
import { confirmedFinishes } from '../../src/store/progress.js'
import { loadRuns, saveRuns } from '../../src/store/runs.js'
import { foldTally, tallied } from '../../src/store/tally.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { addContacts, event, newContact, NOW, run } from './samples.js'

const WARD = scopeOf(OPERATOR)
const PEOPLE = 4
const DAY = 86_400_000

const WHAT = ['step', 'step', 'trouble', 'pause', 'finish', 'reopen', 'recorded', 'moved', 'merged', 'parted', 'listed', 'erased', 'folded', 'deleted'] as const // prettier-ignore

/** One thing that happens to one of the first `people` in one of the first `flows`. */
const deedOf = (people: number, flows: number) =>
  fc.record({
    person: fc.integer({ min: 0, max: people - 1 }),
    other: fc.integer({ min: 0, max: people - 1 }),
    flow: fc.constantFrom(...['id-card', 'vneid-level-1'].slice(0, flows)),
    what: fc.constantFrom(...WHAT),
    step: fc.constantFrom('a', 'b', 'c'),
    group: fc.constantFrom(null, 1, 2),
    source: fc.constantFrom<Source>('self', 'helper', 'leader', 'staff'),
    days: fc.integer({ min: 0, max: 5 }),
  })
type Deed = ReturnType<typeof deedOf> extends fc.Arbitrary<infer T> ? T : never

describeEngines('the sums of runs', await engines(), (engine) => {
  let database: TestDatabase
  let round = 0
  let at = NOW
  beforeAll(async () => void (database = await engine.fresh()))
  afterAll(() => database.drop())

  test('are what counting would give, whatever happens and to whom', async () => {
    const { store } = database
    await fc.assert(
      fc.asyncProperty(fc.array(deedOf(PEOPLE, 2), { minLength: 1, maxLength: 30 }), async (history) => {
        const who = await newcomers(store, `round${++round}`)
        for (const one of history) {
          at += one.days * DAY
          await store.transaction((tx) => live(tx, who, one, at))
        }
        await expectTrue(store.db, at)
      }),
      { numRuns: 40 },
    )
  }, 60_000)

  test('are what counting would give when two write at once', async () => {
    const { store } = database
    const peer = database.peer()
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(deedOf(2, 1), deedOf(2, 1)), { minLength: 1, maxLength: 12 }),
        async (history) => {
          const who = await newcomers(store, `pair${++round}`)
          for (const [one, other] of history) {
            // Each in a transaction of its own; one that loses to the other is undone, as in the bot.
            await Promise.allSettled([
              store.transaction((tx) => live(tx, who, one, at)),
              peer.transaction((tx) => live(tx, who, other, at)),
            ])
          }
          await expectTrue(store.db, at)
        },
      ),
      { numRuns: 25 },
    )
  }, 120_000)

  test('lie in one row a place after they were folded, and stay what they are', async () => {
    const { store } = database
    const who = await newcomers(store, `fold${++round}`)
    const one = { person: 0, other: 0, flow: 'id-card', group: null, source: 'self', days: 0, what: 'step' } as const
    for (const step of ['a', 'b', 'c', 'a', 'b'] as const)
      await store.transaction((tx) => live(tx, who, { ...one, step }, at))
    const sums = await tallied(store.db, WARD, {})
    await foldTally(store.db, -1_000_000)
    expect(await tallied(store.db, WARD, {})).toEqual(sums)
    const rows = await sql`select 1 from tally where count <> 0`.execute(store.db)
    expect(rows.rows).toHaveLength(sums.length)
  })

  test('count somebody once who begins again while a head writes down that they finished', async () => {
    const { store } = database
    const peer = database.peer()
    const who = await newcomers(store, `door${++round}`)
    const one = { person: 0, other: 0, flow: 'id-card', step: 'a', group: null, source: 'leader', days: 0 } as const
    let begun: Promise<unknown> = Promise.resolve()
    await store.transaction(async (tx) => {
      await live(tx, who, { ...one, what: 'recorded' }, at)
      begun = peer.transaction((theirs) => live(theirs, who, { ...one, what: 'step' }, at))
      // Long enough to be through, if it did not wait for this transaction.
      await Promise.race([begun, new Promise((resolve) => setTimeout(resolve, 300))])
    })
    await begun
    await expectTrue(store.db, at)
  })

  test('are the same in a database that a backup was restored into, and in one that is brought up to this version', async () => {
    const { store } = database
    const held: { tables: Held[]; rows: [number, HeldRow][] } = { tables: [], rows: [] }
    await dump(
      store,
      async (_, tables) => void (held.tables = tables),
      async (table, page) => page.forEach((row) => held.rows.push([table, row])),
    )
    expect(held.tables.map(({ table }) => table)).not.toContain('tally')
    const before = await tallied(store.db, WARD, {})
    expect(before.length).toBeGreaterThan(10)
    for (const known of [Object.keys(MIGRATIONS), Object.keys(MIGRATIONS).filter((name) => name < '0021')]) {
      const other = await engine.empty()
      try {
        await migrate(other.store, Object.fromEntries(known.map((name) => [name, MIGRATIONS[name]!])))
        await other.store.transaction(async (tx) => fill(tx, ...(await knownTo(tx, held))))
        await migrate(other.store)
        expect(await tallied(other.store.db, WARD, {})).toEqual(before)
        await expectTrue(other.store.db, at)
      } finally {
        await other.drop()
      }
    }
  }, 60_000)
})

interface Who {
  name: string
  contacts: string[]
  persons: string[]
}

async function newcomers(store: Store, name: string): Promise<Who> {
  const all = Array.from({ length: PEOPLE }, (_, i) => newContact(`${name}-${i}`))
  await addContacts(store, all)
  return { name, contacts: all.map(({ contact }) => contact.id), persons: all.map(({ session }) => session.person) }
}

let ids = 0
const newId = () => `id-${++ids}`

/** Lets something happen as the bot would write it; what cannot happen is left. */
async function live(db: Db, { contacts, persons }: Who, { person, other, what, ...how }: Deed, at: number): Promise<void> {
  const id = persons[person]!
  const found = await sql<{ merged_into: string | null }>`select merged_into from person where id = ${id}`.execute(db)
  if (!found.rows[0]) return
  const all = (await loadRuns(db, [id])).filter((one) => one.flow === how.flow)
  const open = all.find(({ state }) => state !== 'finished')
  const write = async (run: Run, ...outcomes: Outcome[]) => {
    const events = outcomes.map((outcome, i) => event(run.id, run.seq + i + 1, { person: id, contact: null!, at, outcome, flow: how.flow, source: how.source, step: run.step, to: how.step })) // prettier-ignore
    await saveRuns(db, [{ ...run, seq: run.seq + events.length }])
    await appendLedger(db, events)
  }
  const fresh = () => run(newId(), { person: id, flow: how.flow, step: how.step, seq: 0, startedAt: at })
  switch (what) {
    case 'step':
      return write(open ? { ...open, step: how.step, state: 'open', tries: 0 } : fresh(), 'done')
    case 'trouble':
      return open && write({ ...open, tries: open.tries + 1 }, 'trouble')
    case 'pause':
      return open && write({ ...open, state: 'paused' }, 'paused')
    case 'finish':
      return open && write({ ...open, state: 'finished' }, 'done', 'finished')
    case 'recorded':
      return write({ ...fresh(), state: 'finished' }, 'entered', 'finished')
    case 'reopen':
      return open || !all[0] ? undefined : write({ ...all[0], state: 'open' }, 'back')
    case 'moved':
      await setGroup(db, contacts[person]!, how.group)
      // Whom the roster knows is moved there.
      await sql`update person set grp = ${how.group} where id = ${id} and merged_into is null`.execute(db)
      return
    case 'parted':
      await sql`delete from merge where gone in (select p.id from person p where p.merged_into = ${id})`.execute(db)
      await sql`update person set merged_into = null where merged_into = ${id}`.execute(db)
      return
    case 'listed':
      await sql`
        insert into roster (person, name, folded, card, visit, official, updated_at) values (${id}, 'An', 'an', 'has', 0, 0, ${at})
        on conflict (person) do update set updated_at = excluded.updated_at`.execute(db)
      return
    case 'merged': {
      const kept = persons[other]!
      const there = await sql`select 1 from person where id = ${kept} and merged_into is null`.execute(db)
      if (kept === id || found.rows[0].merged_into !== null || there.rows.length === 0) return
      return absorb(db, { kept, gone: id, at, who: 'operator', how: 'merge' })
    }
    case 'erased':
      await eraseContact(db, contacts[person]!, newId)
      return
    case 'folded':
      return foldTally(db, -1_000_000)
    case 'deleted':
      await sql`delete from run where id = ${all[0]?.id ?? ''}`.execute(db)
  }
} // prettier-ignore

/** Looks at every run, person and end, one by one, and compares. */
async function expectTrue(db: Db, now: number): Promise<void> {
  const runs = await sql<{ id: string; person: string; flow: string; step: string; state: string; tries: number; grp: number | null; merged_into: string | null }>`
    select r.id, r.person, r.flow, r.step, r.state, r.tries, p.grp, p.merged_into from run r join person p on p.id = r.person order by r.id`.execute(db) // prettier-ignore
  const ends = await sql<{ run: string; at: number; source: Source }>`select run, at, source from ledger where outcome = 'finished'`.execute(db) // prettier-ignore
  const byPerson = new Map<string, (typeof runs.rows)[number][]>()
  for (const one of runs.rows) {
    if (one.merged_into !== null) continue
    const key = JSON.stringify([one.person, one.flow])
    byPerson.set(key, [...(byPerson.get(key) ?? []), one])
  }
  const places = new Map<string, { count: number; tries: number; confirmed: number }>()
  const weeks = new Map<string, Omit<Week, 'flow'>>()
  for (const own of byPerson.values()) {
    const done = own.filter(({ state }) => state === 'finished')
    const { flow, grp, state, step, tries } = done[0] ?? own[0]!
    const ended = ends.rows.filter(({ run }) => done.some(({ id }) => id === run))
    const key = JSON.stringify({ flow, grp, step, state })
    const sum = places.get(key) ?? { count: 0, tries: 0, confirmed: 0 }
    const confirmed = ended.some(({ source }) => source === 'leader' || source === 'staff') ? 1 : 0
    places.set(key, { count: sum.count + 1, tries: sum.tries + tries, confirmed: sum.confirmed + confirmed })
    const first = Math.min(...ended.map(({ at }) => at))
    if (!(first > now - 2 * WEEK_MS && first <= now)) continue
    const week = weeks.get(flow) ?? { now: 0, nowConfirmed: 0, before: 0, beforeConfirmed: 0 }
    const { now: one, nowConfirmed, before, beforeConfirmed } = week
    weeks.set(
      flow,
      first > now - WEEK_MS
        ? { ...week, now: one + 1, nowConfirmed: nowConfirmed + confirmed }
        : { ...week, before: before + 1, beforeConfirmed: beforeConfirmed + confirmed },
    )
  }
  const plain = [...places].map(([key, sum]) => ({ ...(JSON.parse(key) as object), ...sum }))
  const sums = await tallied(db, WARD, {})
  expect(sums).toHaveLength(plain.length)
  expect(sums).toEqual(expect.arrayContaining(plain))
  expect(Object.fromEntries((await finishedByWeek(db, WARD, { now })).map(({ flow, ...week }) => [flow, week]))).toEqual(Object.fromEntries(weeks)) // prettier-ignore
  const listed = await sql`
    select r.person from roster r join person p on p.id = r.person
    where coalesce(r.grp, 0) <> coalesce(case when p.merged_into is null then p.grp end, 0)`.execute(db)
  expect(listed.rows).toEqual([])
  const told = await confirmedFinishes(db, WARD)
  expect(told.reduce((sum, { count }) => sum + count, 0)).toBe([...places.values()].reduce((sum, one) => sum + one.confirmed, 0)) // prettier-ignore
}

/** The rows with those tables and columns that an older database has. */
async function knownTo(db: Db, { tables, rows }: { tables: Held[]; rows: [number, HeldRow][] }) {
  const there = new Map((await db.introspection.getTables()).map(({ name, columns }) => [name, columns.map(({ name }) => name)])) // prettier-ignore
  const kept = tables.map(({ table, columns }) => ({ table, columns: columns.filter((name) => there.get(table)?.includes(name)) })) // prettier-ignore
  const places = tables.map(({ columns }, i) => kept[i]!.columns.map((name) => columns.indexOf(name)))
  async function* each(): AsyncGenerator<readonly [number, HeldRow]> {
    for (const [i, row] of rows) if (there.has(tables[i]!.table)) yield [i, places[i]!.map((at) => row[at]!)]
  }
  return [kept, each()] as const
}
