import { phrase } from '../../core/talk/draft.js'
import type { Ticket } from '../../core/model/ticket.js'
import { scopeOfContact } from '../../store/scope.js'
import { giveBackTicket, queueOf, ticketById } from '../../store/tickets.js'
import { closeOne, takeOver } from '../../tickets/desk.js'
import { handBack, tellAll, ticketLine, type TicketParts } from '../../tickets/tickets.js'
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
      const mine = await d.act('take', async ({ tx, contact, wake }) => {
        const scope = await scopeOfContact(tx, contact.contact)
        const taken = await takeOver(tx, parts, scope, ticket.id)
        if (!taken) return false
        wake(taken.told)
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
    const done = await d.act('end', async ({ tx, contact, wake }) => {
      const scope = await scopeOfContact(tx, contact.contact)
      const told = closing
        ? await closeOne(tx, parts, scope, ticket.id)
        : (await giveBackTicket(tx, contact.contact, ticket.id))
          ? await handBack(tx, parts, ticket, phrase('tickets.given-back'))
          : null
      if (told) wake(told)
      return told !== null
    })
    return d.say(
      phrase(done ? (closing ? 'tickets.you-closed' : 'tickets.you-gave-back') : 'tickets.gone', {
        number: ticket.number,
      }),
    )
  }
}
