import type { Role } from '../../core/model/contact.js'
import type { Outcome, Source } from '../../core/model/ledger.js'
import type { ChannelName } from '../../core/model/message.js'
import type { RunState } from '../../core/model/run.js'

/** Who chats, what is in front of them, what came in, what happened and what goes out. */
export interface TalkTables {
  address: AddressTable
  contact: ContactTable
  person: PersonTable
  session: SessionTable
  run: RunTable
  tally: TallyTable
  ledger: LedgerTable
  inbox: InboxTable
  outbox: OutboxTable
  dialog: DialogTable
}

/** Somebody who chats, and the person they are themselves (they may act for others: that stands in the session). */
interface ContactTable {
  id: string
  person: string
  role: Role
  grp: number | null
  label: string | null
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
  /** When the app last said that it takes nothing before its owner writes, ms. */
  shut_at: number | null
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
  /** Written by triggers alone, like the two below (migration 0023): the group of the person. */
  grp: number | null
  /** 1 where the person counts in the flow by this run, 2 where a finish of theirs was confirmed besides; 0: another run counts, or none. */
  counts: 0 | 1 | 2
  /** When the person finished the flow for the first time; on the run that counts. */
  done_at: number | null
}

/** Sums of the runs that count, kept by triggers; the sum of a place may lie in several rows, and group 0 is «none». */
interface TallyTable {
  flow: string
  grp: number
  state: RunState
  step: string
  count: number
  tries: number
  /** Those of the finished that a head or the ward confirmed. */
  confirmed: number
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
  edited_at: number | null
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
