import type { Ask, Session } from '../core/model/contact.js'
import type { Said } from '../core/model/outbox.js'
import { atTheDoor, datedOf } from '../core/broadcast/dated.js'
import { type LeavingPerson, mayLeaveNow, type Verdict } from '../core/broadcast/leaving.js'
import { dayOf } from '../core/policy/calendar.js'
import { decodeTap } from '../core/talk/tap.js'
import { finishedOf, type Member, personsNow, stillInAudience } from '../store/audience.js'
import { type Broadcast, broadcastToSend } from '../store/broadcasts.js'
import { type LoadedContact, loadByAddresses, saveSessions } from '../store/contacts.js'
import { cheapen, type Cheaper } from '../store/prices.js'
import { type LeavingRecipient, leavingRecipients } from '../store/recipients.js'
import { claimDay, claimedElsewhere, type DayClaim, releaseDay } from '../store/reminded.js'
import { type ClaimedRow, putBack, settleRow } from '../store/sending.js'
import { dropRecipients, takeBack } from '../store/take-back.js'
import type { Db } from '../store/tables.js'
import { byText } from '../store/rows.js'
import { policyOf, queryOf, type ReminderParts } from './parts.js'
import { mayStillSend, stopDisowned } from './sender.js'
import { inFront } from './wording.js'
import { asNamed } from './queue.js'

/** A claimed message with everybody of whom it speaks, as they are now. */
interface Looked {
  row: ClaimedRow
  reader: LoadedContact
  broadcast: Broadcast
  people: (LeavingPerson & { recipient: LeavingRecipient; member: Member | null })[]
}

/**
 * Looks at claimed messages once more just before they leave, in a transaction: everybody is judged by what the plan would say now, day and week
 * included. Gives back those that may go; their question becomes the one in front, so that the answer goes to the person's own step.
 */
export async function lastLook(tx: Db, parts: ReminderParts, rows: readonly ClaimedRow[]): Promise<ClaimedRow[]> {
  const reminders = rows.filter(({ kind }) => kind === 'reminder')
  if (reminders.length === 0) return [...rows]
  const sessions = new Map((await loadByAddresses(tx, reminders, { lock: true })).map((row) => [row.contact, row]))
  // Read behind the lock: a turn that was under way has been written by now.
  const recipients = await leavingRecipients(tx, reminders)
  const going = new Set(rows)
  const allowed: { looked: Looked; price: number; charged: boolean }[] = []
  for (const { id, rows: some } of byBroadcast(reminders, recipients)) {
    const known = id === null ? null : await broadcastToSend(tx, id)
    const disowned = known !== null && !(await mayStillSend(tx, known))
    // Whoever pauses it, lets it go on or stops it does so before this look or behind it.
    const broadcast = known && (await broadcastToSend(tx, known.id, { lock: disowned ? 'update' : 'share' }))
    // Whoever reads it, or all of whom it speaks, were erased.
    for (const row of some.filter(({ contact }) => broadcast === null || !sessions.has(contact))) {
      going.delete(row)
      await settleRow(tx, row, 'cancelled', 'no-contact')
      await releaseDay(tx, [row])
    }
    if (!broadcast) continue
    for (const looked of await look(tx, parts, broadcast, some, recipients, sessions)) {
      const verdict = judge(parts, looked, disowned)
      if (verdict.kind === 'go') allowed.push({ looked, price: verdict.price, charged: verdict.charged })
      else {
        going.delete(looked.row)
        await hold(tx, looked, verdict)
      }
    }
    if (disowned) await stopDisowned(tx, broadcast.id, parts.clock())
  }
  for (const row of await lateForTheDay(tx, parts, allowed.map(({ looked }) => looked))) going.delete(row) // prettier-ignore
  const leaving = allowed.filter(({ looked }) => going.has(looked.row))
  await saveSessions(tx, leaving.flatMap(({ looked }) => asking(looked) ?? [])) // prettier-ignore
  await cheapen(tx, leaving.flatMap(cheaper)) // prettier-ignore
  return rows.filter((row) => going.has(row))
}

/** The messages of each broadcast; null: of those that speak of nobody any more. */
function byBroadcast(rows: readonly ClaimedRow[], recipients: readonly LeavingRecipient[]): { id: string | null; rows: ClaimedRow[] }[] {
  const of = new Map(recipients.map(({ contact, n, broadcast }) => [`${contact} ${n}`, broadcast]))
  const groups = new Map<string | null, ClaimedRow[]>()
  for (const row of rows) {
    const id = of.get(`${row.contact} ${row.n}`) ?? null
    groups.set(id, [...(groups.get(id) ?? []), row])
  }
  // In the same order everywhere: they are locked one by one.
  return [...groups].sort(byText(([id]) => id ?? '')).map(([id, some]) => ({ id, rows: some }))
} // prettier-ignore

async function look(
  tx: Db,
  parts: ReminderParts,
  broadcast: Broadcast,
  rows: readonly ClaimedRow[],
  recipients: readonly LeavingRecipient[],
  sessions: ReadonlyMap<string, LoadedContact>,
): Promise<Looked[]> {
  const { plan, id } = broadcast
  const mine = recipients.filter((one) => one.broadcast === id)
  const now = await personsNow(tx, mine.map(({ person }) => person)) // prettier-ignore
  const ids = [...new Set(now.values())]
  const query = { ...queryOf(parts, plan, parts.clock(), id), own: rows }
  const members = new Map((await stillInAudience(tx, query, ids)).map((one) => [one.person, one]))
  const finished = await finishedOf(tx, plan.audience.flow, ids.filter((person) => !members.has(person))) // prettier-ignore
  return rows.flatMap((row) => {
    const reader = sessions.get(row.contact)
    if (!reader) return []
    const people = mine
      .filter(({ contact, n }) => contact === row.contact && n === row.n)
      .map((recipient) => {
        const is = now.get(recipient.person) ?? recipient.person
        const member = members.get(is) ?? null
        const sameStep = member !== null && member.run === recipient.run && (member.run === null || member.step === recipient.step) // prettier-ignore
        return { person: recipient.person, candidate: member, member, finished: finished.has(is), sameStep, recipient }
      })
    return [{ row, reader, broadcast, people }]
  })
}

function judge(parts: ReminderParts, { row, reader, broadcast, people }: Looked, disowned: boolean): Verdict {
  const recipients = people.map(({ recipient }) => recipient)
  const price = Math.max(...recipients.map((one) => one.price))
  // What the plan granted is still theirs.
  const package_ = recipients.some((one) => one.place === 'paid' && one.price === 0)
  const named = optionsIn(row).filter((option) => /^w\d+$/.test(option)).length
  // Somebody whom it names was erased: it has to be worded anew.
  if (named > 0 && named !== people.length) return { kind: 'cancel', why: new Map() }
  return mayLeaveNow(
    {
      broadcast: broadcast.state,
      disowned,
      writtenAt: row.at,
      lastAt: reader.session.lastAt,
      route: { contact: row.contact, channel: row.channel, address: row.address },
      price,
      granted: { free: package_ && price === 0 ? 1 : 0, paid: price > 0 ? 1 : 0 },
      people,
      dated: datedOf(broadcast.plan, broadcast.rule),
    },
    policyOf(parts, broadcast.plan, parts.clock(), new Set()),
  )
}

async function hold(tx: Db, { row, broadcast, people }: Looked, verdict: Exclude<Verdict, { kind: 'go' }>): Promise<void> {
  if (verdict.kind === 'reword') return takeBack(tx, [row], 'changed')
  if (verdict.kind === 'hold') return takeBack(tx, [row], 'paused')
  if (verdict.kind === 'wait') return putBack(tx, row, { notBefore: verdict.until, error: null, doubt: false })
  const { why } = verdict
  await dropRecipients(tx, broadcast.id, [...why].map(([person, reason]) => ({ person, reason }))) // prettier-ignore
  if (why.size < people.length) return takeBack(tx, [row], 'changed')
  await settleRow(tx, row, 'cancelled', [...why.values()][0]!)
  await releaseDay(tx, [row])
} // prettier-ignore

/** A message that was written on another day than it leaves takes the day on which it does; gives those for which that day is taken. */
async function lateForTheDay(tx: Db, parts: ReminderParts, looked: readonly Looked[]): Promise<ClaimedRow[]> {
  const today = dayOf(parts.clock())
  const late = await claimedElsewhere(tx, today, looked.map(({ row }) => row)) // prettier-ignore
  if (late.length === 0) return []
  const key = ({ contact, n }: Pick<DayClaim, 'contact' | 'n'>) => `${contact} ${n}`
  await releaseDay(tx, late)
  const won = await claimDay(tx, today, late)
  const lost = new Set(late.filter(({ person }) => !won.some((one) => one.person === person)).map(key))
  const rows: ClaimedRow[] = []
  for (const one of looked.filter(({ row }) => lost.has(key(row)))) {
    const reason = atTheDoor(datedOf(one.broadcast.plan, one.broadcast.rule), 'today') ?? 'today'
    const why = new Map(one.people.map(({ person }) => [person, reason] as const))
    await hold(tx, one, { kind: 'cancel', why })
    rows.push(one.row)
  }
  return rows
}

/** The reader's session with the reminder's question in front; null where something newer was said, or it stands already. */
function asking({ row, reader: { contact, self, session }, broadcast, people }: Looked): { contact: string; session: Session } | null {
  if (session.said !== row.n || session.prompt.n === row.n) return null
  const { flow } = broadcast.plan.audience
  const about = people
    .map(({ person, member }) => {
      const reader = member!.readers.find(({ ways }) => ways.some((way) => way.contact === row.contact))
      return { person, member: member!, label: member!.person === self ? null : (reader?.label ?? '') }
    })
    .sort(asNamed)
    .map(({ member: { person, group, run }, label }) => ({ person, group, run: run === null ? null : { id: run }, helper: label === null ? null : { label } }))
  const ask: Ask =
    about.length > 1
      ? { kind: 'whom', flow, people: about.map(({ person, helper }) => ({ person, label: helper?.label ?? null })) }
      : about[0]!.run === null
        ? { kind: 'about', flow }
        : { kind: 'recap', step: people[0]!.member!.step ?? '' }
  return { contact, session: { ...session, version: session.version + 1, ...inFront(ask, row.n, optionsIn(row), about) } }
} // prettier-ignore

function optionsIn(row: ClaimedRow): string[] {
  return (JSON.parse(row.body) as Said).options.flatMap(({ data }) => decodeTap(data)?.option ?? [])
}

/** What a message takes less than was agreed to, because its reader was there again meanwhile. */
function cheaper({
  looked: { people },
  price,
  charged,
}: {
  looked: Looked
  price: number
  charged: boolean
}): Cheaper[] {
  return people
    .map(({ recipient }) => recipient)
    .filter((one) => one.price > price || (one.place === 'paid' && !charged))
    .map(({ broadcast, person }) => ({ broadcast, person, price, charged }))
}
