import { type Ending, endOf, LIFE_DAYS, PAUSE_DAYS } from '../core/broadcast/endings.js'
import { DAY_MS, dayOf } from '../core/policy/calendar.js'
import { type Broadcast, broadcastToSend, moveBroadcast, outlived } from '../store/broadcasts.js'
import { loadReachable } from '../store/contacts.js'
import { postToPaper } from '../store/posts.js'
import { cancelBroadcast } from '../store/recipients.js'
import type { Db } from '../store/tables.js'
import { tell } from './approval.js'
import type { ReminderParts } from './parts.js'

/** Ends what was paused too long, or did not get out in its days: nobody waits in it for ever, and its sender is told. */
export async function endOutlived(parts: ReminderParts): Promise<void> {
  const { store, clock } = parts
  const now = clock()
  const limits = { pausedBefore: now - PAUSE_DAYS * DAY_MS + 1, begunBefore: now - LIFE_DAYS * DAY_MS + 1 }
  for (const old of await outlived(store.db, limits)) {
    if (endOf(old, now) !== null) await store.transaction((tx) => end(tx, parts, old, now))
  }
}

async function end(tx: Db, parts: ReminderParts, { id, sender }: Broadcast, now: number): Promise<void> {
  // The order in which a form locks too: whoever asks, and then what they decide about.
  if (sender !== null) await loadReachable(tx, sender, { lock: true })
  const broadcast = await broadcastToSend(tx, id, { lock: 'update' })
  const why = broadcast && endOf(broadcast, now)
  if (!why || !(await moveBroadcast(tx, id, { from: ['running', 'paused'], to: 'stopped', at: now }))) return
  await postToPaper(tx, id, null)
  const count = await cancelBroadcast(tx, id, why)
  parts.log.warn({ broadcast: id, why, count }, 'reminders: ended by itself, those left stand on the list of visits')
  if (sender !== null && count > 0)
    await tell(tx, parts, [sender], `remind.ended.${why}`, wordsOf(why, broadcast, count))
}

function wordsOf(why: Ending, { confirmedAt, createdAt }: Broadcast, count: number) {
  const days = why === 'paused-long' ? PAUSE_DAYS : LIFE_DAYS
  return { day: { day: dayOf(confirmedAt ?? createdAt) }, days, count }
}
