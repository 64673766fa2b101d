import { type Choice, END, type Flow, type Flows, type Step, STEP_TROUBLES_MINIMUM, stepOf } from './definition.js'
import { type Material, type Report, RESERVED_IDS, type Source } from './material.js'

/** Problems of one flow: its steps, where they lead, and whether everybody in it gets out. */
export function inspectFlow(source: Source<Flow>, flows: Flows, { sources }: Material, report: Report): void {
  const flow = source.value
  const at = (path: readonly (string | number)[], message: string) =>
    report({ file: source.file, line: source.lineOf(path), message })
  const ids = flow.steps.map((step) => step.id)
  if (RESERVED_IDS.has(flow.flow)) at(['flow'], `«${flow.flow}» is a word of the engine: choose another id`)
  if (!ids.includes(flow.start)) at(['start'], `start names an unknown step «${flow.start}»`)
  if (flow.valid.until !== undefined && flow.valid.until < flow.valid.from)
    at(['valid'], 'valid.until is before valid.from')
  flow.sources.forEach((id, i) => {
    if (!sources.value[id]) at(['sources', i], `unknown source «${id}»: add it to sources.yaml`)
  })
  flow.next.forEach((id, i) => {
    if (!flows.has(id)) at(['next', i], `unknown flow «${id}»`)
  })
  flow.steps.forEach((step, i) => {
    const where = (...path: (string | number)[]) => ['steps', i, ...path]
    if (ids.indexOf(step.id) !== i) at(where('id'), `step «${step.id}» stands twice`)
    if (step.id === END) at(where('id'), '«end» is the end of a flow and no step')
    if (step.kind === 'wait' && step.limit === undefined)
      at(where(), `waiting step «${step.id}» needs a limit in working days`)
    if (step.kind === 'do' && step.limit !== undefined)
      at(where('limit'), `step «${step.id}» has a limit but does not wait (kind: wait)`)
    if (step.number !== undefined && step.number > flow.total)
      at(where('number'), `number ${step.number} is above total ${flow.total}`)
    step.choices.forEach((choice, j) => {
      if (choice.to !== END && !ids.includes(choice.to))
        at(where('choices', j), `choice «${choice.id}» leads to an unknown step «${choice.to}»`)
      if (RESERVED_IDS.has(choice.id))
        at(where('choices', j), `«${choice.id}» is a word of the engine: choose another id`)
      if (step.choices.findIndex((other) => other.id === choice.id) !== j)
        at(where('choices', j), `choice «${choice.id}» stands twice`)
    })
    step.troubles.forEach((trouble, j) => {
      if (trouble.to !== undefined && !ids.includes(trouble.to))
        at(where('troubles', j), `trouble «${trouble.id}» leads to an unknown step «${trouble.to}»`)
      if (RESERVED_IDS.has(trouble.id))
        at(where('troubles', j), `«${trouble.id}» is a word of the engine: choose another id`)
      if (step.troubles.findIndex((other) => other.id === trouble.id) !== j)
        at(where('troubles', j), `trouble «${trouble.id}» stands twice`)
    })
    if (step.troubles.length < STEP_TROUBLES_MINIMUM) {
      at(where(), `step «${step.id}» knows ${step.troubles.length} troubles; at least ${STEP_TROUBLES_MINIMUM}`)
    }
  })
  for (let number = 1; number <= flow.total; number++) {
    if (!flow.steps.some((step) => step.number === number))
      at(['total'], `total is ${flow.total}, but no step has number ${number}`)
  }
  inspectGraph(flow, at)
}

/** Where a step can lead: its choices, and remedies that are another step. */
function waysOf(step: Step): Pick<Choice, 'to' | 'as'>[] {
  return [
    ...step.choices,
    ...step.troubles.flatMap((trouble) =>
      trouble.to === undefined ? [] : [{ to: trouble.to, as: 'skipped' as const }],
    ),
  ]
}

function inspectGraph(flow: Flow, at: (path: readonly (string | number)[], message: string) => void): void {
  const reached = new Set<string>()
  const walk = (id: string): void => {
    const step = stepOf(flow, id)
    if (!step || reached.has(id)) return
    reached.add(id)
    for (const way of waysOf(step)) walk(way.to)
  }
  walk(flow.start)
  const leadsOut = new Set<string>([END])
  for (let grew = true; grew;) {
    grew = false
    for (const step of flow.steps) {
      if (leadsOut.has(step.id) || !step.choices.some((choice) => leadsOut.has(choice.to))) continue
      leadsOut.add(step.id)
      grew = true
    }
  }
  flow.steps.forEach((step, i) => {
    if (!reached.has(step.id)) at(['steps', i, 'id'], `step «${step.id}» cannot be reached from «${flow.start}»`)
    if (!leadsOut.has(step.id))
      at(['steps', i, 'id'], `step «${step.id}» is a dead end: no way from it leads to the end`)
    if (step.kind === 'do' && isInCircle(flow, step)) {
      at(
        ['steps', i, 'id'],
        `step «${step.id}» is in a circle without a waiting step: mark the way back «as: back», or let it wait`,
      )
    }
  })
}

/** True when forward choices lead from a step back to it without passing a waiting step. */
function isInCircle(flow: Flow, from: Step): boolean {
  const seen = new Set<string>()
  const next = (step: Step): boolean =>
    waysOf(step).some(({ to, as }) => {
      if (as === 'back') return false
      if (to === from.id) return true
      const target = stepOf(flow, to)
      if (!target || target.kind === 'wait' || seen.has(to)) return false
      seen.add(to)
      return next(target)
    })
  return next(from)
}
