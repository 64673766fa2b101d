import type { ChannelName } from './message.js'

/**
 * What happened to a person at a step.
 * `entered` opens a run, or (detail `edition`) says to which step a changed guide carried it; every other event names the step that was
 * left or reported, and `to` the step entered by it. Two are a head's or the ward's alone: `confirmed` says of a run that its person ended
 * that it is so; `undone` takes back what was written down by mistake – the events from number `detail` on hold no longer, and `to` is where the
 * person stands again, or null: nothing of the run is left, or it stays finished.
 */
export const OUTCOMES = [
  'entered',
  'done',
  'trouble',
  'skipped',
  'back',
  'paused',
  'finished',
  'confirmed',
  'undone',
] as const
export type Outcome = (typeof OUTCOMES)[number]

/** Who says so: the person, somebody acting for them, their group head, or ward staff. */
export const SOURCES = ['self', 'helper', 'leader', 'staff'] as const
export type Source = (typeof SOURCES)[number]

/** Sources whose word makes a finish a confirmed one. */
export function isOfficial(source: Source): boolean {
  return source === 'leader' || source === 'staff'
}

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
