import type { Session } from '../core/model/contact.js'
import type { LedgerEvent } from '../core/model/ledger.js'
import type { Inbound } from '../core/model/message.js'
import { type AskedQuestion, QUESTION_LIMIT } from '../core/model/question.js'
import type { Run } from '../core/model/run.js'
import { dayOf } from '../core/policy/calendar.js'
import { phrase, type Request } from '../core/talk/draft.js'
import { guard } from '../core/talk/guard.js'
import type { World } from '../core/talk/world.js'
import { newSession, type Talk, turn, type Turned } from '../core/turn.js'
import { type LoadedContact, createContacts, loadByAddresses, saveSessions, setGroups } from '../store/contacts.js'
import { deferInbox, inboxKey, type InboxKey, insertInbox, markDead } from '../store/inbox.js'
import { addIncidents, type Incident } from '../store/incidents.js'
import { appendLedger } from '../store/ledger.js'
import { appendOutbox, type OutboxMessage } from '../store/outbox.js'
import { noteQuestions, unnoteQuestion } from '../store/questions.js'
import { loadRuns, saveRuns } from '../store/runs.js'
import type { Db } from '../store/tables.js'
import type { Texts } from '../texts.js'
import { hashCode } from '../access/codes.js'
import { inWords, isRead, type Place } from '../speak/words.js'

/** What a turn needs besides the database. */
export interface TurnParts {
  world: World
  texts: Texts
  newId: () => string
  /** Called with the error and the ids of a message whose turn threw: a bug, alarmed and answered with an apology. */
  onPoison: (error: unknown, where: { channel: string; externalId: string; contact: string }) => void
}

/** What became of one inbound event. */
export interface Accepted {
  /** `handled`, `duplicate` (seen before, nothing happened), `deferred` (stored; its answer comes later), `dead` (put aside with an apology). */
  kind: 'handled' | 'duplicate' | 'deferred' | 'dead'
  contact: string
  /** Number of the newest message of ours to the contact. */
  said: number
  /** It held something that must not stay in sight in the chat either; left out for one that was seen before. */
  hides?: boolean
}

interface Seat {
  row: LoadedContact
  talk: Talk
  runs: Map<string, Run>
  changed: Set<string>
  group: number | null
}

const keyOf = (item: { channel: string; address: string }) => `${item.channel}\u0000${item.address}`

/**
 * Handles a batch in one transaction: finds or creates the contacts and locks their sessions, takes each event in once, works out the
 * turns in the order given, and writes everything with one statement a table. Events of one contact build on each other.
 * `work` stands in for the turn where the outcome is known already: a message that could not be stored is put aside with it.
 */
export async function handleBatch(
  tx: Db,
  parts: TurnParts,
  items: readonly Inbound[],
  work: typeof turn = turn,
): Promise<Accepted[]> {
  const seats = await seat(tx, parts, items)
  const fresh = await insertInbox(
    tx,
    items.map((item) => ({
      channel: item.channel,
      externalId: item.externalId,
      contact: seats.get(keyOf(item))!.row.contact,
      at: item.at,
      status: 'done' as const,
      request: null,
    })),
  )
  const events: LedgerEvent[] = []
  const said: OutboxMessage[] = []
  const deferred: (InboxKey & { request: string })[] = []
  const asked: AskedQuestion[] = []
  const understood: { contact: string; at: number }[] = []
  const incidents: Omit<Incident, 'n'>[] = []
  const results: Accepted[] = []
  for (const item of items) {
    const place = seats.get(keyOf(item))!
    // The set says which ids are new; an id twice in one batch is new only the first time.
    if (!fresh.delete(inboxKey(item))) {
      results.push({ kind: 'duplicate', contact: place.row.contact, said: place.talk.session.said })
      continue
    }
    let turned: Turned
    let row: OutboxMessage | null
    let kind: Accepted['kind'] = 'handled'
    let hides = item.secrets.length > 0
    try {
      const kept = guarded(item, parts.world, place.talk)
      hides = kept.hides
      turned = work(parts.world, place.talk, kept.item, parts.newId)
      row = outboxRow(parts.texts, item, place, turned)
    } catch (error) {
      parts.onPoison(error, { channel: item.channel, externalId: item.externalId, contact: place.row.contact })
      await markDead(tx, item, error instanceof Error ? error.name : 'unknown')
      turned = apology(place.talk)
      row = outboxRow(parts.texts, item, place, turned)
      kind = 'dead'
    }
    if (turned.request) {
      deferred.push({ channel: item.channel, externalId: item.externalId, request: keptRequest(turned.request, item) })
      kind = 'deferred'
    }
    if (turned.incident !== null)
      incidents.push({
        day: dayOf(item.at),
        kind: turned.incident,
        channel: item.channel,
        group: place.talk.contact.group,
      })
    const question = questionOf(parts.world, item, place, turned)
    if (question) asked.push(question)
    if (turned.understood) understood.push({ contact: place.row.contact, at: item.at })
    take(place, turned)
    events.push(...turned.events)
    if (row) said.push(row)
    results.push({ kind, contact: place.row.contact, said: turned.session.said, hides })
  }
  await write(tx, [...seats.values()], events, said, deferred)
  await noteQuestions(tx, asked, parts.newId)
  for (const pick of understood) await unnoteQuestion(tx, pick)
  if (incidents.length > 0) await addIncidents(tx, incidents)
  return results
}

/** Masks what must not be kept before anything is done with a text. */
function guarded(item: Inbound, world: World, talk: Talk): { item: Inbound; hides: boolean } {
  if (item.content.kind !== 'text') return { item, hides: item.secrets.length > 0 }
  const { text, secrets, hides } = guard(world, talk, item.content.text, item.at)
  return { item: { ...item, content: { kind: 'text', text }, secrets }, hides }
}

/** Loads the contacts behind the addresses, creating those who write for the first time; sessions stay locked until the commit. */
async function seat(tx: Db, parts: TurnParts, items: readonly Inbound[]): Promise<Map<string, Seat>> {
  const wanted = new Map(items.map((item) => [keyOf(item), item]))
  const addresses = [...wanted.values()].map(({ channel, address }) => ({ channel, address }))
  let rows = await loadByAddresses(tx, addresses, { lock: true })
  const known = new Set(rows.map(keyOf))
  const missing = addresses.filter((address) => !known.has(keyOf(address)))
  if (missing.length > 0) {
    await createContacts(
      tx,
      missing.map((address) => {
        const person = parts.newId()
        const item = wanted.get(keyOf(address))!
        return {
          address,
          contact: { id: parts.newId(), role: 'resident' as const, group: null },
          session: newSession(person, item.locale),
          at: item.at,
        }
      }),
    )
    rows = [...rows, ...(await loadByAddresses(tx, missing, { lock: true }))]
  }
  const runs = await loadRuns(tx, [...new Set(rows.map((row) => row.session.person))])
  const byPerson = new Map<string, Run[]>()
  for (const run of runs) byPerson.set(run.person, [...(byPerson.get(run.person) ?? []), run])
  const byContact = new Map<string, Seat>()
  return new Map(
    rows.map((row) => {
      const own = byPerson.get(row.session.person) ?? []
      const made: Seat = byContact.get(row.contact) ?? {
        row,
        talk: { contact: { id: row.contact, role: row.role, group: row.grp }, session: row.session, runs: own },
        runs: new Map(own.map((run) => [run.id, run])),
        changed: new Set(),
        group: row.grp,
      }
      byContact.set(row.contact, made)
      return [keyOf(row), made]
    }),
  )
}

/** The next turn of the same contact in this batch builds on this one. */
function take(place: Seat, turned: Turned): void {
  for (const run of turned.runs) {
    place.runs.set(run.id, run)
    place.changed.add(run.id)
  }
  place.talk = { contact: turned.contact, session: turned.session, runs: [...place.runs.values()] }
}

function apology(talk: Talk): Turned {
  const session: Session = { ...talk.session, said: talk.session.said + 1 }
  return {
    contact: talk.contact,
    session,
    runs: [],
    events: [],
    reply: { blocks: [[phrase('failure.turn')]], options: [] },
    request: null,
    unanswered: null,
    understood: false,
    incident: null,
    number: 0,
  }
}

/** What goes into the staff's queue of a turn; nothing of somebody who has not agreed to anything being kept. */
function questionOf(
  { taught }: World,
  item: Inbound,
  place: Seat,
  { unanswered, session }: Turned,
): AskedQuestion | null {
  if (unanswered === null || session.consent === null) return null
  const key = taught.keyOf(unanswered.text)
  if (key === null) return null
  const text = [...unanswered.text.trim()].slice(0, QUESTION_LIMIT).join('')
  const { flow, step } = unanswered
  return { key, text, locale: session.locale, contact: place.row.contact, flow, step, at: item.at }
}

/** A request as the inbox keeps it; an invitation code is kept nowhere, only its hash. */
function keptRequest(request: Request, { address }: Inbound): string {
  return JSON.stringify(
    request.kind === 'redeem' ? { kind: 'redeem', codeHash: hashCode(request.code), address } : { ...request, address },
  )
}

/** The message in words; null when nothing is said. A text that is missing throws here, while the turn can still be put aside. */
function outboxRow(texts: Texts, item: Inbound, place: Seat, turned: Turned): OutboxMessage | null {
  if (!turned.reply) return null
  return {
    contact: place.row.contact,
    n: turned.session.said,
    channel: item.channel,
    address: item.address,
    at: item.at,
    kind: 'reply',
    body: JSON.stringify(inWords(texts, turned.reply, turned.session, item.at, placeOf(place.runs, turned))),
    status: isRead(item.channel) ? 'kept' : 'queued',
  }
}

function placeOf(runs: ReadonlyMap<string, Run>, turned: Turned): Place {
  const id = turned.session.run
  const run = id === null ? undefined : (turned.runs.find((changed) => changed.id === id) ?? runs.get(id))
  return { flow: run?.flow ?? '', number: turned.number }
}

async function write(
  tx: Db,
  seats: readonly Seat[],
  events: readonly LedgerEvent[],
  said: readonly OutboxMessage[],
  deferred: readonly (InboxKey & { request: string })[],
): Promise<void> {
  const distinct = [...new Set(seats)]
  const moved = distinct.filter((place) => place.talk.session !== place.row.session)
  if (moved.length > 0) {
    await saveSessions(
      tx,
      // One version a batch, however many turns it took: the store compares with what was loaded.
      moved.map((place) => ({
        contact: place.row.contact,
        session: { ...place.talk.session, version: place.row.session.version + 1 },
      })),
    )
  }
  const grouped = moved.filter((place) => place.talk.contact.group !== place.group)
  if (grouped.length > 0) {
    await setGroups(
      tx,
      grouped.map((place) => ({
        contact: place.row.contact,
        grp: place.talk.contact.group,
      })),
    )
  }
  const runs = distinct.flatMap((place) => [...place.changed].map((id) => place.runs.get(id)!))
  if (runs.length > 0) await saveRuns(tx, runs)
  if (events.length > 0) await appendLedger(tx, events)
  if (said.length > 0) await appendOutbox(tx, said)
  if (deferred.length > 0) await deferInbox(tx, deferred)
}
