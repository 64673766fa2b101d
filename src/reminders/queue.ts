import type { Route } from '../core/model/broadcast.js'
import type { Session } from '../core/model/contact.js'
import { dayOf } from '../core/policy/calendar.js'
import { reach } from '../core/policy/reach.js'
import { wordReminder } from '../core/broadcast/message.js'
import { finishedOf, type Member, stillInAudience } from '../store/audience.js'
import type { Broadcast } from '../store/broadcasts.js'
import { type LoadedContact, loadByAddresses, saveSessions } from '../store/contacts.js'
import { appendOutbox, type OutboxMessage } from '../store/outbox.js'
import {
  cancelRecipients,
  claimDay,
  postponeRecipients,
  queueRecipients,
  takeWaiting,
  type WaitingRecipient,
} from '../store/recipients.js'
import { loadRuns } from '../store/runs.js'
import type { Db } from '../store/tables.js'
import { inWords, isRead } from '../speak/words.js'
import { causeOf, policyOf, queryOf, type ReminderParts } from './parts.js'

/** Messages of a broadcast that are put into the outbox at a time; a stop takes effect within as many. */
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

interface Ready {
  person: string
  route: Route
  member: Member
  row: LoadedContact
  session: Session
  message: OutboxMessage
  /** đồng */
  price: number
}

/**
 * Puts the next batch of a broadcast into the outbox, in a transaction: everybody is judged anew, by the same rules as the plan. Nobody is
 * written to at a higher price than was agreed to.
 */
export async function queueBatch(tx: Db, parts: ReminderParts, broadcast: Broadcast, limit: number): Promise<Batch> {
  const { plan, id } = broadcast
  const now = parts.clock()
  const waiting = await takeWaiting(tx, id, now, limit)
  if (waiting.length === 0) return { taken: 0, queued: [] }
  const persons = waiting.map(({ person }) => person)
  const members = new Map((await stillInAudience(tx, queryOf(parts, plan, now, id), persons)).map((one) => [one.person, one] as const)) // prettier-ignore
  const finished = await finishedOf(tx, plan.audience.flow, persons.filter((person) => !members.has(person))) // prettier-ignore
  // Who gets no message after all has lost the place: whether there is a group chat changes nothing.
  const policy = policyOf(parts, plan, now, new Set())
  const cancelled: { person: string; reason: string }[] = []
  const later: { person: string; notBefore: number }[] = []
  const going: { one: WaitingRecipient; member: Member; route: Route; price: number }[] = []
  for (const one of waiting) {
    const { person } = one
    const cancel = (reason: string) => void cancelled.push({ person, reason })
    const member = members.get(person)
    if (!member) {
      cancel(finished.has(person) ? 'finished' : 'moved-on')
      continue
    }
    // What the plan granted is still theirs; what it did not, is not.
    const granted = one.place === 'paid' ? 1 : 0
    const left = { free: granted && one.price === 0 ? 1 : 0, paid: granted && one.price > 0 ? 1 : 0 }
    const placed = reach(member, policy, left)
    if (placed.reason !== null) cancel(placed.reason)
    else if (placed.price > one.price) cancel('dearer')
    else if (placed.at > now) later.push({ person, notBefore: placed.at })
    else going.push({ one, member, route: placed.route, price: placed.price })
  }
  const { ready, busy, lost } = await wordAll(tx, parts, broadcast, going, now)
  later.push(...busy)
  cancelled.push(...lost)
  const won = await claimDay(tx, id, dayOf(now), ready.map(({ person, route }) => ({ person, contact: route.contact }))) // prettier-ignore
  cancelled.push(...ready.filter(({ person }) => !won.has(person)).map(({ person }) => ({ person, reason: 'today' })))
  const leaving = ready.filter(({ person }) => won.has(person))
  await saveSessions(tx, leaving.map(({ row, session }) => ({ contact: row.contact, session }))) // prettier-ignore
  await appendOutbox(tx, leaving.map(({ message }) => message)) // prettier-ignore
  await queueRecipients(
    tx,
    id,
    leaving.map(({ person, route, member, message, price }) => ({ person, route, run: member.run, step: member.step, n: message.n, at: now, price })), // prettier-ignore
  )
  await cancelRecipients(tx, id, cancelled)
  await postponeRecipients(tx, id, later)
  return { taken: waiting.length, queued: leaving.map(({ row }) => row.contact) }
}

/** The messages in words, with their numbers; whoever is writing just now waits, and a message that cannot be worded holds up nobody else. */
async function wordAll(
  tx: Db,
  parts: ReminderParts,
  { id, plan }: Broadcast,
  going: readonly { one: WaitingRecipient; member: Member; route: Route; price: number }[],
  now: number,
): Promise<{
  ready: Ready[]
  busy: { person: string; notBefore: number }[]
  lost: { person: string; reason: string }[]
}> {
  const { world, texts, log } = parts
  const flow = world.flows.get(plan.audience.flow)!
  const rows = await loadByAddresses(tx, going.map(({ route }) => route), { lock: true }) // prettier-ignore
  const readers = new Map(rows.map((row) => [`${row.channel} ${row.address}`, row]))
  const runs = new Map((await loadRuns(tx, going.map(({ one }) => one.person))).map((run) => [run.id, run])) // prettier-ignore
  const ready: Ready[] = []
  const busy: { person: string; notBefore: number }[] = []
  const lost: { person: string; reason: string }[] = []
  const spokenTo = new Set<string>()
  for (const { one, member, route, price } of going) {
    const { person } = one
    const row = readers.get(`${route.channel} ${route.address}`)
    if (!row) {
      lost.push({ person, reason: 'no-contact' })
      continue
    }
    if (row.session.lastAt > now - BUSY_MS) {
      busy.push({ person, notBefore: row.session.lastAt + BUSY_MS })
      continue
    }
    if (spokenTo.has(row.contact)) {
      lost.push({ person, reason: 'today' })
      continue
    }
    try {
      const said = row.session.said + 1
      const worded = wordReminder(world, {
        flow,
        run: member.run === null ? null : (runs.get(member.run) ?? null),
        cause: causeOf(plan.audience.who),
        wording: plan.wording,
        person,
        group: member.group,
        helper: member.reader?.helper === true ? { label: member.label } : null,
        reader: { contact: row.contact, session: row.session },
        channel: route.channel,
        at: now,
      })
      const prompt = { n: said, ask: worded.ask, options: worded.reply.options.map((option) => option.id) }
      // A page reads its messages from the outbox: there the question stands at once. Elsewhere it does when the message leaves.
      const actingFor = member.label === null ? null : { label: member.label, group: member.group }
      const asked = isRead(route.channel) ? { person, actingFor, run: member.run, prompt } : {}
      const session = { ...row.session, ...asked, said, version: row.session.version + 1 }
      spokenTo.add(row.contact)
      ready.push({
        person,
        route,
        member,
        row,
        session,
        price,
        message: {
          contact: row.contact,
          n: said,
          channel: route.channel,
          address: route.address,
          at: now,
          kind: 'reminder',
          body: JSON.stringify(inWords(texts, worded.reply, session, now, worded.place)),
          status: isRead(route.channel) ? 'kept' : 'queued',
          dedupeKey: `reminder ${id} ${person}`,
        },
      })
    } catch (error) {
      log.error({ err: error instanceof Error ? error.message : String(error), broadcast: id, person }, 'reminders: not worded') // prettier-ignore
      lost.push({ person, reason: 'not-worded' })
    }
  }
  return { ready, busy, lost }
}
