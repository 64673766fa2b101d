import { sql } from 'kysely'
import type { Address, Contact, Role, Session } from '../core/model/contact.js'
import { VersionConflict } from './errors.js'
import { byText, columns, engineOf, field, rows, storable } from './rows.js'
import type { Db } from './tables.js'

/** Where somebody wrote from. */
export type AddressKey = Pick<Address, 'channel' | 'address'>

/** A contact found by one of its addresses, with what is in front of it. */
export interface LoadedContact extends AddressKey {
  contact: string
  role: Role
  grp: number | null
  /** The person the contact is itself; `session.person` is the one it acts for. */
  self: string
  session: Session
}

/** A contact met for the first time; `session.person` is the person it is itself, who is made with it. */
export interface NewContact {
  address: AddressKey
  contact: Contact
  session: Session
  at: number
}

/** Whether session `s` is of somebody who has agreed to anything of theirs being kept; before that a contact is nobody whom the ward knows. */
export const HAS_AGREED = sql.raw(`s.state not like '%"consent":null%'`)

interface Columns extends AddressKey {
  contact: string
  role: Role
  grp: number | null
  self: string
  version: number
  said: number
  last_at: number
  state: string
}

const ADDRESS = columns({ channel: 'text', address: 'text', contact: 'text' })
const PERSON = columns({ id: 'text', grp: 'int', created_at: 'int' })
const CONTACT = columns({ id: 'text', person: 'text', role: 'text', grp: 'int', created_at: 'int' })
const SESSION = columns({ contact: 'text', version: 'int', said: 'int', last_at: 'int', state: 'text' })

/**
 * The contacts of these addresses; an unknown address gives no row. With `lock`, Postgres holds their sessions until the end of the
 * transaction, in one order for all processes, and what is read is what is there after the wait; SQLite has one writer anyway.
 */
export async function loadByAddresses(
  db: Db,
  addresses: readonly AddressKey[],
  options: { lock?: boolean } = {},
): Promise<LoadedContact[]> {
  if (addresses.length === 0) return []
  const batch = rows(
    db,
    addresses.map(({ channel, address }) => [channel, address]),
  )
  const found = await sql<Columns>`
    select ${FOUND} from ${batch}
    join address a on a.channel = ${field(0, 'text')} and a.address = ${field(1, 'text')}
    join contact c on c.id = a.contact
    join session s on s.contact = c.id
    order by c.id ${held(db, options)}`.execute(db)
  return found.rows.map(contactOf)
}

const FOUND = sql.raw(
  'a.channel, a.address, c.id as contact, c.role, c.grp, c.person as self, s.version, s.said, s.last_at, s.state',
)

/**
 * A contact on the address that the bot last spoke to it on, or on another one that is open; null when there is none. With `lock` as in
 * `loadByAddresses`.
 */
export async function loadReachable(
  db: Db,
  contact: string,
  options: { lock?: boolean } = {},
): Promise<LoadedContact | null> {
  const found = await sql<Columns>`
    select ${FOUND} from address a join contact c on c.id = a.contact join session s on s.contact = c.id
    where a.contact = ${contact} and a.state = 'ok'
    order by coalesce((
      select max(o.n) from outbox o where o.contact = a.contact and o.channel = a.channel and o.address = a.address
    ), 0) desc, a.channel, a.address limit 1 ${held(db, options)}`.execute(db)
  return found.rows[0] ? contactOf(found.rows[0]) : null
}

/** The contact's row is locked with its session, because only a locked row is read again after a wait. */
function held(db: Db, { lock }: { lock?: boolean }) {
  return lock && engineOf(db) === 'postgres' ? sql`for no key update of s, c` : sql``
}

/**
 * Makes contacts with their person, address and session, inside a transaction. Where an address is taken already, it stays with its
 * contact and nothing is made: those addresses are given back, to be loaded again.
 */
export async function createContacts(db: Db, made: readonly NewContact[]): Promise<AddressKey[]> {
  if (made.length === 0) return []
  const sorted = [...made].sort(byText(({ address }) => `${address.channel}\u0000${address.address}`))
  const addresses = rows(
    db,
    sorted.map(({ address, contact }) => [address.channel, address.address, contact.id]),
  )
  const added = await sql<{ contact: string }>`
    insert into address (${ADDRESS.names}) select ${ADDRESS.fields} from ${addresses} where true
    on conflict do nothing returning contact`.execute(db)
  const won = new Set(added.rows.map(({ contact }) => contact))
  const winners = sorted.filter(({ contact }) => won.has(contact.id))
  if (winners.length > 0) await insertWinners(db, winners)
  return sorted.filter(({ contact }) => !won.has(contact.id)).map(({ address }) => address)
}

async function insertWinners(db: Db, winners: readonly Omit<NewContact, 'address'>[]): Promise<void> {
  const persons = winners.map(({ contact, session, at }) => [session.person, contact.group, at])
  await sql`insert into person (${PERSON.names}) select ${PERSON.fields} from ${rows(db, persons)}`.execute(db)
  const contacts = winners.map(({ contact: { id, role, group }, session, at }) => [id, session.person, role, group, at])
  await sql`insert into contact (${CONTACT.names}) select ${CONTACT.fields} from ${rows(db, contacts)}`.execute(db)
  const sessions = winners.map(({ contact, session }) => sessionRow(contact.id, session))
  await sql`insert into session (${SESSION.names}) select ${SESSION.fields} from ${rows(db, sessions)}`.execute(db)
}

/** The contacts of a person on every app. */
export async function contactsOf(db: Db, person: string): Promise<string[]> {
  const found = await sql<{ id: string }>`select id from contact where person = ${person} order by id`.execute(db)
  return found.rows.map(({ id }) => id)
}

export async function isContact(db: Db, id: string): Promise<boolean> {
  const found = await sql<{ id: string }>`select id from contact where id = ${id}`.execute(db)
  return found.rows.length > 0
}

/** Makes a contact that has no address: somebody who only uses the staff pages, let in from the server itself. */
export async function createPageContact(db: Db, { contact, session, at }: Omit<NewContact, 'address'>): Promise<void> {
  await insertWinners(db, [{ contact, session, at }])
}

/** Writes sessions that were each worked out from the version before; throws VersionConflict with the contacts that were not. */
export async function saveSessions(db: Db, saved: readonly { contact: string; session: Session }[]): Promise<void> {
  if (saved.length === 0) return
  const sorted = [...saved].sort(byText(({ contact }) => contact))
  const batch = rows(
    db,
    sorted.map(({ contact, session }) => sessionRow(contact, session)),
  )
  const done = await sql<{ contact: string }>`
    update session set version = ${field(1, 'int')}, said = ${field(2, 'int')}, last_at = ${field(3, 'int')}, state = ${field(4, 'text')}
    from ${batch}
    where session.contact = ${field(0, 'text')} and session.version = ${field(1, 'int')} - 1
    returning session.contact as contact`.execute(db)
  if (done.rows.length === saved.length) return
  const written = new Set(done.rows.map(({ contact }) => contact))
  throw new VersionConflict(
    'session',
    sorted.map(({ contact }) => contact).filter((contact) => !written.has(contact)),
  )
}

/** Gives a role from now on; `leads` are the groups that a head leads or a helper works in, and take the place of all before. */
export async function setRole(
  db: Db,
  contact: string,
  role: Role,
  leads: readonly number[],
  now: number,
): Promise<void> {
  await sql`update contact set role = ${role} where id = ${contact}`.execute(db)
  await sql`delete from leads where contact = ${contact}`.execute(db)
  for (const grp of new Set(leads))
    await sql`insert into leads (contact, grp, since) values (${contact}, ${grp}, ${now})`.execute(db)
}

/** Takes one of several groups away; the role stays for the others. */
export async function endLead(db: Db, contact: string, group: number): Promise<void> {
  await sql`delete from leads where contact = ${contact} and grp = ${group}`.execute(db)
}

/** How whoever invited them calls somebody with a role; it stays when the role goes, so that the log can still be read. */
export async function labelRole(db: Db, contact: string, label: string): Promise<void> {
  await sql`update contact set label = ${storable(label)} where id = ${contact}`.execute(db)
}

/** The residential group of a contact and of the person it is itself. */
export async function setGroup(db: Db, contact: string, grp: number | null): Promise<void> {
  await setGroups(db, [{ contact, grp }])
}

export async function setGroups(db: Db, groups: readonly { contact: string; grp: number | null }[]): Promise<void> {
  if (groups.length === 0) return
  const batch = rows(
    db,
    [...groups].sort(byText(({ contact }) => contact)).map(({ contact, grp }) => [contact, grp]),
  )
  await sql`update contact set grp = ${field(1, 'int')} from ${batch} where contact.id = ${field(0, 'text')}`.execute(
    db,
  )
  // Whom the roster knows belongs where the roster says, whatever is said in the chat.
  await sql`
    update person set grp = ${field(1, 'int')} from ${batch} join contact c on c.id = ${field(0, 'text')}
    where person.id = c.person and not exists (select 1 from roster r where r.person = c.person)`.execute(db)
}

function sessionRow(contact: string, { version, said, lastAt, ...state }: Session): readonly unknown[] {
  return [contact, version, said, lastAt, storable(JSON.stringify(state))]
}

function contactOf({ version, said, last_at, state, ...row }: Columns): LoadedContact {
  const rest = JSON.parse(state) as Omit<Session, 'version' | 'said' | 'lastAt'>
  return { ...row, session: { ...rest, version, said, lastAt: last_at } }
}
