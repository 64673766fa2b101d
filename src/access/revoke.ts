import { mayInvite, type Scope } from '../core/policy/roles.js'
import { audit } from '../store/audit.js'
import { setRole } from '../store/contacts.js'
import { endPageAccess } from '../store/page-access.js'
import { roleHolders } from '../store/role-holders.js'
import type { Db } from '../store/tables.js'

/** Whether somebody may take this role away: the roles they may give, in groups that are all their own. */
export function mayRevoke(scope: Scope, holder: { contact: string; role: string; groups: readonly number[] }): boolean {
  return (
    holder.contact !== scope.who &&
    mayInvite(scope.role).some((role) => role === holder.role) &&
    holder.groups.every((group) => scope.holds(group))
  )
}

/** Takes a role away at once, with every page that is open; inside a transaction. False: it was not theirs to take. */
export async function revokeRole(
  tx: Db,
  scope: Scope,
  { contact, now, newId }: { contact: string; now: number; newId: () => string },
): Promise<boolean> {
  const holder = (await roleHolders(tx, scope)).find((one) => one.contact === contact)
  if (!holder || !mayRevoke(scope, holder)) return false
  await setRole(tx, contact, 'resident', [], now)
  await endPageAccess(tx, contact)
  const group = holder.groups[0] ?? null
  await audit(tx, scope, [
    { id: newId(), at: now, deed: 'revoked', kind: holder.role, subject: contact, group, count: null },
  ])
  return true
}
