import { sql } from 'kysely'
import type { Role } from '../core/model/contact.js'
import type { Scope } from '../core/policy/roles.js'
import { storable } from './rows.js'
import { inScope } from './scope.js'
import type { Db } from './tables.js'

/** A code that gives a role, once. */
export interface Invitation {
  /** Hash of the code; the code itself is never kept. */
  codeHash: string
  role: Exclude<Role, 'resident'>
  grp: number | null
  /** Whom it is meant for, in the words of whoever made it. */
  label: string | null
  createdAt: number
  /** The contact who made it; null: at the server. */
  createdBy: string | null
  expiresAt: number
}

/** Why a code gives nothing. */
export type NoInvitation = 'unknown' | 'expired' | 'used' | 'cancelled'

/** Characters of a label. */
export const ROLE_LABEL_MAX = 60

const FOUND = sql.raw(`code_hash as "codeHash", role, grp, label, created_at as "createdAt", created_by as "createdBy",
  expires_at as "expiresAt"`)
const UNUSED = sql.raw('used_at is null and cancelled_at is null')

export async function createInvitation(db: Db, invitation: Invitation): Promise<void> {
  const { codeHash, role, grp, label, createdAt, createdBy, expiresAt } = invitation
  await sql`
    insert into invitation (code_hash, role, grp, label, created_at, created_by, expires_at)
    values (${codeHash}, ${role}, ${grp}, ${label === null ? null : storable(label)}, ${createdAt}, ${createdBy}, ${expiresAt})`.execute(
    db,
  )
}

/** What a code would give now, or why it gives nothing; nothing is used up by asking. */
export async function invitationOf(db: Db, codeHash: string, now: number): Promise<Invitation | NoInvitation> {
  const found = await sql<Invitation & { used_at: number | null; cancelled_at: number | null }>`
    select ${FOUND}, used_at, cancelled_at from invitation where code_hash = ${codeHash}`.execute(db)
  const [row] = found.rows
  if (!row) return 'unknown'
  const { used_at, cancelled_at, ...invitation } = row
  if (used_at !== null) return 'used'
  if (cancelled_at !== null) return 'cancelled'
  return invitation.expiresAt > now ? invitation : 'expired'
}

/** Uses a code up: of two who try at once, one gets true. */
export async function redeemInvitation(db: Db, codeHash: string, contact: string, now: number): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update invitation set used_at = ${now}, used_by = ${contact}
    where code_hash = ${codeHash} and ${UNUSED} and expires_at > ${now}`.execute(db)
  return Number(numAffectedRows ?? 0) > 0
}

/** An invitation that waits, with how whoever made it is called; null: nobody said, or it was made at the server. */
export interface OpenInvitation extends Invitation {
  maker: string | null
}

/** Invitations that somebody could still take up, newest first: all of them for the ward, for a head those to the own groups. */
export async function openInvitations(db: Db, scope: Scope, now: number): Promise<OpenInvitation[]> {
  const found = await sql<OpenInvitation>`
    select ${FOUND}, (select m.label from contact m where m.id = invitation.created_by) as maker from invitation
    where ${UNUSED} and expires_at > ${now} and (created_by = ${scope.who} or ${visible(scope)})
    order by created_at desc, code_hash`.execute(db)
  return found.rows
}

/** Takes an open invitation of the scope back; false when there is none any more. */
export async function cancelInvitation(db: Db, scope: Scope, codeHash: string, now: number): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update invitation set cancelled_at = ${now}, cancelled_by = ${scope.who}
    where code_hash = ${codeHash} and ${UNUSED} and (created_by = ${scope.who} or ${visible(scope)})`.execute(db)
  return Number(numAffectedRows ?? 0) > 0
}

/** Takes back whatever a contact made that nobody has used, or what leads to one group; how many. */
export async function cancelInvitationsOf(
  db: Db,
  maker: string,
  { by, now, group }: { by: string; now: number; group?: number },
): Promise<number> {
  const which = group === undefined ? sql`true` : sql`grp = ${group}`
  const { numAffectedRows } = await sql`
    update invitation set cancelled_at = ${now}, cancelled_by = ${by}
    where created_by = ${maker} and ${which} and ${UNUSED}`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** Invitations to a group are its head's too; those to the ward are the ward's alone. */
function visible(scope: Scope) {
  return scope.groups === 'ward' ? sql`true` : sql`(role = 'helper' and ${inScope(scope, sql`grp`)})`
}
