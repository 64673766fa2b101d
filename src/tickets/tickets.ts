import { isOpen, opensNext } from '../core/policy/office.js'
import type { Line } from '../core/model/message.js'
import type { Ticket, TicketReason } from '../core/model/ticket.js'
import type { Ward } from '../core/model/ward.js'
import { leaveDialog } from '../core/talk/answer.js'
import { guideLine, phrase, say } from '../core/talk/draft.js'
import { sayTo, type SpeakParts, speakTo } from '../speak/speak.js'
import { type LoadedContact, loadReachable } from '../store/contacts.js'
import { loadRuns } from '../store/runs.js'
import { scopeOfContact } from '../store/scope.js'
import type { Db } from '../store/tables.js'
import { answerersOf, giveBackTicket, nowScam, openTicket, ticketOf } from '../store/tickets.js'

/** Somebody was told something: the contacts to be woken after the commit. */
export type Told = string[]

/** What the bot does with conversations that a person takes over. */
export interface TicketParts extends SpeakParts {
  ward: Ward
}

/**
 * Opens a ticket for a contact with where they stand, and tells those who answer for their group. Who asks twice has one ticket; somebody who
 * is being defrauded comes first in every queue.
 */
export async function raise(
  tx: Db,
  parts: TicketParts,
  contact: LoadedContact,
  reason: TicketReason,
): Promise<{ ticket: Ticket; told: Told; fresh: boolean }> {
  const runs = await loadRuns(tx, [contact.session.person])
  const run = runs.find(({ id, state }) => id === contact.session.run && state !== 'finished')
  const step = run && parts.world.flows.get(run.flow)?.steps.find(({ id }) => id === run.step)
  const { ticket, fresh } = await openTicket(tx, {
    id: parts.newId(),
    contact: contact.contact,
    person: contact.session.person,
    group: contact.grp,
    flow: run?.flow ?? null,
    step: run?.step ?? null,
    stepNumber: step?.number ?? null,
    tries: run?.tries ?? 0,
    channel: contact.channel,
    reason,
    openedAt: parts.clock(),
  })
  const worse = !fresh && reason === 'scam' && (await nowScam(tx, ticket.id))
  if (!fresh && !worse) return { ticket, told: [], fresh }
  const told = await tellAll(tx, parts, await answerersOf(tx, contact.grp), contact.contact, [
    [phrase('tickets.news'), ticketLine(parts, { ...ticket, reason: worse ? reason : ticket.reason })],
    [phrase('tickets.how-to-take')],
  ])
  return { ticket, told, fresh }
}

/** Says the same to several contacts, on the addresses they can be reached on; those whom it reached. */
export async function tellAll(
  tx: Db,
  parts: SpeakParts,
  contacts: readonly string[],
  except: string,
  blocks: Line[][],
): Promise<Told> {
  const told: Told = []
  for (const contact of contacts) {
    if (contact === except) continue
    const found = await loadReachable(tx, contact, { lock: true })
    if (!found) continue
    await sayTo(tx, parts, found, blocks)
    told.push(contact)
  }
  return told
}

/** A ticket in one line: number, group, where they stand, how often it failed. Never a name. */
export function ticketLine({ world }: Pick<SpeakParts, 'world'>, ticket: Ticket): Line {
  const flow = ticket.flow === null ? undefined : world.flows.get(ticket.flow)
  const known = flow?.steps.some(({ id }) => id === ticket.step) === true
  return phrase('tickets.line', {
    number: ticket.number,
    reason: phrase(`tickets.reasons.${ticket.reason}`),
    group: ticket.group === null ? phrase('tickets.no-group') : phrase('leaders.group', { group: ticket.group }),
    where: known
      ? phrase(ticket.stepNumber === null ? 'tickets.at-step' : 'tickets.at-number', {
          guide: guideLine(flow.flow, 'short'),
          title: guideLine(flow.flow, `steps.${ticket.step}.title`),
          step: ticket.stepNumber ?? 0,
        })
      : phrase('tickets.nowhere'),
    tries: ticket.tries === 0 ? '' : phrase('tickets.tries', { tries: ticket.tries }),
    suits: ticket.suits === null ? '' : phrase(`tickets.suits.${ticket.suits}`),
    day: { day: new Date(ticket.openedAt + 7 * 3_600_000).toISOString().slice(0, 10) },
  })
}

/** When somebody will see it, said honestly: in office hours, when they begin, or that the ward has not said. */
export function whenSeen({ ward, world }: TicketParts, at: number, anybody: boolean): Line {
  if (!anybody) return phrase('tickets.nobody')
  const { office } = ward
  if (office === null) return phrase('tickets.seen')
  if (isOpen(office, at, world.holidays)) return phrase('tickets.seen-now')
  const next = opensNext(office, at, world.holidays)
  return next === null
    ? phrase('tickets.seen')
    : phrase('tickets.seen-later', { day: { day: next.day }, hour: next.from })
}

/** From now on the bot is silent in a contact's talk, and what they write goes to whoever took it. */
export async function handOver(tx: Db, parts: SpeakParts, ticket: Ticket, who: Line): Promise<Told> {
  const resident = await loadReachable(tx, ticket.contact, { lock: true })
  if (!resident) return []
  await speakTo(tx, parts, resident, (draft) => {
    draft.session.held = ticket.id
    say(draft, phrase('tickets.taken', { who }))
  })
  return [ticket.contact]
}

/** The bot is back in a contact's talk: it says so, and where they were. */
export async function handBack(tx: Db, parts: SpeakParts, ticket: Ticket, why: Line): Promise<Told> {
  const resident = await loadReachable(tx, ticket.contact, { lock: true })
  if (!resident || resident.session.held !== ticket.id) return []
  await speakTo(tx, parts, resident, (draft) => {
    draft.session.held = null
    say(draft, why)
    leaveDialog(draft)
  })
  return [ticket.contact]
}

/** Whether somebody may still have a ticket: a role that is gone, or of another group by now, hears nothing of it. */
async function mayHave(tx: Db, contact: string, { group }: Ticket): Promise<boolean> {
  const scope = await scopeOfContact(tx, contact)
  return scope.groups === 'ward' || scope.holds(group)
}

/** What a resident writes while a person has the talk goes to that person; when they no longer have it, the bot is back. */
export async function relay(tx: Db, parts: SpeakParts, contact: LoadedContact, text: string): Promise<Told> {
  const ticket = await ticketOf(tx, contact.contact)
  if (ticket?.state === 'taken' && ticket.takenBy !== null) {
    const officer = await loadReachable(tx, ticket.takenBy, { lock: true })
    if (officer && (await mayHave(tx, ticket.takenBy, ticket))) {
      await sayTo(tx, parts, officer, [[phrase('tickets.from-resident', { number: ticket.number, text })]])
      return [ticket.takenBy]
    }
    // Whoever had it cannot answer any more: others may.
    await giveBackTicket(tx, ticket.takenBy, ticket.id)
  }
  await speakTo(tx, parts, contact, (draft) => {
    draft.session.held = null
    say(draft, phrase('tickets.back-alone'))
    leaveDialog(draft)
  })
  return []
}
