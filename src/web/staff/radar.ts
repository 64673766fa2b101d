import { Hono } from 'hono'
import { html } from 'hono/html'
import { DAY_MS } from '../../core/policy/calendar.js'
import { troublesSince } from '../../store/radar.js'
import { bar } from './bars.js'
import { labelsOf } from './labels.js'
import { page, table } from './layout.js'
import type { StaffEnv, StaffSite } from './site.js'

const DAYS = 14
/** Lines of the page: what happens less often is no pattern. */
const LIMIT = 60

/** `/staff/radar`: where people are stuck, step by trouble, in the last two weeks. */
export function radarRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()
  app.get('/radar', async (c) => {
    const say = c.get('say')
    const labels = labelsOf(site, c)
    const found = await troublesSince(context.store.db, c.get('viewer').scope, context.clock() - DAYS * DAY_MS)
    const most = found[0]?.times ?? 0
    const rows = found.slice(0, LIMIT).map(
      ({ flow, step, trouble, times, persons }) =>
        html`<tr>
          <th scope="row">${labels.guide(flow)} · ${labels.step(flow, step)}</th>
          <td>${labels.trouble(flow, step, trouble)}</td>
          <td class="number">${times} ${bar(times, most)}</td>
          <td class="number">${persons}</td>
        </tr>`,
    )
    const heads = ['step', 'trouble', 'times', 'persons'].map((key) => say(`radar.${key}`))
    const body = html`<p>${say('radar.about')}</p>
      ${rows.length === 0 ? html`<p>${say('radar.none')}</p>` : table(say('radar.title'), heads, rows)}`
    return c.html(page(site, c, say('radar.title'), body))
  })
  return app
}
