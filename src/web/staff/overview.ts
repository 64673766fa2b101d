import { Hono } from 'hono'
import { html } from 'hono/html'
import { sumFigures } from '../../core/figures.js'
import { dayOf } from '../../core/policy/calendar.js'
import { guideLine } from '../../core/talk/draft.js'
import { figures } from '../../store/figures.js'
import { page } from './layout.js'
import type { StaffEnv, StaffSite } from './site.js'

/** `/staff`: how far each guide has come, in the viewer's own scope. */
export function overviewRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()
  app.get('/', async (c) => {
    const viewer = c.get('viewer')
    const say = c.get('say')
    const day = dayOf(context.clock())
    const rows = await figures(context.store.db, viewer.scope)
    const sums = sumFigures(
      context.world.flows,
      rows.map(({ grp, ...row }) => ({ ...row, group: grp })),
    )
    const name = (flow: string) =>
      context.texts.render(guideLine(flow, 'short'), { locale: viewer.locale, form: 'bac', day })
    const body = html`<table>
      <thead>
        <tr>
          <th scope="col">${say('overview.guide')}</th>
          <th scope="col">${say('overview.started')}</th>
          <th scope="col">${say('overview.finished')}</th>
        </tr>
      </thead>
      <tbody>
        ${sums.map(
          (sum) =>
            html`<tr>
              <th scope="row">${name(sum.flow)}</th>
              <td>${sum.started}</td>
              <td>${sum.finished} (${sum.percent} %)</td>
            </tr>`,
        )}
      </tbody>
    </table>`
    return c.html(page(site, c, say('overview.title'), body))
  })
  return app
}
