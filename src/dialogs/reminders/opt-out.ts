import { phrase } from '../../core/talk/draft.js'
import { optedOut, optIn, optOut } from '../../store/opt-outs.js'
import type { Dialog, Now } from '../dialogue.js'

/** Whoever writes, and the person they are doing it for: neither is to be bothered by any way. */
const subjects = ({ contact }: Now) => [...new Set([contact.contact, contact.session.person])]

/** `/dung`, «đừng nhắn nữa»: no reminders from this moment on, those that wait included. */
export function optOutDialog(): Dialog {
  return {
    name: 'opt-out',
    version: 1,
    async run(d) {
      await d.act('out', (now) => optOut(now.tx, subjects(now), now.at))
      d.say(phrase('opt-out.done'))
    },
  }
}

/** `/nhan`: reminders again. */
export function optInDialog(): Dialog {
  return {
    name: 'opt-in',
    version: 1,
    async run(d) {
      const were = await d.act('in', async (now) => {
        const out = await optedOut(now.tx, subjects(now))
        await optIn(now.tx, subjects(now))
        return out.size > 0
      })
      d.say(phrase(were ? 'opt-out.undone' : 'opt-out.was-not'))
    },
  }
}
