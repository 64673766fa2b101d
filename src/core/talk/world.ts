import type { Flow, Flows, Triage } from '../flow/definition.js'
import type { Language } from '../language/language.js'
import type { Taught } from '../language/taught.js'
import type { Line, Voice } from '../model/message.js'

/** Everything a turn goes by that is not the contact's own: flows, texts and the ward, all read-only. */
export interface World {
  flows: Flows
  triage: Triage
  /** Numbers of the ward's residential groups. */
  groups: readonly number[]
  /** Names that people still use for the ward, as they are written: «Ba Hàng». */
  formerNames: readonly string[]
  /** Public holidays, days as `2026-09-02`. */
  holidays: ReadonlySet<string>
  /** Version of the consent text in force. */
  consentVersion: string
  /** Phone numbers of the ward's settings, as digits: staff may publish them. */
  numbers: ReadonlySet<string>
  /** What free words mean and what may be said to them. */
  language: Language
  /** What the ward's staff taught beyond the content. */
  taught: Taught
  /** How many remedies content holds for a trouble. */
  remedies(flow: string, step: string, trouble: string): number
  /** Whether content has words of its own for a reminder at a step. */
  reminds(flow: string, step: string): boolean
  /** A text in words. */
  render(line: Line, voice: Voice): string
  /** Messages a contact may send in `FLOOD_WINDOW_MS` before the bot asks for patience. */
  floodLimit: number
}

/** Length of the flood guard's window, ms. */
export const FLOOD_WINDOW_MS = 10_000
/** Messages in one window that nobody reaches by typing or tapping, only a stuck key or a program. */
export const FLOOD_LIMIT = 30

/** Flows in force on a day, in the order of their files. */
export function flowsOn(flows: Flows, day: string): Flow[] {
  return [...flows.values()].filter(
    (flow) => flow.valid.from <= day && (flow.valid.until === undefined || day <= flow.valid.until),
  )
}
