import type { Role } from './contact.js'

/** What somebody did with other people's data. */
export const AUDIT_DEEDS = [
  'saw',
  'exported',
  'sent',
  'imported',
  'changed',
  'recorded',
  'merged',
  'parted',
  'joined',
  'invited',
  'revoked',
  'signed-in',
  'refused',
] as const
export type AuditDeed = (typeof AUDIT_DEEDS)[number]

/** One line of the audit log: append-only, ids and kinds, never a name, a number or a text. */
export interface AuditEntry {
  id: string
  /** ms since the epoch. */
  at: number
  /** The contact, or `operator`. */
  who: string
  role: Role
  deed: AuditDeed
  /** The kind of thing: `person`, `people`, `without-card`, `roster`, `broadcast` … */
  kind: string
  /** Its id, or null where it is a whole list. */
  subject: string | null
  /** The group it was about; null: the ward, or none. */
  group: number | null
  /** How many persons it was about, or null. */
  count: number | null
}
