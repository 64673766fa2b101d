import { fold } from '../../core/language/fold.js'
import type { Ticket } from '../../core/model/ticket.js'
import type { Scope } from '../../core/policy/roles.js'
import { phrase } from '../../core/talk/draft.js'
import { scopeOfContact } from '../../store/scope.js'
import { queueOf, ticketById, ticketNumbered } from '../../store/tickets.js'
import { closeOne, giveBack, mayTakeOver, takeOver } from '../../tickets/desk.js'
import { tellAll, ticketLine, type TicketParts } from '../../tickets/tickets.js'
import type { Dialog, Dialogue } from '../dialogue.js'

/** Tickets that one message shows. */
const SHOWN = 8

/** A ticket as it is named: «72», «phiếu 72», «nhận phiếu số 72». */
const NUMBERED = /^(?:(?:nhan|take|lam tiep|go on with) )?(?:phieu |ticket )?(?:so )?(\d{1,7})$/

/** What can be done with a ticket of the queue: waiting ones are taken, one's own gone on with, another's taken over by the ward. */
type Way = 'take' | 'go-on' | 'take-over'

/**
 * `/hangcho`: who waits for a person, oldest first; taking one by its button or its number, talking through the bot, closing it. What is
 * written here goes to the resident until it is closed or given back.
 */
export function deskDialog(parts: TicketParts): Dialog {
  return {
    name: 'desk',
    version: 2,
    roles: ['leader', 'staff', 'admin'],
    async run(d) {
      const named = NUMBERED.exec(fold(d.args))?.[1]
      const ticket = named === undefined ? await chosen(d, parts) : await numbered(d, Number(named))
      if (!ticket) return
      const { way } = await d.act('way', async ({ tx, contact }) => ({
        way: wayWith(await scopeOfContact(tx, contact.contact), ticket),
      }))
      if (way === null) return d.say(phrase('tickets.gone'))
      if (way === 'take-over') {
        const sure = await d.choose('over', {
          block: [phrase('tickets.over-sure', { number: ticket.number })],
          options: [
            { id: 'yes', label: phrase('tickets.options.take-over', { number: ticket.number }) },
            { id: 'cancel', label: phrase('tickets.options.enough') },
          ],
        })
        if (sure !== 'yes') return d.say(phrase('dialog.left'))
      }
      const mine = await d.act('take', async ({ tx, contact, wake }) => {
        const scope = await scopeOfContact(tx, contact.contact)
        const taken = await takeOver(tx, parts, scope, ticket.id, way === 'take-over' ? ticket.takenBy : null)
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

function wayWith(scope: Scope, ticket: Ticket): Way | null {
  if (ticket.state === 'open') return 'take'
  if (ticket.takenBy === scope.who) return 'go-on'
  return mayTakeOver(scope, ticket) ? 'take-over' : null
}

async function numbered(d: Dialogue, number: number): Promise<Ticket | null> {
  const ticket = await d.act('numbered', async ({ tx, contact }) =>
    ticketNumbered(tx, await scopeOfContact(tx, contact.contact), number),
  )
  if (!ticket) d.say(phrase('tickets.no-such', { number }))
  return ticket
}

/** One of the queue, page by page; null: none, which was said. */
async function chosen(d: Dialogue, parts: TicketParts): Promise<Ticket | null> {
  for (let offset = 0; ; offset += SHOWN) {
    const { queue, more } = await d.act('queue', async ({ tx, contact }) => {
      const scope = await scopeOfContact(tx, contact.contact)
      const found = await queueOf(tx, scope, { limit: SHOWN + 1, offset })
      const queue = found.slice(0, SHOWN).map((ticket) => ({ ...ticket, way: wayWith(scope, ticket) }))
      return { queue, more: found.length > SHOWN }
    })
    if (queue.length === 0) {
      d.say(phrase(offset === 0 ? 'tickets.none' : 'tickets.no-more'))
      return null
    }
    const ways = queue.flatMap(({ number, way }) =>
      way === null ? [] : [{ id: `t${number}`, label: phrase(`tickets.options.${way}`, { number }) }],
    )
    const answer = await d.text<{ number: number }>(
      'which',
      {
        block: [
          phrase('tickets.queue'),
          ...queue.map((ticket) => ticketLine(parts, ticket)),
          phrase('tickets.by-number'),
        ],
        options: [
          ...ways,
          ...(more ? [{ id: 'more', label: phrase('tickets.options.more') }] : []),
          { id: 'cancel', label: phrase('tickets.options.enough') },
        ],
      },
      (text) => {
        const number = NUMBERED.exec(fold(text))?.[1]
        return number === undefined ? { no: phrase('tickets.by-number') } : { ok: { number: Number(number) } }
      },
    )
    if ('number' in answer) return numbered(d, answer.number)
    if (answer.option === 'more') continue
    const ticket = queue.find(({ number }) => `t${number}` === answer.option)
    if (!ticket) d.say(phrase('dialog.left'))
    return ticket ?? null
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
      const told = await (closing ? closeOne(tx, parts, scope, ticket.id) : giveBack(tx, parts, scope, ticket))
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
