import { newSession } from '../../core/turn.js'
import { phrase } from '../../core/talk/draft.js'
import { sayTo, type SpeakParts } from '../../speak/speak.js'
import { audit } from '../../store/audit.js'
import { createContacts, loadByAddresses, type LoadedContact, loadReachable } from '../../store/contacts.js'
import { eraseContact, groupOfListed } from '../../store/erase.js'
import { becomeSomebodyNew, otherPhones } from '../../store/same-person.js'
import { scopeOfContact } from '../../store/scope.js'
import { giveUpRole } from '../../tickets/role-end.js'
import type { TicketParts } from '../../tickets/tickets.js'
import type { Db } from '../../store/tables.js'
import type { Dialog, Now } from '../dialogue.js'
import { endHelping } from '../relatives.js'

export interface EraseParts extends TicketParts {
  /** Called once the erasure is durable. */
  erased: () => void
}

/**
 * `/xoa`: asked twice, then a role is given up and everything that names the person is gone at once, on every phone of theirs; whoever writes again
 * begins anew.
 */
export function eraseDialog(parts: EraseParts): Dialog {
  return {
    name: 'erase',
    version: 3,
    async run(d) {
      const known = await d.act('known', async ({ tx, contact }) => ({
        role: contact.role,
        listed: (await groupOfListed(tx, contact.self)) !== null,
        phones: (await otherPhones(tx, contact.contact)).length > 0,
      }))
      const options = (yes: string) => [
        { id: 'cancel', label: phrase('rights.options.keep') },
        { id: 'yes', label: phrase(`rights.options.${yes}`) },
      ]
      const role = phrase(`invite.roles.${known.role}`)
      const first = await d.choose('first', {
        block: [
          phrase('rights.erase-what'),
          ...(known.listed ? [phrase('rights.erase-listed')] : []),
          ...(known.role === 'resident' ? [] : [phrase('rights.role-too', { role })]),
        ],
        options: options('erase'),
      })
      if (first !== 'yes') return d.say(phrase('rights.kept'))
      const second = await d.choose('second', {
        block: [...(known.phones ? [phrase('rights.erase-phones')] : []), phrase('rights.erase-sure')],
        options: options('erase-all'),
      })
      if (second !== 'yes') return d.say(phrase('rights.kept'))
      await d.act('erase', async (now) => {
        const { tx, at, newId, contact, wake } = now
        // Whoever has a role gives it up with all that hangs on it: no talk and no invitation of theirs is left behind.
        wake(await giveUpRole(tx, parts, contact.contact))
        wake(await endHelping(tx, parts, contact.self))
        const scope = await scopeOfContact(tx, contact.contact)
        const listed = await groupOfListed(tx, contact.self)
        await eraseOtherPhones(now, parts)
        await eraseContact(tx, contact.contact, newId)
        if (listed !== null && (await groupOfListed(tx, contact.self)) === null) {
          const line = { deed: 'erased', kind: 'person', subject: contact.self, group: listed.group, count: 1 } as const
          await audit(tx, scope, [{ id: newId(), at, ...line }])
        }
        wake(await tellStranger(tx, parts, contact, 'erased'))
        parts.erased()
      })
      d.endQuietly()
    },
  }
}

/** Whoever is the same person on another phone is a stranger there, too; a role is nobody else's to take, so its holder is somebody else from now on. */
async function eraseOtherPhones({ tx, at, newId, contact, wake, tell }: Now, parts: SpeakParts): Promise<void> {
  for (const other of await otherPhones(tx, contact.contact)) {
    if (other.role !== 'resident') {
      await becomeSomebodyNew(tx, other.contact, newId(), at)
      await tell(other.contact, [[phrase('rights.parted-elsewhere')]])
      continue
    }
    const reached = await loadReachable(tx, other.contact, { lock: true })
    await eraseContact(tx, other.contact, newId)
    if (reached) wake(await tellStranger(tx, parts, reached, 'erased-elsewhere'))
  }
}

/** Says that it is done to whoever was erased: they are somebody new, of whom only the address is known. Who was told. */
async function tellStranger(
  tx: Db,
  parts: SpeakParts,
  { channel, address, session: { locale, form, said } }: LoadedContact,
  what: 'erased' | 'erased-elsewhere',
): Promise<string[]> {
  const { newId } = parts
  await createContacts(tx, [
    {
      address: { channel, address },
      contact: { id: newId(), role: 'resident', group: null },
      session: { ...newSession(newId(), locale), form, said },
      at: parts.clock(),
    },
  ])
  const [stranger] = await loadByAddresses(tx, [{ channel, address }], { lock: true })
  if (!stranger) return []
  await sayTo(tx, parts, stranger, [[phrase(`rights.${what}`)]])
  return [stranger.contact]
}
