import type { ChannelName } from '../model/message.js'
import type { LedgerEvent, Outcome, Source } from '../model/ledger.js'
import { type Run, TRAIL_LIMIT } from '../model/run.js'
import { type Choice, END, type Flow, type Step, stepOf } from './definition.js'

/** Who moves a run, for the ledger. */
export interface Actor {
  contact: string
  channel: ChannelName
  group: number | null
  source: Source
  /** ms since the epoch. */
  at: number
}

/** The run after a move, and what the ledger says of it. */
export interface Move {
  run: Run
  events: LedgerEvent[]
}

/** The step a run stands at; a run whose step is gone must be settled first (editions.ts), so this throws. */
export function currentStep(flow: Flow, run: Run): Step {
  const step = stepOf(flow, run.step)
  if (!step)
    throw new Error(`run ${run.id} stands at ${run.flow}/${run.step}, which edition ${flow.edition} does not have`)
  return step
}

/** Appends an event to a move: numbers it and fills in what every event of a run shares. */
export function log(
  move: Move,
  flow: Flow,
  actor: Actor,
  step: { id: string; number?: number | undefined },
  outcome: Outcome,
  detail: string | null,
  to: string | null,
): Move {
  const seq = move.run.seq + 1
  const event: LedgerEvent = {
    run: move.run.id,
    seq,
    at: actor.at,
    person: move.run.person,
    contact: actor.contact,
    channel: actor.channel,
    group: actor.group,
    flow: flow.flow,
    edition: flow.edition,
    step: step.id,
    number: step.number ?? null,
    outcome,
    source: actor.source,
    detail,
    to,
  }
  return { run: { ...move.run, seq }, events: [...move.events, event] }
}

function enter(run: Run, step: string, trail: readonly string[], at: number): Run {
  return { ...run, step, trail: trail.slice(-TRAIL_LIMIT), enteredAt: at, tries: 0, state: 'open' }
}

/** Opens a run at the flow's first step. */
export function start(flow: Flow, person: string, id: string, actor: Actor): Move {
  const run: Run = {
    id,
    person,
    flow: flow.flow,
    edition: flow.edition,
    step: flow.start,
    state: 'open',
    seq: 0,
    startedAt: actor.at,
    enteredAt: actor.at,
    trail: [],
    tries: 0,
  }
  return log({ run, events: [] }, flow, actor, currentStep(flow, run), 'entered', null, flow.start)
}

/** Enters the step to which a changed guide carried a run (`editions.ts`), so that the ledger alone still tells where everybody stands. */
export function carried(flow: Flow, settled: Run, actor: Actor): Move {
  return log({ run: settled, events: [] }, flow, actor, currentStep(flow, settled), 'entered', 'edition', settled.step)
}

/** Leaves the current step by one of its choices. A choice `as: back` to a step already passed unwinds the trail to it. */
export function leave(flow: Flow, run: Run, choice: Choice, actor: Actor): Move {
  const step = currentStep(flow, run)
  const move = log({ run, events: [] }, flow, actor, step, choice.as, choice.id, choice.to === END ? null : choice.to)
  if (choice.to === END) {
    const finished = log(move, flow, actor, step, 'finished', null, null)
    return {
      ...finished,
      run: { ...finished.run, state: 'finished', trail: [...run.trail, step.id].slice(-TRAIL_LIMIT) },
    }
  }
  const passed = run.trail.lastIndexOf(choice.to)
  const trail = choice.as === 'back' && passed >= 0 ? run.trail.slice(0, passed) : [...run.trail, step.id]
  return { ...move, run: enter(move.run, choice.to, trail, actor.at) }
}

/** Goes back to the step passed last; null at the first one. */
export function back(flow: Flow, run: Run, actor: Actor): Move | null {
  const previous = run.trail.findLastIndex((id) => stepOf(flow, id) !== undefined)
  const to = run.trail[previous]
  if (to === undefined) return null
  const move = log({ run, events: [] }, flow, actor, currentStep(flow, run), 'back', null, to)
  return { ...move, run: enter(move.run, to, run.trail.slice(0, previous), actor.at) }
}

/** Reports that the current step does not work. */
export function trouble(flow: Flow, run: Run, detail: string, actor: Actor): Move {
  const move = log({ run, events: [] }, flow, actor, currentStep(flow, run), 'trouble', detail, null)
  return { ...move, run: { ...move.run, tries: run.tries + 1 } }
}

/** Puts a run aside; it keeps its place for ever. */
export function pause(flow: Flow, run: Run, actor: Actor): Move {
  const move = log({ run, events: [] }, flow, actor, currentStep(flow, run), 'paused', null, null)
  return { ...move, run: { ...move.run, state: 'paused' } }
}

/** The way from one step to another by each step's first forward choice, both ends included; null when it does not lead there. */
function mainPath(flow: Flow, from: string, to: string): string[] | null {
  const path = [from]
  let at = from
  while (at !== to) {
    const next = stepOf(flow, at)?.choices.find((choice) => choice.as !== 'back')?.to
    if (next === undefined || next === END || path.includes(next)) return null
    path.push(next)
    at = next
  }
  return path
}

/** The first step with this official number, in the flow's order. */
export function stepWithNumber(flow: Flow, number: number): Step | undefined {
  return flow.steps.find((step) => step.number === number)
}

/** The first step on the main path behind every step with this number: where somebody stands who has finished it. */
export function stepAfterNumber(flow: Flow, number: number): Step | undefined {
  const first = stepWithNumber(flow, number)
  if (!first) return undefined
  let at: Step | undefined = first
  const seen = new Set<string>()
  while (at && at.number === number && !seen.has(at.id)) {
    seen.add(at.id)
    const next: string | undefined = at.choices.find((choice) => choice.as !== 'back')?.to
    at = next === undefined ? undefined : stepOf(flow, next)
  }
  return at
}

/** The last step of the main path with this number: where somebody stands who has all but ended the guide. */
export function lastWithNumber(flow: Flow, number: number): Step | undefined {
  let at = stepWithNumber(flow, number)
  const seen = new Set<string>()
  for (;;) {
    const next: string | undefined = at?.choices.find((choice) => choice.as !== 'back')?.to
    const step = next === undefined ? undefined : stepOf(flow, next)
    if (step?.number !== number || seen.has(step.id)) return at
    seen.add(step.id)
    at = step
  }
}

/**
 * Moves a run to a step that the person says they have reached. Forward, every step of the main path in between is written as done
 * by their own word (`detail: jump`); backward it is one step back to there. Null when it stands there already.
 */
export function jump(flow: Flow, run: Run, target: Step, actor: Actor): Move | null {
  if (target.id === run.step) return null
  const passed = run.trail.lastIndexOf(target.id)
  const path = passed >= 0 ? null : mainPath(flow, run.step, target.id)
  if (path === null) {
    const behind =
      flow.steps.findIndex((step) => step.id === target.id) < flow.steps.findIndex((step) => step.id === run.step)
    const outcome = passed >= 0 || behind ? 'back' : 'done'
    const move = log({ run, events: [] }, flow, actor, currentStep(flow, run), outcome, 'jump', target.id)
    const trail =
      passed >= 0
        ? run.trail.slice(0, passed)
        : behind
          ? (mainPath(flow, flow.start, target.id)?.slice(0, -1) ?? [])
          : [...run.trail, run.step]
    return { ...move, run: enter(move.run, target.id, trail, actor.at) }
  }
  let move: Move = { run, events: [] }
  for (let i = 0; i + 1 < path.length; i++) {
    const step = stepOf(flow, path[i]!)!
    move = log(move, flow, actor, step, 'done', 'jump', path[i + 1]!)
    move.run = enter(move.run, path[i + 1]!, [...move.run.trail, step.id], actor.at)
  }
  return move
}

/** How many official steps are behind a run: the 4 in «đã xong 4/8 bước». */
export function passedNumbers(flow: Flow, run: Run): number {
  if (run.state === 'finished') return flow.total
  const number = stepOf(flow, run.step)?.number
  if (number !== undefined) return number - 1
  return run.trail.reduce((most, id) => Math.max(most, stepOf(flow, id)?.number ?? 0), 0)
}
