import type { ChannelName } from './message.js'

/**
 * What happened to a person at a step.
 * `entered` opens a run, or (detail `edition`) says to which step a changed guide carried it; every other event names the step that was
 * left or reported, and `to` the step entered by it.
 */
export const OUTCOMES = ['entered', 'done', 'trouble', 'skipped', 'back', 'paused', 'finished'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** Who says so: the person, somebody acting for them, their group head, or ward staff. */
export const SOURCES = ['self', 'helper', 'leader', 'staff'] as const
export type Source = (typeof SOURCES)[number]

/** One row of the ledger: append-only, and the origin of every figure anybody sees. */
export interface LedgerEvent {
  run: string
  /** 1, 2, 3 … within the run, without gaps: the same move can never be written twice. */
  seq: number
  /** ms since the epoch. */
  at: number
  person: string
  contact: string
  channel: ChannelName
  /** Residential group of the person then, or null. */
  group: number | null
  flow: string
  edition: number
  step: string
  /** Official number of the step, or null. */
  number: number | null
  outcome: Outcome
  source: Source
  /** The choice or the trouble, where one was named. */
  detail: string | null
  /** The step entered by this event, or null. */
  to: string | null
}
