import type { Role } from './contact.js'

/** What somebody did with other people's data. */
export const AUDIT_DEEDS = [
  'saw',
  'exported',
  'sent',
  'imported',
  'changed',
  'recorded',
  'undone',
  'merged',
  'parted',
  'joined',
  'invited',
  'accepted',
  'cancelled',
  'revoked',
  'signed-in',
  'erased',
  'refused',
  'asked',
  'declined',
  'withdrawn',
  'paused',
  'resumed',
  'stopped',
  'switched-on',
  'switched-off',
] as const
export type AuditDeed = (typeof AUDIT_DEEDS)[number]

/** Kinds of things that have words of their own in the log (`staff.log.kinds`); a guide is called by its title. */
export const AUDIT_KINDS = [
  'pages', 'group', 'people', 'person', 'person-new', 'person-moved', 'person-moved-away', 'person-died', 'person-mistake', 'households', 'visits', 'visit', 'card', 'contacts', 'contact', 'roster', 'officials', 'roles', 'record', 'merge', 'slip', 'slips', 'tally', 'papers',
  'export', 'steps', 'completion', 'without-card', 'report', 'card-team', 'helping', 'helper', 'leader', 'staff', 'admin', 'label', 'guides', 'health', 'broadcast', 'rules',
  'article', 'tickets', 'ticket', 'questions', 'question', 'taught', 'incidents',
] as const // prettier-ignore

/** The words of a kind of thing, or null for one that has none. */
export function kindKey(kind: string): string | null {
  return AUDIT_KINDS.some((known) => known === kind) ? `phrases:staff.log.kinds.${kind}` : null
}

/** One line of the audit log: append-only, ids and kinds, never a name, a number or a text. */
export interface AuditEntry {
  id: string
  /** ms since the epoch. */
  at: number
  /** The contact, `operator`, or `machine`. */
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
