import type { ChannelName } from './message.js'
import type { Residence } from './roster.js'

/** Which people of a flow: where they stand, or what they lack. */
export type Who =
  /** Everybody who has not finished, started or not. */
  | { kind: 'unfinished' }
  | { kind: 'not-started' }
  /** At a step, by its id; or at any step of an official number. */
  | { kind: 'at-step'; step: string }
  | { kind: 'at-number'; number: number }
  /** At one step for more than so many days. */
  | { kind: 'stuck'; days: number }
  /** At a waiting step whose limit is over. */
  | { kind: 'overdue' }
  /** Approved and not activated, with at most so many days left of the seven. */
  | { kind: 'activation-due'; days: number }
  /** Without a valid identity card, by the roster. */
  | { kind: 'no-card' }
  /** Ward officials who have not signed in to the portal, by the roster. */
  | { kind: 'officials' }

/** Whom a broadcast is for. */
export interface Audience {
  /** The guide that they are led to. */
  flow: string
  who: Who
  /** Residential groups, or null for all; never more than the sender's own scope. */
  groups: readonly number[] | null
  residence: Residence | null
}

/** What is said to them: the ready text of where each stands, or the sender's own words with {{placeholders}}; `vars` fill a ready text. */
export type Wording = { kind: 'ready' } | { kind: 'visit'; day: string } | { kind: 'own'; text: string }

/** All that a sender decides. */
export interface BroadcastPlan {
  audience: Audience
  wording: Wording
  /** Not before this time, ms; null: as soon as the hours allow. */
  at: number | null
  /** Whether messages that cost something may be sent. */
  paid: boolean
}

/** `preview`: nothing leaves · `freezing`: recipients are being written down · `running` · `paused` · `stopped`: for good · `done`: nothing is left. */
export const BROADCAST_STATES = ['preview', 'freezing', 'running', 'paused', 'stopped', 'done'] as const
export type BroadcastState = (typeof BROADCAST_STATES)[number]

export const PLACES = ['now', 'later', 'paid', 'other-channel', 'group-post', 'paper', 'left-out'] as const
/** What the plan does with a person. */
export type Place = (typeof PLACES)[number]

/** Why somebody is left out. */
export const LEFT_OUT = [
  'finished',
  'opted-out',
  'capped',
  'today',
  'waiting-elsewhere',
  'ticket',
  'no-consent',
  'helper-today',
  'spaced',
  'team-comes',
] as const
export type LeftOut = (typeof LEFT_OUT)[number]

/** Why no message goes to somebody who should have one. */
export const NO_MESSAGE = [
  'no-contact',
  'page-only',
  'blocked',
  'window-closed',
  'paid-off',
  'quota',
  'always-quiet',
  'unanswered',
  'had-another',
  'too-late',
] as const
export type NoMessage = (typeof NO_MESSAGE)[number]

/** What became of a recipient. `maybe`: it may have arrived and is not repeated. */
export const RESULTS = ['waiting', 'sent', 'maybe', 'failed', 'cancelled', 'group-post', 'paper', 'left-out'] as const
export type Result = (typeof RESULTS)[number]

/** Where a person is written to. */
export interface Route {
  contact: string
  channel: ChannelName
  address: string
}
