import { changesLines } from '../../core/broadcast/changes.js'
import { readCount } from '../../core/broadcast/count.js'
import { messagesOf, type Tally } from '../../core/broadcast/planner.js'
import { begunLine, sampleText, tallyLines } from '../../core/broadcast/said.js'
import type { BroadcastPlan } from '../../core/model/broadcast.js'
import type { ChannelName, Line } from '../../core/model/message.js'
import { phrase } from '../../core/talk/draft.js'
import { UNBOUND } from '../../channels/channel.js'
import { decide, type Decided, groupsOfScope, remindersWithin } from '../../reminders/desk.js'
import type { ReminderParts } from '../../reminders/parts.js'
import type { Planned } from '../../reminders/plan.js'
import { scopeOfContact } from '../../store/scope.js'
import type { Dialogue } from '../dialogue.js'
import { watch, within } from './watch.js'

/** A preview as the form keeps it. */
export interface Shown {
  id: string
  plan: BroadcastPlan
  tally: Tally
  samples: string[]
  needsApproval: boolean
  /** Its fingerprint: it may be looked at, and made anew, on the page meanwhile. */
  seen: string
  /** When it was made, ms. */
  at: number
}

/** Plans as of now and keeps it as a preview; null: it cannot be planned. */
export async function preview(d: Dialogue, parts: ReminderParts, group: number | null, plan: BroadcastPlan): Promise<Shown | null> {
  return d.act('preview', async ({ tx, contact, at }) => {
    const { channel } = contact
    const scope = await scopeOfContact(tx, contact.contact)
    const wanted = { ...plan, audience: { ...plan.audience, groups: groupsOfScope(scope, group) } }
    const made = await remindersWithin(parts, tx).preview({ contact: contact.contact, scope }, wanted)
    if (made.kind !== 'preview') return null
    return shownOf(parts, channel, { ...made, plan: wanted, at })
  })
} // prettier-ignore

/** What a message holds besides the samples, characters. */
const BESIDES = 900

/** A plan as the form keeps it, with as many samples as its own message holds, one at the least. */
export function shownOf(
  { channels }: ReminderParts,
  channel: ChannelName,
  { id, plan, tally, fingerprint, samples, needsApproval, at }: Planned & Pick<Shown, 'id' | 'plan' | 'needsApproval' | 'at'>,
): Shown {
  let left = (channels.find(({ name }) => name === channel)?.capabilities ?? UNBOUND).textLimit - BESIDES
  const texts = samples.map(({ said }) => sampleText(said))
  const fits = texts.filter((text, i) => (left -= text.length) >= 0 || i === 0)
  return { id, plan, tally, samples: fits, needsApproval, seen: fingerprint, at }
} // prettier-ignore

export function show(d: Dialogue, { world }: ReminderParts, { plan, tally, samples, needsApproval, at }: Shown): void {
  const { audience, wording } = plan
  const { who } = audience
  const step = who.kind === 'at-step' ? world.flows.get(audience.flow)?.steps.find(({ id }) => id === who.step) : undefined
  for (const lines of tallyLines(audience, step?.number ?? null, tally, at)) d.say(...lines)
  if (samples.length > 0) d.say(phrase('remind.sample'), ...samples.map((text) => phrase('remind.quoted', { text })))
  else if (wording.kind === 'own') d.say(phrase('remind.quoted', { text: wording.text }))
  if (needsApproval) d.say(phrase('remind.needs-second'))
} // prettier-ignore

type Done =
  | { kind: Exclude<Decided['kind'], 'changed'>; at: number }
  | { kind: 'changed'; shown: Shown; changes: Line[]; at: number }

/** The count, typed; and the confirmation under a key that this form made for this preview. `own`: by its sender, who may need somebody else's yes. */
export async function confirm(
  d: Dialogue,
  parts: ReminderParts,
  { id, plan, tally, seen }: Shown,
  own: boolean,
): Promise<Done> {
  const count = messagesOf(tally)
  const key = await d.act('key', async ({ newId }) => newId())
  const block: Line[] = [phrase('remind.type-count', { count })]
  await d.text('count', { block, options: [], reads: { kind: 'count', count } }, (text) =>
    readCount(text) === count ? { ok: count } : { no: phrase('remind.wrong-count') },
  )
  const done = await d.act('confirm', async (now): Promise<Done> => {
    const scope = await scopeOfContact(now.tx, now.contact.contact)
    const made = await decide(within(parts, now), scope, { id, key, count, seen })
    if (made.kind !== 'changed') return { kind: made.kind, at: now.at }
    const changes = made.changes === null ? [] : changesLines(made.changes, plan.audience.who, made.tally, now.at)
    return { kind: 'changed', at: now.at, changes, shown: shownOf(parts, now.contact.channel, { ...made, plan, at: now.at, needsApproval: own && made.needsApproval }) } // prettier-ignore
  })
  if (done.kind === 'changed') d.say(phrase('remind.changed'), ...done.changes)
  return done
}

export async function finished(
  d: Dialogue,
  parts: ReminderParts,
  { id, tally }: Shown,
  { kind, at }: Done,
): Promise<void> {
  if (kind !== 'confirmed')
    return d.say(
      phrase(`remind.${kind === 'asked' || kind === 'nobody-to-agree' || kind === 'bad-text' ? kind : 'gone'}`),
    )
  d.say(begunLine(tally, at))
  await watch(d, parts, id)
}
