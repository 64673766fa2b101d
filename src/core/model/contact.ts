import type { ChannelName, Form, Line, Locale, Option, NumberWish } from './message.js'

/**
 * Who somebody is to the bot: a resident, somebody of the community digital team, the head of one or several groups, ward staff, or who
 * looks after the installation. What each may do stands in `policy/roles.ts`.
 */
export const ROLES = ['resident', 'helper', 'leader', 'staff', 'admin'] as const
export type Role = (typeof ROLES)[number]

/** Somebody who chats. */
export interface Contact {
  id: string
  role: Role
  /** Residential group, or null as long as nobody said. */
  group: number | null
}

/** What stands in front of a contact now: kept as one JSON value with a version, and changed by nothing but a turn. */
export interface Session {
  /** Turns so far; the store refuses a turn that was worked out from an older one. */
  version: number
  /** Number of the newest message of ours to this contact; the next is `said + 1`. */
  said: number
  locale: Locale
  form: Form
  /** The person whom progress is credited to now. */
  person: string
  /** The run in front, or null. */
  run: string | null
  prompt: Prompt
  /** Version of the consent text that was agreed to, and when (ms); null before. */
  consent: { version: string; at: number } | null
  /** True once the form of address was asked. */
  formAsked: boolean
  /** True once the group was asked. */
  groupAsked: boolean
  /** What the contact came for, kept over the first questions; `slip`: the code of a slip that waits for consent. */
  intent: { flow?: string; jump?: number; slip?: string }
  /** Whom the contact acts for, where that is not itself: the name they gave the person, and the person's group. */
  actingFor?: { label: string; group: number | null } | null
  /** The ticket whose holder has this talk now: the bot is silent in it. */
  held?: string | null
  /** Messages in the current window of the flood guard. */
  flood: { since: number; count: number }
  /** When the contact last wrote, ms; 0 before the first message. */
  lastAt: number
}

/** The question a contact is answering. `n` is the number of the message that asked it; `options` are its choices in order. */
export interface Prompt {
  n: number
  ask: Ask
  options: readonly string[]
}

/** What is being asked. Every kind is a state of `docs/states.md`. */
export type Ask =
  | { kind: 'nothing' }
  | { kind: 'consent' }
  | { kind: 'form' }
  | { kind: 'group' }
  | { kind: 'language' }
  | { kind: 'triage'; question: string }
  | { kind: 'guides' }
  | { kind: 'about'; flow: string }
  | { kind: 'step' }
  | { kind: 'other' }
  | { kind: 'troubles' }
  | { kind: 'remedy'; trouble: string; n: number }
  | { kind: 'stuck' }
  /** Where somebody stands; `step`: a reminder named it, so that «xong rồi» is said of this step and of no other. */
  | { kind: 'recap'; step?: string }
  | { kind: 'reached' }
  | { kind: 'jump'; number: number }
  | { kind: 'open-runs' }
  | { kind: 'finished'; flow: string }
  /** A reminder about several people: for whom is the guide to go on? `label` null: for the contact itself. */
  | { kind: 'whom'; flow: string; people: readonly { person: string; label: string | null }[] }
  /** A head or the ward joined the contact to a name of the roster, said above the question: is it right? */
  | { kind: 'is-me' }
  /** A question was answered; what now? */
  | { kind: 'answered'; topic: string }
  /** «Có phải bác hỏi về…»: up to three topics. */
  | { kind: 'meant'; topics: readonly string[] }
  /** A scam story was told. */
  | { kind: 'alarm' }
  /** A question of a form (`src/dialogs/`), kept whole because only the form knows it; `free`: any words are an answer. */
  | {
      kind: 'dialog'
      dialog: string
      block: Line[]
      options: Option[]
      free: boolean
      number?: NumberWish
      reads?: Reads
    }

/**
 * What a form of the ward's own people asks them to type, where the shield would take it for something else: this number of messages, a moment, or
 * words that residents are to read.
 */
export type Reads = { kind: 'count'; count: number } | { kind: 'moment' } | { kind: 'published' }

/** A way to reach a contact on a channel. */
export interface Address {
  channel: ChannelName
  address: string
  contact: string
}
