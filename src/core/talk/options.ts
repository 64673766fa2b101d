import type { Flow, Step } from '../flow/definition.js'
import type { Ask } from '../model/contact.js'
import { FORMS, type Line, type Option } from '../model/message.js'
import { dayOf } from '../policy/calendar.js'
import { type Draft, guideLine, inFront, openRuns, phrase } from './draft.js'
import { flowsOn, type World } from './world.js'

/** «Không phải tôi»: unlike other buttons it works as long as it can be seen. */
export const NOT_ME = 'not-me'

function option(id: string, label: Line): Option {
  return { id, label }
}

function own(...ids: string[]): Option[] {
  return ids.map((id) => option(id, phrase(`options.${id}`)))
}

/** The choices of a step: the flow's own, then «not yet» (waiting), «not working», «something else». */
export function stepOptions(flow: Flow, step: Step): Option[] {
  const label = (id: string) => guideLine(flow.flow, `steps.${step.id}.choices.${id}`)
  return [
    ...step.choices.map((choice) => option(choice.id, label(choice.id))),
    ...(step.kind === 'wait' ? own('not-yet') : []),
    option('trouble', label('trouble')),
    ...own('other'),
  ]
}

/** Every option of a question in order; empty for a question that has lost its ground (a step or flow that is gone). */
export function optionsOf(draft: Draft, ask: Ask): Option[] {
  const { world } = draft
  const front = inFront(draft)
  switch (ask.kind) {
    case 'nothing':
      return own('resume', 'guides')
    case 'consent':
      return own('agree', 'decline')
    case 'form':
      return FORMS.map((form) => option(form, phrase(`forms.${form}`)))
    case 'group':
      return [
        ...(groupsListed(world) ? world.groups.map((n) => option(`g${n}`, phrase('group.option', { group: n }))) : []),
        ...own('unknown-group'),
      ]
    case 'language':
      return own('lang-vi', 'lang-en')
    case 'triage':
      return (world.triage.questions[ask.question]?.choices ?? []).map((choice) =>
        option(choice.id, { key: `triage:questions.${ask.question}.choices.${choice.id}` }),
      )
    case 'guides':
      return flowsOn(world.flows, dayOf(draft.at)).map((flow) => option(flow.flow, guideLine(flow.flow, 'short')))
    case 'about':
      return own('begin', 'further-on', 'guides')
    case 'step':
      return front ? stepOptions(front.flow, front.step) : []
    case 'other':
      return [
        ...own('again'),
        ...(front && front.run.trail.length > 0 ? own('back') : []),
        ...own('pause', 'person', 'guides', 'source'),
      ]
    case 'troubles':
      if (!front) return []
      return [
        ...front.step.troubles.map(({ id }) =>
          option(id, guideLine(front.flow.flow, `steps.${front.step.id}.troubles.${id}.label`)),
        ),
        ...own('else', 'to-step'),
      ]
    case 'remedy': {
      const trouble = front?.step.troubles.find(({ id }) => id === ask.trouble)
      if (!trouble) return []
      return trouble.to !== undefined ? own('go', 'still', 'to-step') : own('better', 'still', 'person')
    }
    case 'stuck':
      return front ? own('to-step', 'pause', 'guides') : own('guides')
    case 'recap':
      return [
        ...own('continue'),
        ...(front && front.run.trail.length > 0 ? own('back') : []),
        ...own('guides', 'later'),
      ]
    case 'reached':
      return Array.from({ length: front?.flow.total ?? 0 }, (_, i) =>
        option(`n${i + 1}`, phrase('jump.option', { number: i + 1 })),
      )
    case 'jump':
      return own('at-number', 'past-number', 'to-step')
    case 'open-runs':
      return [...openRuns(draft).map((run) => option(run.flow, guideLine(run.flow, 'short'))), ...own('guides')]
    case 'dialog':
      return [...ask.options]
    case 'whom':
      return [
        ...ask.people.map(({ label }, i) =>
          option(`w${i + 1}`, label === null ? phrase('whom.self') : phrase('whom.for', { label })),
        ),
        ...own('later'),
      ]
    case 'is-me':
      return ['is-me', NOT_ME].map((id) => option(id, phrase(`is-me.options.${id}`)))
    case 'answered': {
      if (front) return own('to-step', 'other')
      const guide = world.language.answerOn(ask.topic, dayOf(draft.at))?.guide
      const flow = flowsOn(world.flows, dayOf(draft.at)).find((flow) => flow.flow === guide)
      return [...(flow ? [option(flow.flow, guideLine(flow.flow, 'short'))] : []), ...own('guides', 'person')]
    }
    case 'meant':
      return [
        ...ask.topics.map((topic, i) => option(`m${i + 1}`, { key: `answers:${topic}.title` })),
        option('none-of-these', phrase('meant.none')),
      ]
    case 'alarm':
      return front ? own('person', 'to-step') : own('person', 'guides')
    case 'finished': {
      const flow = world.flows.get(ask.flow)
      const next = (flow?.next ?? []).filter((id) => world.flows.has(id))
      return [...next.map((id) => option(id, guideLine(id, 'short'))), ...own('guides', 'later')]
    }
  }
}

/** Group numbers are offered as choices only where choice number and group number are the same thing. */
export function groupsListed(world: World): boolean {
  return world.groups.length <= 30 && world.groups.every((n, i) => n === i + 1)
}
