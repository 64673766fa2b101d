import type { Context } from '../context.js'
import { isToVisit } from '../core/broadcast/visits.js'
import { stepOf } from '../core/flow/definition.js'
import type { ChannelName, Inbound } from '../core/model/message.js'
import { addDays, DAY_MS, dayOf, startOfDay, weekday } from '../core/policy/calendar.js'
import { OPERATOR, scopeOf } from '../core/policy/roles.js'
import { type Broadcast, listBroadcasts } from '../store/broadcasts.js'
import { outcomePage } from '../store/recipients.js'
import { queueOf } from '../store/tickets.js'
import { closeOne } from '../tickets/desk.js'
import { accountOf, type Month, refusals, sizes } from './account.js'
import type { MadeUpApp } from './apps.js'
import { generator } from './chance.js'
import { appoint, remind, type Sender } from './senders.js'
import { broken, type Memory, recent, sameDay } from './judge.js'
import { onlyMadeUp } from './only-made-up.js'
import { daytime, live, makeUp, type Resident, seatsOf } from './residents.js'
import { STUCK_DAYS } from './settings.js'
import type { Simulation } from './simulate.js'

const HOUR = 3_600_000
/** Hours of the day at which things happen; by night only what should not. */
const HOURS = [2, 7, 7.5, 8, 8.5, 9, 9.5, 10, 11, 13, 15, 17, 19, 21, 22.5]
/** By the app, of twenty residents: as in a ward, most by Zalo, some by the page alone. */
const APPS: readonly ChannelName[] = [...Array<'zalo'>(12).fill('zalo'), ...Array<'telegram'>(5).fill('telegram'), 'web', 'web', 'web'] // prettier-ignore
/** When the rules of the stuck run, and when somebody looks whether nobody was forgotten. */
const RULES_AT = 8.5
const CHECK_AT = 10
/** What somebody writes who wants no reminders. */
const OUT = '/dung'
/** Groups whose heads write reminders, beside somebody of the ward. */
const HEADS = 3
const LISTED = 100_000
const WARD = scopeOf(OPERATOR)

/** A clock that is moved by hand. */
export interface HandClock {
  (): number
  set(at: number): void
}

export interface MonthParts {
  context: Context
  clock: HandClock
  zalo: MadeUpApp
  telegram: MadeUpApp
}

/**
 * Days of a demo ward, from `days` before `until` on: made-up residents walk, get stuck, go away, come back and opt out; the ward's rules run every
 * morning, heads write reminders, and all of it leaves through the real delivery to apps that do not exist. Each reminder that arrives is judged by
 * what its reader remembers.
 */
export async function simulateMonth(parts: MonthParts, { residents, days, seed }: Simulation, until: number): Promise<Month> {
  const { context, clock, zalo, telegram } = parts
  const { ward, world, schedules, store } = context
  await onlyMadeUp(context)
  const apps = [zalo, telegram]
  const random = generator(seed)
  const first = startOfDay(dayOf(until - days * DAY_MS))
  clock.set(first)
  const all = makeUp(context, { residents, seed, random }, { from: first, until: first + (days * DAY_MS) / 3, channels: APPS }) // prettier-ignore
  const byAddress = new Map(all.map((one) => [one.address, one]))
  const memories = new Map(all.map(({ address }): [string, Memory] => [address, { reminded: [], outAt: null, finished: new Set() }])) // prettier-ignore
  const seen = new Map(apps.map((app) => [app, 0]))
  const stuck = { people: new Set<string>(), reminded: new Set<string>(), visits: new Set<string>(), optedOut: new Set<string>(), ticket: new Set<string>() } // prettier-ignore
  const forgotten: string[] = []
  const forbidden: string[] = []
  let messages = 0

  const bring = async (events: readonly Inbound[]): Promise<void> => {
    for (const { address, content } of events)
      if (content.kind === 'text' && content.text === OUT) memories.get(address)!.outAt ??= clock()
    for (const app of apps)
      await context.intake.take(app, events.filter(({ channel }) => channel === app.name)) // prettier-ignore
    await Promise.all(events.filter(({ channel }) => channel === 'web').map((event) => context.turns.accept(event)))
  }

  /** Plans, sends and answers until nothing moves; then everybody looks at what came. */
  const work = async (): Promise<void> => {
    await schedules.runOnce()
    for (let moved = 1; moved > 0;) {
      while ((await context.requests.runOnce()) > 0);
      moved = (await context.reminders.runOnce()) + (await context.delivery.runOnce())
    }
    await context.intake.settled()
    for (const app of apps) {
      const came = app.taken.slice(seen.get(app)).filter(({ kind, address }) => kind === 'reminder' && byAddress.has(address)) // prettier-ignore
      seen.set(app, app.taken.length)
      await finishedBy(came.map(({ address }) => address))
      for (const one of came) heed(app, byAddress.get(one.address)!, one)
    }
  }

  const finishedBy = async (addresses: readonly string[]): Promise<void> => {
    const seats = await seatsOf(context, addresses.map((one) => byAddress.get(one)!)) // prettier-ignore
    for (const [address, { runs }] of seats)
      for (const { flow, state } of runs) if (state === 'finished') memories.get(address)!.finished.add(flow)
  }

  /** Whoever is reminded goes on, or says that it is enough, or shuts us out, or does nothing. */
  const heed = (app: MadeUpApp, resident: Resident, came: MadeUpApp['taken'][number]): void => {
    const memory = memories.get(resident.address)!
    const { at } = came
    for (const rule of broken(memory, resident, came))
      forbidden.push(`${resident.address}, ${new Date(at).toISOString()}: ${rule}`)
    memory.reminded.push(at)
    const what = random()
    if (what < 0.35) comeBack(resident, at + random() * 6 * HOUR)
    else if (what < 0.42) comeBack(resident, at + random() * HOUR, OUT)
    else if (what < 0.45) app.shut(resident.address)
  }

  const comeBack = (resident: Resident, at: number, says: string | null = null): void => {
    Object.assign(resident, { next: daytime(at, random), gone: false, says })
  }

  /** The guides in which most of a sender's people stand, those first. */
  const fullest = async (all: readonly Resident[], { group }: Sender): Promise<string[]> => {
    const counts = new Map<string, number>()
    for (const { runs } of (await seatsOf(context, all.filter((one) => group === null || one.group === group))).values())
      for (const { flow, state } of runs) if (state !== 'finished') counts.set(flow, (counts.get(flow) ?? 0) + 1)
    return [...counts].sort((a, b) => b[1] - a[1]).map(([flow]) => flow)
  }

  /** Those who were stuck before this morning's rules ran, and what was done about them. */
  const look = async (lists: readonly Broadcast[]): Promise<void> => {
    const now = clock()
    const today = dayOf(now)
    const { 'rest-days': rest, 'rule-every-days': every } = ward.reminders
    // Nobody is written to on these days.
    if (world.holidays.has(today) || rest.includes(weekday(today) || 7)) return
    const morning = startOfDay(dayOf(now)) + RULES_AT * HOUR
    const visits = new Set<string>()
    for (const { id, confirmedAt } of lists)
      if (sameDay(confirmedAt ?? 0, now))
        for (const row of await outcomePage(store.db, WARD, id, '', LISTED)) if (isToVisit(row)) visits.add(row.person)
    const tickets = new Set((await queueOf(store.db, WARD, { limit: LISTED })).flatMap(({ contact, person }) => [contact, person]))
    for (const [address, { contact, runs }] of await seatsOf(context, all)) {
      const memory = memories.get(address)!
      const week = recent(memory, now)
      for (const { person, flow, step, state, enteredAt } of runs) {
        const waits = stepOf(world.flows.get(flow)!, step)?.kind === 'wait'
        // Whoever has finished a guide once may walk it again, and is not to be led through it.
        if (runs.some((other) => other.flow === flow && other.state === 'finished')) continue
        if (state === 'finished' || waits || enteredAt > morning - STUCK_DAYS * DAY_MS) continue
        stuck.people.add(address)
        if (memory.outAt !== null) stuck.optedOut.add(address)
        else if (week.some((one) => dayOf(one) > addDays(today, -every)) || week.length >= ward.reminders['per-week']) stuck.reminded.add(address) // prettier-ignore
        else if (visits.has(person)) stuck.visits.add(address)
        else if (tickets.has(person) || tickets.has(contact)) stuck.ticket.add(address)
        else forgotten.push(`${address}, ${flow}, ${step}, ${dayOf(now)}`)
      }
    }
  }

  const senders: Sender[] = []
  clock.set(first + 9 * HOUR)
  for (const group of [null, ...ward.groups.slice(0, HEADS)]) senders.push(await appoint(context, group, seed, bring))
  await work()
  for (const { id } of ward.reminders.rules) await schedules.set(id, true, OPERATOR.id)
  for (let day = 0; day <= days; day++)
    for (const hour of HOURS) {
      const now = startOfDay(dayOf(first + day * DAY_MS + DAY_MS / 2)) + hour * HOUR
      if (now <= clock() || now > until) continue
      clock.set(now)
      if (hour >= 7 && hour < 21) messages += await live(context, all, now, random, bring)
      await work()
      if (hour === 9.5 || hour === 21) {
        const sender = day % 2 === 0 ? senders[0]! : senders[1 + (Math.floor(day / 2) % (senders.length - 1))]!
        // In the evening about another guide, and for nothing: what is written then waits for the morning.
        const evening = hour === 21
        const flow = (await fullest(all, sender))[evening ? 1 : 0]
        if (flow !== undefined && !(evening && day >= days - 1))
          await remind(context, sender, { flow, paid: !evening }, bring)
        await work()
      }
      if (hour === CHECK_AT) await look(await listBroadcasts(store.db, WARD, 60))
      if (hour === 11) await closeTickets(context)
      if (hour === 12)
        for (const resident of all) if (resident.gone && random() < 0.06) comeBack(resident, now + random() * 8 * HOUR)
    }
  for (const { id } of ward.reminders.rules) await schedules.set(id, false, OPERATOR.id)
  return { residents, messages, stuck: sizes(stuck), forgotten, forbidden: [...forbidden, ...refusals(apps)], ...(await accountOf(context, apps, byAddress)) } // prettier-ignore
} // prettier-ignore

async function closeTickets({ store, world, texts, clock, newId, ward, wakes }: Context): Promise<void> {
  for (const { id } of await queueOf(store.db, WARD, { limit: LISTED }))
    wakes.wake((await store.transaction((tx) => closeOne(tx, { world, texts, clock, newId, ward }, WARD, id))) ?? [])
}
