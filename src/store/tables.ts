import type { Kysely } from 'kysely'
import type { AuditDeed } from '../core/model/audit.js'
import type { Role } from '../core/model/contact.js'
import type { Outcome, Source } from '../core/model/ledger.js'
import type { ChannelName } from '../core/model/message.js'
import type { Card, Residence } from '../core/model/roster.js'
import type { RunState } from '../core/model/run.js'
import type { ConsentLinkTable, GrantTable } from './grant-tables.js'

/** The database, or a transaction on it: every statement of the store takes one first. */
export type Db = Kysely<Tables>

/** All times are integer ms since the epoch; JSON is kept as text; ids are made by the application. */
export interface Tables {
  contact: ContactTable
  person: PersonTable
  address: AddressTable
  session: SessionTable
  run: RunTable
  ledger: LedgerTable
  inbox: InboxTable
  outbox: OutboxTable
  invitation: InvitationTable
  dialog: DialogTable
  zalo_oa: ZaloOaTable
  contact_detail: ContactDetailTable
  leads: LeadsTable
  household: HouseholdTable
  roster: RosterTable
  merge: MergeTable
  slip: SlipTable
  slip_try: SlipTryTable
  audit: AuditTable
  join_code: JoinCodeTable
  join_try: JoinTryTable
  joined: JoinedTable
  page_link: PageLinkTable
  page_session: PageSessionTable
  oa_grant: GrantTable
  consent_link: ConsentLinkTable
}

/** Somebody who chats, and the person they are themselves (they may act for others: that stands in the session). */
interface ContactTable {
  id: string
  person: string
  role: Role
  grp: number | null
  created_at: number
}

/** Somebody whom progress is credited to; `merged_into` is who they turned out to be, and that one has none itself. */
interface PersonTable {
  id: string
  grp: number | null
  created_at: number
  merged_into: string | null
}

/**
 * A way to reach a contact on a channel, and whether it may be used: `blocked` by the resident, `dead` when nobody is there any more.
 * `last_interaction` is when the app counts them as having been there, `held_until` until when a colleague has the talk.
 */
interface AddressTable {
  channel: ChannelName
  address: string
  contact: string
  state: 'ok' | 'blocked' | 'dead'
  state_at: number | null
  last_interaction: number | null
  held_until: number | null
}

/** What is in front of a contact now; `state` is the rest of the session as JSON. */
interface SessionTable {
  contact: string
  version: number
  said: number
  last_at: number
  state: string
}

/** One person's passage through one flow: a projection of the ledger, written in the same transaction. */
interface RunTable {
  id: string
  person: string
  flow: string
  edition: number
  step: string
  state: RunState
  seq: number
  started_at: number
  entered_at: number
  trail: string
  tries: number
}

/** What happened, append-only; `person` and `contact` alone may be taken out later, and it outlives both. */
interface LedgerTable {
  run: string
  seq: number
  at: number
  person: string | null
  contact: string | null
  channel: ChannelName
  grp: number | null
  flow: string
  edition: number
  step: string
  number: number | null
  outcome: Outcome
  source: Source
  detail: string | null
  to_step: string | null
}

/** Which inbound events were taken in, once each; never what was written. `request` is what is still to be done after the turn. */
interface InboxTable {
  channel: ChannelName
  external_id: string
  contact: string
  at: number
  status: 'done' | 'deferred' | 'dead'
  request: string | null
  tries: number
  lease_until: number | null
  error: string | null
}

/** What the bot says, numbered 1, 2, 3 … per contact; `kept` is for channels that are read from here and that nobody sends to. */
interface OutboxTable {
  contact: string
  n: number
  channel: ChannelName
  address: string
  at: number
  kind: 'reply' | 'reminder' | 'bulk'
  body: string
  status: 'queued' | 'sending' | 'sent' | 'maybe' | 'failed' | 'kept' | 'cancelled'
  not_before: number
  attempts: number
  lease_until: number | null
  sent_at: number | null
  error: string | null
  dedupe_key: string | null
  provider_id: string | null
  parts: number
  doubts: number
  keyboard: number
  waits_for: 'contact' | null
  due_at: number | null
}

/** What a Zalo Official Account was found to take. `shape` holds for the mode of buttons it was found in; null: not tried. */
interface ZaloOaTable {
  oa_id: string
  path: 'v2' | 'v3'
  mode: string
  shape: 'payload' | 'list' | 'text' | null
  at: number
}

/** What somebody said of themselves through an app's own form; `phone` and `name` are sealed, `phone_key` is a keyed hash. */
interface ContactDetailTable {
  contact: string
  phone: string | null
  phone_key: string | null
  name: string | null
  at: number
}

/** The form a contact is filling in; `state` is the log of the replay engine as JSON, `args` the words behind the command. */
interface DialogTable {
  contact: string
  name: string
  version: number
  args: string
  started_at: number
  at: number
  state: string
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

/** A code that gives a role once; only its hash is kept. */
interface InvitationTable {
  code_hash: string
  role: Role
  grp: number | null
  created_at: number
  created_by: string | null
  expires_at: number
  used_at: number | null
  used_by: string | null
}

/** Groups that a head leads, or a helper works in. */
interface LeadsTable {
  contact: string
  grp: number
  since: number
}

interface HouseholdTable {
  id: string
  grp: number
  code: string | null
  street: string | null
  house: string | null
  reviewed_on: string | null
  reviewed_by: string | null
  created_at: number
}

/** What the ward's list says of a person; `folded` orders and finds the name, `phone` is sealed and `phone_hash` finds it. */
interface RosterTable {
  person: string
  household: string | null
  name: string
  folded: string
  born: number | null
  residence: Residence | null
  card: Card
  card_reason: string | null
  visit: number
  official: number
  phone: string | null
  phone_hash: string | null
  note: string | null
  updated_at: number
}

/** Two persons who were one: why, and what was passed on (JSON lists of ids). */
interface MergeTable {
  gone: string
  kept: string
  at: number
  who: string
  how: 'merge' | 'head' | 'slip'
  moved_runs: string
  left_runs: string
  moved_contacts: string
}

/** A code on paper that joins a contact to a person, once; only its hash is kept. */
interface SlipTable {
  code_hash: string
  person: string
  created_at: number
  created_by: string
  expires_at: number
  used_at: number | null
  used_by: string | null
}

/** Wrong codes of a contact since an instant. */
interface SlipTryTable {
  contact: string
  since: number
  wrong: number
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
