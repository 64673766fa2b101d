import { type About, type Reminder, wordForSeveral, wordReminder } from '../core/broadcast/message.js'
import type { Route } from '../core/model/broadcast.js'
import type { Ask, Session } from '../core/model/contact.js'
import type { Run } from '../core/model/run.js'
import type { Reader } from '../core/policy/reach.js'
import { inWords, isRead } from '../speak/words.js'
import type { Member } from '../store/audience.js'
import type { Broadcast } from '../store/broadcasts.js'
import type { LoadedContact } from '../store/contacts.js'
import type { OutboxMessage } from '../store/outbox.js'
import { causeOf, type ReminderParts } from './parts.js'

/** A message to one reader, about everybody of the batch for whom they read. */
export interface Message {
  reader: Reader
  route: Route
  /** đồng */
  price: number
  /** Whether it takes a message of the package, or money. */
  charged: boolean
  /** `label`: what the reader calls them; null: it is the reader. */
  about: { person: string; member: Member; label: string | null; paid: boolean }[]
}

/** A message in words, and what it makes of the reader's session. */
export interface Worded {
  outbox: OutboxMessage
  session: Session
}

/** Words a message to a reader who is loaded with a lock. */
export function wordMessage(
  { world, texts }: Pick<ReminderParts, 'world' | 'texts'>,
  { id, plan }: Broadcast,
  { route, about }: Message,
  row: LoadedContact,
  runs: ReadonlyMap<string, Run>,
  at: number,
): Worded {
  const people = about.map(({ member: { person, group, run }, label }): About => ({
    person,
    group,
    run: run === null ? null : (runs.get(run) ?? null),
    helper: label === null ? null : { label },
  }))
  const facts = {
    flow: world.flows.get(plan.audience.flow)!,
    cause: causeOf(plan.audience.who),
    wording: plan.wording,
    reader: { contact: row.contact, session: row.session },
    channel: route.channel,
    at,
  }
  const worded =
    people.length === 1 ? wordReminder(world, { ...facts, ...people[0]! }) : wordForSeveral(world, facts, people)
  const said = row.session.said + 1
  // A page reads its messages from the outbox: there the question stands at once. Elsewhere it does when the message leaves.
  const asked = isRead(route.channel) ? inFront(worded.ask, said, optionsOf(worded), people) : {}
  const session = { ...row.session, ...asked, said, version: row.session.version + 1 }
  return {
    session,
    outbox: {
      contact: row.contact,
      n: said,
      channel: route.channel,
      address: route.address,
      at,
      kind: 'reminder',
      body: JSON.stringify(inWords(texts, worded.reply, session, at, worded.place)),
      status: isRead(route.channel) ? 'kept' : 'queued',
      dedupeKey: `reminder ${id} ${about[0]!.person}`,
    },
  }
}

function optionsOf({ reply }: Reminder): string[] {
  return reply.options.map(({ id }) => id)
}

/** The part of a session that a reminder's question changes: an answer about one person is that person's, one about several says first whose it is. */
export function inFront(
  ask: Ask,
  n: number,
  options: readonly string[],
  people: readonly { person: string; group: number | null; run: Pick<Run, 'id'> | null; helper: About['helper'] }[],
): Partial<Session> {
  const prompt = { n, ask, options }
  const [one, ...others] = people
  if (!one || others.length > 0) return { prompt }
  const { person, group, helper } = one
  const actingFor = helper === null ? null : { label: helper.label ?? '', group }
  return { person, actingFor, run: one.run?.id ?? null, prompt }
}
