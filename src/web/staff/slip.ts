import { Hono } from 'hono'
import { html } from 'hono/html'
import { makeSlip, slipPayload } from '../../access/slip.js'
import { may } from '../../core/policy/roles.js'
import { printedCode } from '../../core/roster/slip.js'
import { audit } from '../../store/audit.js'
import { people } from '../../store/roster.js'
import { missing, refuse } from './guard.js'
import { page } from './layout.js'
import { qr } from './qr.js'
import type { StaffEnv, StaffSite } from './site.js'

/** `POST /staff/people/ID/slip`: a paper with a code, by which the person is known when they chat. */
export function slipRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()
  app.post('/people/:person/slip', async (c) => {
    const { scope } = c.get('viewer')
    if (!may(scope.role, 'roster')) return refuse(site, c, 'slip')
    const id = c.req.param('person')
    const now = context.clock()
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
    const url = `${context.config.publicUrl}/chat?start=${slipPayload(code)}`
    const body = html`<div class="card">
        ${qr(url, say('person.slip-qr'))}
        <p class="code">${printedCode(code)}</p>
        <p>${say('person.slip-how', { code: printedCode(code) })}</p>
        <p>${say('person.slip-about')}</p>
      </div>
      <p class="screen">${say('person.slip-once')}</p>
      <p class="screen"><button type="button" data-print>${say('person.print')}</button></p>
      <p class="screen"><a href="/staff/people/${id}">${person.name}</a></p>`
    return c.html(page(site, c, say('person.slip-title', { name: person.name }), body))
  })
  return app
}
