import { randomBytes } from 'node:crypto'
import type { Role } from '../core/model/contact.js'
import { DAY_MS } from '../core/policy/calendar.js'
import { mayInvite, OPERATOR, type Scope, scopeOf } from '../core/policy/roles.js'
import { audit } from '../store/audit.js'
import { createInvitation, type Invitation } from '../store/invitations.js'
import type { Db } from '../store/tables.js'
import { hashCode } from './codes.js'

/** How long an invitation may be taken up, ms. */
export const INVITATION_MS = 7 * DAY_MS

/** The payload that opens the chat with an invitation: `/start inv_…`, `/chat?start=inv_…`. */
export function invitationPayload(code: string): string {
  return `inv_${code}`
}

/** Where the picture of an invitation is shown to whoever has its code. */
export const INVITATION_PAGE = '/invitation'

/** The whole URL of that page; the code in it is the invitation itself. */
export function invitationPage(publicUrl: string, code: string): string {
  return `${publicUrl}${INVITATION_PAGE}?code=${code}`
}

/**
 * Makes a one-time code for a role and keeps its hash; the code is returned once and cannot be shown again. `group` belongs to a group head
 * or helper; `label` says whom it is for, and stays with the role.
 */
export async function invite(
  db: Db,
  role: Exclude<Role, 'resident'>,
  group: number | null,
  now: number,
  { by = null, label = null }: { by?: string | null; label?: string | null } = {},
): Promise<string> {
  const code = randomBytes(15).toString('base64url')
  await createInvitation(db, {
    codeHash: hashCode(code),
    role,
    grp: group,
    label,
    createdAt: now,
    createdBy: by,
    expiresAt: now + INVITATION_MS,
  })
  return code
}

/** Makes a one-time code by the word of whoever sits at the server, with its line in the log; inside a transaction. */
export async function inviteByOperator(
  tx: Db,
  { role, group, label }: { role: Exclude<Role, 'resident'>; group: number | null; label: string | null },
  { now, newId }: { now: number; newId: () => string },
): Promise<string> {
  const line = { deed: 'invited', kind: role, subject: null, group, count: null } as const
  await audit(tx, scopeOf(OPERATOR), [{ id: newId(), at: now, ...line }])
  return invite(tx, role, group, now, { label })
}

/** Whether somebody may give this role for this group. */
export function mayInviteTo(scope: Scope, { role, grp }: { role: Role; grp: number | null }): boolean {
  return mayInvite(scope.role).some((one) => one === role) && (grp === null || scope.holds(grp))
}

/** Whether somebody may take an open invitation back: what they made themselves, or could have made. */
export function mayCancel(scope: Scope, invitation: Invitation): boolean {
  return invitation.createdBy === scope.who || mayInviteTo(scope, invitation)
}
