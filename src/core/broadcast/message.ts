import { passedNumbers } from '../flow/advance.js'
import { type Flow, stepOf } from '../flow/definition.js'
import { settle } from '../flow/editions.js'
import type { Wording } from '../model/broadcast.js'
import type { Ask, Contact, Session } from '../model/contact.js'
import type { ChannelName, Line, Reply, Voice } from '../model/message.js'
import type { Run } from '../model/run.js'
import { dayOf } from '../policy/calendar.js'
import { type Draft, guideLine, phrase } from '../talk/draft.js'
import { optionsOf } from '../talk/options.js'
import { isOverdue, waitingLine, waitLine } from '../talk/present.js'
import type { World } from '../talk/world.js'
import { ACTIVATION_DAYS } from './limits.js'
import { fillOwnText } from './own-text.js'

/** A reminder for one person as its reader will see it. */
export interface Reminder {
  reply: Reply
  /** The question that it asks: what the reader answers to is the person's own step. */
  ask: Ask
  /** Where it stands in a guide, for old buttons. */
  place: { flow: string; number: number }
}

/** What is the same for everybody of whom one message speaks. */
export interface MessageFacts {
  flow: Flow
  /** Why they are written to, where the step alone does not say it. */
  cause: 'step' | 'activation-due' | 'no-card' | 'officials'
  wording: Wording
  reader: { contact: string; session: Session }
  channel: ChannelName
  at: number
}

/** Of whom a message speaks. */
export interface About {
  person: string
  group: number | null
  /** The person's run that is not finished; null: not started. */
  run: Run | null
  /** The reader does it for somebody else, whom they call so; a label that others may see has to be null. */
  helper: { label: string | null } | null
}

export type ReminderFacts = MessageFacts & About

/** Words the reminder: who writes, where the person stands, and the button that goes on there. Pure. */
export function wordReminder(world: World, facts: ReminderFacts): Reminder {
  const { flow } = facts
  const run = facts.run === null ? null : settle(flow, facts.run).run
  const draft = draftOf(world, facts, run)
  const step = run === null ? undefined : stepOf(flow, run.step)
  const ask: Ask = run === null ? { kind: 'about', flow: flow.flow } : { kind: 'recap', step: run.step }
  const about: Line[] =
    facts.wording.kind === 'ready'
      ? readyLines(draft, facts, run)
      : facts.wording.kind === 'visit'
        ? [visitLine(facts, facts.group, facts.wording.day)]
        : [
            phrase('reminder.own', { text: ownText(world, facts, run, facts.wording.text) }),
            standingLine({ ...facts, run }),
          ]
  return {
    reply: {
      blocks: [
        [phrase('reminder.sender'), ...(facts.helper ? [helpingLine(facts.helper)] : [])],
        about,
        [phrase('reminder.stop')],
      ],
      options: optionsOf(draft, ask),
    },
    ask,
    place: { flow: flow.flow, number: step?.number ?? 0 },
  }
}

/** Words one reminder about several people: each by the name that the reader has for them, with a choice of their own. */
export function wordForSeveral(world: World, facts: MessageFacts, several: readonly About[]): Reminder {
  const { flow, wording } = facts
  const people = several.map((about) => ({ ...about, run: about.run === null ? null : settle(flow, about.run).run }))
  const ask: Ask = {
    kind: 'whom',
    flow: flow.flow,
    people: people.map(({ person, helper }) => ({ person, label: helper?.label ?? null })),
  }
  const each = (what: (about: About) => Line) =>
    people.map((about) => phrase('reminder.each', { who: nameOf(about), what: what(about) }))
  const stands = each((one) => standingLine({ ...facts, ...one }))
  const groups = [...new Set(people.map(({ group }) => group))]
  const about: Line[][] =
    wording.kind === 'ready'
      ? [stands]
      : wording.kind === 'visit'
        ? [groups.map((group) => visitLine(facts, group, wording.day)), stands]
        : [
            each((one) =>
              phrase('reminder.own', { text: ownText(world, { ...facts, ...one }, one.run, wording.text) }),
            ),
            stands,
          ]
  const draft = draftOf(world, { ...facts, ...people[0]! }, null)
  return {
    reply: {
      blocks: [[phrase('reminder.sender')], ...about, [phrase('reminder.whom')], [phrase('reminder.stop')]],
      options: optionsOf(draft, ask),
    },
    ask,
    place: { flow: flow.flow, number: 0 },
  }
}

function nameOf({ helper }: Pick<About, 'helper'>): Line | string {
  return helper === null ? phrase('reminder.You') : (helper.label ?? phrase('reminder.somebody'))
}

function visitLine({ flow }: Pick<MessageFacts, 'flow'>, group: number | null, day: string): Line {
  return phrase('reminder.visit', { day: { day }, group: group ?? '', guide: guideLine(flow.flow, 'short') })
}

/** Where somebody stands, in half a sentence. */
function standingLine({ flow, cause, run }: ReminderFacts): Line {
  const guide = guideLine(flow.flow, 'short')
  if (run === null)
    return phrase(cause === 'no-card' ? 'reminder.stands.no-card' : 'reminder.stands.not-started', { guide })
  const step = stepOf(flow, run.step)!
  const vars = { guide, total: flow.total, number: step.number ?? 0, title: guideLine(flow.flow, `steps.${step.id}.title`), day: { day: dayOf(run.enteredAt) } } // prettier-ignore
  if (step.kind === 'wait') return phrase('reminder.stands.waiting', vars)
  return phrase(step.number === undefined ? 'reminder.stands.unnumbered' : 'reminder.stands.numbered', vars)
}

/** For whom the reader does it: somebody who acts for several must not take one for the other. */
function helpingLine({ label }: { label: string | null }): Line {
  return label === null ? phrase('reminder.helping') : phrase('reminder.helping-whom', { label })
}

function ownText(world: World, { flow, reader, at }: ReminderFacts, run: Run | null, text: string): string {
  const voice: Voice = { locale: reader.session.locale, form: reader.session.form, day: dayOf(at) }
  const say = (line: Line) => world.render(line, voice)
  // Nobody who has not begun stands at «bước VNeID mức 1».
  const fitting =
    run === null ? text.replace(/(?<!\p{L})(?:bước|phần|step)\s+(?=[«“"]?\{\{\s*step\s*\}\})/giu, '') : text
  return fillOwnText(fitting, {
    you: say(phrase('reminder.you')),
    You: say(phrase('reminder.You')),
    ward: say(phrase('ward.name')),
    guide: say(guideLine(flow.flow, 'short')),
    step: say(run === null ? guideLine(flow.flow, 'short') : guideLine(flow.flow, `steps.${run.step}.title`)),
    number: String((run === null ? undefined : stepOf(flow, run.step)?.number) ?? ''),
    total: String(flow.total),
  })
}

/** The ready text of where somebody stands. */
function readyLines(draft: Draft, { flow, cause, at }: ReminderFacts, run: Run | null): Line[] {
  const guide = guideLine(flow.flow, 'short')
  if (run === null) {
    if (cause === 'activation-due') return [phrase('reminder.activation', { days: ACTIVATION_DAYS })]
    if (cause === 'no-card') return [phrase('reminder.no-card')]
    return [phrase(cause === 'officials' ? 'reminder.officials' : 'reminder.not-started', { guide })]
  }
  const step = stepOf(flow, run.step)!
  const passed = passedNumbers(flow, run)
  const vars = { guide, passed, total: flow.total, number: step.number ?? 0, title: guideLine(flow.flow, `steps.${step.id}.title`) } // prettier-ignore
  const first = cause === 'activation-due' ? [phrase('reminder.activation', { days: ACTIVATION_DAYS })] : []
  const own = draft.world.reminds(flow.flow, step.id)
  if (step.kind === 'wait') {
    const over = isOverdue(draft.world, step, run, at)
    const about = own && !over ? waitLine(draft, flow, run, step, 'reminder') : waitingLine(draft, flow, run, step)
    return [...first, phrase(over ? 'reminder.overdue' : 'reminder.waiting', { ...vars, day: { day: dayOf(run.enteredAt) } }), about] // prettier-ignore
  }
  const where = step.number === undefined ? 'unnumbered' : 'numbered'
  if (own)
    return [...first, phrase(`reminder.stands.${where}`, vars), guideLine(flow.flow, `steps.${step.id}.reminder`)]
  // Nobody is told how much they have not done.
  return [...first, phrase(passed === 0 ? `reminder.first-${where}` : `reminder.${where}`, vars)]
}

/** The talk of the reader with this run in front: choices and words come from where a turn takes them. */
function draftOf(world: World, { reader, person, channel, at }: ReminderFacts, run: Run | null): Draft {
  const contact: Contact = { id: reader.contact, role: 'resident', group: null }
  return {
    world,
    at,
    absentFor: 0,
    channel,
    newId: () => '',
    contact,
    session: { ...reader.session, person, run: run?.id ?? null },
    runs: new Map(run === null ? [] : [[run.id, run]]),
    changed: new Set(),
    events: [],
    blocks: [],
    asked: null,
    request: null,
    unanswered: null,
    understood: false,
    incident: null,
  }
}
