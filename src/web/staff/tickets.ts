import { Hono } from 'hono'
import { html } from 'hono/html'
import type { Ticket } from '../../core/model/ticket.js'
import { queueOf } from '../../store/tickets.js'
import { closeOne, takeOver } from '../../tickets/desk.js'
import { ticketLine } from '../../tickets/tickets.js'
import { note } from './guard.js'
import { labelsOf } from './labels.js'
import { csrfField, type Html, notice, page, table } from './layout.js'
import type { StaffCall, StaffEnv, StaffSite } from './site.js'

/** Tickets on the page. */
const SHOWN = 200

/** `/staff/tickets`: who waits for a person, taken and closed as in the chat; what was written in a talk is not shown. */
export function ticketRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()

  app.get('/tickets', async (c) => {
    const say = c.get('say')
    const queue = await queueOf(context.store.db, c.get('viewer').scope, SHOWN)
    await note(site, c, { kind: 'tickets', count: queue.length })
    const heads = ['ticket', 'state', 'deed'].map((key) => say(`tickets.${key}`))
    const rows = queue.map((ticket) => row(site, c, ticket))
    const body = html`${notice(c)}
      <p>${say('tickets.about')}</p>
      ${rows.length === 0 ? html`<p>${say('tickets.none')}</p>` : table(say('tickets.title'), heads, rows)}`
    return c.html(page(site, c, say('tickets.title'), body))
  })

  app.post('/tickets/take', async (c) => {
    const id = String((await c.req.parseBody())['ticket'])
    const taken = await context.store.transaction((tx) => takeOver(tx, context, c.get('viewer').scope, id))
    if (taken) context.wakes.wake(taken.told)
    const done = taken ? (taken.talks ? 'ticket-taken' : 'ticket-taken-without-chat') : 'ticket-gone'
    return c.redirect(`/staff/tickets?done=${done}`, 303)
  })

  app.post('/tickets/close', async (c) => {
    const id = String((await c.req.parseBody())['ticket'])
    const told = await context.store.transaction((tx) => closeOne(tx, context, c.get('viewer').scope, id))
    if (told) context.wakes.wake(told)
    return c.redirect(`/staff/tickets?done=${told ? 'ticket-closed' : 'ticket-gone'}`, 303)
  })
  return app
}

function row(site: StaffSite, c: StaffCall, ticket: Ticket): Html {
  const say = c.get('say')
  const own = ticket.takenBy === c.get('viewer').contact
  const button = (deed: 'take' | 'close') =>
    html`<form method="post" action="/staff/tickets/${deed}">
      ${csrfField(c)}<input type="hidden" name="ticket" value="${ticket.id}" />
      <button
        class="${deed === 'take' ? '' : 'second'}"
        aria-label="${say(`tickets.${deed}-for`, { number: ticket.number })}"
      >
        ${say(`tickets.${deed}`)}
      </button>
    </form>`
  const state = own ? 'state-own' : `state-${ticket.state}`
  return html`<tr>
    <th scope="row">
      ${labelsOf(site, c)
        .line(ticketLine(site.context, ticket))
        .replace(/^\s*·\s*/, '')}
    </th>
    <td>
      ${say(`tickets.${state}`)}
      ${ticket.escalatedAt !== null && ticket.state === 'open' ? html`<strong>${say('tickets.escalated')}</strong>` : ''}
    </td>
    <td>${ticket.state === 'open' ? button('take') : ''}${own || ticket.state === 'open' ? button('close') : ''}</td>
  </tr>`
}
