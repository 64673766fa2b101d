import { contactCode } from '../../access/contact-code.js'
import { makeDataLink } from '../../access/page-link.js'
import type { Ward } from '../../core/model/ward.js'
import { dayOf } from '../../core/policy/calendar.js'
import { phrase } from '../../core/talk/draft.js'
import { heldData } from '../../store/held-data.js'
import type { Seals } from '../../store/sealed.js'
import { hoursLine } from '../reminders/own-hours.js'
import type { Dialog } from '../dialogue.js'

/** `/dulieu`: what is held of whoever asks, counted, and a one-time link to the page on which every entry can be read: names stay out of chat apps. */
export function heldDataDialog({ ward, publicUrl, seals }: { ward: Ward; publicUrl: string; seals: Seals }): Dialog {
  return {
    name: 'held-data',
    version: 4,
    async run(d) {
      const { held, consent, group, code, url } = await d.act('held', async ({ tx, at, contact }) => ({
        held: await heldData(tx, contact.contact, contact.self),
        consent: contact.session.consent,
        group: contact.grp,
        code: contactCode(seals, contact.contact),
        url: await makeDataLink(tx, { publicUrl, contact: contact.contact, now: at }),
      }))
      const yes = (what: boolean, key: string) => phrase(`rights.${key}-${what ? 'yes' : 'no'}`)
      d.say(
        phrase('rights.heading'),
        consent === null
          ? phrase('rights.consent-none')
          : phrase('rights.consent', { version: consent.version, day: { day: dayOf(consent.at) } }),
        ...held.channels.map((channel) => phrase('rights.channel', { app: phrase(`join.apps.${channel}`) })),
        group === null ? phrase('rights.group-none') : phrase('rights.group', { group }),
        phrase('rights.messages', { count: held.messages, days: ward.retention['messages-days'] }),
        phrase('rights.events', { count: held.events }),
        ...(held.tickets > 0 ? [phrase('rights.tickets', { count: held.tickets })] : []),
        ...(held.helped > 0 ? [phrase('rights.helped', { count: held.helped })] : []),
        yes(held.phone, 'phone'),
        yes(held.listed, 'listed'),
        ...(held.listed ? [] : [phrase('rights.code', { code })]),
        yes(held.reminders, 'reminders'),
        ...(held.reminders ? [hoursLine(held.quiet)] : []),
      )
      d.say(phrase('rights.read-all', { url }))
      d.say(phrase('rights.never'), phrase('rights.how-to-erase'))
    },
  }
}
