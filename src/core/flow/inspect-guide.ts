import { type Locale, LOCALES } from '../model/message.js'
import { secretRequests } from '../broadcast/secret-requests.js'
import { type Flow, stepOf } from './definition.js'
import { COMMON_VARIABLES, type Guide, variablesIn, WAIT_VARIABLES } from './guide-text.js'
import type { Material, Report, Source } from './material.js'

/** Problems of a guide's texts in one language. */
export function inspectGuide(flow: Flow, source: Source<Guide> | undefined, locale: Locale, report: Report): void {
  if (!source)
    return report({
      file: `${locale}/guides/${flow.flow}.yaml`,
      line: 1,
      message: `the guide «${flow.flow}» has no texts in «${locale}»`,
    })
  const at = (path: readonly (string | number)[], message: string) =>
    report({ file: source.file, line: source.lineOf(path), message })
  const guide = source.value
  for (const part of ['title', 'short', 'about', 'finished'] as const)
    checkVariables(guide[part], [], (message) => at([part], message))
  for (const id of Object.keys(guide.steps))
    if (!stepOf(flow, id)) at(['steps', id], `texts for a step «${id}» that the flow does not have`)
  for (const step of flow.steps) {
    const text = guide.steps[step.id]
    const path = ['steps', step.id]
    if (!text) {
      at(['steps'], `no texts for step «${step.id}»`)
      continue
    }
    const wants = step.kind === 'wait' ? (['waiting', 'overdue'] as const) : (['see'] as const)
    for (const part of wants) if (text[part] === undefined) at(path, `step «${step.id}» has no text «${part}»`)
    for (const part of ['title', 'action', 'see'] as const)
      checkVariables(text[part] ?? '', [], (message) => at([...path, part], message))
    for (const part of ['waiting', 'overdue'] as const) {
      checkVariables(text[part] ?? '', WAIT_VARIABLES, (message) => at([...path, part], message))
    }
    const waits = step.kind === 'wait' ? WAIT_VARIABLES : []
    checkVariables(text.reminder ?? '', waits, (message) => at([...path, 'reminder'], message))
    for (const what of secretRequests(text.reminder ?? ''))
      at([...path, 'reminder'], `a reminder must not ask for «${what}»`)
    if (text.press !== undefined && !text.action.includes(`«${text.press}»`))
      at([...path, 'press'], `the label «${text.press}» does not stand in the action`)
    for (const choice of step.choices) {
      if (text.choices[choice.id] === undefined) at([...path, 'choices'], `no label for choice «${choice.id}»`)
    }
    for (const id of Object.keys(text.choices)) {
      if (id !== 'trouble' && !step.choices.some((choice) => choice.id === id))
        at([...path, 'choices', id], `label for a choice «${id}» that the step does not have`)
    }
    for (const trouble of step.troubles) {
      const words = text.troubles[trouble.id]
      if (!words) {
        at([...path, 'troubles'], `trouble «${trouble.id}» has no texts and so no remedy`)
        continue
      }
      for (const [i, remedy] of words.remedies.entries())
        checkVariables(remedy, [], (message) => at([...path, 'troubles', trouble.id, 'remedies', i], message))
      checkVariables(`${words.label} ${words.otherwise}`, [], (message) =>
        at([...path, 'troubles', trouble.id], message),
      )
    }
    for (const id of Object.keys(text.troubles)) {
      if (!step.troubles.some((trouble) => trouble.id === id))
        at([...path, 'troubles', id], `texts for a trouble «${id}» that the step does not have`)
    }
  }
}

function checkVariables(text: string, extra: readonly string[], at: (message: string) => void): void {
  for (const name of variablesIn(text)) {
    if (![...COMMON_VARIABLES, ...extra].includes(name)) at(`nobody supplies the variable {{${name}}} here`)
  }
}

/** What must be alike in every language: the label on the screen, and how many remedies there are (the engine counts them once). */
export function inspectSameShape(flow: Flow, { guides }: Material, report: Report): void {
  const [first, ...others] = LOCALES
  const base = guides[first].get(flow.flow)
  for (const locale of others) {
    const other = guides[locale].get(flow.flow)
    if (!base || !other) continue
    for (const step of flow.steps) {
      const [a, b] = [base.value.steps[step.id], other.value.steps[step.id]]
      if (!a || !b) continue
      const at = (path: string[], message: string) =>
        report({ file: other.file, line: other.lineOf(['steps', step.id, ...path]), message })
      if ((a.reminder === undefined) !== (b.reminder === undefined))
        at([], `step «${step.id}» has a reminder in only one of this file and ${base.file}`)
      if (a.press !== b.press) at(['press'], `the label on the screen is «${a.press ?? ''}» in ${base.file}`)
      for (const { id } of step.troubles) {
        const [n, m] = [a.troubles[id]?.remedies.length, b.troubles[id]?.remedies.length]
        if (n !== undefined && m !== undefined && n !== m)
          at(['troubles', id], `${m} remedies here, ${n} in ${base.file}`)
      }
    }
  }
}
