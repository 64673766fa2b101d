import type { BroadcastPlan } from '../core/model/broadcast.js'
import { CHANNELS, type ChannelName } from '../core/model/message.js'
import type { Scope } from '../core/policy/roles.js'
import { allowedIn } from '../core/broadcast/allowed.js'
import { checkOwnText, ownTextLimit, type OwnTextProblem } from '../core/broadcast/own-text.js'
import { type Changes, changesSince, staysWithin } from '../core/broadcast/changes.js'
import { messagesOf } from '../core/broadcast/planner.js'
import {
  beginFreeze,
  deadFreezes,
  dropPreview,
  endFreeze,
  goOnFreezing,
  type Broadcast,
  broadcastByKey,
  insertBroadcast,
  broadcastToSend,
  moveBroadcast,
  renewPreview,
  runningBroadcasts,
  shownOf,
  thawBroadcast,
} from '../store/broadcasts.js'
import { sameOwner } from '../store/approval.js'
import { storeFailure } from '../store/errors.js'
import {
  cancelBroadcast,
  forgetRecipients,
  insertRecipients,
  type ResultCount,
  resultsOf,
} from '../store/recipients.js'
import { takeBackAll } from '../store/take-back.js'
import { dueByChannel, isUnsent } from '../store/feeding.js'
import { postToPaper } from '../store/posts.js'
import { needsAnother } from './approval.js'
import { endOutlived } from './ending.js'
import { createPosts } from './posts.js'
import { breathe, type ReminderParts } from './parts.js'
import { type Planned, runPlan } from './plan.js'
import { BATCH, queueBatch } from './queue.js'

/** A freeze that has not ended after so long was left by a process that died, ms. */
const FREEZE_MS = 120_000
/** Recipients taken back at a time. */
const FORGET = 5_000
/** How often broadcasts are looked at, ms. */
const LOOK_MS = 1_000

/** A preview, or what is wrong with the plan. */
export type Previewed =
  | ({ kind: 'preview'; id: string; needsApproval: boolean } & Planned)
  | { kind: 'no-such-flow' }
  | { kind: 'bad-text'; problems: OwnTextProblem[] }

/** What a confirmation came to. */
export type Confirmed =
  /** `again`: this confirmation was made before, and nothing was done twice. */
  | { kind: 'confirmed'; again: boolean; broadcast: Broadcast }
  /** Not what the preview has shown: here is the new one, to be confirmed anew. `changes` null: it was made anew in another window. */
  | ({ kind: 'changed'; id: string; needsApproval: boolean; changes: Changes | null } & Planned)
  | { kind: 'wrong-count'; count: number }
  /** So many messages that somebody else than the sender has to confirm. */
  | { kind: 'needs-approval' }
  /** Another confirmation of it is under way. */
  | { kind: 'busy' }
  | { kind: 'gone' }

export interface Confirmation {
  id: string
  /** Made once for every confirmation that is shown: sent again, it is the same one. */
  key: string
  by: string | null
  /** The number of messages, as the confirming person typed it. */
  count: number
  /** The fingerprint of the preview they looked at: it may have been made anew in another window since. Left out where both are one act. */
  seen?: string | undefined
}

/** Who sends: a person by contact, or a rule of the ward. */
export interface Sender {
  contact: string | null
  scope: Scope
  rule?: string | null
}

/** Broadcasts from the plan to the last outcome. */
export interface Reminders {
  /** Nobody outside the sender's scope is in it, whatever the plan says. */
  preview(sender: Sender, plan: BroadcastPlan): Promise<Previewed>
  confirm(confirmation: Confirmation): Promise<Confirmed>
  /** False: it is not running. */
  pause(id: string): Promise<boolean>
  resume(id: string): Promise<boolean>
  /** For good: nothing of it leaves any more but what is in flight. How many were kept back; null: there was nothing to stop. */
  stop(id: string): Promise<number | null>
  progress(id: string): Promise<ResultCount[]>
  /** Puts the next batch of every running broadcast into the outbox; how many recipients were looked at. */
  runOnce(): Promise<number>
  start(): void
  close(): Promise<void>
}

export function createReminders(parts: ReminderParts): Reminders {
  const { store, clock, log } = parts
  let timer: NodeJS.Timeout | undefined
  let running: Promise<number> | null = null
  const posting = createPosts(parts)

  const needsApproval = ({ tally }: Pick<Planned, 'tally'>, { sender, rule }: Pick<Broadcast, 'sender' | 'rule'>) =>
    rule === null ? needsAnother(parts, sender, messagesOf(tally)) : Promise.resolve(false)

  const forget = async (id: string): Promise<void> => {
    while ((await store.transaction((tx) => forgetRecipients(tx, id, FORGET))) > 0) await breathe()
  }

  /** What a process left behind that died in the middle of a confirmation: a preview again, and nobody waits in it. */
  const thaw = async (): Promise<void> => {
    const before = clock() - FREEZE_MS
    for (const { id, rule } of await deadFreezes(store.db, before)) {
      await forget(id)
      if (!(await thawBroadcast(store.db, id, before))) continue
      log.warn({ broadcast: id, rule }, 'reminders: a confirmation was cut off, nothing of it had left')
      // A rule plans anew by itself.
      if (rule !== null) await dropPreview(store.db, id)
    }
  }

  const confirm = async ({ id, key, by, count, seen }: Confirmation): Promise<Confirmed> => {
    const before = await broadcastByKey(store.db, key)
    if (before && before.state !== 'preview' && before.state !== 'freezing')
      return before.id === id ? { kind: 'confirmed', again: true, broadcast: before } : { kind: 'gone' }
    const shown = await broadcastToSend(store.db, id)
    if (!shown || (shown.state !== 'preview' && shown.state !== 'freezing')) return { kind: 'gone' }
    const asked = shown.state === 'preview' && shown.confirmedAt !== null ? shown : null
    if (seen !== undefined && seen !== shown.fingerprint && shown.state === 'preview') {
      const planned = await runPlan(parts, shown.plan, clock(), null, shown.rule)
      await renewPreview(store.db, id, planned, asked)
      return { kind: 'changed', id, needsApproval: await needsApproval(planned, shown), changes: null, ...planned }
    }
    const agreed = { shown: (await shownOf(store.db, id)) ?? '', tally: shown.tally }
    const messages = messagesOf(shown.tally)
    if (count !== messages) return { kind: 'wrong-count', count: messages }
    // A rule of the ward was agreed to when it was switched on.
    const alone = by === null || (shown.sender !== null && (await sameOwner(store.db, shown.sender)).includes(by))
    if (alone && (await needsApproval(shown, shown))) return { kind: 'needs-approval' }
    const now = clock()
    if (!(await beginFreeze(store.db, id, { key, by, at: now, staleBefore: now - FREEZE_MS }))) return { kind: 'busy' }
    let mine = true
    try {
      await forget(id)
      const planned = await runPlan(parts, shown.plan, now, id, shown.rule, (page) =>
        store.transaction(async (tx) => {
          mine = await goOnFreezing(tx, id, key, clock())
          if (mine) await insertRecipients(tx, id, page)
        }),
      )
      if (!mine) return { kind: 'busy' }
      const changes = changesSince(agreed, planned)
      // A rule was agreed to for whoever it is about: who has dropped out since it was looked at a moment ago is nobody to ask about.
      if (changes === null || (by === null && staysWithin(planned, agreed))) {
        if (!(await endFreeze(store.db, id, { key, tally: planned.tally, at: now }))) return { kind: 'busy' }
        return { kind: 'confirmed', again: false, broadcast: (await broadcastToSend(store.db, id))! }
      }
      await forget(id)
      await renewPreview(store.db, id, { ...planned, tally: { ...planned.tally, changes } }, asked)
      return { kind: 'changed', id, needsApproval: await needsApproval(planned, shown), changes, ...planned }
    } catch (error) {
      // Nothing of it has left: the same confirmation may be tried again, and nobody waits in it meanwhile.
      await forget(id).catch(() => {})
      await renewPreview(store.db, id, { ...shown, ...agreed }, asked).catch(() => {})
      throw error
    }
  }

  /** One broadcast: batch after batch, as long as its messages leave; what waits for one app holds up nobody of another. */
  const feed = async (broadcast: Broadcast): Promise<number> => {
    const { id } = broadcast
    const posts = await posting.post(broadcast)
    let taken = posts.posted
    for (const { channel, queued } of await dueByChannel(store.db, id, CHANNELS, clock()))
      if (queued <= BATCH / 2) taken += await feedBy(broadcast, channel, BATCH - queued)
    if (!posts.left && !(await isUnsent(store.db, id)))
      await moveBroadcast(store.db, id, { from: ['running'], to: 'done', at: clock() })
    return taken
  }

  /** One app: until there is a message for it, or nobody is left. */
  const feedBy = async (broadcast: Broadcast, channel: ChannelName, limit: number): Promise<number> => {
    let taken = 0
    for (;;) {
      const batch = await store.transaction((tx) => queueBatch(tx, parts, broadcast, { channel, limit }))
      if (batch.queued.length > 0) parts.wake(batch.queued)
      taken += batch.taken
      if (batch.taken === 0 || batch.queued.length > 0) return taken
      await breathe()
    }
  }

  const run = async (): Promise<number> => {
    await thaw()
    await endOutlived(parts)
    let taken = 0
    for (const broadcast of await runningBroadcasts(store.db)) taken += await feed(broadcast)
    return taken
  }

  const runOnce = () =>
    (running ??= run().finally(() => {
      running = null
    }))

  const look = () => {
    if (running !== null) return
    void runOnce().catch((error: unknown) =>
      log.error(
        { err: storeFailure(error) ?? (error instanceof Error ? error.name : 'failed') },
        'reminders: not looked',
      ),
    )
  }

  return {
    async preview({ contact, scope, rule = null }, asked) {
      const plan = within(scope, asked)
      if (!parts.world.flows.has(plan.audience.flow)) return { kind: 'no-such-flow' }
      const problems =
        plan.wording.kind === 'own'
          ? checkOwnText(plan.wording.text, allowedIn(parts.ward), ownTextLimit(parts.channels))
          : []
      if (problems.length > 0) return { kind: 'bad-text', problems }
      const now = clock()
      const planned = await runPlan(parts, plan, now, null, rule)
      const id = parts.newId()
      const { tally, fingerprint, shown } = planned
      await insertBroadcast(store.db, { id, sender: contact, rule, plan, tally, fingerprint, shown, createdAt: now })
      return { kind: 'preview', id, needsApproval: await needsApproval(planned, { sender: contact, rule }), ...planned }
    },
    confirm,
    pause: (id) =>
      store.transaction(async (tx) => {
        if (!(await moveBroadcast(tx, id, { from: ['running'], to: 'paused', at: clock() }))) return false
        await takeBackAll(tx, id, 'paused')
        return true
      }),
    async resume(id) {
      const resumed = await moveBroadcast(store.db, id, { from: ['paused'], to: 'running', at: clock() })
      if (resumed && timer !== undefined) look()
      return resumed
    },
    stop: (id) =>
      store.transaction(async (tx) => {
        const from = ['running', 'paused'] as const
        if (!(await moveBroadcast(tx, id, { from, to: 'stopped', at: clock() }))) return null
        await postToPaper(tx, id, null)
        return cancelBroadcast(tx, id, 'stopped')
      }),
    progress: (id) => resultsOf(store.db, id),
    runOnce,
    start() {
      timer = setInterval(look, LOOK_MS)
      look()
    },
    async close() {
      clearInterval(timer)
      await running?.catch(() => 0)
    },
  }
}

/** The plan cut down to the groups of a scope. */
function within(scope: Scope, plan: BroadcastPlan): BroadcastPlan {
  if (scope.groups === 'ward') return plan
  const groups = (plan.audience.groups ?? scope.groups).filter((group) => scope.holds(group))
  return { ...plan, audience: { ...plan.audience, groups } }
}
