import fc from 'fast-check'
import { sql } from 'kysely'
import type { LedgerEvent } from '../../src/core/model/ledger.js'
import type { Run } from '../../src/core/model/run.js'
import { setGroup } from '../../src/store/contacts.js'
import { OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { eraseContact } from '../../src/store/erase.js'
import { forgetContact } from '../../src/store/forget.js'
import { figures } from '../../src/store/figures.js'
import { appendLedger } from '../../src/store/ledger.js'
import type { Store } from '../../src/store/open.js'
import { recountFigures } from '../../src/store/recount.js'
import { saveRuns } from '../../src/store/runs.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { createIds } from '../support/ids.js'
import { enrol, rosterPerson } from './roster-samples.js'
import { addContacts, event, newContact, NOW, run } from './samples.js'

const WARD = scopeOf(OPERATOR)
const newId = createIds('nobody')

/** One thing that happens to one person in one flow. */
interface Deed {
  person: number
  flow: string
  what: 'move' | 'back' | 'trouble' | 'pause' | 'finish'
  step: string
  group: number | null
  source: 'self' | 'leader'
}

const deeds = fc.array(
  fc.record<Deed>({
    person: fc.integer({ min: 0, max: 4 }),
    flow: fc.constantFrom('id-card', 'vneid-level-1'),
    what: fc.constantFrom('move', 'move', 'back', 'trouble', 'pause', 'finish'),
    step: fc.constantFrom('a', 'b', 'c'),
    group: fc.constantFrom(null, 1, 2),
    source: fc.constantFrom('self', 'self', 'leader'),
  }),
  { maxLength: 40 },
)

describeEngines('figures', await engines(), (engine) => {
  let database: TestDatabase
  let round = 0
  beforeAll(async () => void (database = await engine.fresh()))
  afterAll(() => database.drop())

  test('a person counts once in a flow: finished once any run is, else where the open one stands', async () => {
    const { store } = database
    const of = (n: number) => ({ person: `p-f${n}`, flow: 'figures' })
    const group5 = [1, 2, 3].map((n) => newContact(`f${n}`, { contact: { id: `c-f${n}`, role: 'resident', group: 5 } }))
    await addContacts(store, [...group5, newContact('f4')])
    await saveRuns(store.db, [
      run('f1', { ...of(1), state: 'finished', step: 'end' }),
      run('f1-again', { ...of(1), step: 'phone', tries: 9 }),
      run('f2', { ...of(2), step: 'phone', tries: 2 }),
      run('f3', { ...of(3), step: 'phone', tries: 1 }),
      run('f4', { ...of(4), step: 'otp', state: 'paused' }),
    ])
    const five = {
      flow: 'figures',
      grp: 5,
      started: 3,
      finished: 1,
      standing: [{ step: 'phone', state: 'open', count: 2, tries: 3 }],
    }
    const none = {
      flow: 'figures',
      grp: null,
      started: 1,
      finished: 0,
      standing: [{ step: 'otp', state: 'paused', count: 1, tries: 0 }],
    }
    const head = scopeOf({ id: 'c-head', role: 'leader', leads: [5, 6] })
    expect(await figures(store.db, head, { flow: 'figures' })).toEqual([five])
    expect(await figures(store.db, head, { flow: 'figures', group: 5 })).toEqual([five])
    expect(await figures(store.db, head, { flow: 'figures', group: null })).toEqual([])
    // Three people could be recognised: whoever does not lead them sees how many they are, and where they stand only among others.
    const counted = { ...five, standing: [] }
    const others = { ...none, standing: [...none.standing, ...five.standing] }
    expect(await figures(store.db, WARD, { flow: 'figures' })).toEqual([others, counted])
    expect(await figures(store.db, WARD, { flow: 'figures', group: 5 })).toEqual([counted])
    await addContacts(
      store,
      ['f5', 'f6'].map((n) => newContact(n, { contact: { id: `c-${n}`, role: 'resident', group: 5 } })),
    )
    expect(await figures(store.db, WARD, { flow: 'figures' })).toEqual([none, five])
    expect(await figures(store.db, WARD, { flow: 'figures', group: 5 })).toEqual([five])
    for (const role of ['resident', 'helper'] as const)
      expect(await figures(store.db, scopeOf({ id: 'c-f1', role, leads: [5] }), { flow: 'figures' })).toEqual([])
    expect(await figures(store.db, WARD, { flow: 'figures', group: null })).toEqual([none])
    expect(await figures(store.db, WARD, { flow: 'no-such' })).toEqual([])
  })

  test('whatever happens, the figures are those that the ledger alone gives', async () => {
    const { store } = database
    await fc.assert(
      fc.asyncProperty(deeds, async (history) => {
        // Flows of this round only: the ledger of the rounds before cannot be taken away.
        const prefix = `round${++round}-`
        await live(store, history, prefix)
        for (const flow of [`${prefix}id-card`, `${prefix}vneid-level-1`]) {
          for (const filter of [{ flow }, { flow, group: 1 }, { flow, group: null }]) {
            expect(await figures(store.db, WARD, filter)).toEqual(await recountFigures(store.db, WARD, filter))
          }
        }
      }),
      { numRuns: 25 },
    )
    expect(await recountFigures(store.db, WARD, { group: 2 })).toEqual(
      (await figures(store.db, WARD, { group: 2 })).filter(({ flow }) => flow.startsWith('round')),
    )
  })

  test('nobody’s figure changes when a contact is erased or forgotten, whether the roster has them or not', async () => {
    const { store } = database
    const ends = fc.array(fc.record({ listed: fc.boolean(), moved: fc.constantFrom(null, 3), forgotten: fc.boolean() }), { minLength: 5, maxLength: 5 }) // prettier-ignore
    await fc.assert(
      fc.asyncProperty(deeds, ends, async (history, people) => {
        const prefix = `gone${++round}-`
        await live(store, history, prefix)
        const counts = async (flow: string) => {
          const all = await figures(store.db, WARD, { flow })
          expect(all).toEqual(await recountFigures(store.db, WARD, { flow }))
          // Where a small group's people stand is told among others: that is not looked at here.
          return all
            .filter(({ started }) => started > 0)
            .map(({ grp, started, finished }) => ({ grp, started, finished }))
        }
        for (const [n, { listed, moved, forgotten }] of people.entries()) {
          const [contact, person] = [`c-${prefix}${n}`, `p-${prefix}${n}`]
          const there = await sql`select 1 from contact where id = ${contact}`.execute(store.db)
          if (there.rows.length === 0) continue
          if (listed) await enrol(store.db, [rosterPerson(n, { id: person, group: moved ?? 1 })])
          const flows = [`${prefix}id-card`, `${prefix}vneid-level-1`]
          const before = await Promise.all(flows.map(counts))
          await store.transaction(
            async (tx) => void (await (forgotten ? forgetContact : eraseContact)(tx, contact, newId)),
          )
          expect(await Promise.all(flows.map(counts))).toEqual(before)
          const row = await sql`select 1 from roster where person = ${person}`.execute(store.db)
          expect(row.rows).toHaveLength(listed && forgotten ? 1 : 0)
        }
      }),
      { numRuns: 10 },
    )
  }, 60_000)
})

/** Lets a history happen as turns would write it: runs and ledger in one transaction. */
async function live(store: Store, history: readonly Deed[], prefix: string): Promise<void> {
  const persons = [...new Set(history.map(({ person }) => person))]
  await addContacts(
    store,
    persons.map((n) => newContact(`${prefix}${n}`)),
  )
  const standing = new Map<string, Run>()
  let at = NOW
  for (const { person, flow, what, step, group, source } of history) {
    const key = `${person} ${flow}`
    const who = `${prefix}${person}`
    const known = standing.get(key)
    at += 1000
    const now: Run =
      known ??
      run(`${who}-${flow}-${at}`, { person: `p-${who}`, flow: `${prefix}${flow}`, step: 'a', seq: 0, startedAt: at })
    const contact = source === 'self' ? `c-${who}` : 'head'
    const shared = { person: now.person, flow: now.flow, contact, source, at, group, step: now.step }
    const events: LedgerEvent[] = known ? happen(now, what, step, shared) : [event(now.id, 1, { ...shared, to: 'a' })]
    const next = { ...after(now, known ? what : 'start', step), seq: events.at(-1)!.seq }
    await store.transaction(async (tx) => {
      await setGroup(tx, `c-${who}`, group)
      await saveRuns(tx, [next])
      await appendLedger(tx, events)
    })
    if (next.state === 'finished') standing.delete(key)
    else standing.set(key, next)
  }
}

function happen(now: Run, what: Deed['what'], step: string, shared: Partial<LedgerEvent>): LedgerEvent[] {
  const one = (more: Partial<LedgerEvent>) => event(now.id, now.seq + 1, { ...shared, ...more })
  if (what === 'move') return [one({ outcome: 'done', to: step })]
  if (what === 'back') return [one({ outcome: 'back', to: step })]
  if (what === 'trouble') return [one({ outcome: 'trouble', to: null, detail: 'nfc' })]
  if (what === 'pause') return [one({ outcome: 'paused', to: null })]
  return [one({ outcome: 'done', to: null }), event(now.id, now.seq + 2, { ...shared, outcome: 'finished', to: null })]
}

function after(now: Run, what: Deed['what'] | 'start', step: string): Run {
  if (what === 'move' || what === 'back') return { ...now, step, state: 'open', tries: 0 }
  if (what === 'trouble') return { ...now, tries: now.tries + 1 }
  if (what === 'pause') return { ...now, state: 'paused' }
  return what === 'finish' ? { ...now, state: 'finished' } : now
}
