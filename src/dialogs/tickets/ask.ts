import { phrase } from '../../core/talk/draft.js'
import type { ChannelName } from '../../core/model/message.js'
import { TICKET_REASONS } from '../../core/model/ticket.js'
import { answerersOf, setSuits, wantVisit } from '../../store/tickets.js'
import { raise, tellAll, type TicketParts, whenSeen } from '../../tickets/tickets.js'
import type { Dialog, Dialogue } from '../dialogue.js'

export interface AskParts extends TicketParts {
  /** Whether an app has a way of its own to give the phone number. */
  asksNumber: (channel: ChannelName) => boolean
}

/**
 * `/giup`, «gặp người», «gọi lại cho tôi», the third miss, a fraud: a person is wanted. The ticket is there before anything is asked. A phone
 * number is asked for where the app itself can give it; one that is typed is masked as everywhere.
 */
export function askForPersonDialog(parts: AskParts): Dialog {
  return {
    name: 'ask-for-person',
    version: 2,
    async run(d) {
      const reason = TICKET_REASONS.find((known) => known === d.args) ?? 'asked'
      const calls = d.args === 'call'
      const { id, number, fresh, seen, anybody, form } = await d.act('open', async ({ tx, at, contact, wake }) => {
        const { ticket, told, fresh } = await raise(tx, parts, contact, reason)
        wake(told)
        if (reason === 'visit') await wantVisit(tx, ticket.id)
        const anybody = (await answerersOf(tx, contact.grp)).some((other) => other !== contact.contact)
        const form = contact.session.consent !== null && parts.asksNumber(contact.channel)
        return { id: ticket.id, number: ticket.number, fresh, anybody, seen: whenSeen(parts, at, anybody), form }
      })
      // Whom to call is said below, where a call was asked for.
      const when = calls && !anybody ? [] : [seen]
      d.say(phrase(fresh ? 'tickets.opened' : 'tickets.open-already', { number }), ...when)
      // Only a visit needs a time, and a call a number; everybody else keeps the question that was in front.
      if (reason !== 'visit' && !calls)
        return d.say(phrase('tickets.or-visit'), ...(form ? [phrase('callback.or-call')] : []))
      if (reason === 'visit') {
        const suits = await d.choose('suits', {
          block: [phrase('tickets.when')],
          options: (['morning', 'afternoon', 'any'] as const).map((option) => ({
            id: option,
            label: phrase(`tickets.options.${option}`),
          })),
        })
        if (suits === 'morning' || suits === 'afternoon' || suits === 'any')
          await d.act('suits', ({ tx }) => setSuits(tx, id, suits))
      }
      if (form) await askNumber(d, parts, number)
      // What is typed in a chat page is masked: whoever wants a call has to make it.
      else d.say(phrase(calls ? 'callback.call-yourself' : 'tickets.noted'))
    },
  }
}

/** Asks for the number by the app's own button or form; those who answer for the ticket are told that it is there, never what it is. */
async function askNumber(d: Dialogue, parts: TicketParts, number: number): Promise<void> {
  const answer = await d.choose('number', {
    block: [phrase('callback.ask')],
    options: [{ id: 'no', label: phrase('callback.no') }],
    number: { label: phrase('callback.share'), why: phrase('callback.why'), instead: phrase('callback.call-yourself') },
  })
  if (answer !== 'shared') return d.say(phrase('tickets.noted'))
  await d.act('tell', async ({ tx, contact, wake }) => {
    const told = await tellAll(tx, parts, await answerersOf(tx, contact.grp), contact.contact, [
      [phrase('callback.news', { number })],
    ])
    wake(told)
  })
  d.say(phrase('details.kept'))
}
