import type { ChannelName } from '../core/model/message.js'
import { atTheDoor, datedOf, isTooLate } from '../core/broadcast/dated.js'
import { dayOf } from '../core/policy/calendar.js'
import { reach } from '../core/policy/reach.js'
import { finishedOf, personsNow, stillInAudience } from '../store/audience.js'
import type { Broadcast } from '../store/broadcasts.js'
import { type LoadedContact, loadByAddresses, saveSessions } from '../store/contacts.js'
import { appendOutbox } from '../store/outbox.js'
import {
  cancelRecipients,
  postponeRecipients,
  queueRecipients,
  takeWaiting,
  type WaitingRecipient,
} from '../store/recipients.js'
import { claimDay, releaseDay } from '../store/reminded.js'
import { loadRuns } from '../store/runs.js'
import type { Db } from '../store/tables.js'
import { policyOf, queryOf, type ReminderParts } from './parts.js'
import { mayStillSend, stopDisowned } from './sender.js'
import { type Message, wordMessage, type Worded } from './wording.js'

/** Messages of a broadcast that are put into the outbox for an app at a time; a stop takes effect within as many. */
export const BATCH = 200
/** Whoever wrote so recently is in the middle of something, ms. */
export const BUSY_MS = 600_000

/** What one batch came to. */
export interface Batch {
  /** Recipients looked at. */
  taken: number
  /** Contacts that have a new message. */
  queued: string[]
}

/** What one look at a batch puts aside. */
interface Aside {
  cancelled: { person: string; reason: string }[]
  later: { person: string; notBefore: number }[]
}

/**
 * Puts the next batch of a broadcast for an app into the outbox, in a transaction: everybody is judged anew, by the same rules as the plan. Nobody is
 * written to at a higher price than was agreed to.
 */
export async function queueBatch(
  tx: Db,
  parts: ReminderParts,
  broadcast: Broadcast,
  { channel, limit }: { channel: ChannelName; limit: number },
): Promise<Batch> {
  const { id } = broadcast
  const now = parts.clock()
  const waiting = await takeWaiting(tx, id, { channel, now, limit })
  if (waiting.length === 0) return { taken: 0, queued: [] }
  if (!(await mayStillSend(tx, broadcast))) {
    parts.log.warn({ broadcast: id, sender: broadcast.sender }, 'reminders: stopped, its sender may send it no more')
    return { taken: await stopDisowned(tx, id, now), queued: [] }
  }
  const aside: Aside = { cancelled: [], later: [] }
  const messages = await judge(tx, parts, broadcast, waiting, aside)
  const rows = await loadByAddresses(tx, messages.map(({ route }) => route), { lock: true }) // prettier-ignore
  const idle = whoIsIdle(messages, rows, now, aside)
  const claimed = await claim(tx, broadcast, idle, now, aside)
  const runs = new Map((await loadRuns(tx, claimed.flatMap(({ message }) => message.about.map(({ member }) => member.person)))).map((run) => [run.id, run])) // prettier-ignore
  const leaving: (Ready & Worded)[] = []
  for (const ready of claimed) {
    try {
      leaving.push({ ...ready, ...wordMessage(parts, broadcast, ready.message, ready.row, runs, now) })
    } catch (error) {
      // One that cannot be worded holds up nobody else.
      parts.log.error({ err: error instanceof Error ? error.message : String(error), broadcast: id, contact: ready.row.contact }, 'reminders: not worded') // prettier-ignore
      await releaseDay(tx, [{ contact: ready.row.contact, n: ready.n }])
      cancel(aside, ready.message, 'not-worded')
    }
  }
  await saveSessions(tx, leaving.map(({ row, session }) => ({ contact: row.contact, session }))) // prettier-ignore
  await appendOutbox(tx, leaving.map(({ outbox }) => outbox)) // prettier-ignore
  await queueRecipients(
    tx,
    id,
    leaving.flatMap(({ message: { about, route, price, charged }, n }) => {
      // One of them bears the price of the message.
      const bearer = about.find(({ paid }) => paid) ?? about[0]
      return about.map((one) => ({ person: one.person, route, run: one.member.run, step: one.member.step, n, at: now, price: one === bearer ? price : 0, charged: one === bearer && charged })) // prettier-ignore
    }),
  )
  await cancelRecipients(tx, id, aside.cancelled)
  await postponeRecipients(tx, id, aside.later)
  return { taken: waiting.length, queued: leaving.map(({ row }) => row.contact) }
}

function cancel(aside: Aside, { about }: Message, reason: string): void {
  aside.cancelled.push(...about.map(({ person }) => ({ person, reason })))
}

/** Who gets a message now, by reader; whoever does not is put aside. */
async function judge(tx: Db, parts: ReminderParts, { plan, id, rule }: Broadcast, waiting: readonly WaitingRecipient[], aside: Aside): Promise<Message[]> {
  const now = parts.clock()
  // Somebody merged meanwhile is whoever they were taken into.
  const persons = await personsNow(tx, waiting.map(({ person }) => person)) // prettier-ignore
  const ids = [...new Set(persons.values())]
  const members = new Map((await stillInAudience(tx, queryOf(parts, plan, now, id), ids)).map((one) => [one.person, one] as const)) // prettier-ignore
  const finished = await finishedOf(tx, plan.audience.flow, ids.filter((person) => !members.has(person))) // prettier-ignore
  // Who gets no message after all has lost the place: whether there is a group chat changes nothing.
  const policy = policyOf(parts, plan, now, new Set())
  const grants = grantsOf(waiting)
  const dated = datedOf(plan, rule)
  const messages = new Map<string, Message>()
  const taken = new Set<string>()
  for (const one of waiting) {
    const { person } = one
    const is = persons.get(person) ?? person
    const member = members.get(is)
    const grant = grants.get(one.contact ?? person)!
    const placed = member && reach(member, policy, { free: grant.free, paid: grant.price > 0 ? 1 : 0 })
    if (!member || !placed) aside.cancelled.push({ person, reason: finished.has(is) ? 'finished' : 'moved-on' })
    else if (taken.has(is)) aside.cancelled.push({ person, reason: 'today' })
    else if (placed.reason !== null) aside.cancelled.push({ person, reason: atTheDoor(dated, placed.reason) ?? placed.reason })
    else if (placed.price > grant.price) aside.cancelled.push({ person, reason: 'dearer' })
    else if (isTooLate(dated, placed.at)) aside.cancelled.push({ person, reason: 'too-late' })
    else if (placed.at > now) aside.later.push({ person, notBefore: placed.at })
    else {
      taken.add(is)
      const { reader, route, price, uses } = placed
      const message = messages.get(reader.person) ?? { reader, route, price, charged: uses !== null, about: [] }
      messages.set(reader.person, message)
      message.about.push({ person, member, label: reader.label, paid: one.place === 'paid' })
    }
  }
  for (const { about } of messages.values()) about.sort(asNamed)
  return [...messages.values()]
} // prettier-ignore

/** The order in which a message names those it speaks of, and its choices stand: the reader first. */
export function asNamed(
  a: { person: string; label: string | null },
  b: { person: string; label: string | null },
): number {
  return Number(b.label === null) - Number(a.label === null) || (a.person < b.person ? -1 : 1)
}

/** What the plan granted to each reader is still theirs; what it did not, is not. */
function grantsOf(waiting: readonly WaitingRecipient[]): Map<string, { free: number; price: number }> {
  const grants = new Map<string, { free: number; price: number }>()
  for (const { person, contact, place, price } of waiting) {
    const { free, price: most } = grants.get(contact ?? person) ?? { free: 0, price: 0 }
    grants.set(contact ?? person, {
      free: place === 'paid' && price === 0 ? 1 : free,
      price: Math.max(most, price),
    })
  }
  return grants
}

interface Ready {
  message: Message
  row: LoadedContact
  n: number
}

/** Whoever is writing just now waits. */
function whoIsIdle(messages: readonly Message[], rows: readonly LoadedContact[], now: number, aside: Aside): Ready[] {
  const readers = new Map(rows.map((row) => [`${row.channel} ${row.address}`, row]))
  return messages.flatMap((message) => {
    const row = readers.get(`${message.route.channel} ${message.route.address}`)
    if (!row) {
      cancel(aside, message, 'no-contact')
      return []
    }
    const { lastAt, said } = row.session
    if (lastAt <= now - BUSY_MS) return [{ message, row, n: said + 1 }]
    aside.later.push(...message.about.map(({ person }) => ({ person, notBefore: lastAt + BUSY_MS })))
    return []
  })
}

/** Takes the day for everybody who hears of a message; it speaks of nobody who has heard of us that day. */
async function claim(
  tx: Db,
  { id, plan, rule }: Broadcast,
  ready: readonly Ready[],
  now: number,
  aside: Aside,
): Promise<Ready[]> {
  const claims = ready.flatMap(
    ({ message, row, n }) =>
    [...new Set([message.reader.person, ...message.about.map(({ member }) => member.person)])].map((person) => ({ person, contact: row.contact, n, broadcast: id })), // prettier-ignore
  )
  const won = new Set((await claimDay(tx, dayOf(now), claims)).map(({ person, contact }) => `${person} ${contact}`))
  const reason = atTheDoor(datedOf(plan, rule), 'today') ?? 'today'
  const kept: Ready[] = []
  const lost: { contact: string; n: number }[] = []
  for (const { message, row, n } of ready) {
    const has = (person: string) => won.has(`${person} ${row.contact}`)
    const about = message.about.filter(({ member }) => has(message.reader.person) && has(member.person))
    cancel(aside, { ...message, about: message.about.filter((one) => !about.includes(one)) }, reason)
    if (about.length > 0) kept.push({ message: { ...message, about }, row, n })
    else lost.push({ contact: row.contact, n })
  }
  await releaseDay(tx, lost)
  return kept
}
