import { phrase } from '../../core/talk/draft.js'
import { contactsOf } from '../../store/contacts.js'
import { helpedBy } from '../../store/helping.js'
import { optedOut, optIn, optOut } from '../../store/opt-outs.js'
import type { Dialog, Now } from '../dialogue.js'

/** Whoever writes, on every app they have. What somebody they act for wants is that person's own to say. */
async function speaker({ tx, contact }: Now): Promise<{ subjects: string[]; names: string }> {
  const own = await contactsOf(tx, contact.self)
  const labels: string[] = []
  for (const one of own) labels.push(...(await helpedBy(tx, one)).map(({ label }) => label))
  return { subjects: [contact.self, ...own], names: [...new Set(labels)].join(', ') }
}

/** `/dung`, «đừng nhắn nữa»: no reminders from this moment on, those that wait included. */
export function optOutDialog(): Dialog {
  return {
    name: 'opt-out',
    version: 1,
    async run(d) {
      const names = await d.act('out', async (now) => {
        const { subjects, names } = await speaker(now)
        await optOut(now.tx, subjects, now.at)
        return names
      })
      d.say(names === '' ? phrase('opt-out.done') : phrase('opt-out.done-helping', { names }))
    },
  }
}

/** `/nhan`: reminders again. */
export function optInDialog(): Dialog {
  return {
    name: 'opt-in',
    version: 1,
    async run(d) {
      const { were, names } = await d.act('in', async (now) => {
        const { subjects, names } = await speaker(now)
        const out = await optedOut(now.tx, subjects)
        await optIn(now.tx, subjects)
        return { were: out.size > 0, names }
      })
      if (!were) return d.say(phrase('opt-out.was-not'))
      d.say(names === '' ? phrase('opt-out.undone') : phrase('opt-out.undone-helping', { names }))
    },
  }
}
