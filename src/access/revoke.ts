import type { Scope } from '../core/policy/roles.js'
import { endLead, setRole } from '../store/contacts.js'
import { cancelInvitationsOf } from '../store/invitations.js'
import { endPageAccess } from '../store/page-access.js'
import type { RoleHolder } from '../store/role-holders.js'
import type { Db } from '../store/tables.js'
import { mayInviteTo } from './invite.js'

/** Whether somebody may take this role away: the roles they may give, in groups that are all their own. */
export function mayRevoke(scope: Scope, { contact, role, groups }: RoleHolder): boolean {
  return (
    contact !== scope.who &&
    mayInviteTo(scope, { role, grp: null }) &&
    groups.every((group) => mayInviteTo(scope, { role, grp: group }))
  )
}

/** Whether somebody may take one of several groups away: of a role they may give, in a group of their own. */
export function mayRevokeGroup(scope: Scope, { contact, role, groups }: RoleHolder, group: number): boolean {
  return contact !== scope.who && groups.includes(group) && mayInviteTo(scope, { role, grp: group })
}

/** Takes away what one group opened, where others stay: pages ask for the groups anew at every call, invitations to it that nobody took up are void. */
export async function shutOutOf(
  tx: Db,
  contact: string,
  group: number,
  { by, now }: { by: string; now: number },
): Promise<void> {
  await endLead(tx, contact, group)
  await cancelInvitationsOf(tx, contact, { by, now, group })
}

/** Takes away what a role opened: every page and link, and the invitations of their own that nobody took up yet, which would bring them back. */
export async function shutOut(tx: Db, contact: string, { by, now }: { by: string; now: number }): Promise<void> {
  await setRole(tx, contact, 'resident', [], now)
  await endPageAccess(tx, contact)
  await cancelInvitationsOf(tx, contact, { by, now })
}
