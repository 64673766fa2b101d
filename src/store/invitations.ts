import { sql } from 'kysely'
import type { Role } from '../core/model/contact.js'
import type { Db } from './tables.js'

/** A code that gives a role, once. */
export interface Invitation {
  /** Hash of the code; the code itself is never kept. */
  codeHash: string
  role: Role
  grp: number | null
  createdAt: number
  createdBy: string | null
  expiresAt: number
}

/** What a code gives, or why it gives nothing. */
export type Redeemed = { role: Role; grp: number | null } | 'unknown' | 'expired' | 'used'

export async function createInvitation(db: Db, invitation: Invitation): Promise<void> {
  const { codeHash, role, grp, createdAt, createdBy, expiresAt } = invitation
  await sql`
    insert into invitation (code_hash, role, grp, created_at, created_by, expires_at)
    values (${codeHash}, ${role}, ${grp}, ${createdAt}, ${createdBy}, ${expiresAt})`.execute(db)
}

/** Uses a code up: of two who try at once, one gets the role and the other `used`. */
export async function redeemInvitation(db: Db, codeHash: string, contact: string, now: number): Promise<Redeemed> {
  const taken = await sql<{ role: Role; grp: number | null }>`
    update invitation set used_at = ${now}, used_by = ${contact}
    where code_hash = ${codeHash} and used_at is null and expires_at > ${now}
    returning role, grp`.execute(db)
  if (taken.rows[0]) return taken.rows[0]
  const found = await sql<{ used_at: number | null }>`
    select used_at from invitation where code_hash = ${codeHash}`.execute(db)
  if (!found.rows[0]) return 'unknown'
  return found.rows[0].used_at === null ? 'expired' : 'used'
}
