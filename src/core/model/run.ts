/** One person's passage through one flow. */
export interface Run {
  id: string
  person: string
  flow: string
  /** The edition of the flow that the person stands in. */
  edition: number
  step: string
  state: RunState
  /** Number of ledger events so far; the next event is `seq + 1`. */
  seq: number
  /** ms since the epoch. */
  startedAt: number
  /** When the step was entered, ms; a waiting step's limit counts from here. */
  enteredAt: number
  /** Steps passed to get here, oldest first, bounded: «back one step» and a changed flow go by it. */
  trail: readonly string[]
  /** How often this step was reported as not working since it was entered. */
  tries: number
}

/** `open`: standing at a step · `paused`: put aside by the person, resumable for ever · `finished`: reached the end. */
export type RunState = 'open' | 'paused' | 'finished'

/** Steps of a trail that are remembered: more than any flow has, so that only circles of «take the photo again» are cut. */
export const TRAIL_LIMIT = 40
