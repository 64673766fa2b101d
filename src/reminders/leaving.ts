import type { Session } from '../core/model/contact.js'
import type { Said } from '../core/model/outbox.js'
import { mayLeaveNow, type Verdict } from '../core/broadcast/leaving.js'
import { decodeTap } from '../core/talk/tap.js'
import { type LoadedContact, loadByAddresses, saveSessions } from '../store/contacts.js'
import { quietHours } from '../store/opt-outs.js'
import { cheapen } from '../store/prices.js'
import { type LeavingRecipient, leavingRecipients, releaseDay } from '../store/recipients.js'
import { type ClaimedRow, putBack, settleRow } from '../store/sending.js'
import type { Db } from '../store/tables.js'
import { channelRules, type ReminderParts } from './parts.js'

/** A message that waits for somebody to let its broadcast go on: no clock gets there. */
export const HELD = 8_640_000_000_000_000

/**
 * Looks at claimed messages once more just before they leave, in a transaction: who finished, opted out, moved on or came back by themselves gets
 * none. Gives back those that may go; their question becomes the one in front, so that the answer goes to the person's own step.
 */
export async function lastLook(tx: Db, parts: ReminderParts, rows: readonly ClaimedRow[]): Promise<ClaimedRow[]> {
  const reminders = rows.filter(({ kind }) => kind === 'reminder')
  if (reminders.length === 0) return [...rows]
  const now = parts.clock()
  const sessions = new Map((await loadByAddresses(tx, reminders, { lock: true })).map((row) => [row.contact, row]))
  // Read behind the lock: a turn that was under way has been written by now.
  const facts = new Map((await leavingRecipients(tx, reminders)).map((one) => [`${one.contact} ${one.n}`, one]))
  const own = await quietHours(tx, [...facts.values()].map(({ person }) => person)) // prettier-ignore
  const rules = channelRules(parts)
  const asked: { contact: string; session: Session }[] = []
  const released = new Map<string, string[]>()
  const cheaper: { broadcast: string; person: string; price: number }[] = []
  const going = new Set(rows)
  for (const row of reminders) {
    const one = facts.get(`${row.contact} ${row.n}`)
    const reader = sessions.get(row.contact)
    if (!one || !reader) continue
    const verdict = mayLeaveNow(
      {
        writtenAt: row.at,
        price: one.place === 'paid' ? Math.max(one.price, rules.get(row.channel)?.window?.price ?? 0) : one.price,
        broadcast: one.state,
        optedOut: one.optedOut > 0,
        consented: reader.session.consent !== null,
        finished: one.finished > 0,
        theirs: one.self === one.person || one.label !== null,
        sameStep: one.run === null || one.runStep === one.step,
        lastAt: reader.session.lastAt,
        lastInteraction: one.lastInteraction,
        heldUntil: one.heldUntil,
        quiet: [parts.ward.reminders.quiet, ...(own.get(one.person) ?? [])],
        rules: rules.get(row.channel) ?? null,
      },
      now,
    )
    if (verdict.kind === 'go') {
      if (verdict.price < one.price)
        cheaper.push({ broadcast: one.broadcast, person: one.person, price: verdict.price })
      const session = asking(row, one, reader)
      if (session) asked.push({ contact: row.contact, session })
      continue
    }
    going.delete(row)
    await hold(tx, row, verdict)
    if (verdict.kind === 'cancel') released.set(one.broadcast, [...(released.get(one.broadcast) ?? []), one.person])
  }
  await saveSessions(tx, asked)
  await cheapen(tx, cheaper)
  for (const [broadcast, persons] of released) await releaseDay(tx, broadcast, persons)
  return rows.filter((row) => going.has(row))
}

async function hold(tx: Db, row: ClaimedRow, verdict: Exclude<Verdict, { kind: 'go' }>): Promise<void> {
  if (verdict.kind === 'cancel') return settleRow(tx, row, 'cancelled', verdict.why)
  await putBack(tx, row, { notBefore: verdict.kind === 'hold' ? HELD : verdict.until, error: null, doubt: false })
}

/** The reader's session with the reminder's question in front; null where something newer was said, or it stands already. */
function asking(row: ClaimedRow, one: LeavingRecipient, { session }: LoadedContact): Session | null {
  if (session.said !== row.n || session.prompt.n === row.n) return null
  const options = (JSON.parse(row.body) as Said).options.flatMap(({ data }) => decodeTap(data)?.option ?? [])
  const ask = one.run === null ? ({ kind: 'about', flow: one.flow } as const) : ({ kind: 'recap' } as const)
  const actingFor = one.self === one.person ? null : { label: one.label ?? '', group: one.group }
  return { ...session, version: session.version + 1, person: one.person, actingFor, run: one.run, prompt: { n: row.n, ask, options } }
} // prettier-ignore
