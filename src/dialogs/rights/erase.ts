import { newSession } from '../../core/turn.js'
import { phrase } from '../../core/talk/draft.js'
import { sayTo } from '../../speak/speak.js'
import { audit } from '../../store/audit.js'
import { createContacts, loadByAddresses } from '../../store/contacts.js'
import { eraseContact, groupOfListed } from '../../store/erase.js'
import { scopeOfContact } from '../../store/scope.js'
import { giveUpRole } from '../../tickets/role-end.js'
import type { TicketParts } from '../../tickets/tickets.js'
import type { Dialog } from '../dialogue.js'
import { endHelping } from '../relatives.js'

export interface EraseParts extends TicketParts {
  /** Called once the erasure is durable. */
  erased: () => void
}

/** `/xoa`: asked twice, then a role is given up and everything that names the person is gone at once; whoever writes again begins anew. */
export function eraseDialog(parts: EraseParts): Dialog {
  return {
    name: 'erase',
    version: 2,
    async run(d) {
      const role = await d.act('role', async ({ contact }) => contact.role)
      const options = (yes: string) => [
        { id: 'cancel', label: phrase('rights.options.keep') },
        { id: 'yes', label: phrase(`rights.options.${yes}`) },
      ]
      const first = await d.choose('first', {
        block: [
          phrase('rights.erase-what'),
          ...(role === 'resident' ? [] : [phrase('rights.role-too', { role: phrase(`invite.roles.${role}`) })]),
        ],
        options: options('erase'),
      })
      if (first !== 'yes') return d.say(phrase('rights.kept'))
      const second = await d.choose('second', { block: [phrase('rights.erase-sure')], options: options('erase-all') })
      if (second !== 'yes') return d.say(phrase('rights.kept'))
      await d.act('erase', async ({ tx, at, newId, contact, wake }) => {
        // Whoever has a role gives it up with all that hangs on it: no talk and no invitation of theirs is left behind.
        wake(await giveUpRole(tx, parts, contact.contact))
        wake(await endHelping(tx, parts, contact.self))
        const scope = await scopeOfContact(tx, contact.contact)
        const listed = await groupOfListed(tx, contact.self)
        if (listed !== null) {
          const line = { deed: 'erased', kind: 'person', subject: contact.self, group: listed.group, count: 1 } as const
          await audit(tx, scope, [{ id: newId(), at, ...line }])
        }
        await eraseContact(tx, contact.contact, newId)
        // Somebody has to be told that it is done; they are a stranger again, of whom only the address is known.
        const address = { channel: contact.channel, address: contact.address }
        const { locale, form } = contact.session
        await createContacts(tx, [
          {
            address,
            contact: { id: newId(), role: 'resident', group: null },
            session: { ...newSession(newId(), locale), form, said: contact.session.said },
            at,
          },
        ])
        const [stranger] = await loadByAddresses(tx, [address], { lock: true })
        if (stranger) {
          await sayTo(tx, parts, stranger, [[phrase('rights.erased')]])
          wake([stranger.contact])
        }
        parts.erased()
      })
      d.endQuietly()
    },
  }
}
