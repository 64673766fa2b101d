import { phrase } from '../../core/talk/draft.js'
import { TICKET_REASONS } from '../../core/model/ticket.js'
import { answerersOf, setSuits, wantVisit } from '../../store/tickets.js'
import { raise, type TicketParts, whenSeen } from '../../tickets/tickets.js'
import type { Dialog } from '../dialogue.js'

/** `/giup`, «gặp người», the third miss, a fraud: a person is wanted. The ticket is there before anything is asked. */
export function askForPersonDialog(parts: TicketParts): Dialog {
  return {
    name: 'ask-for-person',
    version: 1,
    async run(d) {
      const reason = TICKET_REASONS.find((known) => known === d.args) ?? 'asked'
      const { id, number, fresh, seen } = await d.act('open', async ({ tx, at, contact, wake }) => {
        const { ticket, told, fresh } = await raise(tx, parts, contact, reason)
        wake(told)
        if (reason === 'visit') await wantVisit(tx, ticket.id)
        const anybody = (await answerersOf(tx, contact.grp)).some((other) => other !== contact.contact)
        return { id: ticket.id, number: ticket.number, fresh, seen: whenSeen(parts, at, anybody) }
      })
      d.say(phrase(fresh ? 'tickets.opened' : 'tickets.open-already', { number }), seen)
      // Only a visit needs a time; everybody else keeps the question that was in front.
      if (reason !== 'visit') return d.say(phrase('tickets.or-visit'))
      const suits = await d.choose('suits', {
        block: [phrase('tickets.when')],
        options: (['morning', 'afternoon', 'any'] as const).map((option) => ({
          id: option,
          label: phrase(`tickets.options.${option}`),
        })),
      })
      if (suits === 'morning' || suits === 'afternoon' || suits === 'any')
        await d.act('suits', ({ tx }) => setSuits(tx, id, suits))
      d.say(phrase('tickets.noted'))
    },
  }
}
