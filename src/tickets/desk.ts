import type { Ticket } from '../core/model/ticket.js'
import type { Scope } from '../core/policy/roles.js'
import { phrase } from '../core/talk/draft.js'
import { audit } from '../store/audit.js'
import { loadReachable } from '../store/contacts.js'
import type { Db } from '../store/tables.js'
import { closeTicket, giveBackTicket, takeTicket, ticketById } from '../store/tickets.js'
import { handBack, handOver, tellAll, type TicketParts, type Told } from './tickets.js'

/** Whether somebody may take a ticket over from whoever has it: the ward may, so that none is left with somebody who is away. */
export function mayTakeOver(scope: Scope, { state, takenBy }: Ticket): boolean {
  return state === 'taken' && takenBy !== scope.who && scope.groups === 'ward'
}

/**
 * Somebody takes a ticket, in the chat or on the page: from then on the talk goes through them. `from` is who has it now, where it is taken over.
 * Null: another one has it, or it is not theirs to take. Whoever has no chat takes it too, to call or to go there; the bot then goes on answering.
 */
export async function takeOver(
  tx: Db,
  parts: TicketParts,
  scope: Scope,
  id: string,
  from: string | null = null,
): Promise<{ told: Told; talks: boolean } | null> {
  const known = await ticketById(tx, scope, id)
  const talks = (await loadReachable(tx, scope.who)) !== null
  if (known?.state === 'taken' && known.takenBy === scope.who) return { told: [], talks }
  if (!known || (from !== null && !mayTakeOver(scope, known))) return null
  const taken = await takeTicket(tx, scope, id, { now: parts.clock(), from })
  if (!taken) return null
  await note(tx, parts, scope, taken)
  const left = await tellHolder(tx, parts, scope, known)
  // Without a chat of their own nobody can talk through the bot: it answers again.
  const why = phrase('tickets.given-back')
  const who = phrase(`tickets.who.${scope.role}`, { group: taken.group ?? 0 })
  const told = talks ? await handOver(tx, parts, taken, who) : await handBack(tx, parts, taken, why)
  return { told: [...left, ...told], talks }
}

/** Closes a ticket: the bot is back in the talk. Null: it is closed already, or not theirs. */
export async function closeOne(tx: Db, parts: TicketParts, scope: Scope, id: string): Promise<Told | null> {
  const known = await ticketById(tx, scope, id)
  const closed = known && (await closeTicket(tx, scope, id, parts.clock()))
  if (!closed) return null
  await note(tx, parts, scope, closed)
  const left = await tellHolder(tx, parts, scope, known)
  return [...left, ...(await handBack(tx, parts, closed, phrase('tickets.closed')))]
}

/** Puts one's own ticket back into the queue: the bot is back in the talk. Null: it is no longer theirs. */
export async function giveBack(tx: Db, parts: TicketParts, scope: Scope, ticket: Ticket): Promise<Told | null> {
  if (!(await giveBackTicket(tx, scope.who, ticket.id))) return null
  await note(tx, parts, scope, ticket)
  return handBack(tx, parts, ticket, phrase('tickets.given-back'))
}

/** Whoever had a ticket hears that another one has it or closed it. */
async function tellHolder(tx: Db, parts: TicketParts, scope: Scope, { takenBy, number }: Ticket): Promise<Told> {
  if (takenBy === null) return []
  const who = phrase(`tickets.who.${scope.role}`, { group: scope.groups === 'ward' ? 0 : scope.groups.join(', ') })
  return tellAll(tx, parts, [takenBy], scope.who, [[phrase('tickets.taken-over', { number, who })]])
}

async function note(tx: Db, { newId, clock }: TicketParts, scope: Scope, { id, group }: Ticket) {
  await audit(tx, scope, [{ id: newId(), at: clock(), deed: 'changed', kind: 'ticket', subject: id, group, count: 1 }])
}
