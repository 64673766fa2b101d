import { html } from 'hono/html'
import type { Html } from './layout.js'

/** A bar of a chart: how much of the whole, beside its number, which is the text that counts. Sizes are attributes: the pages have no inline style. */
export function bar(part: number, whole: number): Html {
  const width = whole <= 0 ? 0 : Math.round((Math.min(part, whole) * 1000) / whole) / 10
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
    <rect class="whole" x="0" y="0" width="100" height="10" />
    <rect class="part" x="0" y="0" width="${width}" height="10" />
  </svg>`
}
