import { phrase } from '../../core/talk/draft.js'
import { progressBlock } from '../../core/broadcast/said.js'
import { handle, partsWithin, remindersWithin } from '../../reminders/desk.js'
import { canFollow } from '../../reminders/live.js'
import type { ReminderParts } from '../../reminders/parts.js'
import { loadBroadcast } from '../../store/broadcasts.js'
import { scopeOfContact } from '../../store/scope.js'
import type { Dialogue, Now } from '../dialogue.js'

/** The parts of reminders inside an act. */
export function within(parts: ReminderParts, { tx, wake }: Now): ReminderParts {
  return { ...partsWithin(parts, tx), wake }
}

/** How a broadcast goes: its numbers as often as they are asked for; pause, go on, stop. */
export async function watch(d: Dialogue, parts: ReminderParts, id: string): Promise<void> {
  for (;;) {
    const seen = await d.act('progress', async ({ tx, contact }) => {
      const broadcast = await loadBroadcast(tx, await scopeOfContact(tx, contact.contact), id)
      if (!broadcast) return null
      return {
        live: canFollow(parts, contact.channel),
        state: broadcast.state,
        flow: broadcast.plan.audience.flow,
        results: await remindersWithin(parts, tx).progress(id),
      }
    })
    if (!seen) return d.say(phrase('remind.gone'))
    const { live, state, flow, results } = seen
    d.say(...progressBlock(flow, state, results))
    if (state !== 'running' && state !== 'paused') return
    const todo = await d.choose('todo', {
      block: [phrase(live ? 'remind.watch-live' : 'remind.watch')],
      ...(live ? { live: id } : {}),
      options: [...(live ? [] : ['refresh']), state === 'running' ? 'pause' : 'resume', 'stop', 'page', 'cancel'].map(
        (option) => ({
          id: option,
          label: phrase(`remind.options.${option === 'cancel' ? 'enough' : option}`),
        }),
      ),
    })
    if (todo === 'cancel') return d.say(phrase('remind.goes-on'))
    if (todo === 'page') return d.goTo('trang', `/staff/broadcasts/${id}`)
    if (todo === 'refresh') continue
    const kept = await d.act('switch', async (now) =>
      handle(within(parts, now), await scopeOfContact(now.tx, now.contact.contact), id, todo as 'pause' | 'resume' | 'stop'),
    ) // prettier-ignore
    if (todo === 'stop') d.say(phrase('remind.stopped', { count: kept ?? 0 }))
  }
}
