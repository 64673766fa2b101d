import { noMomentLine, readMoment } from '../../core/broadcast/moment.js'
import { checkOwnText, ownTextLimit, OWN_VARIABLES } from '../../core/broadcast/own-text.js'
import { messagesOf, type Tally } from '../../core/broadcast/planner.js'
import { begunLine, sampleText, silentOf, tallyLines, textProblemLine, unreachedOf } from '../../core/broadcast/said.js'
import type { BroadcastPlan } from '../../core/model/broadcast.js'
import type { ChannelName, Line } from '../../core/model/message.js'
import { guideLine, phrase } from '../../core/talk/draft.js'
import {
  decide,
  type Decided,
  groupsOfScope,
  isAsked,
  lookAgain,
  mayApprove,
  refuseBroadcast,
  remindersWithin,
} from '../../reminders/desk.js'
import type { ReminderParts } from '../../reminders/parts.js'
import type { Planned } from '../../reminders/plan.js'
import { UNBOUND } from '../../channels/channel.js'
import { dropPreview, listBroadcasts } from '../../store/broadcasts.js'
import { countPersons } from '../../store/audience.js'
import { scopeOfContact } from '../../store/scope.js'
import type { Dialog, Dialogue } from '../dialogue.js'
import { whichGroup } from '../leaders/scope.js'
import { whichFlow, whichPeople } from './audience.js'
import { watch, within } from './watch.js'

/** More people than this are planned on the page: a form holds its transaction while it plans, and residents would wait for it. */
export const CHAT_LIMIT = 10_000
/** Broadcasts that are looked through for those that still run or wait for a yes. */
const LOOKED_AT = 30

/** A preview as the form keeps it. */
interface Shown {
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

/** `/nhac [FLOW] [tổ]`: whom, what, when – shown before anything leaves, confirmed with the count. `parts` is asked for when it is needed. */
export function remindDialog(parts: () => ReminderParts): Dialog {
  return {
    name: 'remind',
    version: 3,
    roles: ['leader', 'staff', 'admin'],
    run: (d) => remind(d, parts()),
  }
}

async function remind(d: Dialogue, parts: ReminderParts): Promise<void> {
  if (d.args.trim() === '') {
    const open = await openOnes(d, parts)
    if (open === 'left') return
    if (open !== null) return open.asked ? approve(d, parts, open.id) : watch(d, parts, open.id)
  }
  const chosen = await whichGroup(d, { all: true, known: parts.ward.groups })
  if (!chosen) return
  const large = await d.act('size', async ({ tx, contact }) => {
    const scope = await scopeOfContact(tx, contact.contact)
    return (await countPersons(tx, scope, chosen.group, CHAT_LIMIT + 1)) > CHAT_LIMIT
  })
  if (large) {
    d.say(phrase('remind.large'))
    return d.goTo('trang', '/staff/broadcasts')
  }
  const flow = await whichFlow(d, parts)
  if (flow === undefined) return d.say(phrase('dialog.left'))
  const whom = await whichPeople(d, parts, flow, chosen.group)
  if (whom === undefined) return d.say(phrase('dialog.left'))
  await compose(d, parts, chosen.group, {
    audience: { flow, groups: null, ...whom },
    wording: { kind: 'ready' },
    at: null,
    paid: false,
  })
}

/** What is under way already: to be watched, or to be agreed to. Null: a new one. */
async function openOnes(
  d: Dialogue,
  { world }: ReminderParts,
): Promise<{ id: string; asked: boolean } | null | 'left'> {
  const open = await d.act('open', async ({ tx, contact }) => {
    const scope = await scopeOfContact(tx, contact.contact)
    const known = await listBroadcasts(tx, scope, LOOKED_AT)
    return known
      .filter((one) => (isAsked(one) ? mayApprove(scope, one) : ['running', 'paused'].includes(one.state)))
      .slice(0, 5)
      .map((one) => ({ id: one.id, asked: isAsked(one), flow: one.plan.audience.flow, count: messagesOf(one.tally) }))
  })
  if (open.length === 0) return null
  const which = await d.choose('which', {
    block: [phrase('remind.open')],
    options: [
      ...open.map(({ asked, flow, count }, i) => ({
        id: `b${i}`,
        label: phrase(asked ? 'remind.options.approve-one' : 'remind.options.watch-one', {
          guide: world.flows.has(flow) ? guideLine(flow, 'short') : flow,
          count,
        }),
      })),
      { id: 'new', label: phrase('remind.options.new') },
      { id: 'cancel', label: phrase('remind.options.cancel') },
    ],
  })
  return which === 'cancel' ? 'left' : (open[Number(which.slice(1))] ?? null)
}

/** Shows the preview of a plan, changes it as asked for, and confirms it. */
async function compose(d: Dialogue, parts: ReminderParts, group: number | null, first: BroadcastPlan): Promise<void> {
  let plan = first
  let shown: Shown | null = null
  for (;;) {
    shown ??= await preview(d, parts, group, plan)
    if (!shown) return d.say(phrase('remind.gone'))
    show(d, parts, shown)
    const { tally, id } = shown
    const count = messagesOf(tally)
    const cancel = async () => {
      await d.act('drop', ({ tx }) => dropPreview(tx, id))
      d.say(phrase('dialog.left'))
    }
    const dear = Object.entries(tally.reasons).some(([why, n]) => why.endsWith(': paid-off') && n > 0)
    const { 'paid-most': most, 'package-left': left } = parts.ward.reminders
    const options = [
      ...(count > 0 ? ['send'] : []),
      ...(silentOf(tally) > 0 ? ['names'] : []),
      ...(unreachedOf(tally) > 0 ? ['visits'] : []),
      ...(count > 0 ? [plan.wording.kind === 'own' ? 'ready' : 'own', plan.at === null ? 'later' : 'at-once'] : []),
      ...(plan.paid ? ['free'] : dear && most + left > 0 ? ['paid'] : []),
      'cancel',
    ]
    const todo = await d.choose('todo', {
      block: [phrase(count > 0 ? 'remind.what-now' : 'remind.nobody')],
      options: options.map((option) => ({ id: option, label: phrase(`remind.options.${option}`, { count }) })),
    })
    if (todo === 'cancel') return cancel()
    if (todo === 'names') return d.goTo('trang', `/staff/broadcasts/${id}`)
    if (todo === 'visits')
      return d.goTo(
        'trang',
        group === null ? `/staff/broadcasts/${id}` : `/staff/groups/${group}/visits?broadcast=${id}`,
      )
    if (todo === 'send') {
      const done = await confirm(d, parts, shown, true)
      if (done.kind !== 'changed') return finished(d, parts, shown, done)
      shown = done.shown
      continue
    }
    await d.act('drop', ({ tx }) => dropPreview(tx, id))
    shown = null
    plan = await changed(d, parts, plan, todo)
  }
}

async function changed(d: Dialogue, parts: ReminderParts, plan: BroadcastPlan, what: string): Promise<BroadcastPlan> {
  switch (what) {
    case 'own':
      return { ...plan, wording: await ownWords(d, parts) }
    case 'ready':
      return { ...plan, wording: { kind: 'ready' } }
    case 'later': {
      const now = await d.act('now', async ({ at }) => at)
      const at = await d.text('when', { block: [phrase('remind.when')], options: [] }, (text) => {
        const moment = readMoment(text, now)
        return moment.kind === 'at' ? { ok: moment.at } : { no: noMomentLine(moment) }
      })
      return { ...plan, at: typeof at === 'number' ? at : null }
    }
    case 'at-once':
      return { ...plan, at: null }
    default:
      return { ...plan, paid: what === 'paid' }
  }
}

async function ownWords(d: Dialogue, { ward, channels }: ReminderParts): Promise<BroadcastPlan['wording']> {
  const limit = ownTextLimit(channels)
  const variables = OWN_VARIABLES.map((name) => `{{${name}}}`).join(', ')
  const question = {
    block: [phrase('remind.own.ask', { limit }), phrase('remind.own.variables', { variables })],
    options: [{ id: 'ready', label: phrase('remind.options.ready') }],
  }
  const text = await d.text('own', question, (typed) => {
    const problems = checkOwnText(typed, ward.reminders.links, limit)
    return problems.length > 0 ? { no: problems.map(textProblemLine) } : { ok: typed }
  })
  return typeof text === 'string' ? { kind: 'own', text } : { kind: 'ready' }
}

async function preview(d: Dialogue, parts: ReminderParts, group: number | null, plan: BroadcastPlan): Promise<Shown | null> {
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
function shownOf(
  { channels }: ReminderParts,
  channel: ChannelName,
  { id, plan, tally, fingerprint, samples, needsApproval, at }: Planned & Pick<Shown, 'id' | 'plan' | 'needsApproval' | 'at'>,
): Shown {
  let left = (channels.find(({ name }) => name === channel)?.capabilities ?? UNBOUND).textLimit - BESIDES
  const texts = samples.map(({ said }) => sampleText(said))
  const fits = texts.filter((text, i) => (left -= text.length) >= 0 || i === 0)
  return { id, plan, tally, samples: fits, needsApproval, seen: fingerprint, at }
} // prettier-ignore

function show(d: Dialogue, { world }: ReminderParts, { plan, tally, samples, needsApproval, at }: Shown): void {
  const { audience, wording } = plan
  const { who } = audience
  const step = who.kind === 'at-step' ? world.flows.get(audience.flow)?.steps.find(({ id }) => id === who.step) : undefined
  for (const lines of tallyLines(audience, step?.number ?? null, tally, at)) d.say(...lines)
  if (samples.length > 0) d.say(phrase('remind.sample'), ...samples.map((text) => phrase('remind.quoted', { text })))
  else if (wording.kind === 'own') d.say(phrase('remind.quoted', { text: wording.text }))
  if (needsApproval) d.say(phrase('remind.needs-second'))
} // prettier-ignore

type Done = { kind: Exclude<Decided['kind'], 'changed'>; at: number } | { kind: 'changed'; shown: Shown; at: number }

/** The count, typed; and the confirmation under a key that this form made for this preview. `own`: by its sender, who may need somebody else's yes. */
async function confirm(
  d: Dialogue,
  parts: ReminderParts,
  { id, plan, tally, seen }: Shown,
  own: boolean,
): Promise<Done> {
  const count = messagesOf(tally)
  const key = await d.act('key', async ({ newId }) => newId())
  const block: Line[] = [phrase('remind.type-count', { count })]
  await d.text('count', { block, options: [] }, (text) =>
    /^\D*(\d{1,7})\D*$/.exec(text)?.[1] === String(count) ? { ok: count } : { no: phrase('remind.wrong-count') },
  )
  const done = await d.act('confirm', async (now): Promise<Done> => {
    const scope = await scopeOfContact(now.tx, now.contact.contact)
    const made = await decide(within(parts, now), scope, { id, key, count, seen })
    if (made.kind !== 'changed') return { kind: made.kind, at: now.at }
    return { kind: 'changed', at: now.at, shown: shownOf(parts, now.contact.channel, { ...made, plan, at: now.at, needsApproval: own && made.needsApproval }) } // prettier-ignore
  })
  if (done.kind === 'changed') d.say(phrase('remind.changed'))
  return done
}

async function finished(d: Dialogue, parts: ReminderParts, { id, tally }: Shown, { kind, at }: Done): Promise<void> {
  if (kind !== 'confirmed')
    return d.say(phrase(`remind.${kind === 'asked' || kind === 'nobody-to-agree' ? kind : 'gone'}`))
  d.say(begunLine(tally, at))
  await watch(d, parts, id)
}

/** Somebody else's broadcast, to be agreed to or not. */
async function approve(d: Dialogue, parts: ReminderParts, id: string): Promise<void> {
  let shown = await d.act('look', async (now): Promise<Shown | null> => {
    const scope = await scopeOfContact(now.tx, now.contact.contact)
    const seen = await lookAgain(within(parts, now), scope, id)
    if (!seen || !mayApprove(scope, seen.broadcast)) return null
    const { plan } = seen.broadcast
    return shownOf(parts, now.contact.channel, { ...seen, id, plan, at: now.at, needsApproval: false })
  })
  for (;;) {
    if (!shown) return d.say(phrase('remind.gone'))
    show(d, parts, shown)
    const todo = await d.choose('agree', {
      block: [phrase('remind.agree')],
      options: ['agree', 'refuse', 'cancel'].map((option) => ({
        id: option,
        label: phrase(`remind.options.${option}`),
      })),
    })
    if (todo === 'cancel') return d.say(phrase('dialog.left'))
    if (todo === 'refuse') {
      await d.act('refuse', async (now) =>
        refuseBroadcast(within(parts, now), await scopeOfContact(now.tx, now.contact.contact), id),
      )
      return d.say(phrase('remind.you-refused'))
    }
    const done = await confirm(d, parts, shown, false)
    if (done.kind !== 'changed') return finished(d, parts, shown, done)
    shown = done.shown
  }
}
