import { html } from 'hono/html'
import type { Flow } from '../../core/flow/definition.js'
import { LOCALES } from '../../core/model/message.js'
import type { Labels } from './labels.js'
import { type Html, table } from './layout.js'
import type { StaffCall, StaffSite } from './site.js'

/** The texts of a guide in both languages side by side, as they stand in content: placeholders are not filled in. */
export function guideTexts({ context }: StaffSite, c: StaffCall, labels: Labels, flow: Flow): Html {
  const say = c.get('say')
  const guides = LOCALES.map((locale) => ({ locale, texts: leaves(context.material.guides[locale].get(flow.flow)?.value ?? {}) })) // prettier-ignore
  const keys = [...new Set(guides.flatMap(({ texts }) => [...texts.keys()]))]
  const heads = [say('guides.key'), ...LOCALES.map((locale) => say(`guides.language.${locale}`))]
  const whole = keys.filter((key) => !key.startsWith('steps.'))
  const rows = (some: readonly string[], prefix: string) =>
    some.map(
      (key) =>
        html`<tr>
          <th scope="row" class="quiet">${key.slice(prefix.length)}</th>
          ${guides.map(({ locale, texts }) => html`<td lang="${locale}">${texts.get(key) ?? '—'}</td>`)}
        </tr>`,
    )
  const parts = flow.steps.map(({ id }) => {
    const prefix = `steps.${id}.`
    const name = labels.step(flow.flow, id)
    return html`<details>
      <summary>${name}</summary>
      ${table(name, heads, rows(keys.filter((key) => key.startsWith(prefix)), prefix))}
    </details>` // prettier-ignore
  })
  return html`<h2>${say('guides.texts')}</h2>
    ${table(labels.guide(flow.flow), heads, rows(whole, ''))} ${parts}`
}

/** Every text with the path of its keys. */
function leaves(value: object, prefix = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, one] of Object.entries(value) as [string, unknown][]) {
    if (typeof one === 'string') found.set(prefix + key, one)
    else if (typeof one === 'object' && one !== null)
      for (const [path, text] of leaves(one, `${prefix}${key}.`)) found.set(path, text)
  }
  return found
}
