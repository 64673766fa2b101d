import type { AuditDeed } from '../../core/model/audit.js'
import type { Role } from '../../core/model/contact.js'
import type { ChannelName } from '../../core/model/message.js'

/** Who may do what: roles, codes, links and sessions, joined addresses, and who did what. */
export interface AccessTables {
  invitation: InvitationTable
  join_code: JoinCodeTable
  join_try: JoinTryTable
  joined: JoinedTable
  page_link: PageLinkTable
  page_session: PageSessionTable
  held_file: HeldFileTable
  leads: LeadsTable
  audit: AuditTable
}

/** A code that gives a role once; only its hash is kept. */
interface InvitationTable {
  code_hash: string
  role: Role
  grp: number | null
  label: string | null
  created_at: number
  created_by: string | null
  expires_at: number
  used_at: number | null
  used_by: string | null
  cancelled_at: number | null
  cancelled_by: string | null
}

/** A code that joins an address of another app to a contact; only its hash is kept. */
interface JoinCodeTable {
  code_hash: string
  contact: string
  created_at: number
  expires_at: number
  used_at: number | null
}

/** Wrong codes of a contact since `since`. */
interface JoinTryTable {
  contact: string
  since: number
  count: number
}

/** Addresses that were joined to another contact, and where each came from. */
interface JoinedTable {
  channel: ChannelName
  address: string
  contact: string
  came_from: string
  at: number
}

/** A one-time way to the staff pages; only the code's hash is kept. */
interface PageLinkTable {
  code_hash: string
  contact: string
  path: string
  created_at: number
  expires_at: number
  used_at: number | null
}

/** Somebody signed in to the staff pages; only the token's hash is kept. */
interface PageSessionTable {
  token_hash: string
  contact: string
  csrf: string
  created_at: number
  expires_at: number
}

/** A checked list that waits to be written, of whoever checked it; the name that its form carries is kept as a hash. */
interface HeldFileTable {
  contact: string
  name_hash: string
  sealed: string
  expires_at: number
}

/** Groups that a head leads, or a helper works in. */
interface LeadsTable {
  contact: string
  grp: number
  since: number
}

/** Who did what with other people's data, append-only. */
interface AuditTable {
  id: string
  at: number
  who: string
  role: Role
  deed: AuditDeed
  kind: string
  subject: string | null
  grp: number | null
  count: number | null
}
