import { closingLines, progressBlock } from '../core/broadcast/said.js'
import type { BroadcastState } from '../core/model/broadcast.js'
import type { ChannelName, Line } from '../core/model/message.js'
import type { Said } from '../core/model/outbox.js'
import { dayOf } from '../core/policy/calendar.js'
import { phrase } from '../core/talk/draft.js'
import { isRead, paragraphs } from '../speak/words.js'
import { loadBroadcast } from '../store/broadcasts.js'
import { loadByAddresses, saveSessions } from '../store/contacts.js'
import { dropDialog } from '../store/dialogs.js'
import { type LiveMessage, type SaidRow, saidAs } from '../store/live.js'
import { type ResultCount, resultsOf } from '../store/recipients.js'
import { scopeOfContact } from '../store/scope.js'
import type { Db } from '../store/tables.js'
import type { ReminderParts } from './parts.js'

/** The form whose question such a message asks. */
export const WATCHING = 'remind'
/** How long after a stop what was in flight is waited for, ms. */
const IN_FLIGHT_MS = 60_000

/** What a message that follows a broadcast should say now. `wait`: it has not left · `over`: it is followed no more · `last`: nothing comes behind this. */
export type Followed = { kind: 'wait' } | { kind: 'over' } | { kind: 'says'; row: SaidRow; said: Said; last: boolean }

/** Whether an app can show a message that changes. The page reads it anew. */
export function canFollow({ channels }: Pick<ReminderParts, 'channels'>, channel: ChannelName): boolean {
  return channel === 'web' || channels.some(({ name, capabilities }) => name === channel && capabilities.rewriting)
}

/**
 * Words a message that follows a broadcast anew, in a transaction. Its buttons stay as long as its question is in front; with the last words the
 * form is over, so that nothing is left to be answered.
 */
export async function followBroadcast(tx: Db, parts: ReminderParts, live: LiveMessage): Promise<Followed> {
  const now = parts.clock()
  const row = await saidAs(tx, live)
  if (row?.status === 'queued' || row?.status === 'sending') return { kind: 'wait' }
  if (!row || !(row.status === 'sent' || (row.status === 'kept' && isRead(row.channel)))) return { kind: 'over' }
  const [reader] = await loadByAddresses(tx, [row], { lock: true })
  const broadcast = await loadBroadcast(tx, await scopeOfContact(tx, live.contact), live.broadcast)
  if (!broadcast || reader?.contact !== live.contact) return { kind: 'over' }
  const results = await resultsOf(tx, live.broadcast)
  const { state, endedAt, plan } = broadcast
  const last = isLast({ state, endedAt }, results, now)
  const { session } = reader
  const { n, ask } = session.prompt
  const asks = n === live.n && ask.kind === 'dialog' && ask.dialog === WATCHING
  if (last && asks) {
    await dropDialog(tx, live.contact)
    const prompt = { n, ask: { kind: 'nothing' } as const, options: [] }
    await saveSessions(tx, [{ contact: live.contact, session: { ...session, version: session.version + 1, prompt } }])
  }
  const voice = { locale: session.locale, form: session.form, day: dayOf(now) }
  const end = last ? closingLines(results, endedAt ?? now) : asks ? [phrase('remind.watch-live')] : []
  const blocks = [progressBlock(plan.audience.flow, state, results), ...(end.length > 0 ? [end] : [])]
  const text = paragraphs(blocks, (line: Line) => parts.texts.render(line, voice))
  const { options } = JSON.parse(row.body) as Said
  return { kind: 'says', row, said: { text, options: asks && !last ? options : [] }, last }
}

function isLast(
  { state, endedAt }: { state: BroadcastState; endedAt: number | null },
  results: readonly ResultCount[],
  now: number,
): boolean {
  if (state === 'done') return true
  const flying = results.some(({ result }) => result === 'waiting')
  return state === 'stopped' && (!flying || now - (endedAt ?? now) > IN_FLIGHT_MS)
}
