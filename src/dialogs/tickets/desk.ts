import { phrase } from '../../core/talk/draft.js'
import type { Ticket } from '../../core/model/ticket.js'
import { audit } from '../../store/audit.js'
import { scopeOfContact } from '../../store/scope.js'
import { closeTicket, giveBackTicket, queueOf, takeTicket, ticketById } from '../../store/tickets.js'
import { handBack, handOver, tellAll, ticketLine, type TicketParts } from '../../tickets/tickets.js'
import type { Dialog, Dialogue } from '../dialogue.js'

/** Tickets that one message shows. */
const SHOWN = 8

/**
 * `/hangcho` and `/viec`: who waits for a person, oldest first; taking one, talking through the bot, closing it. What is written here goes to
 * the resident until it is closed or given back.
 */
export function deskDialog(parts: TicketParts): Dialog {
  return {
    name: 'desk',
    version: 1,
    roles: ['leader', 'staff', 'admin'],
    async run(d) {
      const queue = await d.act('queue', async ({ tx, contact }) =>
        queueOf(tx, await scopeOfContact(tx, contact.contact), SHOWN),
      )
      if (queue.length === 0) return d.say(phrase('tickets.none'))
      const chosen = await d.choose('which', {
        block: [phrase('tickets.queue'), ...queue.map((ticket) => ticketLine(parts, ticket))],
        options: [
          ...queue.map(({ number, state }) => ({
            id: `t${number}`,
            label: phrase(state === 'open' ? 'tickets.options.take' : 'tickets.options.go-on', { number }),
          })),
          { id: 'cancel', label: phrase('tickets.options.enough') },
        ],
      })
      const ticket = queue.find(({ number }) => `t${number}` === chosen)
      if (!ticket) return d.say(phrase('dialog.left'))
      const mine = await d.act('take', async ({ tx, at, newId, contact, wake }) => {
        const scope = await scopeOfContact(tx, contact.contact)
        const known = await ticketById(tx, scope, ticket.id)
        if (known?.state === 'taken' && known.takenBy === contact.contact) return true
        const taken = await takeTicket(tx, scope, ticket.id, at)
        if (!taken) return false
        wake(await handOver(tx, parts, taken, phrase(`tickets.who.${contact.role}`, { group: taken.group ?? 0 })))
        await audit(tx, scope, [
          { id: newId(), at, deed: 'changed', kind: 'ticket', subject: taken.id, group: taken.group, count: 1 },
        ])
        return true
      })
      if (!mine) return d.say(phrase('tickets.gone'))
      d.say(phrase('tickets.yours', { number: ticket.number }))
      await talk(d, parts, ticket)
    },
  }
}

async function talk(d: Dialogue, parts: TicketParts, ticket: Ticket): Promise<void> {
  for (;;) {
    const answer = await d.ask('write', {
      block: [phrase('tickets.write', { number: ticket.number })],
      options: (['close', 'give-back'] as const).map((id) => ({ id, label: phrase(`tickets.options.${id}`) })),
      free: true,
    })
    if (answer.kind === 'text') {
      const there = await d.act('send', async ({ tx, contact, wake }) => {
        const known = await ticketById(tx, await scopeOfContact(tx, contact.contact), ticket.id)
        if (known?.state !== 'taken' || known.takenBy !== contact.contact) return false
        const told = await tellAll(tx, parts, [ticket.contact], contact.contact, [
          [
            phrase('tickets.from-person', {
              who: phrase(`tickets.who.${contact.role}`, { group: ticket.group ?? 0 }),
              text: answer.text,
            }),
          ],
        ])
        wake(told)
        return told.length > 0
      })
      if (there) continue
      return d.say(phrase('tickets.not-reached'))
    }
    const closing = answer.option === 'close'
    const done = await d.act('end', async ({ tx, at, contact, wake }) => {
      const scope = await scopeOfContact(tx, contact.contact)
      const ended = closing
        ? await closeTicket(tx, scope, ticket.id, at)
        : (await giveBackTicket(tx, contact.contact, ticket.id))
          ? ticket
          : null
      if (ended) wake(await handBack(tx, parts, ended, phrase(closing ? 'tickets.closed' : 'tickets.given-back')))
      return ended !== null
    })
    return d.say(
      phrase(done ? (closing ? 'tickets.you-closed' : 'tickets.you-gave-back') : 'tickets.gone', {
        number: ticket.number,
      }),
    )
  }
}
