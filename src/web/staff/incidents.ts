import { Hono } from 'hono'
import { html } from 'hono/html'
import { DAY_MS, dayOf } from '../../core/policy/calendar.js'
import { incidentsBetween } from '../../store/incidents.js'
import { mayTeach } from '../../questions/teach.js'
import { note, refuse } from './guard.js'
import { labelsOf } from './labels.js'
import { page, table } from './layout.js'
import type { StaffEnv, StaffSite } from './site.js'

/** Days that the page looks back. */
const DAYS = 30

/** `/staff/incidents`: which scam stories residents told, counted by day; nobody's in particular. */
export function incidentRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()
  app.get('/incidents', async (c) => {
    const say = c.get('say')
    const labels = labelsOf(site, c)
    if (!mayTeach(c.get('viewer').scope)) return refuse(site, c, 'incidents')
    const now = context.clock()
    const told = await incidentsBetween(context.store.db, dayOf(now - (DAYS - 1) * DAY_MS), dayOf(now))
    await note(site, c, { kind: 'incidents', count: told.length })
    const heads = ['day', 'kind', 'channel', 'group', 'count'].map((key) => say(`incidents.${key}`))
    const rows = told.map(
      ({ day, kind, channel, group, n }) =>
        html`<tr>
          <th scope="row">${labels.day(day)}</th>
          <td>${say(`incidents.kinds.${kind}`)}</td>
          <td>${say(`incidents.channels.${channel}`)}</td>
          <td>${group ?? ''}</td>
          <td>${n}</td>
        </tr>`,
    )
    const body = html`<p>${say('incidents.about', { days: DAYS })}</p>
      ${rows.length === 0 ? html`<p>${say('incidents.none')}</p>` : table(say('incidents.title'), heads, rows)}`
    return c.html(page(site, c, say('incidents.title'), body))
  })
  return app
}
