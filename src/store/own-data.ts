import { sql } from 'kysely'
import type { AuditEntry } from '../core/model/audit.js'
import type { Session } from '../core/model/contact.js'
import type { LedgerEvent } from '../core/model/ledger.js'
import type { Locale } from '../core/model/message.js'
import type { Household, RosterPerson } from '../core/model/roster.js'
import type { RunState } from '../core/model/run.js'
import type { TicketReason, TicketState } from '../core/model/ticket.js'
import { MACHINE, OPERATOR } from '../core/policy/roles.js'
import { idsBehind } from './audit.js'
import { PHONE } from './roster.js'
import { texts } from './rows.js'
import type { Seals } from './sealed.js'
import type { Db } from './tables.js'

/** Every row that is held of a contact and of the person it is, opened: what that person may see of themselves. Newest first. */
export interface OwnData {
  /** What the ward's list says of the person; null when nobody joined them to it. */
  listed:
    | (Omit<RosterPerson, 'id' | 'group' | 'household'> &
        Pick<Household, 'code' | 'street' | 'house' | 'reviewedOn'> & { visitSince: number | null })
    | null
  /** Phone number and name that they gave by the app's own button. */
  given: { phone: string | null; name: string | null } | null
  runs: { flow: string; step: string; state: RunState; startedAt: number }[]
  events: Pick<LedgerEvent, 'at' | 'flow' | 'step' | 'outcome' | 'source' | 'detail'>[]
  /** For whom the contact acts, under the name it gave them. */
  helped: { label: string; since: number }[]
  /** Others who act for the person, under the name they gave them. */
  helpers: { label: string; since: number }[]
  /** Days on which somebody of the ward was at their home. */
  visits: string[]
  tickets: { number: number; reason: TicketReason; state: TicketState; openedAt: number }[]
  /** Questions without an answer that they asked and still wait for. */
  questions: { text: string; at: number }[]
  /** Days on which they were reminded. */
  reminded: string[]
  /** What was done with their data, by whom of which role; `own`: by themselves. Who it was is in the ward's log. */
  log: (Pick<AuditEntry, 'at' | 'deed' | 'kind' | 'role'> & { by: 'own' | 'machine' | 'operator' | 'role' })[]
}

/** Who a contact is, and in which language it reads; null when it is not there. */
export async function ownerOf(db: Db, contact: string): Promise<{ person: string; locale: Locale } | null> {
  const found = await sql<{ person: string; state: string }>`
    select c.person, s.state from contact c join session s on s.contact = c.id where c.id = ${contact}`.execute(db)
  const [row] = found.rows
  return row ? { person: row.person, locale: (JSON.parse(row.state) as Pick<Session, 'locale'>).locale } : null
}

/** What is held of `contact`, who is `person`, under every id that they had; of nobody else. */
export async function ownData(db: Db, seals: Seals, contact: string, person: string): Promise<OwnData> {
  const ids = await idsBehind(db, person)
  const theirs = texts(db, ids)
  const [listed] = (
    await sql<Omit<NonNullable<OwnData['listed']>, 'visit' | 'official'> & { visit: number; official: number }>`
      select r.name, r.born, r.residence, r.card, r.card_reason as "cardReason", r.visit, r.visit_since as "visitSince", r.official,
        r.phone, r.note, h.code, h.street, h.house, h.reviewed_on as "reviewedOn"
      from roster r left join household h on h.id = r.household where r.person = ${person}`.execute(db)
  ).rows
  const [given] = (
    await sql<{ phone: string | null; name: string | null }>`
      select phone, name from contact_detail where contact = ${contact}`.execute(db)
  ).rows
  const all = async <T>(statement: ReturnType<typeof sql<T>>) => (await statement.execute(db)).rows
  const opened = (purpose: string, owner: string, sealed: string | null) => {
    const read = sealed === null ? null : seals.open(purpose, owner, sealed)
    return read?.ok ? read.text : null
  }
  return {
    listed: listed
      ? {
          ...listed,
          visit: listed.visit === 1,
          official: listed.official === 1,
          phone: opened(PHONE, person, listed.phone),
        }
      : null,
    given: given
      ? {
          phone: opened('contact_detail.phone', contact, given.phone),
          name: opened('contact_detail.name', contact, given.name),
        }
      : null,
    runs: await all(sql<OwnData['runs'][number]>`
      select flow, step, state, started_at as "startedAt" from run where person in ${theirs} order by started_at desc, id`),
    events: await all(sql<OwnData['events'][number]>`
      select at, flow, step, outcome, source, detail from ledger where person in ${theirs} order by at desc, run, seq desc`),
    helped: await all(sql<OwnData['helped'][number]>`
      select label, since from helping where contact = ${contact} order by since desc, person`),
    helpers: await all(sql<OwnData['helpers'][number]>`
      select label, since from helping where person = ${person} and contact <> ${contact} order by since desc, contact`),
    visits: (
      await all(sql<{ day: string }>`select day from visited where person = ${person} order by day desc, at desc, id`)
    ).map(({ day }) => day),
    tickets: await all(sql<OwnData['tickets'][number]>`
      select number, reason, state, opened_at as "openedAt" from ticket where contact = ${contact} order by opened_at desc, number`),
    questions: await all(sql<OwnData['questions'][number]>`
      select q.text, a.at from question_asker a join question q on q.id = a.question
      where a.contact = ${contact} order by a.at desc, q.id`),
    reminded: (
      await all(sql<{ day: string }>`
        select distinct day from reminded where contact = ${contact} or person = ${person} order by day desc`)
    ).map(({ day }) => day),
    log: (
      await all(sql<Pick<AuditEntry, 'at' | 'who' | 'role' | 'deed' | 'kind'>>`
        select at, who, role, deed, kind from audit where subject in ${theirs} order by at desc, id desc`)
    ).map(({ who, ...line }) => ({ ...line, by: byOf(who, ids) })),
  }
}

function byOf(who: string, own: readonly string[]): OwnData['log'][number]['by'] {
  if (own.includes(who)) return 'own'
  return who === MACHINE.id ? 'machine' : who === OPERATOR.id ? 'operator' : 'role'
}
