import type { Line, Option } from '../../core/model/message.js'
import { DAY_MS, dayOf, startOfDay } from '../../core/policy/calendar.js'
import { phrase } from '../../core/talk/draft.js'
import { leaveVisit, takeVisit, visitsMade } from '../../roster/visits.js'
import { countOpenQuestions } from '../../store/questions.js'
import { scopeOfContact } from '../../store/scope.js'
import { countTickets, queueOf } from '../../store/tickets.js'
import { countWishes, wishesOf } from '../../store/visits.js'
import { closeOne } from '../../tickets/desk.js'
import { ticketLine, type TicketParts } from '../../tickets/tickets.js'
import type { Dialog, Dialogue, Now } from '../dialogue.js'

/** Of each kind, so many of the oldest are looked at: nobody takes more in one go. */
const LOOKED_AT = 200

/** One thing that waits: where it stands among all, what is said of it, and what can be done. No name: ids stay here, and names on the page. */
interface Piece {
  at: number
  of: number
  line: Line
  own: boolean
  what: { kind: 'ticket'; id: string; number: number } | { kind: 'visit'; person: string }
}

/**
 * `/viec`: what waits for me – people who asked for somebody and people of the list who wish for a visit, together, the oldest first, one message a
 * piece: taken, done, or left for the next. For the ward the questions without an answer are told too. A number behind it names a ticket.
 */
export function workDialog(parts: TicketParts): Dialog {
  return {
    name: 'work',
    version: 2,
    roles: ['leader', 'staff', 'admin'],
    async run(d) {
      if (d.args !== '') return d.goTo('hangcho', d.args)
      const { visits, tickets, questions } = await d.act('count', (now) => countWork(now))
      if (visits + tickets === 0 && questions === 0) return d.goTo('hangcho', '')
      d.say(
        phrase('work.heading'),
        ...(tickets > 0 ? [phrase('work.tickets', { count: tickets })] : []),
        ...(visits > 0 ? [phrase('work.visits', { count: visits })] : []),
        ...(questions > 0 ? [phrase('work.questions', { count: questions })] : []),
      )
      if (visits + tickets === 0) return onlyQuestions(d)
      for (let skipped = 0; ;) {
        const { piece } = await d.act('next', async (now) => ({ piece: await pieceAt(parts, now, skipped) }))
        if (piece === null) return d.say(phrase(skipped > 0 ? 'work.left' : 'work.all-done'))
        const chosen = await d.choose('deed', { block: [phrase('work.place', { at: piece.at, of: piece.of }), piece.line], options: optionsOf(piece) }) // prettier-ignore
        if (chosen === 'cancel') return d.say(phrase('dialog.left'))
        if (chosen === 'next') {
          skipped++
          continue
        }
        const { what } = piece
        if (what.kind === 'visit') {
          if (chosen === 'name') return d.goTo('trang', `/staff/people/${what.person}`)
          await visitDeed(d, chosen, what.person)
          continue
        }
        if (chosen === 'take') return d.goTo('hangcho', String(what.number))
        const closed = await d.act('close', async ({ tx, contact, wake }) => {
          const told = await closeOne(tx, parts, await scopeOfContact(tx, contact.contact), what.id)
          if (told) wake(told)
          return told !== null
        })
        d.say(phrase(closed ? 'tickets.you-closed' : 'tickets.gone', { number: what.number }))
      }
    },
  }
}

async function countWork({ tx, contact }: Pick<Now, 'tx' | 'contact'>) {
  const scope = await scopeOfContact(tx, contact.contact)
  const { open, own } = await countTickets(tx, scope)
  return { tickets: open + own, visits: await countWishes(tx, scope), questions: await countOpenQuestions(tx, scope) }
}

/** What nobody else has. */
async function waiting({ tx, contact }: Pick<Now, 'tx' | 'contact'>) {
  const scope = await scopeOfContact(tx, contact.contact)
  const queue = await queueOf(tx, scope, { limit: LOOKED_AT })
  return {
    tickets: queue.filter(({ state, takenBy }) => state === 'open' || takenBy === contact.contact),
    wishes: await wishesOf(tx, scope, { limit: LOOKED_AT, open: true }),
  }
}

/** The piece behind so many older ones; null: there is none. Whoever may be being defrauded comes before all. */
async function pieceAt(parts: TicketParts, { tx, at, contact }: Now, skipped: number): Promise<Piece | null> {
  const { tickets, wishes } = await waiting({ tx, contact })
  const counted = await countWork({ tx, contact })
  const pieces = [
    ...tickets.map((ticket) => ({
      first: ticket.reason === 'scam' ? 0 : 1,
      since: ticket.openedAt,
      line: ticketLine(parts, ticket),
      own: ticket.takenBy !== null,
      what: { kind: 'ticket' as const, id: ticket.id, number: ticket.number },
    })),
    ...wishes.map(({ person, group, since, takenBy }) => ({
      first: 1,
      since,
      line: visitLine(group, { since, now: at, own: takenBy !== null }),
      own: takenBy !== null,
      what: { kind: 'visit' as const, person },
    })),
  ].sort((a, b) => a.first - b.first || a.since - b.since)
  const piece = pieces[skipped]
  if (!piece) return null
  const { line, own, what } = piece
  return { at: skipped + 1, of: counted.tickets + counted.visits, line, own, what }
}

/** «Chuyến thăm · tổ 5 · chờ 6 ngày». */
function visitLine(group: number, { since, now, own }: { since: number; now: number; own: boolean }): Line {
  const days = Math.round((startOfDay(dayOf(now)) - startOfDay(dayOf(since))) / DAY_MS)
  const waited = days === 0 ? phrase('work.since-today') : phrase('work.waited', { count: days })
  return phrase(own ? 'work.visit-own' : 'work.visit', { group, waited })
}

/** What goes on stands first: to take what nobody has, to be done with one's own. */
function optionsOf({ what, own }: Piece): Option[] {
  const option = (id: string, key: string, number = 0) => ({ id, label: phrase(key, { number }) })
  const ends = [option('next', 'work.options.next'), option('cancel', 'tickets.options.enough')]
  if (what.kind === 'ticket') {
    const way = option('take', `tickets.options.${own ? 'go-on' : 'take'}`, what.number)
    return [way, option('close', 'tickets.options.close'), ...ends]
  }
  const done = option('done', 'work.options.done')
  const name = option('name', 'work.options.name')
  return own
    ? [done, name, option('leave', 'work.options.leave'), ...ends]
    : [option('take', 'work.options.take'), done, name, ...ends]
}

async function visitDeed(d: Dialogue, chosen: string, person: string): Promise<void> {
  const well = await d.act(`visit-${chosen}`, async ({ tx, at, newId, contact }) => {
    const scope = await scopeOfContact(tx, contact.contact)
    const parts = { now: at, newId }
    if (chosen === 'take') return takeVisit(tx, parts, scope, person)
    if (chosen === 'leave') return leaveVisit(tx, parts, scope, person)
    const made = await visitsMade(tx, parts, scope, { persons: [person], day: dayOf(at) })
    return made !== 'refused' && made.written > 0
  })
  const said = { take: 'work.taken', leave: 'work.given-back', done: 'work.done' }[chosen] ?? 'work.gone'
  d.say(phrase(well ? said : 'work.gone'))
}

async function onlyQuestions(d: Dialogue): Promise<void> {
  const chosen = await d.choose('which', {
    block: [phrase('work.no-people')],
    options: [
      { id: 'questions', label: phrase('work.options.questions') },
      { id: 'cancel', label: phrase('tickets.options.enough') },
    ],
  })
  if (chosen === 'questions') return d.goTo('cauhoi', '')
  d.say(phrase('dialog.left'))
}
