import type { Contact } from '../core/model/contact.js'
import { type Offered, offered, scopeOf } from '../core/policy/roles.js'
import { audit } from '../store/audit.js'
import { labelRole, setGroup, setRole } from '../store/contacts.js'
import { type Invitation, invitationOf, type NoInvitation, redeemInvitation } from '../store/invitations.js'
import { groupsOf, scopeOfContact } from '../store/scope.js'
import type { Db } from '../store/tables.js'
import { mayInviteTo } from './invite.js'

/** Why an invitation changes nothing: it is none, it is one's own, it would lower a role, or all of it is there already. */
export type NoOffer = NoInvitation | 'own' | 'lower' | 'have'

/** What an invitation would make of a contact. */
export interface Offer extends Offered {
  invitation: Invitation
}

/** What an invitation would change for a contact; nothing is used up by asking. Whoever made it must still be able to make it. */
export async function offerTo(tx: Db, contact: Contact, codeHash: string, now: number): Promise<Offer | NoOffer> {
  const invitation = await invitationOf(tx, codeHash, now)
  if (typeof invitation === 'string') return invitation
  const { role, grp, createdBy } = invitation
  if (createdBy === contact.id) return 'own'
  if (createdBy !== null && !mayInviteTo(await scopeOfContact(tx, createdBy), invitation)) return 'cancelled'
  const what = offered({ role: contact.role, groups: await groupsOf(tx, contact.id) }, { role, group: grp })
  return typeof what === 'string' ? what : { ...what, invitation }
}

/** Takes an invitation up, inside a transaction; of two who try at once, one gets it. */
export async function accept(
  tx: Db,
  contact: Contact,
  codeHash: string,
  { now, newId }: { now: number; newId: () => string },
): Promise<Offer | NoOffer> {
  const offer = await offerTo(tx, contact, codeHash, now)
  if (typeof offer === 'string') return offer
  if (!(await redeemInvitation(tx, codeHash, contact.id, now))) return 'used'
  const { role, groups, raises, invitation } = offer
  await setRole(tx, contact.id, role, groups, now)
  if (invitation.label !== null) await labelRole(tx, contact.id, invitation.label)
  // A group head lives in the first group they lead; staff stay in the group they named as residents.
  if (raises && invitation.grp !== null && invitation.grp !== contact.group)
    await setGroup(tx, contact.id, invitation.grp)
  await audit(tx, scopeOf({ id: contact.id, role, leads: groups }), [
    { id: newId(), at: now, deed: 'accepted', kind: role, subject: contact.id, group: invitation.grp, count: null },
  ])
  return offer
}
