import type { ChannelName } from '../../core/model/message.js'
import type { Suits, TicketReason, TicketState } from '../../core/model/ticket.js'

/** Conversations that a person is to take over, or has. */
export interface TicketTables {
  ticket: TicketTable
}

interface TicketTable {
  id: string
  number: number
  contact: string
  person: string | null
  grp: number | null
  flow: string | null
  step: string | null
  step_number: number | null
  tries: number
  channel: ChannelName
  reason: TicketReason
  suits: Suits | null
  state: TicketState
  taken_by: string | null
  opened_at: number
  taken_at: number | null
  closed_at: number | null
  escalated_at: number | null
}
