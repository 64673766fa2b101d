import type { AuditEntry } from '../core/model/audit.js'
import type { BroadcastPlan, Place } from '../core/model/broadcast.js'
import { allowedIn } from '../core/broadcast/allowed.js'
import { checkOwnText } from '../core/broadcast/own-text.js'
import type { Scope } from '../core/policy/roles.js'
import { audit, type Done } from '../store/audit.js'
import { askApproval, type Broadcast, dropPreview, loadBroadcast, renewPreview } from '../store/broadcasts.js'
import type { Db } from '../store/tables.js'
import { messagesOf } from '../core/broadcast/planner.js'
import { needsAnother, othersThan, tell } from './approval.js'
import type { ReminderParts } from './parts.js'
import { type Planned, runPlan } from './plan.js'
import { type Confirmation, type Confirmed, createReminders, type Reminders } from './reminders.js'

/**
 * What the form in the chat and the page do alike: the confirmation with its line in the log, and the
 * second person's yes.
 */

/** The groups of a plan: the one that was chosen, or all of the scope; null is the whole ward. */
export function groupsOfScope(scope: Scope, group: number | null): readonly number[] | null {
  if (group !== null) return [group]
  return scope.groups === 'ward' ? null : scope.groups
}

/** Whether it waits for the yes of somebody else than its sender. */
export function isAsked({ state, confirmedAt }: Pick<Broadcast, 'state' | 'confirmedAt'>): boolean {
  return state === 'preview' && confirmedAt !== null
}

/** Whether this one may give that yes: ward staff, and not the sender. */
export function mayApprove(scope: Scope, broadcast: Broadcast): boolean {
  return isAsked(broadcast) && scope.groups === 'ward' && broadcast.sender !== scope.who
}

/** Whether this one may take it back: its sender, as long as nobody has agreed. */
export function mayWithdraw(scope: Scope, broadcast: Broadcast): boolean {
  return isAsked(broadcast) && broadcast.sender === scope.who
}

/** What is said of a broadcast that waits for a yes: since when, and how many may give it. */
export async function waitingFor(
  db: Db,
  scope: Scope,
  { sender, confirmedAt }: Broadcast,
): Promise<{ since: number; approvers: number; own: boolean }> {
  const approvers = sender === null ? 0 : (await othersThan(db, sender)).length
  return { since: confirmedAt ?? 0, approvers, own: sender === scope.who }
}

/** Broadcasts within a transaction that is open already: all they do is kept with it or not at all. */
export function remindersWithin(parts: ReminderParts, tx: Db): Reminders {
  return createReminders(partsWithin(parts, tx))
}

export function partsWithin(parts: ReminderParts, tx: Db): ReminderParts {
  return { ...parts, store: { ...parts.store, db: tx, transaction: (work) => work(tx) } }
}

/** A preview looked at again: its plan made anew, whether somebody else has to agree, and who of it gets no message. */
export type Looked = Planned & { broadcast: Broadcast; needsApproval: boolean; silent: Silent[] }
export interface Silent {
  person: string
  group: number | null
  place: Place
  reason: string
}

/** The most people without a message that are named. */
const NAMED = 500

/** The plan of a preview made anew, for whoever looks at it later than its sender; null: it is none any more. */
export async function lookAgain(parts: ReminderParts, scope: Scope, id: string): Promise<Looked | null> {
  const { db } = parts.store
  const broadcast = await loadBroadcast(db, scope, id)
  if (broadcast?.state !== 'preview') return null
  const silent: Silent[] = []
  const planned = await runPlan(parts, broadcast.plan, parts.clock(), null, broadcast.rule, async (page) => {
    for (const { person, group, placement } of page)
      if (placement.reason !== null && silent.length < NAMED)
        silent.push({ person, group, place: placement.place, reason: placement.reason })
  })
  await renewPreview(db, id, planned, isAsked(broadcast) ? broadcast : null)
  const needsApproval = await needsAnother(parts, broadcast.sender, messagesOf(planned.tally))
  return { ...planned, broadcast, needsApproval, silent }
}

/**
 * A confirmation by somebody of this scope. `asked`: somebody else has to agree, and was told; `nobody-to-agree`: there is nobody else; `bad-text`: the
 * sender's own words are no longer what may be sent, because the ward's settings were changed since they were written.
 */
export type Decided =
  Exclude<Confirmed, { kind: 'needs-approval' }> | { kind: 'asked' | 'nobody-to-agree' | 'bad-text' }

export async function decide(
  parts: ReminderParts,
  scope: Scope,
  confirmation: Omit<Confirmation, 'by'>,
): Promise<Decided> {
  const { store } = parts
  const known = await loadBroadcast(store.db, scope, confirmation.id)
  if (!known) return { kind: 'gone' }
  const { wording } = known.plan
  if (
    known.state === 'preview' &&
    wording.kind === 'own' &&
    checkOwnText(wording.text, allowedIn(parts.ward)).length > 0
  )
    return { kind: 'bad-text' }
  const done = await createReminders(parts).confirm({ ...confirmation, by: scope.who })
  if (done.kind === 'needs-approval') return { kind: await ask(parts, scope, known) }
  if (done.kind !== 'confirmed' || done.again) return done
  const { tally, sender } = done.broadcast
  await store.transaction(async (tx) => {
    await audit(tx, scope, [lineOf(parts, done.broadcast, { deed: 'sent', count: messagesOf(tally) })])
    if (sender !== null && sender !== scope.who)
      await tell(tx, parts, [sender], 'remind.approved', { count: messagesOf(tally) })
  })
  return done
}

async function ask(
  parts: ReminderParts,
  scope: Scope,
  known: Broadcast,
): Promise<'asked' | 'nobody-to-agree' | 'gone'> {
  // Whoever may agree was told when it was asked first.
  if (isAsked(known)) return 'asked'
  const { id, tally, sender } = known
  const by = sender ?? scope.who
  return parts.store.transaction(async (tx) => {
    const others = (await othersThan(tx, by)).length
    if (others === 0) return 'nobody-to-agree'
    if (!(await askApproval(tx, id, { by, at: parts.clock() }))) return 'gone'
    await audit(tx, scope, [lineOf(parts, known, { deed: 'asked', count: messagesOf(tally) })])
    await tell(tx, parts, await othersThan(tx, by), 'remind.please-approve', { count: messagesOf(tally) })
    return 'asked'
  })
}

/** Pauses a broadcast, lets it go on or stops it, with its line in the log; how many messages a stop kept back. Null: it was none to do that with. */
export async function handle(
  parts: ReminderParts,
  scope: Scope,
  id: string,
  deed: 'pause' | 'resume' | 'stop',
): Promise<number | null> {
  return parts.store.transaction(async (tx) => {
    const known = await loadBroadcast(tx, scope, id)
    if (!known) return null
    const done = await remindersWithin(parts, tx)[deed](id)
    if (done === false || done === null) return null
    const kept = deed === 'stop' ? Number(done) : null
    await audit(tx, scope, [lineOf(parts, known, { deed: DEEDS[deed], count: kept })])
    return kept ?? 0
  })
}

const DEEDS = { pause: 'paused', resume: 'resumed', stop: 'stopped' } as const

/** The line of a broadcast in the log. */
function lineOf(
  parts: ReminderParts,
  { id, plan }: Pick<Broadcast, 'id' | 'plan'>,
  { deed, count }: Pick<AuditEntry, 'deed' | 'count'>,
): Done {
  return { id: parts.newId(), at: parts.clock(), deed, kind: 'broadcast', subject: id, group: groupOf(plan), count }
}

/** Somebody else than the sender says no: the preview is gone, and the sender is told. */
export async function refuseBroadcast(parts: ReminderParts, scope: Scope, id: string): Promise<boolean> {
  return parts.store.transaction(async (tx) => {
    const known = await loadBroadcast(tx, scope, id, { lock: true })
    if (!known || !mayApprove(scope, known) || !(await dropPreview(tx, id))) return false
    await audit(tx, scope, [lineOf(parts, known, { deed: 'declined', count: messagesOf(known.tally) })])
    if (known.sender !== null)
      await tell(tx, parts, [known.sender], 'remind.refused', { count: messagesOf(known.tally) })
    return true
  })
}

/** Its sender does not want it any more: the preview is gone, and whoever was asked to agree is told. */
export async function withdrawBroadcast(parts: ReminderParts, scope: Scope, id: string): Promise<boolean> {
  return parts.store.transaction(async (tx) => {
    const known = await loadBroadcast(tx, scope, id, { lock: true })
    if (!known || !mayWithdraw(scope, known) || !(await dropPreview(tx, id))) return false
    const count = messagesOf(known.tally)
    await audit(tx, scope, [lineOf(parts, known, { deed: 'withdrawn', count })])
    await tell(tx, parts, await othersThan(tx, scope.who), 'remind.withdrawn', { count })
    return true
  })
}

/** The one group that a plan is for; null where it is several or all. */
function groupOf({ audience: { groups } }: BroadcastPlan): number | null {
  return groups?.length === 1 ? groups[0]! : null
}
