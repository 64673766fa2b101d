import type { Scope } from '../core/policy/roles.js'
import { setRole } from '../store/contacts.js'
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

/** Takes away what a role opened: every page and link, and the invitations of their own that nobody took up yet, which would bring them back. */
export async function shutOut(tx: Db, contact: string, { by, now }: { by: string; now: number }): Promise<void> {
  await setRole(tx, contact, 'resident', [], now)
  await endPageAccess(tx, contact)
  await cancelInvitationsOf(tx, contact, by, now)
}
