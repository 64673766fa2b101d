import { type Actor, currentStep, type Move } from '../flow/advance.js'
import { type Flow, type Step } from '../flow/definition.js'
import type { Command } from '../language/commands.js'
import type { ScamKind } from '../language/scam-kinds.js'
import type { Topic } from '../model/answer.js'
import type { Ask, Contact, Session } from '../model/contact.js'
import type { LedgerEvent } from '../model/ledger.js'
import type { ChannelName, Line, Option, Voice } from '../model/message.js'
import type { Run } from '../model/run.js'
import { dayOf } from '../policy/calendar.js'
import type { World } from './world.js'

/** Work that is not pure and is done after the turn is stored, by `turns/requests`. */
export type Request =
  | { kind: 'figures'; flow: string | null; group: number | null }
  | { kind: 'redeem'; code: string }
  /** A command that a form of `src/dialogs/` works off. */
  | { kind: 'command'; command: Command; args: string }
  /** «Không phải tôi»: the contact is not the person whom a head joined it to. */
  | { kind: 'disown' }
  /** Words of somebody whose talk a person has: they go to that person. */
  | { kind: 'relay'; text: string }
  /** An answer to the question of an open form; `n` is the number of the message that asked. */
  | { kind: 'dialog'; n: number; answer: DialogAnswer }

/** What was answered to a form: one of its choices, or words (masked). */
export type DialogAnswer = { kind: 'option'; option: string } | { kind: 'text'; text: string }

/** A turn in the making: a copy of the contact's state that the answers change, and what has come out so far. */
export interface Draft {
  readonly world: World
  readonly at: number
  /** How long the contact had not written before, ms; 0 for the first message. */
  readonly absentFor: number
  readonly channel: ChannelName
  readonly newId: () => string
  contact: Contact
  session: Session
  /** Runs of the person in front, by id. */
  runs: Map<string, Run>
  changed: Set<string>
  events: LedgerEvent[]
  /** Paragraphs said before the question; each is one or more lines. */
  blocks: Line[][]
  /** What is asked at the end of the turn; null: nothing is said but the blocks, and the old question stands. */
  asked: { ask: Ask; block: Line[]; options: Option[] } | null
  request: Request | null
  /** What had no sure answer, for the staff's queue. */
  unanswered: Unanswered | null
  /** A question from before was understood after all: one of the topics that were offered for it was it. */
  understood: boolean
  /** The scam story that was told. */
  incident: ScamKind | null
}

/** A question without a sure answer: its text as the shield left it, the step it was asked at, the topics that were offered instead. */
export interface Unanswered {
  text: string
  flow: string | null
  step: string | null
  offered: Topic[]
}

/** Says a paragraph before whatever is asked next. */
export function say(draft: Draft, ...lines: Line[]): void {
  draft.blocks.push(lines)
}

export function phrase(key: string, vars?: Line['vars']): Line {
  return vars ? { key: `phrases:${key}`, vars } : { key: `phrases:${key}` }
}

/** A text of a guide: `guideLine('vneid-level-1', 'title')`. */
export function guideLine(flow: string, path: string, vars?: Line['vars']): Line {
  return vars ? { key: `guides:${flow}.${path}`, vars } : { key: `guides:${flow}.${path}` }
}

export function voiceOf(draft: Draft): Voice {
  return { locale: draft.session.locale, form: draft.session.form, day: dayOf(draft.at) }
}

export function actorOf(draft: Draft): Actor {
  const { actingFor } = draft.session
  return {
    contact: draft.contact.id,
    channel: draft.channel,
    group: actingFor ? actingFor.group : draft.contact.group,
    source: actingFor ? 'helper' : 'self',
    at: draft.at,
  }
}

/** The run in front with its flow and step; null when none is in front, or its flow no longer exists. */
export function inFront(draft: Draft): { run: Run; flow: Flow; step: Step } | null {
  const run = draft.session.run === null ? undefined : draft.runs.get(draft.session.run)
  const flow = run && draft.world.flows.get(run.flow)
  if (!run || !flow || run.state === 'finished') return null
  return { run, flow, step: currentStep(flow, run) }
}

/** Takes a move over: the run, and what the ledger says of it. */
export function apply(draft: Draft, move: Move): void {
  draft.runs.set(move.run.id, move.run)
  draft.changed.add(move.run.id)
  draft.events.push(...move.events)
}

/** Runs that wait for the person, the one entered last first. */
export function openRuns(draft: Draft): Run[] {
  return [...draft.runs.values()]
    .filter((run) => run.state !== 'finished' && draft.world.flows.has(run.flow))
    .sort((a, b) => b.enteredAt - a.enteredAt || (a.id < b.id ? -1 : 1))
}
