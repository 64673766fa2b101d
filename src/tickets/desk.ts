import type { Scope } from '../core/policy/roles.js'
import { phrase } from '../core/talk/draft.js'
import { audit } from '../store/audit.js'
import { loadReachable } from '../store/contacts.js'
import type { Db } from '../store/tables.js'
import { closeTicket, takeTicket, ticketById } from '../store/tickets.js'
import { handBack, handOver, type TicketParts, type Told } from './tickets.js'

/**
 * Somebody takes a ticket, in the chat or on the page: from then on the talk goes through them. Null: another one has it, or it is not theirs to
 * take. Whoever has no chat takes it too, to call or to go there; the bot then goes on answering.
 */
export async function takeOver(
  tx: Db,
  parts: TicketParts,
  scope: Scope,
  id: string,
): Promise<{ told: Told; talks: boolean } | null> {
  const at = parts.clock()
  const known = await ticketById(tx, scope, id)
  const talks = (await loadReachable(tx, scope.who)) !== null
  if (known?.state === 'taken' && known.takenBy === scope.who) return { told: [], talks }
  const taken = await takeTicket(tx, scope, id, at)
  if (!taken) return null
  const who = phrase(`tickets.who.${scope.role}`, { group: taken.group ?? 0 })
  const told = talks ? await handOver(tx, parts, taken, who) : []
  await note(tx, parts, scope, taken.id, taken.group)
  return { told, talks }
}

/** Closes a ticket: the bot is back in the talk. Null: it is closed already, or not theirs. */
export async function closeOne(tx: Db, parts: TicketParts, scope: Scope, id: string): Promise<Told | null> {
  const closed = await closeTicket(tx, scope, id, parts.clock())
  if (!closed) return null
  const told = await handBack(tx, parts, closed, phrase('tickets.closed'))
  await note(tx, parts, scope, closed.id, closed.group)
  return told
}

async function note(tx: Db, { newId, clock }: TicketParts, scope: Scope, subject: string, group: number | null) {
  await audit(tx, scope, [{ id: newId(), at: clock(), deed: 'changed', kind: 'ticket', subject, group, count: 1 }])
}
