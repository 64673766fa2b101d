import { END, type Flow } from './definition.js'

/** Mermaid's names of states hold no hyphens. */
const name = (id: string) => id.replaceAll('-', '_')

/** A guide as a Mermaid state diagram: choices as arrows, ways back dashed by their label, remedies that are another step as «trouble». */
export function drawFlow(flow: Flow): string {
  const lines = ['stateDiagram-v2', `  [*] --> ${name(flow.start)}`]
  for (const step of flow.steps) {
    const number = step.number === undefined ? '' : `${step.number} · `
    const wait = step.kind === 'wait' ? ` (≤ ${step.limit} working days)` : ''
    lines.push(`  ${name(step.id)} : ${number}${step.id}${wait}`)
    for (const choice of step.choices) {
      const to = choice.to === END ? '[*]' : name(choice.to)
      lines.push(`  ${name(step.id)} --> ${to} : ${choice.id}${choice.as === 'done' ? '' : ` (${choice.as})`}`)
    }
    for (const trouble of step.troubles) {
      if (trouble.to !== undefined) lines.push(`  ${name(step.id)} --> ${name(trouble.to)} : trouble ${trouble.id}`)
    }
  }
  return `${lines.join('\n')}\n`
}
