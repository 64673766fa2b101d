import { allowedIn } from '../../core/broadcast/allowed.js'
import { noMomentLine, readMoment } from '../../core/broadcast/moment.js'
import { checkOwnText, ownTextLimit, OWN_VARIABLES } from '../../core/broadcast/own-text.js'
import { messagesOf } from '../../core/broadcast/planner.js'
import { silentOf, textProblemLine, unreachedOf } from '../../core/broadcast/said.js'
import type { BroadcastPlan } from '../../core/model/broadcast.js'
import { guideLine, phrase } from '../../core/talk/draft.js'
import { mayApprove, mayWithdraw } from '../../reminders/desk.js'
import type { ReminderParts } from '../../reminders/parts.js'
import { dropPreview, listBroadcasts } from '../../store/broadcasts.js'
import { countPersons } from '../../store/audience.js'
import { scopeOfContact } from '../../store/scope.js'
import type { Dialog, Dialogue } from '../dialogue.js'
import { whichGroup } from '../leaders/scope.js'
import { approve, awaiting } from './approve.js'
import { whichFlow, whichPeople } from './audience.js'
import { confirm, finished, preview, show, type Shown } from './preview.js'
import { watch } from './watch.js'

/** More people than this are planned on the page: a form holds its transaction while it plans, and residents would wait for it. */
export const CHAT_LIMIT = 10_000
/** Broadcasts that are looked through for those that still run or wait for a yes. */
const LOOKED_AT = 30

/** `/nhac [FLOW] [tổ]`: whom, what, when – shown before anything leaves, confirmed with the count. `parts` is asked for when it is needed. */
export function remindDialog(parts: () => ReminderParts): Dialog {
  return {
    name: 'remind',
    version: 4,
    roles: ['leader', 'staff', 'admin'],
    run: (d) => remind(d, parts()),
  }
}

async function remind(d: Dialogue, parts: ReminderParts): Promise<void> {
  if (d.args.trim() === '') {
    const open = await openOnes(d, parts)
    if (open === 'left') return
    if (open !== null) return OPENED[open.how](d, parts, open.id)
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

/** What is done with a broadcast that is not over. */
const OPENED = { approve, waits: awaiting, watch }

/** What is under way already: to be watched, to be agreed to, or waiting for somebody's yes. Null: a new one. */
async function openOnes(
  d: Dialogue,
  { world }: ReminderParts,
): Promise<{ id: string; how: keyof typeof OPENED } | null | 'left'> {
  const open = await d.act('open', async ({ tx, contact }) => {
    const scope = await scopeOfContact(tx, contact.contact)
    const known = await listBroadcasts(tx, scope, LOOKED_AT)
    return known
      .flatMap((one) => {
        const how = mayApprove(scope, one) ? 'approve' : mayWithdraw(scope, one) ? 'waits' : ['running', 'paused'].includes(one.state) ? 'watch' : null // prettier-ignore
        return how === null ? [] : [{ one, how } as const]
      })
      .slice(0, 5)
      .map(({ one, how }) => ({ id: one.id, how, flow: one.plan.audience.flow, count: messagesOf(one.tally) }))
  })
  if (open.length === 0) return null
  const which = await d.choose('which', {
    block: [phrase('remind.open')],
    options: [
      ...open.map(({ how, flow, count }, i) => ({
        id: `b${i}`,
        label: phrase(`remind.options.${how}-one`, {
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
      const at = await d.text(
        'when',
        { block: [phrase('remind.when')], options: [], reads: { kind: 'moment' } },
        (text) => {
          const moment = readMoment(text, now)
          return moment.kind === 'at' ? { ok: moment.at } : { no: noMomentLine(moment) }
        },
      )
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
    reads: { kind: 'published' } as const,
  }
  const text = await d.text('own', question, (typed) => {
    const problems = checkOwnText(typed, allowedIn(ward), limit)
    return problems.length > 0 ? { no: problems.map(textProblemLine) } : { ok: typed }
  })
  return typeof text === 'string' ? { kind: 'own', text } : { kind: 'ready' }
}
