import { Hono } from 'hono'
import { html } from 'hono/html'
import type { Ticket } from '../../core/model/ticket.js'
import { roleLabels } from '../../store/role-holders.js'
import { queueOf } from '../../store/tickets.js'
import { closeOne, mayTakeOver, takeOver } from '../../tickets/desk.js'
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
    const queue = await queueOf(context.store.db, c.get('viewer').scope, { limit: SHOWN })
    await note(site, c, { kind: 'tickets', count: queue.length })
    const heads = ['ticket', 'state', 'deed'].map((key) => say(`tickets.${key}`))
    const holders = await roleLabels(
      context.store.db,
      queue.flatMap(({ takenBy }) => takenBy ?? []),
    )
    const rows = queue.map((ticket) => row(site, c, ticket, holders))
    const body = html`${notice(c)}
      <p>${say('tickets.about')}</p>
      ${rows.length === 0 ? html`<p>${say('tickets.none')}</p>` : table(say('tickets.title'), heads, rows)}`
    return c.html(page(site, c, say('tickets.title'), body))
  })

  app.post('/tickets/take', async (c) => {
    const form = await c.req.parseBody()
    // Who had it when the page was made: somebody who took it since keeps it.
    const from = typeof form['from'] === 'string' ? form['from'] : null
    const { scope } = c.get('viewer')
    const taken = await context.store.transaction((tx) => takeOver(tx, context, scope, String(form['ticket']), from))
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

function row(site: StaffSite, c: StaffCall, ticket: Ticket, holders: ReadonlyMap<string, string>): Html {
  const say = c.get('say')
  const own = ticket.takenBy === c.get('viewer').contact
  const over = mayTakeOver(c.get('viewer').scope, ticket)
  const button = (deed: 'take' | 'take-over' | 'close') =>
    html`<form method="post" action="/staff/tickets/${deed === 'close' ? 'close' : 'take'}">
      ${csrfField(c)}<input type="hidden" name="ticket" value="${ticket.id}" />
      ${deed === 'take-over' ? html`<input type="hidden" name="from" value="${ticket.takenBy}" />` : ''}
      <button
        class="${deed === 'take' ? '' : 'second'}"
        aria-label="${say(`tickets.${deed}-for`, { number: ticket.number })}"
      >
        ${say(`tickets.${deed}`)}
      </button>
    </form>`
  const holder = own || ticket.takenBy === null ? undefined : holders.get(ticket.takenBy)
  const state = own ? 'state-own' : `state-${ticket.state}`
  return html`<tr>
    <th scope="row">
      ${labelsOf(site, c)
        .line(ticketLine(site.context, ticket))
        .replace(/^\s*·\s*/, '')}
    </th>
    <td>
      ${holder === undefined ? say(`tickets.${state}`) : say('tickets.held-by', { who: holder })}
      ${ticket.escalatedAt !== null && ticket.state === 'open' ? html`<strong>${say('tickets.escalated')}</strong>` : ''}
    </td>
    <td>
      ${ticket.state === 'open' ? button('take') : ''}${over ? button('take-over') : ''}
      ${own || over || ticket.state === 'open' ? button('close') : ''}
    </td>
  </tr>`
}
