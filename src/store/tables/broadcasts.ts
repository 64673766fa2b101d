import type { BroadcastState, Place } from '../../core/model/broadcast.js'
import type { ChannelName } from '../../core/model/message.js'

/** Broadcasts and what hangs on them. */
export interface BroadcastTables {
  broadcast: BroadcastTable
  recipient: RecipientTable
  reminded: RemindedTable
  opt_out: OptOutTable
  quiet_hours: QuietHoursTable
  schedule: ScheduleTable
  live_message: LiveMessageTable
}

/** A message to many; `plan` and `tally` are JSON. */
interface BroadcastTable {
  id: string
  state: BroadcastState
  sender: string | null
  rule: string | null
  flow: string
  plan: string
  tally: string
  fingerprint: string
  /** Marks of all that the preview has shown; null once it is confirmed. */
  shown: string | null
  confirm_key: string | null
  created_at: number
  confirmed_at: number | null
  confirmed_by: string | null
  ended_at: number | null
  paused_at: number | null
}

/** A person of a broadcast; `n` is their message in the outbox, which alone knows what became of it. */
interface RecipientTable {
  broadcast: string
  person: string
  contact: string | null
  channel: ChannelName | null
  address: string | null
  run: string | null
  step: string | null
  grp: number | null
  place: Place
  reason: string | null
  price: number
  not_before: number
  state: 'waiting' | 'queued' | 'cancelled' | 'offline'
  n: number | null
  at: number | null
  /** What became of the message, once the outbox has forgotten it. */
  became: string | null
}

/** On which day a person was written to or about: what the cap counts, and what makes a second one impossible. Whoever reads has a row too. */
interface RemindedTable {
  person: string
  day: string
  contact: string
  broadcast: string
  /** The message in the outbox of the contact. */
  n: number | null
}

/** A contact or a person who wants no reminders. */
interface OptOutTable {
  subject: string
  at: number
}

/** A contact's own hours without reminders. */
interface QuietHoursTable {
  subject: string
  quiet_from: string
  quiet_until: string
}

/** Whether a rule of the ward is on, and on which day it last ran. */
interface ScheduleTable {
  rule: string
  enabled: number
  by_contact: string | null
  at: number
  last_day: string | null
  asked_by: string | null
  agreed_by: string | null
}

/** The message `n` of a contact that follows a broadcast. */
interface LiveMessageTable {
  broadcast: string
  contact: string
  n: number
  made_at: number
  looked_at: number
}
