import { html } from 'hono/html'
import type { FlowFigures } from '../../core/figures.js'
import { END, type Flow } from '../../core/flow/definition.js'
import { bar } from './bars.js'
import type { Labels } from './labels.js'
import { type Html } from './layout.js'
import type { StaffCall, StaffSite } from './site.js'

/** A guide as a list that can be read aloud: each step with how many stand there, and where each of its ways leads, as links. */
export function diagram(
  { context }: StaffSite,
  c: StaffCall,
  labels: Labels,
  flow: Flow,
  figures: FlowFigures | undefined,
): Html {
  const say = c.get('say')
  const texts = context.material.guides[c.get('viewer').locale].get(flow.flow)?.value
  const most = Math.max(1, ...(figures?.standing.map(({ count }) => count) ?? []))
  const to = (step: string) => html`<a href="#step-${step}">${labels.step(flow.flow, step)}</a>`
  const steps = flow.steps.map((step) => {
    const count = figures?.standing.find((one) => one.step === step.id)?.count ?? 0
    const label = (choice: string) => {
      const own = texts?.steps[step.id]?.choices[choice] !== undefined
      return labels.line({ key: own ? `guides:${flow.flow}.steps.${step.id}.choices.${choice}` : `phrases:options.${choice}` })
    }
    const ways = [
      ...step.choices.map((choice) =>
        choice.to === END
          ? html`${say('guides.goes-end', { label: label(choice.id) })}`
          : html`${say('guides.goes', { label: label(choice.id), to: '' })} ${to(choice.to)}`,
      ),
      ...step.troubles.flatMap(({ id, to: target }) =>
        target === undefined
          ? []
          : [html`${say('guides.goes-trouble', { label: labels.trouble(flow.flow, step.id, id), to: '' })} ${to(target)}`],
      ),
    ]
    return html`<li id="step-${step.id}" class="${step.kind === 'wait' ? 'waits' : ''}">
      <div class="told">
        <strong>${labels.step(flow.flow, step.id)}</strong>
        ${step.id === flow.start ? html`<span class="mark">${say('guides.start')}</span>` : ''}
        ${step.kind === 'wait' ? html`<span class="mark">${say('guides.wait', { days: step.limit ?? 1 })}</span>` : ''}
        <span class="where">${say('guides.here', { count })} ${count === 0 ? '' : bar(count, most)}</span>
        <ul class="ways">
          ${ways.map((way) => html`<li>${way}</li>`)}
        </ul>
      </div>
    </li>`
  })
  return html`<h2 id="diagram">${say('guides.diagram', { guide: labels.guide(flow.flow) })}</h2>
    <ol class="people diagram" aria-labelledby="diagram">
      ${steps}
    </ol>`
} // prettier-ignore
