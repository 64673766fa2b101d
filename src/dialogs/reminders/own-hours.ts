import type { Line } from '../../core/model/message.js'
import { OWN_TIMES, ownTimeOf, QUIET_OUTSIDE } from '../../core/policy/own-hours.js'
import type { Hours } from '../../core/policy/quiet.js'
import { phrase } from '../../core/talk/draft.js'
import { quietHours, setQuietHours } from '../../store/opt-outs.js'
import type { Dialog } from '../dialogue.js'

/** `/gionhan`, «giờ nhắn», «chỉ nhắn buổi tối»: when reminders may come, for the person who writes, on every app of theirs. */
export function ownHoursDialog(): Dialog {
  return {
    name: 'own-hours',
    version: 1,
    async run(d) {
      let time = OWN_TIMES.find((one) => one === d.args)
      if (!time) {
        const now = await d.act('now', async ({ tx, contact }) => (await quietHours(tx, [contact.self])).get(contact.self)?.[0] ?? null) // prettier-ignore
        const which = await d.choose('which', {
          block: [hoursLine(now), phrase('own-hours.ask')],
          options: [...OWN_TIMES, 'any', 'cancel'].map((id) => ({ id, label: phrase(`own-hours.options.${id}`) })),
        })
        if (which === 'cancel') return d.say(phrase('dialog.left'))
        time = OWN_TIMES.find((one) => one === which)
      }
      const hours = time ? QUIET_OUTSIDE[time] : null
      await d.act('set', ({ tx, contact }) => setQuietHours(tx, contact.self, hours))
      d.say(hoursLine(hours), phrase('own-hours.done'))
    },
  }
}

/** When somebody is written to, in a sentence. */
export function hoursLine(hours: Hours | null): Line {
  if (hours === null) return phrase('own-hours.now.any')
  const time = ownTimeOf(hours)
  return time === null ? phrase('own-hours.now.other', { ...hours }) : phrase(`own-hours.now.${time}`)
}
