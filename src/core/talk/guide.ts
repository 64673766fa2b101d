import {
  back,
  carried,
  jump,
  lastWithNumber,
  leave,
  pause,
  start,
  stepAfterNumber,
  stepWithNumber,
  trouble,
} from '../flow/advance.js'
import { settle } from '../flow/editions.js'
import type { TicketReason } from '../model/ticket.js'
import { ask, askShort } from './ask.js'
import { actorOf, apply, type Draft, guideLine, inFront, openRuns, phrase, say } from './draft.js'
import { isOverdue, waitingLine } from './present.js'

/** Remedies that may fail in a row before a person is named, whatever remedy is left (voice.md: the third miss). */
export const MISSES_BEFORE_PERSON = 3

/** Puts a run in front and fits it to the flow's edition. True when its step is gone and the resident was told. */
export function bringToFront(draft: Draft, id: string): boolean {
  draft.session.run = id
  const run = draft.runs.get(id)
  const flow = run && draft.world.flows.get(run.flow)
  if (!run || !flow || run.state === 'finished') return false
  const settled = settle(flow, run)
  if (settled.how !== 'same') {
    apply(draft, carried(flow, settled.run, actorOf(draft)))
  } else if (settled.run !== run) {
    draft.runs.set(id, settled.run)
    draft.changed.add(id)
  }
  if (settled.how !== 'earlier') return false
  say(draft, phrase('edition.step-gone', { guide: guideLine(flow.flow, 'short') }))
  return true
}

/** Opens a guide: the recap of a run that is under way, or what the guide is about. */
export function openGuide(draft: Draft, flowId: string): void {
  const { jump: wanted } = draft.session.intent
  const under = openRuns(draft).find((run) => run.flow === flowId)
  if (under) {
    draft.session.intent = {}
    if (wanted === undefined || bringToFront(draft, under.id)) return resume(draft, under.id)
    return askJump(draft, wanted)
  }
  if (!draft.world.flows.has(flowId)) return ask(draft, { kind: 'guides' })
  draft.session.run = null
  draft.session.intent = wanted === undefined ? {} : { jump: wanted }
  ask(draft, { kind: 'about', flow: flowId })
}

/** Starts a guide at its first step, or at the step that the resident said they had reached. */
export function beginGuide(draft: Draft, flowId: string): void {
  const flow = draft.world.flows.get(flowId)
  if (!flow) return ask(draft, { kind: 'guides' })
  const move = start(flow, draft.session.person, draft.newId(), actorOf(draft))
  apply(draft, move)
  draft.session.run = move.run.id
  const wanted = draft.session.intent.jump
  draft.session.intent = {}
  if (wanted !== undefined) return askJump(draft, wanted)
  ask(draft, { kind: 'step' })
}

/** Comes back to a run with a recap of where it stands. */
export function resume(draft: Draft, id: string): void {
  bringToFront(draft, id)
  ask(draft, { kind: 'recap' })
}

/** «Where was I»: the only open run, a choice among several, or the way in. */
export function whereWasI(draft: Draft): void {
  const runs = openRuns(draft)
  const front = inFront(draft)
  if (front) return resume(draft, front.run.id)
  if (runs.length === 1) return resume(draft, runs[0]!.id)
  if (runs.length > 1) return ask(draft, { kind: 'open-runs' })
  say(draft, phrase('resume.nothing'))
  ask(draft, { kind: 'triage', question: draft.world.triage.start })
}

/** Takes a choice of the step in front. */
export function takeChoice(draft: Draft, choiceId: string): void {
  const front = inFront(draft)
  const choice = front?.step.choices.find(({ id }) => id === choiceId)
  // The step may have other choices than when it was asked: the guide was edited in between.
  if (!front || !choice) return ask(draft, { kind: 'step' })
  apply(draft, leave(front.flow, front.run, choice, actorOf(draft)))
  if (draft.runs.get(front.run.id)!.state === 'finished') {
    draft.session.run = null
    return ask(draft, { kind: 'finished', flow: front.flow.flow })
  }
  ask(draft, { kind: 'step' })
}

export function stepBack(draft: Draft): void {
  const front = inFront(draft)
  const move = front && back(front.flow, front.run, actorOf(draft))
  if (move) apply(draft, move)
  else say(draft, phrase('back.first'))
  ask(draft, front ? { kind: 'step' } : { kind: 'guides' })
}

/** «Not yet» at a waiting step: the date, or where to ask once it has passed. */
export function stillWaiting(draft: Draft): void {
  const front = inFront(draft)
  if (!front) return ask(draft, { kind: 'guides' })
  if (isOverdue(draft.world, front.step, front.run, draft.at)) {
    apply(draft, trouble(front.flow, front.run, 'overdue', actorOf(draft)))
  }
  say(draft, waitingLine(draft, front.flow, front.run, front.step))
  askShortAt(draft, 'step')
}

/** Gives the n-th remedy of a trouble, or the way out once there is none left. Every report counts as a try. */
export function giveRemedy(draft: Draft, troubleId: string, n: number): void {
  const front = inFront(draft)
  const known = front?.step.troubles.find(({ id }) => id === troubleId)
  if (!front || !known) return ask(draft, { kind: 'troubles' })
  apply(draft, trouble(front.flow, front.run, troubleId, actorOf(draft)))
  const left = n < draft.world.remedies(front.flow.flow, front.step.id, troubleId)
  if (left && n < MISSES_BEFORE_PERSON) return ask(draft, { kind: 'remedy', trouble: troubleId, n })
  say(draft, guideLine(front.flow.flow, `steps.${front.step.id}.troubles.${troubleId}.otherwise`))
  callPerson(draft, 'third-miss')
}

/** Says who can help, and puts them into the queue of those who wait for a person. */
export function callPerson(draft: Draft, why: TicketReason): void {
  say(draft, phrase('person.contacts'))
  ask(draft, { kind: 'stuck' })
  // The ticket is opened after the turn, and asks the next question; nobody without consent is put into a queue.
  if (draft.session.consent !== null) draft.request = { kind: 'command', command: 'giup', args: why }
}

/** Follows a remedy that leads to another step. */
export function followTrouble(draft: Draft, troubleId: string): void {
  const front = inFront(draft)
  const to = front?.step.troubles.find(({ id }) => id === troubleId)?.to
  if (!front || to === undefined) return ask(draft, { kind: 'step' })
  apply(draft, leave(front.flow, front.run, { id: troubleId, to, as: 'skipped' }, actorOf(draft)))
  ask(draft, { kind: 'step' })
}

/** A wish for a person: who can help, and how to reach them; at a step it is written down as a trouble. */
export function namePerson(draft: Draft): void {
  const front = inFront(draft)
  if (front) apply(draft, trouble(front.flow, front.run, 'person', actorOf(draft)))
  callPerson(draft, 'asked')
}

export function putAside(draft: Draft): void {
  const front = inFront(draft)
  if (front && front.run.state === 'open') apply(draft, pause(front.flow, front.run, actorOf(draft)))
  say(draft, phrase(front ? 'pause.kept' : 'pause.nothing'))
  ask(draft, { kind: 'nothing' })
}

/** «I did up to step 4»: asks whether step 4 itself is finished; a number that the guide does not have is said so. */
export function askJump(draft: Draft, number: number): void {
  const front = inFront(draft)
  if (!front) {
    draft.session.intent = { ...draft.session.intent, jump: number }
    say(draft, phrase('jump.which-guide'))
    return ask(draft, { kind: 'guides' })
  }
  if (stepWithNumber(front.flow, number)) return ask(draft, { kind: 'jump', number })
  say(draft, phrase('jump.no-such', { number, total: front.flow.total }))
  ask(draft, { kind: 'step' })
}

/** Moves to the step with a number, or behind it. Who stands on such a step already stays there. */
export function jumpTo(draft: Draft, number: number, past: boolean): void {
  const front = inFront(draft)
  if (!front) return ask(draft, { kind: 'guides' })
  const behind = past ? stepAfterNumber(front.flow, number) : undefined
  // Behind the last step is the end: its last part is asked, and one tap there ends the guide.
  const target = behind ?? (past ? lastWithNumber(front.flow, number) : stepWithNumber(front.flow, number))
  const staying = target?.number !== undefined && target.number === front.step.number && !(past && !behind)
  const move = target && !staying ? jump(front.flow, front.run, target, actorOf(draft)) : null
  if (move) apply(draft, move)
  if (past && !behind) say(draft, phrase('jump.last', { number }))
  ask(draft, { kind: 'step' })
}

/** Asks the short form of another question than the one in front: its choices behind what was just said. */
export function askShortAt(draft: Draft, kind: 'step' | 'troubles'): void {
  draft.session.prompt = { ...draft.session.prompt, ask: { kind } }
  askShort(draft)
}
