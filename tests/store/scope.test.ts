import fc from 'fast-check'
import { sql } from 'kysely'
import { ROLES } from '../../src/core/model/contact.js'
import { type Scope, scopeOf } from '../../src/core/policy/roles.js'
import { countPersons, countStanding } from '../../src/store/audience.js'
import { audit, auditLog } from '../../src/store/audit.js'
import { type Broadcast, listBroadcasts, loadBroadcast } from '../../src/store/broadcasts.js'
import { setRole } from '../../src/store/contacts.js'
import { dropPeople, putHouseholds, putPeople, reviewHouseholds } from '../../src/store/enrol.js'
import { figures } from '../../src/store/figures.js'
import { finishedByWeek } from '../../src/store/figures-now.js'
import { cancelInvitation, createInvitation, openInvitations } from '../../src/store/invitations.js'
import { appendLedger, streamLedger } from '../../src/store/ledger.js'
import { helpersShown, startHelping } from '../../src/store/helping.js'
import { historyOf, mergePeople } from '../../src/store/merges.js'
import { cardsInDoubt, settleCards } from '../../src/store/cards.js'
import {
  countWishes,
  lastVisits,
  takeWish,
  unwriteVisits,
  visitsTo,
  wishesOf,
  writeVisits,
} from '../../src/store/visits.js'
import { confirmedFinishes, progressOf } from '../../src/store/progress.js'
import { troublesSince } from '../../src/store/radar.js'
import { lostByGroup } from '../../src/store/lost.js'
import { outcomePage } from '../../src/store/recipients.js'
import { roleHolders } from '../../src/store/role-holders.js'
import { rosterFigures } from '../../src/store/roster-figures.js'
import { households, people } from '../../src/store/roster.js'
import { saveRuns } from '../../src/store/runs.js'
import { confirmContact, createSlip, liveSlips } from '../../src/store/slips.js'
import { strangers, strangersOf } from '../../src/store/strangers.js'
import { openQuestions, questionById } from '../../src/store/questions.js'
import { listTallySheets, loadTallySheet, makeTallySheet, tallyRows } from '../../src/store/tally-sheets.js'
import { queueOf, takeTicket } from '../../src/store/tickets.js'
import { undoMerge } from '../../src/store/unmerge.js'
import type { Db } from '../../src/store/tables.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { enrol, headOf, household, rosterPerson, SEALS, WARD } from './roster-samples.js'
import { addContacts, event, newContact, NOW, run } from './samples.js'

const GROUPS = [1, 2, 3]
const FLOW = 'vneid-level-1'
const PEOPLE = GROUPS.flatMap((group) => [1, 2, 3].map((n) => ({ id: `r-${group}${n}`, group })))
const groupOf = (id: string) => Number(/\d/.exec(id)![0])

const asker = fc.record({
  role: fc.constantFrom(...ROLES),
  leads: fc.uniqueArray(fc.constantFrom(...GROUPS, 9), { maxLength: 3 }),
})
/** Broadcasts: of each group one by the asker and one by its other head, and one of the whole ward that the asker sent when they had it. */
const SENT = [...GROUPS.flatMap((group) => [`b-own-${group}`, `b-other-${group}`]), 'b-ward', 'b-2-3']

const someone = fc.constantFrom(...PEOPLE.map(({ id }) => id), 'r-none')
const somewhere = fc.constantFrom(...GROUPS)

/** What somebody asks for; each says which groups its answer spoke of, or what it wrote. */
type Request = (db: Db, scope: Scope) => Promise<{ groups: (number | null)[]; wrote?: number[] }>

/** What a broadcast speaks of: nobody's group but the ward's when somebody else sent it, or when it is for everybody. */
const spokenOf = (scope: Scope, { sender, plan }: Broadcast): (number | null)[] =>
  sender === scope.who && plan.audience.groups !== null ? [...plan.audience.groups] : [null]

const request: fc.Arbitrary<Request> = fc.oneof(
  fc
    .record({ group: fc.option(somewhere, { nil: undefined }), id: fc.option(someone) })
    .map(({ group, id }): Request => async (db, scope) => ({
      groups: (
        await people(db, scope, { ...(group === undefined ? {} : { group }), ...(id === null ? {} : { ids: [id] }) })
      ).map((person) => person.group),
    })),
  fc.constant<Request>(async (db, scope) => ({ groups: (await households(db, scope)).map(({ group }) => group) })),
  fc.option(somewhere).map((group): Request => async (db, scope) => ({
    groups: (await figures(db, scope, group === null ? {} : { group })).map(({ grp }) => grp),
  })),
  fc.constant<Request>(async (db, scope) => ({ groups: (await rosterFigures(db, scope)).map(({ group }) => group) })),
  somewhere.map((group): Request => async (db, scope) => ({
    groups: (await strangersOf(db, scope, group)).map(() => group),
  })),
  fc.constant<Request>(async (db, scope) => ({
    groups: (await strangers(db, scope, { limit: 99 })).map(({ group }) => group),
  })),
  fc.option(somewhere).map((group): Request => async (db, scope) => ({
    groups: (await progressOf(db, scope, { flow: FLOW, ...(group === null ? {} : { group }), limit: 99 })).people.map(
      (person) => person.group,
    ),
  })),
  fc.constant<Request>(async (db, scope) => ({ groups: (await queueOf(db, scope, { limit: 99 })).map(({ group }) => group) })), // prettier-ignore
  fc.constant<Request>(async (db, scope) => ({ groups: (await wishesOf(db, scope, { limit: 99 })).map(({ group }) => group) })), // prettier-ignore
  someone.map((id): Request => async (db, scope) => ({
    groups: [
      ...(await visitsTo(db, scope, [id])).map(() => groupOf(id)),
      ...[...(await lastVisits(db, scope, PEOPLE.map((one) => one.id))).keys()].map(groupOf),
    ],
  })), // prettier-ignore
  someone.map((id): Request => async (db, scope) => ({
    groups: [],
    wrote: (await takeWish(db, scope, id, { now: NOW })) ? [groupOf(id)] : [],
  })),
  someone.map((id): Request => async (db, scope) => {
    const visits = await writeVisits(db, scope, [{ id: 'v-new', person: id, run: null }], { day: '2026-11-24', at: NOW }) // prettier-ignore
    const cards = await settleCards(db, scope, [{ person: id, run: 'run-new' }], NOW)
    return { groups: [], wrote: [...visits, ...cards].map(({ group }) => group) }
  }),
  fc.constantFrom(...GROUPS).map((group): Request => async (db, scope) => ({
    groups: [],
    wrote: (await unwriteVisits(db, scope, { id: `v-${group}` })).map((one) => one.group),
  })),
  fc.constant<Request>(async (db, scope) => ({ groups: (await countWishes(db, scope)) === 0 ? [] : heldBy(scope) })),
  fc.option(somewhere).map((group): Request => async (db, scope) => ({
    groups: [...(await cardsInDoubt(db, scope, GROUPS.map((one) => `flow-${one}`), group === null ? {} : { group })).keys()].map(groupOf),
  })), // prettier-ignore
  fc.constant<Request>(async (db, scope) => ({ groups: (await confirmedFinishes(db, scope)).map(({ group }) => group) })), // prettier-ignore
  fc.constant<Request>(async (db, scope) => ({ groups: (await streamLedger(db, scope, {}, null, 99)).map(({ group }) => group) })), // prettier-ignore
  fc.constant<Request>(async (db, scope) => ({
    groups: (await lostByGroup(db, scope, 'b', 'id-card')).map(({ group }) => group),
  })),
  fc.constant<Request>(async (db, scope) => ({ groups: (await outcomePage(db, scope, 'b', '', 99)).map(({ group }) => group) })), // prettier-ignore
  fc.constant<Request>(async (db, scope) => ({ groups: (await openInvitations(db, scope, NOW)).map(({ grp }) => grp) })), // prettier-ignore
  fc.constant<Request>(async (db, scope) => ({ groups: (await roleHolders(db, scope)).flatMap(({ groups }) => groups) })), // prettier-ignore
  // Answers that name no group: each group has things of its own that nobody else has.
  fc.constant<Request>(async (db, scope) => ({ groups: (await troublesSince(db, scope, 0)).map(({ trouble }) => groupOf(trouble!)) })), // prettier-ignore
  fc.constant<Request>(async (db, scope) => ({ groups: (await finishedByWeek(db, scope, { now: NOW + 9 })).map(({ flow }) => groupOf(flow)) })), // prettier-ignore
  fc.constant<Request>(async (db, scope) => ({
    groups: (await auditLog(db, scope, { limit: 99 })).filter(({ who }) => who !== scope.who).map(({ group }) => group),
  })),
  fc.constant<Request>(async (db, scope) => ({
    groups: (await listBroadcasts(db, scope, 99)).flatMap((one) => spokenOf(scope, one)),
  })),
  fc.constantFrom(...SENT).map((id): Request => async (db, scope) => {
    const found = await loadBroadcast(db, scope, id)
    return { groups: found ? spokenOf(scope, found) : [] }
  }),
  // Counts: whoever gets one from a group was told of it.
  fc.option(somewhere).map((group): Request => async (db, scope) => {
    const count = await countPersons(db, scope, group, 99)
    return { groups: count === 0 ? [] : group === null ? heldBy(scope) : [group] }
  }),
  somewhere.map((group): Request => async (db, scope) => {
    const standing = await countStanding(db, scope, standingOf(group))
    return { groups: standing.size === 0 ? [] : [group] }
  }),
  someone.map((id): Request => async (db, scope) => ({
    groups: (await liveSlips(db, scope, [id], NOW)).size === 0 ? [] : [groupOf(id)],
  })),
  someone.map((id): Request => async (db, scope) => ({
    groups: (await helpersShown(db, scope, id)).length === 0 ? [] : [groupOf(id)],
  })),
  somewhere.map((group): Request => async (db, scope) => ({
    groups: (await listTallySheets(db, scope, group, 99)).map((sheet) => sheet.group),
  })),
  somewhere.map((group): Request => async (db, scope) => ({
    groups: [
      ...((await loadTallySheet(db, scope, group, `sheet-${group}`)) === null ? [] : [group]),
      ...[...(await tallyRows(db, scope, `sheet-${group}`)).values()].map(groupOf),
    ],
  })),
  // A question belongs to no group: it is the ward's.
  fc.constant<Request>(async (db, scope) => ({
    groups: [...(await openQuestions(db, scope, 99)), ...[await questionById(db, scope, 'q')].filter((one) => one !== null)].map(() => null),
  })), // prettier-ignore
  somewhere.map((group): Request => async (db, scope) => ({
    groups: [],
    wrote: (await cancelInvitation(db, scope, `inv-${group}`, NOW)) ? [group] : [],
  })),
  somewhere.map((group): Request => async (db, scope) => ({
    groups: [],
    wrote: (await takeTicket(db, scope, `t-${group}`, { now: NOW })) === null ? [] : [group],
  })),
  someone.map((id): Request => async (db, scope) => ({
    groups: (await historyOf(db, scope, id))?.ids.map(groupOf) ?? [],
  })),
  fc.tuple(someone, somewhere).map(([id, group]): Request => async (db, scope) => {
    const done = await putPeople(db, scope, SEALS, [rosterPerson('x', { id: id === 'r-none' ? `r-${group}new` : id, group })], NOW) // prettier-ignore
    return { groups: [], wrote: 'written' in done ? [group, ...(id === 'r-none' ? [] : [groupOf(id)])] : [] }
  }),
  fc.tuple(someone, someone).map(([kept, gone]): Request => async (db, scope) => {
    const done = await mergePeople(db, scope, SEALS, { kept, gone, at: NOW })
    return { groups: [], wrote: done === 'merged' ? [groupOf(kept), groupOf(gone)] : [] }
  }),
  fc.tuple(someone, someone).map(([kept, gone]): Request => async (db, scope) => {
    await mergePeople(db, WARD, SEALS, { kept, gone, at: NOW })
    const done = await undoMerge(db, scope, SEALS, { kept, gone, at: NOW, id: 'u' })
    return { groups: [], wrote: done === 'parted' ? [groupOf(kept), groupOf(gone)] : [] }
  }),
  someone.map((id): Request => async (db, scope) => {
    const done = await dropPeople(db, scope, [id])
    return { groups: [], wrote: 'written' in done ? [groupOf(id)] : [] }
  }),
  fc.tuple(somewhere, somewhere).map(([id, group]): Request => async (db, scope) => {
    const done = await putHouseholds(db, scope, [household(id, { group })], NOW)
    return { groups: [], wrote: 'written' in done ? [id, group] : [] }
  }),
  somewhere.map((id): Request => async (db, scope) => {
    const done = await reviewHouseholds(db, scope, [`h-${id}`], '2026-11-24')
    return { groups: [], wrote: 'written' in done ? [id] : [] }
  }),
  someone.map((id): Request => async (db, scope) => {
    const done = await createSlip(db, scope, SEALS, { person: id, code: 'ABCDEFGHKL', now: NOW })
    return { groups: [], wrote: done === 'created' ? [groupOf(id)] : [] }
  }),
  fc.tuple(fc.constantFrom('c-1', 'c-2', 'c-3', 'c-9'), someone).map(([contact, id]): Request => async (db, scope) => {
    const done = await confirmContact(db, scope, { contact, person: id, now: NOW })
    return { groups: [], wrote: done === 'joined' ? [groupOf(contact), groupOf(id)] : [] }
  }),
)

/** The groups that a count over all of a scope speaks of. */
const heldBy = (scope: Scope): (number | null)[] => (scope.groups === 'ward' ? [null] : [...scope.groups])

const standingOf = (group: number) => ({
  audience: { flow: FLOW, who: { kind: 'unfinished' as const }, groups: [group], residence: null },
  limits: { steps: [], waits: [], before: [], activationDays: 7 },
  now: NOW,
  broadcast: null,
})

class Undo extends Error {}

describeEngines('a scope', await engines(), (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await engine.fresh()
    const { store } = database
    await addContacts(
      store,
      // Contact 9 said no group.
      [1, 2, 3, 9].map((n) =>
        newContact(n, { contact: { id: `c-${n}`, role: 'resident', group: n === 9 ? null : n } }),
      ),
    )
    await enrol(
      store.db,
      PEOPLE.map(({ id, group }) => rosterPerson('x', { id, group, household: `h-${group}`, visit: true })),
      GROUPS.map((group) => household(group, { group })),
    )
    for (const { id, group } of PEOPLE) {
      await saveRuns(store.db, [run(id, { person: id })])
      await appendLedger(store.db, [
        event(`r-${id}`, 1, { person: id, group }),
        event(`r-${id}`, 2, { person: id, group, outcome: 'trouble', detail: `trouble-${group}` }),
      ])
    }
    await sql`
      insert into broadcast (id, state, flow, plan, tally, fingerprint, created_at)
      values ('b', 'done', ${FLOW}, '{}', '{}', '', ${NOW})`.execute(store.db)
    const sent = async (id: string, sender: string, groups: number[] | null) =>
      sql`insert into broadcast (id, state, sender, flow, plan, tally, fingerprint, created_at)
        values (${id}, 'done', ${sender}, ${FLOW}, ${JSON.stringify({ audience: { groups } })}, '{}', '', ${NOW})`.execute(store.db) // prettier-ignore
    await sent('b-ward', 'c-asker', null)
    await sent('b-2-3', 'c-asker', [2, 3])
    await sql`
      insert into question (id, key, text, locale, times, first_at, last_at, state)
      values ('q', 'k', 'hỏi gì', 'vi', 1, 1, 1, 'open')`.execute(store.db)
    for (const group of GROUPS) {
      await sent(`b-own-${group}`, 'c-asker', [group])
      await sent(`b-other-${group}`, `head-${group}`, [group])
      await createSlip(store.db, WARD, SEALS, { person: `r-${group}2`, code: `ABCDEFGHK${group}`, now: NOW })
      await startHelping(store.db, { contact: 'c-9', person: `r-${group}2`, label: 'mẹ', how: 'slip', now: NOW })
      await makeTallySheet(store.db, { id: `sheet-${group}`, group, flow: FLOW, by: 'c', at: NOW, persons: [`r-${group}1`] }) // prettier-ignore
      const done = { person: `r-${group}1`, flow: `flow-${group}` }
      await writeVisits(store.db, WARD, [{ id: `v-${group}`, person: `r-${group}2`, run: null }], {
        day: '2026-11-23',
        at: NOW,
      })
      await saveRuns(store.db, [run(`done-${group}`, { ...done, state: 'finished', step: 'end' })])
      await appendLedger(store.db, [
        event(`r-done-${group}`, 1, { ...done, group, outcome: 'finished', source: 'leader' }),
      ])
      const { db } = store
      await sql`
        insert into ticket (id, number, contact, grp, tries, channel, reason, state, opened_at)
        values (${`t-${group}`}, ${group}, ${`c-${group}`}, ${group}, 0, 'web', 'asked', 'open', ${NOW})`.execute(db)
      await sql`
        insert into recipient (broadcast, person, grp, place, price, not_before, state)
        values ('b', ${`r-${group}1`}, ${group}, 'paper', 0, 0, 'offline')`.execute(db)
      await createInvitation(db, { codeHash: `inv-${group}`, role: 'helper', grp: group, label: null, createdAt: NOW, createdBy: null, expiresAt: NOW + 9 }) // prettier-ignore
      await setRole(db, `c-${group}`, 'helper', [group], NOW)
      await audit(db, headOf(group), [{ id: `a-${group}`, at: NOW, deed: 'saw', kind: 'people', subject: null, group, count: 1 }]) // prettier-ignore
    }
  })
  afterAll(() => database.drop())

  test('lets nothing out and nothing in that is not in it, whatever the role, whatever is asked', async () => {
    const seen = { told: 0, silent: 0, wrote: 0, refused: 0 }
    await fc.assert(
      fc.asyncProperty(asker, request, async (who, ask) => {
        const scope = scopeOf({ id: 'c-asker', ...who })
        const ward = who.role === 'staff' || who.role === 'admin'
        const allowed = (group: number | null) =>
          ward || (who.role === 'leader' && group !== null && who.leads.includes(group))
        // Each request finds the database as it was.
        await database.store
          .transaction(async (tx) => {
            const { groups, wrote } = await ask(tx, scope)
            expect([...groups, ...(wrote ?? [])].filter((group) => !allowed(group))).toEqual([])
            if (wrote) seen[wrote.length > 0 ? 'wrote' : 'refused']++
            else seen[groups.length > 0 ? 'told' : 'silent']++
            throw new Undo()
          })
          .catch((error: unknown) => {
            if (!(error instanceof Undo)) throw error
          })
      }),
      { numRuns: 1500 },
    )
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20)
    expect(await people(database.store.db, WARD)).toHaveLength(PEOPLE.length)
  })
})
