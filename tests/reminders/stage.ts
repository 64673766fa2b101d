import { pino } from 'pino'
import { messagesOf } from '../../src/core/broadcast/planner.js'
import type { BroadcastPlan } from '../../src/core/model/broadcast.js'
import type { Session } from '../../src/core/model/contact.js'
import type { Run } from '../../src/core/model/run.js'
import { OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { createLocalBudget, type Budget } from '../../src/delivery/budget.js'
import { createDelivery, type Delivery } from '../../src/delivery/delivery.js'
import { createWakes } from '../../src/delivery/wakes.js'
import { lastLook } from '../../src/reminders/leaving.js'
import type { ReminderParts } from '../../src/reminders/parts.js'
import { createReminders, type Confirmed, type Reminders } from '../../src/reminders/reminders.js'
import { startHelping } from '../../src/store/helping.js'
import { appendLedger } from '../../src/store/ledger.js'
import type { Store } from '../../src/store/open.js'
import { outcomePage } from '../../src/store/recipients.js'
import { saveRuns } from '../../src/store/runs.js'
import { addContacts, event, newContact, run, session } from '../store/samples.js'
import { createClock, type TestClock } from '../support/clock.js'
import type { TestDatabase, TestEngine } from '../support/databases.js'
import { loadWorld } from '../support/world.js'
import { createScripted, type Scripted } from '../delivery/scripted.js'

/** Reminders and delivery on one database, with an app – and those in `also` – that does what the test says. */
export interface Stage {
  store: Store
  clock: TestClock
  channel: Scripted
  delivery: Delivery
  reminders: Reminders
  parts: ReminderParts
  logs: string[]
  /** Everything that is due: batches and sends in turn, until nothing moves. */
  work(): Promise<void>
  /** `p-1 sent`, `p-2 cancelled: finished`, in the order of persons. */
  outcomes(broadcast: string): Promise<string[]>
}

/** The scope of staff. */
export const WARD = scopeOf(OPERATOR)

export const PLAN: BroadcastPlan = {
  audience: { flow: 'vneid-level-1', who: { kind: 'unfinished' }, groups: null, residence: null },
  wording: { kind: 'ready' },
  at: null,
  paid: false,
}

export function createStage(
  store: Store,
  {
    clock = createClock(),
    channel = createScripted(),
    also = [],
    budget,
    ...more
  }: {
    clock?: TestClock
    channel?: Scripted
    also?: readonly Scripted[]
    budget?: Budget
  } & Partial<ReminderParts> = {},
): Stage {
  const logs: string[] = []
  const log = pino({ level: 'trace', base: null }, { write: (line: string) => void logs.push(line) })
  const { world, texts, material } = loadWorld()
  const wakes = createWakes(log)
  let made = 0
  const parts: ReminderParts = {
    store, world, texts, ward: material.ward.value, channels: [...also, channel], pages: false,
    newId: () => `b-${++made}`, clock, log, wake: wakes.wake, ...more,
  } // prettier-ignore
  const reminders = createReminders(parts)
  const delivery = createDelivery({
    store, channels: [...also, channel], budget: budget ?? createLocalBudget(clock, {}), wakes, clock, log,
    lastLook: (tx, rows) => lastLook(tx, parts, rows),
  }) // prettier-ignore
  return {
    store,
    clock,
    channel,
    delivery,
    reminders,
    parts,
    logs,
    async work() {
      let [moved, rounds] = [1, 0]
      while (moved > 0 && rounds++ < 50) moved = (await reminders.runOnce()) + (await delivery.runOnce())
    },
    async outcomes(broadcast) {
      return (await outcomePage(store.db, scopeOf(OPERATOR), broadcast, '', 10_000)).map(
        ({ person, result, reason }) => `${person} ${result}${reason === null ? '' : `: ${reason}`}`,
      )
    },
  }
}

/** How long before the start of the test's clock people wrote last, ms: nobody is in the middle of something. */
const AGO = 3_600_000

/** Persons `p-1`… with the contact `c-1` and the address `1` on Telegram, who agreed to the consent text and stand at the step where the card is scanned. */
export async function addResidents(
  store: Store,
  ids: readonly (number | string)[],
  { step = 'scan-card', flow = 'vneid-level-1', at = createClock()() - 5 * 86_400_000, session: own = {}, group = 5, run: runs = {}, started = true, by }: { step?: string; flow?: string; at?: number; session?: Partial<Session>; group?: number | null; run?: Partial<Run>; started?: boolean; by?: string } = {},
): Promise<void> {
  const lastAt = createClock()() - AGO
  for (let from = 0; from < ids.length; from += 2000) {
    const some = ids.slice(from, from + 2000)
    await addContacts(
      store,
      some.map((id) =>
        newContact(id, {
          address: { channel: 'telegram', address: String(id) },
          contact: { id: `c-${id}`, role: 'resident', group },
          session: session(`p-${id}`, { consent: { version: '1', at }, formAsked: true, groupAsked: true, lastAt, ...(started ? { run: `r-${id}` } : {}), ...own }),
        }),
      ),
    )
    if (!started) continue
    await store.transaction(async (tx) => {
      if (by !== undefined)
        for (const id of some)
          await startHelping(tx, { contact: by, person: `p-${id}`, label: `mẹ ${id}`, how: 'made', now: at })
      await saveRuns(tx, some.map((id) => run(id, { flow, step, startedAt: at, enteredAt: at, trail: ['sign-in'], ...runs })))
      await appendLedger(tx, some.map((id) => event(`r-${id}`, 1, { person: `p-${id}`, contact: by ?? `c-${id}`, source: by === undefined ? 'self' : 'helper', flow, step, at, group, ...(runs.state === 'finished' ? { outcome: 'finished' as const } : {}) })))
    })
  }
} // prettier-ignore

/** Previews a plan and confirms it as shown. */
export async function send(stage: Stage, plan: BroadcastPlan = PLAN, sender = 'head'): Promise<{ id: string; confirmed: Confirmed }> {
  const shown = await stage.reminders.preview({ contact: sender, scope: WARD }, plan)
  if (shown.kind !== 'preview') throw new Error(shown.kind)
  const count = messagesOf(shown.tally)
  return { id: shown.id, confirmed: await stage.reminders.confirm({ id: shown.id, key: `key of ${shown.id}`, by: sender, count }) }
} // prettier-ignore

/** A stage on a database of its own before each test, handed to `take`; the database goes behind it. */
export function onFreshStage(engine: TestEngine, take: (made: { database: TestDatabase; stage: Stage }) => void): void {
  let database: TestDatabase
  beforeEach(async () => {
    database = await engine.fresh()
    take({ database, stage: createStage(database.store) })
  })
  afterEach(() => database.drop())
}
