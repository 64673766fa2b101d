import { CompiledQuery, sql } from 'kysely'
import type { Audience } from '../../src/core/model/broadcast.js'
import type { RosterPerson } from '../../src/core/model/roster.js'
import { audiencePage, countPersons, countStanding, personsNow } from '../../src/store/audience.js'
import { eraseContact } from '../../src/store/erase.js'
import { forgetContact } from '../../src/store/forget.js'
import { dropPeople } from '../../src/store/enrol.js'
import { smallGroups } from '../../src/store/scope.js'
import { claimDay, claimedElsewhere, releaseDay, releaseUnsent } from '../../src/store/reminded.js'
import { optOut, setQuietHours } from '../../src/store/opt-outs.js'
import { openTicket } from '../../src/store/tickets.js'
import { cheapen } from '../../src/store/prices.js'
import {
  cancelRecipients,
  leavingRecipients,
  postponeRecipients,
  queueRecipients,
  takeWaiting,
} from '../../src/store/recipients.js'
import type { Store } from '../../src/store/open.js'
import type { Db } from '../../src/store/tables.js'
import { queryOf } from '../../src/reminders/parts.js'
import { CHANNELS } from '../../src/core/model/message.js'
import { dueByChannel, isUnsent } from '../../src/store/feeding.js'
import { dropRecipients, takeBack, takeBackAll } from '../../src/store/take-back.js'
import { describeEngines, engines } from '../support/databases.js'
import { enrol, rosterPerson } from '../store/roster-samples.js'
import { addResidents, PLAN, send, type Stage, WARD, onFreshStage } from './stage.js'

describeEngines('an audience by the ward’s list', await engines(), (engine) => {
  let stage: Stage
  onFreshStage(engine, (made) => void ({ stage } = made))

  const list = (n: number, more: Partial<RosterPerson>) => rosterPerson(n, { id: `p-${n}`, ...more })
  const written = async (audience: Partial<Audience>) => {
    const { id } = await send(stage, { ...PLAN, audience: { ...PLAN.audience, ...audience } })
    await stage.work()
    return stage.outcomes(id)
  }
  const textTo = (address: string) => stage.channel.calls.find((call) => call.startsWith(`${address}:`))

  test('people without a card are led to the card, those of whom nothing is known are not', async () => {
    await addResidents(stage.store, [1, 2, 3, 4], { started: false })
    await addResidents(stage.store, [5], { flow: 'id-card', step: 'kind', run: { state: 'finished' } })
    await enrol(stage.store.db, [
      list(1, { card: 'none' }),
      list(2, { card: 'has' }),
      list(3, { card: 'unknown' }),
      list(5, { card: 'none' }),
      list(6, { card: 'none' }),
    ])
    // The fifth has finished the guide to the card already; the sixth has never written to us.
    expect(await written({ flow: 'id-card', who: { kind: 'no-card' } })).toEqual(['p-1 sent', 'p-6 paper: no-contact'])
    expect(textTo('1')).toContain('chưa có thẻ căn cước')
  })

  test('whoever was erased is in none, neither in the guide that was begun nor in any other, and makes no small group a large one', async () => {
    await addResidents(stage.store, [1, 2, 3])
    await addResidents(stage.store, [4], { run: { state: 'finished' } })
    await enrol(stage.store.db, [list(2, {})])
    await stage.store.transaction(async (tx) => {
      let made = 0
      const newId = () => `nobody-${++made}`
      await eraseContact(tx, 'c-1', newId)
      await eraseContact(tx, 'c-4', newId)
      // The roster keeps whose contact is forgotten, without what they said.
      await forgetContact(tx, 'c-2', newId)
    })
    const { audience } = PLAN
    for (const flow of ['vneid-level-1', 'id-card']) {
      const query = queryOf(stage.parts, { ...PLAN, audience: { ...audience, flow } }, stage.clock(), null)
      const page = await audiencePage(stage.store.db, query, '', 100)
      expect(page.map(({ person }) => person)).toEqual(['p-2', 'p-3'])
      const standing = await countStanding(stage.store.db, WARD, query)
      expect([...standing.values()].reduce((sum, n) => sum + n, 0)).toBe(2)
    }
    expect(await countPersons(stage.store.db, WARD, 5, 10)).toBe(2)
    expect(await smallGroups(stage.store.db, WARD)).toEqual(new Set([5]))
    expect(await written({})).toEqual(['p-2 paper: no-contact', 'p-3 sent'])
  })

  test('whoever opted out for themselves, sleeps late, or is in a ticket – as the person or as the reader – is known to the plan', async () => {
    await addResidents(stage.store, [1, 2, 3, 4, 5])
    await stage.store.transaction(async (tx) => {
      await optOut(tx, ['p-1'], stage.clock())
      await setQuietHours(tx, 'p-2', { from: '06:00', until: '09:00' })
      const about = { flow: null, step: null, stepNumber: null, tries: 0, group: 5, channel: 'telegram', reason: 'asked' } as const // prettier-ignore
      // The fifth asks for the third.
      await openTicket(tx, { id: 't', contact: 'c-5', person: 'p-3', openedAt: stage.clock(), ...about })
    })
    const shown = await stage.reminders.preview({ contact: 'head', scope: WARD }, PLAN)
    expect(shown).toMatchObject({ tally: { places: { now: 1, later: 1, 'left-out': 3 } } })
    expect(await written({})).toEqual([
      'p-1 left-out: opted-out',
      'p-2 waiting',
      'p-3 left-out: ticket',
      'p-4 sent',
      'p-5 left-out: ticket',
    ])
  })

  test('officials are led to the portal until they have signed in', async () => {
    await addResidents(stage.store, [1, 2], { started: false })
    await addResidents(stage.store, [3], { flow: 'portal-login', step: 'open', run: { state: 'finished' } })
    await enrol(stage.store.db, [list(1, { official: true }), list(2, {}), list(3, { official: true })])
    expect(await written({ flow: 'portal-login', who: { kind: 'officials' } })).toEqual(['p-1 sent'])
    expect(textTo('1')).toContain('là cán bộ')
  })

  test('residence is what the list says, and who is not on the list has none', async () => {
    await addResidents(stage.store, [1, 2, 3])
    await enrol(stage.store.db, [list(1, { residence: 'permanent' }), list(2, { residence: 'temporary' })])
    expect(await written({ residence: 'temporary' })).toEqual(['p-2 sent'])
    expect(await written({ residence: 'permanent' })).toEqual(['p-1 sent'])
  })

  test('who is moved out of the group by the list leaves the audience of that group', async () => {
    await addResidents(stage.store, [1, 2])
    await enrol(stage.store.db, [list(1, { card: 'none', group: 6 }), list(2, { card: 'none', group: 5 })])
    expect(await written({ who: { kind: 'no-card' }, groups: [5] })).toEqual(['p-2 sent'])
  })

  test('whoever was taken off the list – they moved or died – is in none, with a guide that the head began for them or without', async () => {
    const { db } = stage.store
    await addResidents(stage.store, [2, 3])
    await enrol(db, [list(1, {}), list(2, {}), list(4, {}), list(5, {})])
    await sql`insert into run (id, person, flow, edition, step, state, seq, started_at, entered_at, trail, tries) values ('r-1', 'p-1', 'vneid-level-1', 1, 'scan-card', 'open', 1, 1, 1, '[]', 0)`.execute(db) // prettier-ignore
    expect(await dropPeople(db, WARD, ['p-1', 'p-2', 'p-4'])).toMatchObject({ written: 3 })
    // The second chats, and goes on being told.
    expect(await written({})).toEqual(['p-2 sent', 'p-3 sent', 'p-5 paper: no-contact'])
  })

  test('is asked for by indexes: no statement of a plan or of a send reads a whole table for each person', async () => {
    await addResidents(stage.store, [1, 2])
    const asked = recorder(stage.store)
    const ways = [{ kind: 'unfinished' }, { kind: 'stuck', days: 3 }, { kind: 'overdue' }, { kind: 'activation-due', days: 2 }, { kind: 'no-card' }, { kind: 'officials' }] as const // prettier-ignore
    for (const who of ways)
      for (const residence of [null, 'permanent'] as const) {
        const plan = { ...PLAN, audience: { ...PLAN.audience, who, residence, groups: [5] } }
        expect((await audiencePage(asked.db, queryOf(stage.parts, plan, stage.clock(), null), '', 1_000)).length).toBeLessThanOrEqual(2) // prettier-ignore
      }
    await isUnsent(asked.db, 'none')
    await dueByChannel(asked.db, 'none', CHANNELS, 1)
    const route = { contact: 'c-1', channel: 'telegram', address: '1' } as const
    await queueRecipients(asked.db, 'none', [
      { person: 'p-1', route, run: null, step: null, n: 1, at: 1, price: 0, charged: false },
    ])
    await cancelRecipients(asked.db, 'none', [{ person: 'p-1', reason: 'stopped' }])
    await postponeRecipients(asked.db, 'none', [{ person: 'p-1', notBefore: 1 }])
    await takeWaiting(asked.db, 'none', { channel: 'telegram', now: 1, limit: 0 })
    await leavingRecipients(asked.db, [{ contact: 'c-1', n: 1 }])
    await takeBack(asked.db, [{ contact: 'c-1', n: 1 }], 'changed')
    await takeBackAll(asked.db, 'none', 'paused')
    await dropRecipients(asked.db, 'none', [{ person: 'p-1', reason: 'finished' }])
    await personsNow(asked.db, ['p-1'])
    await claimDay(asked.db, '2026-11-23', [{ person: 'p-1', contact: 'c-1', n: 1, broadcast: 'none' }])
    await claimedElsewhere(asked.db, '2026-11-24', [{ contact: 'c-1', n: 1 }])
    await releaseUnsent(asked.db, ['p-1'])
    await releaseDay(asked.db, [{ contact: 'c-1', n: 1 }])
    await optOut(asked.db, ['p-1', 'c-1'], 1)
    await cheapen(asked.db, [{ broadcast: 'none', person: 'p-1', price: 0, charged: false }])
    expect(asked.statements.length).toBeGreaterThan(ways.length * 2)
    const whole: string[] = []
    for (const statement of asked.statements)
      for (const line of await explained(stage.store, statement)) if (readsAll(line)) whole.push(line)
    expect([...new Set(whole)]).toEqual([])
  })

  test('of one group of a large ward is looked up by the group: nobody else is read', async () => {
    const { db } = stage.store
    await sql`
      with recursive s(i) as (select cast(1 as bigint) union all select i + 1 from s where i < 6000)
      insert into person (id, grp, created_at) select 'p' || i, 1 + i % 60, 1 from s`.execute(db)
    await sql`
      insert into roster (person, name, folded, card, visit, official, updated_at)
      select id, 'An', 'an', 'has', 0, 0, 1 from person`.execute(db)
    await sql`analyze`.execute(db)
    for (const groups of [[5], [5, 9]]) {
      const asked = recorder(stage.store)
      const plan = { ...PLAN, audience: { ...PLAN.audience, groups } }
      const page = await audiencePage(asked.db, queryOf(stage.parts, plan, stage.clock(), null), '', 1_000)
      expect(page).toHaveLength(100 * groups.length)
      const lines = await explained(stage.store, asked.statements[0]!)
      const byGroup = stage.store.engine === 'sqlite' ? /SEARCH p USING .*\(grp=\?/ : /Index Cond: .*grp = /
      expect(lines.filter((line) => byGroup.test(line))).not.toEqual([])
    }
  })
})

/** The same database, writing down what it is asked. */
function recorder(store: Store): { db: Db; statements: CompiledQuery[] } {
  const statements: CompiledQuery[] = []
  const recorded = <T extends object>(inner: T, members: Partial<Record<string, unknown>>): T =>
    new Proxy(inner, {
      get(target, name) {
        if (typeof name === 'string' && name in members) return members[name]
        const member = Reflect.get(target, name) as unknown
        return typeof member === 'function' ? (member.bind(target) as unknown) : member
      },
    })
  const executor = store.db.getExecutor()
  const executeQuery = (query: CompiledQuery) => {
    statements.push(query)
    return executor.executeQuery(query)
  }
  return { db: recorded(store.db, { getExecutor: () => recorded(executor, { executeQuery }) }), statements }
}

/** How the engine goes about it, line by line; Postgres is told to read whole tables only where no index fits. */
async function explained(store: Store, { sql: text, parameters }: CompiledQuery): Promise<string[]> {
  if (store.engine === 'sqlite') {
    const asked = CompiledQuery.raw(`explain query plan ${text}`, [...parameters])
    return (await store.db.executeQuery<{ detail: string }>(asked)).rows.map(({ detail }) => detail)
  }
  return store.transaction(async (tx) => {
    await sql`set local enable_seqscan = off`.execute(tx)
    const asked = CompiledQuery.raw(`explain ${text}`, [...parameters])
    return (await tx.executeQuery<Record<string, string>>(asked)).rows.map((row) => row['QUERY PLAN']!)
  })
}

/** Tickets that are open are few and read once a page; `one` is a single row, and the index of what waits in the outbox holds nothing else. */
function readsAll(line: string): boolean {
  // All of a broadcast for each row of a batch: quadratic too.
  if (/^SEARCH recipient USING INDEX .*\(broadcast=\?\)$/.test(line)) return true
  const [, table] = /^\s*(?:->\s+)?(?:Seq Scan on|SCAN) (\w+)/.exec(line) ?? []
  if (table === undefined || / VIRTUAL TABLE | INDEX outbox_(waiting|due)\b/.test(line)) return false
  return !['ticket', 'one', 'CONSTANT'].includes(table)
}
