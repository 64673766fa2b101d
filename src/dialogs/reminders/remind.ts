import { noMomentLine, readMoment } from '../../core/broadcast/moment.js'
import { checkOwnText, OWN_TEXT_LIMIT, OWN_VARIABLES } from '../../core/broadcast/own-text.js'
import { messagesOf, type Tally } from '../../core/broadcast/planner.js'
import { tallyLines, textProblemLine, unreachedOf } from '../../core/broadcast/said.js'
import type { BroadcastPlan } from '../../core/model/broadcast.js'
import type { Line } from '../../core/model/message.js'
import { dayOf, isoLocal } from '../../core/policy/calendar.js'
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
  sample: string | null
  /** Its fingerprint: it may be looked at, and made anew, on the page meanwhile. */
  seen: string
}

/** `/nhac [FLOW] [tổ]`: whom, what, when – shown before anything leaves, confirmed with the count. `parts` is asked for when it is needed. */
export function remindDialog(parts: () => ReminderParts): Dialog {
  return {
    name: 'remind',
    version: 2,
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
    const groups = groupsOfScope(await scopeOfContact(tx, contact.contact), chosen.group)
    return (await countPersons(tx, groups, CHAT_LIMIT + 1)) > CHAT_LIMIT
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
    const known = await listBroadcasts(tx, LOOKED_AT, scope.groups === 'ward' ? null : scope.who)
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
    if (todo === 'visits')
      return d.goTo(
        'trang',
        group === null ? `/staff/broadcasts/${id}` : `/staff/groups/${group}/visits?broadcast=${id}`,
      )
    if (todo === 'send') {
      const done = await confirm(d, parts, shown)
      if (done.kind !== 'changed') return finished(d, parts, shown, done)
      shown = { ...shown, ...done.shown }
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

async function ownWords(d: Dialogue, { ward }: ReminderParts): Promise<BroadcastPlan['wording']> {
  const variables = OWN_VARIABLES.map((name) => `{{${name}}}`).join(', ')
  const question = {
    block: [phrase('remind.own.ask', { limit: OWN_TEXT_LIMIT }), phrase('remind.own.variables', { variables })],
    options: [{ id: 'ready', label: phrase('remind.options.ready') }],
  }
  const text = await d.text('own', question, (typed) => {
    const problems = checkOwnText(typed, ward.reminders.links)
    return problems.length > 0 ? { no: problems.map(textProblemLine) } : { ok: typed }
  })
  return typeof text === 'string' ? { kind: 'own', text } : { kind: 'ready' }
}

async function preview(d: Dialogue, parts: ReminderParts, group: number | null, plan: BroadcastPlan): Promise<Shown | null> {
  return d.act('preview', async ({ tx, contact }) => {
    const scope = await scopeOfContact(tx, contact.contact)
    const wanted = { ...plan, audience: { ...plan.audience, groups: groupsOfScope(scope, group) } }
    const made = await remindersWithin(parts, tx).preview({ contact: contact.contact, scope }, wanted)
    if (made.kind !== 'preview') return null
    return { id: made.id, plan: wanted, tally: made.tally, seen: made.fingerprint, sample: made.samples[0]?.said.text ?? null }
  })
} // prettier-ignore

function show(d: Dialogue, { world }: ReminderParts, { plan, tally, sample }: Shown): void {
  const { audience, wording, at } = plan
  const { who } = audience
  const step = who.kind === 'at-step' ? world.flows.get(audience.flow)?.steps.find(({ id }) => id === who.step) : undefined
  for (const lines of tallyLines(audience, step?.number ?? null, tally)) d.say(...lines)
  if (at !== null) d.say(phrase('remind.at', { day: { day: dayOf(at) }, time: isoLocal(at).slice(11, 16) }))
  if (sample !== null) d.say(phrase('remind.sample'), phrase('remind.quoted', { text: sample }))
  else if (wording.kind === 'own') d.say(phrase('remind.quoted', { text: wording.text }))
} // prettier-ignore

type Done =
  { kind: Exclude<Decided['kind'], 'changed'> } | { kind: 'changed'; shown: Pick<Shown, 'tally' | 'sample' | 'seen'> }

/** The count, typed; and the confirmation under a key that this form made for this preview. */
async function confirm(d: Dialogue, parts: ReminderParts, { id, tally, seen }: Shown): Promise<Done> {
  const count = messagesOf(tally)
  const key = await d.act('key', async ({ newId }) => newId())
  const block: Line[] = [phrase('remind.type-count', { count })]
  await d.text('count', { block, options: [] }, (text) =>
    /^\D*(\d{1,7})\D*$/.exec(text)?.[1] === String(count) ? { ok: count } : { no: phrase('remind.wrong-count') },
  )
  const done = await d.act('confirm', async (now): Promise<Done> => {
    const scope = await scopeOfContact(now.tx, now.contact.contact)
    const made = await decide(within(parts, now), scope, { id, key, count, seen })
    if (made.kind !== 'changed') return { kind: made.kind }
    return {
      kind: 'changed',
      shown: { tally: made.tally, seen: made.fingerprint, sample: made.samples[0]?.said.text ?? null },
    }
  })
  if (done.kind === 'changed') d.say(phrase('remind.changed'))
  return done
}

async function finished(d: Dialogue, parts: ReminderParts, { id, plan, tally }: Shown, { kind }: Done): Promise<void> {
  if (kind !== 'confirmed')
    return d.say(phrase(`remind.${kind === 'asked' || kind === 'nobody-to-agree' ? kind : 'gone'}`))
  const { now, later } = tally.places
  if (plan.at !== null) d.say(phrase('remind.begun-later'))
  else if (now === 0 && later > 0) d.say(phrase('remind.begun-quiet', { time: parts.ward.reminders.quiet.until }))
  else d.say(phrase('remind.begun'))
  await watch(d, parts, id)
}

/** Somebody else's broadcast, to be agreed to or not. */
async function approve(d: Dialogue, parts: ReminderParts, id: string): Promise<void> {
  let shown = await d.act('look', async (now): Promise<Shown | null> => {
    const seen = await lookAgain(within(parts, now), id)
    if (!seen || !mayApprove(await scopeOfContact(now.tx, now.contact.contact), seen.broadcast)) return null
    return {
      id,
      plan: seen.broadcast.plan,
      tally: seen.tally,
      seen: seen.fingerprint,
      sample: seen.samples[0]?.said.text ?? null,
    }
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
    const done = await confirm(d, parts, shown)
    if (done.kind !== 'changed') return finished(d, parts, shown, done)
    shown = { ...shown, ...done.shown }
  }
}
