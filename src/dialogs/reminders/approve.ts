import { waitingLine } from '../../core/broadcast/said.js'
import { phrase } from '../../core/talk/draft.js'
import {
  lookAgain,
  mayApprove,
  mayWithdraw,
  refuseBroadcast,
  waitingFor,
  withdrawBroadcast,
} from '../../reminders/desk.js'
import type { ReminderParts } from '../../reminders/parts.js'
import { scopeOfContact } from '../../store/scope.js'
import type { Dialogue } from '../dialogue.js'
import { confirm, finished, show, type Shown, shownOf } from './preview.js'
import { within } from './watch.js'

/** Somebody else's broadcast, to be agreed to or not. */
export async function approve(d: Dialogue, parts: ReminderParts, id: string): Promise<void> {
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

/** One's own broadcast that waits for somebody else's yes: whose, since when, and taking it back. */
export async function awaiting(d: Dialogue, parts: ReminderParts, id: string): Promise<void> {
  const seen = await d.act('look', async (now) => {
    const scope = await scopeOfContact(now.tx, now.contact.contact)
    const looked = await lookAgain(within(parts, now), scope, id)
    if (!looked || !mayWithdraw(scope, looked.broadcast)) return null
    const { plan } = looked.broadcast
    const shown = shownOf(parts, now.contact.channel, { ...looked, id, plan, at: now.at, needsApproval: false })
    return { shown, waits: await waitingFor(now.tx, scope, looked.broadcast) }
  })
  if (!seen) return d.say(phrase('remind.gone'))
  show(d, parts, seen.shown)
  const todo = await d.choose('waits', {
    block: [waitingLine(seen.waits)],
    options: ['enough', 'withdraw'].map((option) => ({
      id: option === 'enough' ? 'cancel' : option,
      label: phrase(`remind.options.${option}`),
    })),
  })
  if (todo !== 'withdraw') return d.say(phrase('dialog.left'))
  const gone = await d.act('withdraw', async (now) =>
    withdrawBroadcast(within(parts, now), await scopeOfContact(now.tx, now.contact.contact), id),
  )
  d.say(phrase(gone ? 'remind.you-withdrew' : 'remind.gone'))
}
