import type { Details } from '../channels/channel.js'
import type { ChannelName } from '../core/model/message.js'
import { phrase } from '../core/talk/draft.js'
import type { Dialogs } from '../dialogs/dialogs.js'
import { sayTo, type SpeakParts } from '../speak/speak.js'
import { loadByAddresses } from '../store/contacts.js'
import { insertInbox } from '../store/inbox.js'
import type { Store } from '../store/open.js'
import type { Seals } from '../store/sealed.js'
import { saveDetails } from '../store/zalo.js'

export interface DetailsParts extends SpeakParts {
  store: Store
  seals: Seals
  dialogs: Pick<Dialogs, 'gaveNumber'>
}

/** Keeps a phone number and a name that somebody gave by the app's form, sealed, and says so, once; the contacts that were told something. */
export function keepDetails(parts: DetailsParts, channel: ChannelName, details: Details): Promise<string[]> {
  const { store, seals } = parts
  return store.transaction(async (tx) => {
    const [found] = await loadByAddresses(tx, [{ channel, address: details.address }], { lock: true })
    if (!found) return []
    const { contact } = found
    const taken = {
      channel,
      externalId: details.id,
      contact,
      at: parts.clock(),
      status: 'done' as const,
      request: null,
    }
    if ((await insertInbox(tx, [taken])).size === 0) return []
    // Nothing is written down about somebody who has not agreed to it.
    if (found.session.consent === null) {
      await sayTo(tx, parts, found, [[phrase('callback.consent-first')]])
      return [contact]
    }
    const phone = details.phone === null ? null : plainPhone(details.phone)
    await saveDetails(tx, {
      contact,
      phone: phone && seals.seal('contact_detail.phone', contact, phone),
      phoneKey: phone && seals.hash('phone', phone),
      name: details.name === null ? null : seals.seal('contact_detail.name', contact, details.name.normalize('NFC')),
      at: details.at,
    })
    const told = await parts.dialogs.gaveNumber(tx, found)
    if (told === null) await sayTo(tx, parts, found, [[phrase('details.kept')]])
    return [contact, ...(told ?? [])]
  })
}

/** `84912345678`, `+84 912 345 678` and `0912345678` are one number. */
function plainPhone(phone: string): string {
  return phone.replace(/\D/g, '').replace(/^(?:00)?84(?=\d{8,10}$)/, '0')
}
