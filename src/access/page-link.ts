import type { Role } from '../core/model/contact.js'
import { newSession } from '../core/turn.js'
import { createPageContact, isContact, setRole } from '../store/contacts.js'
import { createPageLink } from '../store/page-access.js'
import type { Db } from '../store/tables.js'
import { hashCode, randomCode } from './codes.js'

/** How long a link to the staff pages may lie unused, ms. */
export const PAGE_LINK_MS = 10 * 60_000

/**
 * Makes a one-time link to a staff page for a contact and gives its whole URL, which cannot be shown again. `path` is one below `/staff`.
 */
export async function makePageLink(
  db: Db,
  { publicUrl, contact, path = '/staff', now }: { publicUrl: string; contact: string; path?: string; now: number },
): Promise<string> {
  const code = randomCode()
  await createPageLink(db, { codeHash: hashCode(code), contact, path, createdAt: now, expiresAt: now + PAGE_LINK_MS })
  return `${publicUrl}/staff/enter?code=${code}`
}

/** The page on which somebody reads all that is held of them. */
export const MY_DATA = '/my-data'

/** Makes a one-time link to the page of one's own data and gives its whole URL. */
export async function makeDataLink(
  db: Db,
  { publicUrl, contact, now }: { publicUrl: string; contact: string; now: number },
): Promise<string> {
  const code = randomCode()
  await createPageLink(db, {
    codeHash: hashCode(code),
    contact,
    path: MY_DATA,
    createdAt: now,
    expiresAt: now + PAGE_LINK_MS,
  })
  return `${publicUrl}${MY_DATA}?code=${code}`
}

/**
 * Lets somebody in who does not chat with the bot: a contact without an address, and a link for it. Each is a person of its own in the
 * audit log; `contact` names one that may be there already.
 */
export async function letIn(tx: Db, { publicUrl, role, group, newId, now, ...known }: LetIn): Promise<string> {
  const contact = known.contact ?? newId()
  if (known.contact === undefined || !(await isContact(tx, contact))) {
    await createPageContact(tx, {
      contact: { id: contact, role: 'resident', group },
      session: newSession(newId()),
      at: now,
    })
  }
  // Somebody who came by a link before has lost the role with it.
  await setRole(tx, contact, role, group === null ? [] : [group], now)
  return makePageLink(tx, { publicUrl, contact, now })
}

interface LetIn {
  publicUrl: string
  role: Role
  group: number | null
  newId: () => string
  now: number
  contact?: string
}
