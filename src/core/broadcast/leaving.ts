import type { BroadcastState } from '../model/broadcast.js'
import type { ChannelRules } from '../policy/reach.js'
import { WINDOW_MARGIN_MS } from '../policy/reach.js'
import { afterQuiet, type Hours } from '../policy/quiet.js'

/** What is known of a reminder in the instant before it leaves. */
export interface Leaving {
  /** When it was written, ms. */
  writtenAt: number
  /** The most it may cost, đồng. */
  price: number
  broadcast: BroadcastState
  optedOut: boolean
  consented: boolean
  finished: boolean
  /** The reader is the person, or still acts for them. */
  theirs: boolean
  /** The person stands where they stood when it was written. */
  sameStep: boolean
  /** When the reader last wrote on any app, ms; 0: never. */
  lastAt: number
  /** When they were last there on the app that it goes by, ms; null: never. */
  lastInteraction: number | null
  /** A colleague has the talk until then, ms. */
  heldUntil: number | null
  quiet: readonly Hours[]
  rules: ChannelRules | null
}

export const CANCELLED = [
  'stopped',
  'opted-out',
  'no-consent',
  'no-contact',
  'finished',
  'moved-on',
  'came-back',
  'dearer',
] as const
export type Cancelled = (typeof CANCELLED)[number]

/** `hold`: until somebody lets the broadcast go on. */
export type Verdict =
  /** `price`: what it costs now, if the package has nothing left, đồng. */
  | { kind: 'go'; price: number }
  | { kind: 'hold' }
  | { kind: 'wait'; until: number }
  | { kind: 'cancel'; why: Cancelled }

/** Whether a reminder may still leave. */
export function mayLeaveNow(facts: Leaving, now: number): Verdict {
  const cancel = (why: Cancelled): Verdict => ({ kind: 'cancel', why })
  if (facts.broadcast === 'stopped' || facts.broadcast === 'done') return cancel('stopped')
  if (facts.optedOut) return cancel('opted-out')
  if (!facts.consented) return cancel('no-consent')
  if (!facts.theirs) return cancel('no-contact')
  if (facts.finished) return cancel('finished')
  if (!facts.sameStep) return cancel('moved-on')
  // Whoever is here again has been told where they stand.
  if (facts.lastAt > facts.writtenAt) return cancel('came-back')
  if (facts.broadcast === 'paused') return { kind: 'hold' }
  const { rules } = facts
  const until = afterQuiet(
    [...facts.quiet, ...(rules?.quiet ? [rules.quiet] : [])],
    Math.max(now, facts.heldUntil ?? 0),
  )
  if (until === null) return cancel('stopped')
  if (until > now) return { kind: 'wait', until }
  if (rules?.window) {
    const silent = facts.lastInteraction === null ? Infinity : now - facts.lastInteraction + WINDOW_MARGIN_MS
    const price = silent <= rules.window.free ? 0 : silent <= rules.window.paid ? rules.window.price : Infinity
    if (price > facts.price) return cancel('dearer')
    return { kind: 'go', price }
  }
  return { kind: 'go', price: 0 }
}
