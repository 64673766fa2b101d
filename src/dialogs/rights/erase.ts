import { newSession } from '../../core/turn.js'
import { phrase } from '../../core/talk/draft.js'
import { type SpeakParts, sayTo } from '../../speak/speak.js'
import { createContacts, loadByAddresses } from '../../store/contacts.js'
import { eraseContact } from '../../store/erase.js'
import type { Dialog } from '../dialogue.js'
import { endHelping } from '../relatives.js'

export interface EraseParts extends SpeakParts {
  /** Called once the erasure is durable. */
  erased: () => void
}

/** `/xoa`: asked twice, then everything that names the person is gone at once; whoever writes again begins anew. */
export function eraseDialog(parts: EraseParts): Dialog {
  return {
    name: 'erase',
    version: 1,
    async run(d) {
      const role = await d.act('role', async ({ contact }) => contact.role)
      if (role !== 'resident') return d.say(phrase('rights.role-first'))
      const options = (yes: string) => [
        { id: 'cancel', label: phrase('rights.options.keep') },
        { id: 'yes', label: phrase(`rights.options.${yes}`) },
      ]
      const first = await d.choose('first', { block: [phrase('rights.erase-what')], options: options('erase') })
      if (first !== 'yes') return d.say(phrase('rights.kept'))
      const second = await d.choose('second', { block: [phrase('rights.erase-sure')], options: options('erase-all') })
      if (second !== 'yes') return d.say(phrase('rights.kept'))
      await d.act('erase', async ({ tx, at, newId, contact, wake }) => {
        wake(await endHelping(tx, parts, contact.self))
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
