import { randomBytes } from 'node:crypto'
import type { Role } from '../core/model/contact.js'
import { DAY_MS } from '../core/policy/calendar.js'
import { createInvitation } from '../store/invitations.js'
import type { Db } from '../store/tables.js'
import { hashCode } from './codes.js'

/** How long an invitation may be taken up, ms. */
export const INVITATION_MS = 7 * DAY_MS

/** The payload that opens the chat with an invitation: `/start inv_…`, `/chat?start=inv_…`. */
export function invitationPayload(code: string): string {
  return `inv_${code}`
}

/** Makes a one-time code for a role and keeps its hash; the code is returned once and cannot be shown again. `group` belongs to a group head. */
export async function invite(
  db: Db,
  role: Exclude<Role, 'resident'>,
  group: number | null,
  now: number,
  by: string | null = null,
): Promise<string> {
  const code = randomBytes(15).toString('base64url')
  await createInvitation(db, {
    codeHash: hashCode(code),
    role,
    grp: group,
    createdAt: now,
    createdBy: by,
    expiresAt: now + INVITATION_MS,
  })
  return code
}
