import type { Flow, Flows } from '../flow/definition.js'
import { addDays, dayOf, deadlineDay, startOfDay } from '../policy/calendar.js'

/** Days after the notice of approval within which an account is to be activated (Decree 69/2024, art. 14; domain notes 3.B2). */
export const ACTIVATION_DAYS = 7
/** The flow that activates. */
export const ACTIVATION_FLOW = 'vneid-activation'

/** What the steps of a flow mean for an audience at one instant. */
export interface StepLimits {
  steps: readonly { id: string; number: number | null }[]
  /** Waiting steps; whoever entered before `before` (ms) waits longer than the limit. */
  waits: readonly { id: string; before: number }[]
  /** Flows whose end is the approval that this flow follows. */
  before: readonly string[]
  activationDays: number
}

export function limitsOf(flows: Flows, flow: Flow, now: number, holidays: ReadonlySet<string>): StepLimits {
  return {
    steps: flow.steps.map(({ id, number }) => ({ id, number: number ?? null })),
    waits: flow.steps
      .filter(({ kind }) => kind === 'wait')
      .map(({ id, limit }) => ({ id, before: overdueBefore(now, limit ?? 1, holidays) })),
    before: [...flows.values()].filter((other) => other.next.includes(flow.flow)).map((other) => other.flow),
    activationDays: ACTIVATION_DAYS,
  }
}

/** The instant (ms): what was entered before it and may last `days` working days is over its limit at `now`. */
export function overdueBefore(now: number, days: number, holidays: ReadonlySet<string>): number {
  const today = dayOf(now)
  let day = today
  // The limit is counted from the day of entry, so that whole days decide.
  while (deadlineDay(startOfDay(day), days, holidays) >= today) day = addDays(day, -1)
  return startOfDay(addDays(day, 1))
}
