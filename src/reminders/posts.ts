import type { Outcome, SendingChannel } from '../channels/channel.js'
import { datedOf, isTooLate } from '../core/broadcast/dated.js'
import { wordPost } from '../core/broadcast/post.js'
import { addDays, dayOf, startOfDay } from '../core/policy/calendar.js'
import { afterQuiet } from '../core/policy/quiet.js'
import type { Broadcast } from '../store/broadcasts.js'
import { claimPost, lastPosts, pendingPosts, postFailed, postToPaper } from '../store/posts.js'
import type { Store } from '../store/open.js'
import type { ReminderParts } from './parts.js'

/** Between two tries of a post that surely did not arrive, ms; and how long after the confirmation it is tried at all. */
const AGAIN_MS = 60_000
const GIVE_UP_MS = 24 * 3_600_000

type Poster = SendingChannel & Required<Pick<SendingChannel, 'sendToGroup'>>

/** Group chats that can be posted to, by residential group: none without a channel that posts. */
export function chatsOf({ ward, channels }: Pick<ReminderParts, 'ward' | 'channels'>): Map<number, string> {
  if (posterOf(channels) === null) return new Map()
  return new Map(Object.entries(ward.reminders['group-posts']).map(([group, chat]) => [Number(group), chat]))
}

function posterOf(channels: readonly SendingChannel[]): Poster | null {
  return (channels.find(({ sendToGroup }) => sendToGroup !== undefined) as Poster | undefined) ?? null
}

/** Groups whose chat has had its posts of the day or the week: as many as a person may have reminders. */
export async function groupsFull({ ward }: Pick<ReminderParts, 'ward'>, store: Store, now: number): Promise<Set<number>> {
  const today = dayOf(now)
  const posts = await lastPosts(store.db, startOfDay(addDays(today, -6)))
  const full = (at: readonly number[]) => at.length >= ward.reminders['per-week'] || at.some((one) => one >= startOfDay(today)) // prettier-ignore
  return new Set([...posts].filter(([, at]) => full(at)).map(([group]) => group))
} // prettier-ignore

/** Posts of broadcasts to group chats, each at most once: what is in doubt is not repeated, and what failed puts its people on paper. */
export function createPosts(parts: ReminderParts): {
  /** `left`: something still waits for its time. */
  post(broadcast: Broadcast): Promise<{ posted: number; left: boolean }>
} {
  const { store, clock, log, world, ward } = parts
  const over = new Set<string>()
  const notBefore = new Map<string, number>()

  const one = async (broadcast: Broadcast, group: number, poster: Poster, chat: string): Promise<'posted' | 'left' | 'paper'> => {
    const { id, plan } = broadcast
    const now = clock()
    if (!(await claimPost(store.db, id, group, now))) return 'posted'
    const text = wordPost(world, { flow: plan.audience.flow, wording: plan.wording, group, at: now })
    const outcome: Outcome = await poster.sendToGroup(chat, text)
    if (outcome.kind === 'sent' || outcome.kind === 'unknown') {
      log.info({ broadcast: id, group, kind: outcome.kind }, 'reminders: posted to the group chat')
      return 'posted'
    }
    await postFailed(store.db, id, group)
    const later = outcome.kind === 'retry-after' || outcome.kind === 'not-sent' || outcome.kind === 'auth-lost'
    if (later && now - (broadcast.confirmedAt ?? now) < GIVE_UP_MS) {
      notBefore.set(id, now + Math.max(AGAIN_MS, outcome.kind === 'retry-after' ? outcome.ms : 0))
      return 'left'
    }
    log.error({ broadcast: id, group, kind: outcome.kind }, 'reminders: not posted, its people are to be visited')
    await postToPaper(store.db, id, group)
    return 'paper'
  } // prettier-ignore

  return {
    async post(broadcast) {
      const { id, plan, rule, tally } = broadcast
      if (tally.places['group-post'] === 0 || over.has(id)) return { posted: 0, left: false }
      const now = clock()
      const poster = posterOf(parts.channels)
      const quiet = [ward.reminders.quiet, ...(poster?.capabilities.quiet ? [poster.capabilities.quiet] : [])]
      const at = afterQuiet(quiet, Math.max(now, plan.at ?? 0, notBefore.get(id) ?? 0))
      const never = at === null || isTooLate(datedOf(plan, rule), at)
      if (!never && at > now) return { posted: 0, left: true }
      let [posted, left] = [0, false]
      for (const group of await pendingPosts(store.db, id)) {
        const chat = chatsOf(parts).get(group)
        if (never || poster === null || chat === undefined || (await groupsFull(parts, store, now)).has(group)) {
          await postToPaper(store.db, id, group)
          continue
        }
        const done = await one(broadcast, group, poster, chat)
        if (done === 'posted') posted++
        left ||= done === 'left'
      }
      if (!left) over.add(id)
      return { posted, left }
    },
  }
}
