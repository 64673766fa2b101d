import { mayRevoke, mayRevokeGroup, shutOut, shutOutOf } from '../access/revoke.js'
import type { Role } from '../core/model/contact.js'
import type { Scope } from '../core/policy/roles.js'
import { phrase } from '../core/talk/draft.js'
import { leaveVisits } from '../roster/visits.js'
import { audit } from '../store/audit.js'
import { roleHolders } from '../store/role-holders.js'
import { groupsOf, scopeOfContact } from '../store/scope.js'
import type { Db } from '../store/tables.js'
import { answerersOf, giveBackTicket, takenBy } from '../store/tickets.js'
import { handBack, tellAll, ticketLine, type TicketParts, type Told } from './tickets.js'

/** Takes a role away at once, with all that hangs on it, and tells whoever had it; inside a transaction. Null: it was not theirs to take. */
export async function revokeRole(tx: Db, parts: TicketParts, scope: Scope, contact: string): Promise<Told | null> {
  const holder = (await roleHolders(tx, scope)).find((one) => one.contact === contact)
  if (!holder || !mayRevoke(scope, holder)) return null
  const told = await endRole(tx, parts, scope, holder)
  const role = phrase(`invite.roles.${holder.role}`)
  return [...told, ...(await tellAll(tx, parts, [contact], scope.who, [[phrase('invite.taken-away', { role })]]))]
}

/**
 * Takes one of several groups away at once, with all that hangs on it, and tells whoever had it; inside a transaction. The last one takes the role with
 * it. Null: it was not theirs to take.
 */
export async function revokeGroup(
  tx: Db,
  parts: TicketParts,
  scope: Scope,
  contact: string,
  group: number,
): Promise<Told | null> {
  const holder = (await roleHolders(tx, scope)).find((one) => one.contact === contact)
  if (!holder || !mayRevokeGroup(scope, holder, group)) return null
  const { role, groups } = holder
  if (groups.length === 1) return revokeRole(tx, parts, scope, contact)
  const at = parts.clock()
  await audit(tx, scope, [{ id: parts.newId(), at, deed: 'revoked', kind: role, subject: contact, group, count: null }])
  await shutOutOf(tx, contact, group, { by: scope.who, now: at })
  const told = await letGo(tx, parts, scope, contact, group)
  const rest = groups.filter((one) => one !== group).join(', ')
  const words = phrase('invite.group-taken-away', { role: phrase(`invite.roles.${role}`), group, rest })
  return [...told, ...(await tellAll(tx, parts, [contact], scope.who, [[words]]))]
}

/** Somebody gives up their own role, with all that hangs on it; inside a transaction. */
export async function giveUpRole(tx: Db, parts: TicketParts, contact: string): Promise<Told> {
  const scope = await scopeOfContact(tx, contact)
  if (scope.role === 'resident') return []
  return endRole(tx, parts, scope, { contact, role: scope.role, groups: await groupsOf(tx, contact) })
}

/** Nobody is left with a talk, a page or an invitation of a role they no longer have. */
async function endRole(
  tx: Db,
  parts: TicketParts,
  scope: Scope,
  { contact, role, groups }: { contact: string; role: Role; groups: readonly number[] },
): Promise<Told> {
  const { newId, clock } = parts
  const at = clock()
  const line = { deed: 'revoked', kind: role, subject: contact, group: groups[0] ?? null, count: null } as const
  await audit(tx, scope, [{ id: newId(), at, ...line }])
  await shutOut(tx, contact, { by: scope.who, now: at })
  await leaveVisits(tx, { now: at, newId }, scope, contact)
  return letGo(tx, parts, scope, contact)
}

/** Puts the tickets that somebody has, or has of one group, back into the queue: the bot answers again, and those who answer now hear of them. */
async function letGo(tx: Db, parts: TicketParts, scope: Scope, contact: string, group?: number): Promise<Told> {
  const told: Told = []
  for (const ticket of await takenBy(tx, contact)) {
    if (group !== undefined && ticket.group !== group) continue
    await giveBackTicket(tx, contact, ticket.id)
    const line = { deed: 'changed', kind: 'ticket', subject: ticket.id, group: ticket.group, count: 1 } as const
    await audit(tx, scope, [{ id: parts.newId(), at: parts.clock(), ...line }])
    told.push(...(await handBack(tx, parts, ticket, phrase('tickets.given-back'))))
    told.push(
      ...(await tellAll(tx, parts, await answerersOf(tx, ticket.group), ticket.contact, [
        [phrase('tickets.news'), ticketLine(parts, ticket)],
        [phrase('tickets.how-to-take')],
      ])),
    )
  }
  return told
}
