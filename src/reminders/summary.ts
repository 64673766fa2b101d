import { figureLines } from '../core/figures.js'
import { dayOf } from '../core/policy/calendar.js'
import { type ChannelRules, WINDOW_MARGIN_MS } from '../core/policy/reach.js'
import { type Hours, within } from '../core/policy/quiet.js'
import { instantOf, summaryDay } from '../core/broadcast/rules.js'
import type { Line } from '../core/model/message.js'
import { paragraphs, isRead } from '../speak/words.js'
import { type AddressKey, loadByAddresses, saveSessions } from '../store/contacts.js'
import { counted } from '../store/counted.js'
import { optedOut, quietHours } from '../store/opt-outs.js'
import { appendOutbox } from '../store/outbox.js'
import { scopeOfContact } from '../store/scope.js'
import { cancelWaiting, type SummaryReader, summaryReaders, withMessage } from '../store/summaries.js'
import type { Db } from '../store/tables.js'
import { channelRules, type ReminderParts } from './parts.js'

/** What its keys begin with. */
const KEY = 'summary '
/** A summary that could not be sent for so long is left out: the next one is near, ms. */
const STALE_MS = 12 * 3_600_000

/** Sends heads and staff the figures of their scope for the week, once each, while it costs nothing and disturbs nobody; how many. */
export async function sendSummaries(parts: ReminderParts, now: number): Promise<number> {
  const { summary } = parts.ward.reminders
  if (summary === null) return 0
  await cancelWaiting(parts.store.db, KEY, { contact: null, before: now - STALE_MS })
  const day = summaryDay(summary, now)
  if (now - instantOf(day, summary.at) > STALE_MS) return 0
  const keyOf = (contact: string) => `${KEY}${day} ${contact}`
  const readers = await summaryReaders(parts.store.db)
  const contacts = [...new Set(readers.map(({ contact }) => contact))]
  const out = await optedOut(parts.store.db, contacts)
  const done = await withMessage(parts.store.db, contacts.map(keyOf))
  const own = await quietHours(parts.store.db, readers.map(({ person }) => person)) // prettier-ignore
  const ward = parts.ward.reminders.quiet
  const rules = channelRules(parts)
  let sent = 0
  for (const contact of contacts) {
    if (out.has(contact) || done.has(keyOf(contact))) continue
    // The app they used last that takes it for nothing at this hour; the page where there is none at all.
    const ways = readers.filter((reader) => reader.contact === contact)
    const apps = ways.filter(({ channel }) => rules.get(channel)?.pushes)
    const way = apps.length === 0 ? ways.find(({ channel }) => isRead(channel)) : apps.find((one) => isFree(one, [ward, ...(own.get(one.person) ?? [])], rules.get(one.channel)!, now)) // prettier-ignore
    if (!way) continue
    if (await parts.store.transaction((tx) => say(tx, parts, contact, way, keyOf(contact), now))) {
      parts.wake([contact])
      sent++
    }
  }
  return sent
}

/** Whether an app takes a message now that nobody asked for, for nothing: in nobody's quiet hours, and while its window is free. */
function isFree({ lastAt }: SummaryReader, quiet: readonly Hours[], rules: ChannelRules, now: number): boolean {
  if ([...quiet, ...(rules.quiet ? [rules.quiet] : [])].some((hours) => within(hours, now))) return false
  return rules.window === null || (lastAt !== null && now - lastAt + WINDOW_MARGIN_MS <= rules.window.free)
}

async function say(tx: Db, parts: ReminderParts, contact: string, way: AddressKey, dedupeKey: string, now: number): Promise<boolean> {
  const [row] = await loadByAddresses(tx, [way], { lock: true })
  if (!row || row.contact !== contact || (await withMessage(tx, [dedupeKey])).size > 0) return false
  await cancelWaiting(tx, KEY, { contact, before: now })
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
