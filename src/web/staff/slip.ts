import { Hono } from 'hono'
import { html } from 'hono/html'
import { makeSlip, slipPayload } from '../../access/slip.js'
import { may } from '../../core/policy/roles.js'
import type { WayIn } from '../../access/ways-in.js'
import { dayOf } from '../../core/policy/calendar.js'
import { printedCode, SLIP_MS } from '../../core/roster/slip.js'
import { audit } from '../../store/audit.js'
import { people } from '../../store/roster.js'
import { missing, refuse } from './guard.js'
import { labelsOf } from './labels.js'
import { type Html, page } from './layout.js'
import { qr } from './qr.js'
import type { StaffCall, StaffEnv, StaffSite } from './site.js'

/** `POST /staff/people/ID/slip`: a paper with a code, by which the person is known when they chat. */
export function slipRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()
  app.post('/people/:person/slip', async (c) => {
    const { scope } = c.get('viewer')
    if (!may(scope.role, 'roster')) return refuse(site, c, 'slip')
    const id = c.req.param('person')
    const now = context.clock()
    await context.waysIn.learn()
    const made = await context.store.transaction(async (tx) => {
      const [person] = await people(tx, scope, { ids: [id] })
      const code = person ? await makeSlip(tx, scope, context.seals, { person: id, now }) : null
      if (!person || code === null) return null
      await audit(tx, scope, [
        { id: context.newId(), at: now, deed: 'invited', kind: 'slip', subject: id, group: person.group, count: 1 },
      ])
      return { person, code }
    })
    if (!made) return missing(site, c)
    const say = c.get('say')
    const { person, code } = made
    const body = html`<div class="card">
        ${slipPictures(c, context.waysIn.of(slipPayload(code)))}
        <p class="code">${printedCode(code)}</p>
        <p>${say('person.slip-how', { code: printedCode(code) })}</p>
        <p>${say('person.slip-until', { day: labelsOf(site, c).day(dayOf(now + SLIP_MS)) })}</p>
        <p>${say('person.slip-about')}</p>
      </div>
      <p class="screen">${say('person.slip-once')}</p>
      <p class="screen"><button type="button" data-print>${say('person.print')}</button></p>
      <p class="screen"><a href="/staff/people/${id}">${person.name}</a></p>`
    return c.html(page(site, c, say('person.slip-title', { name: person.name }), body))
  })
  return app
}

/** The pictures of a slip: one for each app that a link opens, called by it where there are several. Zalo has the code alone. */
export function slipPictures(c: StaffCall, ways: readonly WayIn[]): Html {
  const say = c.get('say')
  const links = ways.flatMap((way) => ('url' in way ? [way] : []))
  return html`<div class="pictures">
    ${links.map(
      ({ app, url }) =>
        html`<figure>
          ${qr(url, say('person.slip-qr-for', { app: say(`ways.apps.${app}`) }))}
          ${links.length > 1 ? html`<figcaption>${say(`ways.apps.${app}`)}</figcaption>` : ''}
        </figure>`,
    )}
  </div>`
}
