import { accept, type NoOffer, type Offer, offerTo } from '../../access/accept.js'
import type { Contact, Role } from '../../core/model/contact.js'
import type { Line } from '../../core/model/message.js'
import { phrase } from '../../core/talk/draft.js'
import type { LoadedContact } from '../../store/contacts.js'
import { groupsOf } from '../../store/scope.js'
import type { Dialog } from '../dialogue.js'

/** An invitation was opened (`d.args` is the hash of its code): says what it would change, and changes it when that is wanted. */
export function acceptDialog(): Dialog {
  return {
    name: 'accept',
    version: 1,
    async run(d) {
      const { offer, has } = await d.act('look', async ({ tx, at, contact }) => ({
        offer: await offerTo(tx, asked(contact), d.args, at),
        has: { role: contact.role, groups: await groupsOf(tx, contact.contact) },
      }))
      if (typeof offer === 'string') return d.say(refusal(offer, has.role))
      const wanted = await d.choose('sure', {
        block: [question(offer), ...givenUp(offer, has)],
        options: [
          { id: 'accept', label: phrase('invitation.accept') },
          { id: 'cancel', label: phrase('invitation.not-now') },
        ],
      })
      if (wanted !== 'accept') return d.say(phrase('invitation.left'))
      const done = await d.act('accept', ({ tx, at, newId, contact }) =>
        accept(tx, asked(contact), d.args, { now: at, newId }),
      )
      if (typeof done === 'string') return d.say(refusal(done, has.role))
      d.say(phrase(`invitation.welcome-${done.role}`, { group: done.groups.join(', ') }))
    },
  }
}

function asked({ contact, role, grp }: LoadedContact): Contact {
  return { id: contact, role, group: grp }
}

function refusal(why: NoOffer, role: Role): Line {
  // Residents have no role to speak of, and are never told that they have one.
  return phrase(`invitation.${why}`, role === 'resident' ? {} : { role: phrase(`invite.roles.${role}`) })
}

function question({ role, invitation: { grp, label } }: Offer): Line {
  return phrase('invitation.ask', {
    role: phrase(`invite.roles.${role}`),
    where: grp === null ? '' : phrase('leaders.in-group', { group: grp }),
    whom: label === null ? '' : phrase('invitation.for', { label }),
  })
}

/** A higher role takes the place of the one before: whoever leads or helps elsewhere is told before, not after. */
function givenUp({ role, groups }: Offer, has: { role: Role; groups: readonly number[] }): Line[] {
  const lost = has.role === role ? [] : has.groups.filter((group) => !groups.includes(group))
  return lost.length === 0
    ? []
    : [phrase('invitation.gives-up', { role: phrase(`invite.roles.${has.role}`), groups: lost.join(', ') })]
}
