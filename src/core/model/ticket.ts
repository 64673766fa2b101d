import type { ChannelName } from './message.js'

/** Why a person is wanted: asked for, the third remedy failed, a fraud under way, a visit at home. */
export const TICKET_REASONS = ['asked', 'third-miss', 'scam', 'visit'] as const
export type TicketReason = (typeof TICKET_REASONS)[number]

/** When a visit or a call would suit. */
export type Suits = 'morning' | 'afternoon' | 'any'

/** `open`: waits · `taken`: somebody has it, and the bot is silent in that talk · `closed`. */
export type TicketState = 'open' | 'taken' | 'closed'

/** One conversation that a person is to take over, with what they need to know before the first word. */
export interface Ticket {
  id: string
  /** A short number to speak of it by. */
  number: number
  contact: string
  /** Whom it is about; null when it is erased. */
  person: string | null
  group: number | null
  /** Where they stood: flow, step id, its official number and how often it failed. */
  flow: string | null
  step: string | null
  stepNumber: number | null
  tries: number
  channel: ChannelName
  reason: TicketReason
  suits: Suits | null
  state: TicketState
  takenBy: string | null
  /** ms. */
  openedAt: number
  takenAt: number | null
  closedAt: number | null
  escalatedAt: number | null
}
