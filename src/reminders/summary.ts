import { figureLines } from '../core/figures.js'
import { dayOf } from '../core/policy/calendar.js'
import { instantOf, summaryDay } from '../core/broadcast/rules.js'
import type { Line } from '../core/model/message.js'
import { paragraphs, isRead } from '../speak/words.js'
import { type AddressKey, loadByAddresses, saveSessions } from '../store/contacts.js'
import { counted } from '../store/counted.js'
import { optedOut } from '../store/opt-outs.js'
import { appendOutbox } from '../store/outbox.js'
import { scopeOfContact } from '../store/scope.js'
import { summaryReaders, withMessage } from '../store/summaries.js'
import type { Db } from '../store/tables.js'
import { channelRules, type ReminderParts } from './parts.js'

/** A summary that could not be sent for so long is left out: the next one is near, ms. */
const STALE_MS = 12 * 3_600_000

/** Sends heads and staff the figures of their scope for the week, once each; how many. */
export async function sendSummaries(parts: ReminderParts, now: number): Promise<number> {
  const { summary } = parts.ward.reminders
  if (summary === null) return 0
  const day = summaryDay(summary, now)
  if (now - instantOf(day, summary.at) > STALE_MS) return 0
  const keyOf = (contact: string) => `summary ${day} ${contact}`
  const readers = await summaryReaders(parts.store.db)
  const contacts = [...new Set(readers.map(({ contact }) => contact))]
  const out = await optedOut(parts.store.db, contacts)
  const done = await withMessage(parts.store.db, contacts.map(keyOf))
  const rules = channelRules(parts)
  let sent = 0
  for (const contact of contacts) {
    if (out.has(contact) || done.has(keyOf(contact))) continue
    // The app they used last; the page where there is none.
    const ways = readers.filter((reader) => reader.contact === contact)
    const way = ways.find(({ channel }) => rules.get(channel)?.pushes) ?? ways.find(({ channel }) => isRead(channel))
    if (!way) continue
    if (await parts.store.transaction((tx) => say(tx, parts, contact, way, keyOf(contact), now))) {
      parts.wake([contact])
      sent++
    }
  }
  return sent
}

async function say(tx: Db, parts: ReminderParts, contact: string, way: AddressKey, dedupeKey: string, now: number): Promise<boolean> {
  const [row] = await loadByAddresses(tx, [way], { lock: true })
  if (!row || row.contact !== contact || (await withMessage(tx, [dedupeKey])).size > 0) return false
  const scope = await scopeOfContact(tx, contact)
  if (scope.groups !== 'ward' && scope.groups.length === 0) return false
  const day = dayOf(now)
  const { rows, beside } = await counted(tx, scope)
  const lines = figureLines(parts.world.flows, parts.ward, rows, { flow: null, group: null, groups: scope.groups, day }, beside)
  const session = { ...row.session, said: row.session.said + 1, version: row.session.version + 1 }
  const voice = { locale: session.locale, form: session.form, day }
  const text = paragraphs(lines, (line: Line) => parts.texts.render(line, voice))
  await saveSessions(tx, [{ contact, session }])
  await appendOutbox(tx, [
    {
      contact,
      n: session.said,
      channel: way.channel,
      address: way.address,
      at: now,
      kind: 'bulk',
      body: JSON.stringify({ text, options: [] }),
      status: isRead(way.channel) ? 'kept' : 'queued',
      dedupeKey,
    },
  ])
  return true
} // prettier-ignore
