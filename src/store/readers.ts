import { sql } from 'kysely'
import type { ChannelName } from '../core/model/message.js'
import type { Session } from '../core/model/contact.js'
import { addDays, dayOf } from '../core/policy/calendar.js'
import type { Reader, Way } from '../core/policy/reach.js'
import { helpersOfAll } from './helping.js'
import { texts } from './rows.js'
import type { Db } from './tables.js'

interface WayColumns {
  /** The person that the contact is. */
  owner: string
  contact: string
  channel: ChannelName
  address: string
  status: Way['state']
  seen: number | null
  held: number | null
  shut: number | null
  session: string
  optedOut: number
  quietFrom: string | null
  quietUntil: string | null
}

/** A person, and the contact who took the last step for them; null: they took it themselves. */
interface ReadFor {
  person: string
  helper: string | null
}

interface DaysQuery {
  now: number
  /** Messages that ask whether they may leave. */
  own?: readonly { contact: string; n: number }[]
}

interface Read {
  /** The person on their own phone; undefined: they have none, or are on a page without an address. */
  own: Pick<Reader, 'optedOut' | 'ticket'> | undefined
  days: readonly string[]
  all: Reader[]
}

/**
 * Who may read for each person, in the order in which they are tried: whoever took the last step for them and still acts for them, the person on
 * their own apps, and the others who act for them, whoever began last first.
 */
export async function readersOf(
  db: Db,
  persons: readonly ReadFor[],
  query: DaysQuery,
): Promise<(row: ReadFor) => Read> {
  const ids = persons.map(({ person }) => person)
  const helping = await helpersOfAll(db, ids)
  const ways = await waysOf(db, ids, [...helping.values()].flatMap((all) => all.map(({ contact }) => contact))) // prettier-ignore
  const [byOwner, byContact] = [groupBy(ways, 'owner'), groupBy(ways, 'contact')]
  const [waiting, days] = [await inTickets(db), await daysOf(db, [...new Set([...ids, ...byOwner.keys()])], query)]
  const readerOf = (person: string, label: string | null, rows: readonly WayColumns[]): Reader => ({
    person,
    label,
    optedOut: rows.some(({ optedOut }) => optedOut > 0),
    ticket: waiting.has(person) || rows.some(({ contact }) => waiting.has(contact)),
    days: days.get(person) ?? [],
    quiet: hoursOf(rows[0]!),
    ways: rows.map(wayOf),
  })
  return ({ person, helper }) => {
    const mine = byOwner.get(person)
    const own = mine && readerOf(person, null, mine)
    const others = (helping.get(person) ?? []).flatMap(({ contact, label }) => {
      const rows = byContact.get(contact)
      return rows && rows[0]!.owner !== person ? [{ contact, reader: readerOf(rows[0]!.owner, label, rows) }] : []
    })
    const last = others.find(({ contact }) => contact === helper)
    const all = [...(last ? [last.reader] : []), ...(own ? [own] : []), ...others.filter((one) => one !== last).map(({ reader }) => reader)] // prettier-ignore
    return { own: own ?? { optedOut: false, ticket: waiting.has(person) }, days: days.get(person) ?? [], all }
  }
}

/** Every address of these persons and of these contacts. */
async function waysOf(db: Db, persons: readonly string[], contacts: readonly string[]): Promise<WayColumns[]> {
  if (persons.length === 0) return []
  const found = await sql<WayColumns>`
    select c.person as owner, c.id as contact, a.channel, a.address, a.state as status, a.last_interaction as seen, a.held_until as held, a.shut_at as shut,
      s.state as session,
      (select count(*) from opt_out o where o.subject = c.id or o.subject = c.person) as "optedOut",
      q.quiet_from as "quietFrom", q.quiet_until as "quietUntil"
    from contact c
    join session s on s.contact = c.id
    join address a on a.contact = c.id
    left join quiet_hours q on q.subject = c.person
    where c.person in ${texts(db, persons)} ${contacts.length === 0 ? sql`` : sql`or c.id in ${texts(db, contacts)}`}
    order by s.last_at desc, c.id, a.channel, a.address`.execute(db)
  return found.rows
}

function wayOf({ contact, channel, address, status, seen, held, shut, session }: WayColumns): Way {
  const consented = (JSON.parse(session) as Pick<Session, 'consent'>).consent !== null
  return { contact, channel, address, state: status, lastAt: seen, heldUntil: held, shutAt: shut, consented }
}

/** What the owner of a way keeps for themselves; the same on all their apps. */
function hoursOf({ quietFrom, quietUntil }: WayColumns): Reader['quiet'] {
  return quietFrom === null ? null : { from: quietFrom, until: quietUntil! }
}

/** On which of the last days each person heard of us, and on which day they will; a message that asks does not count. */
async function daysOf(
  db: Db,
  persons: readonly string[],
  { now, own = [] }: DaysQuery,
): Promise<Map<string, string[]>> {
  const days = new Map<string, string[]>()
  if (persons.length === 0) return days
  const found = await sql<{ person: string; day: string; contact: string; n: number | null }>`
    select person, day, contact, n from reminded
    where person in ${texts(db, persons)} and day > ${addDays(dayOf(now), -7)}`.execute(db)
  const but = new Set(own.map(({ contact, n }) => `${contact} ${n}`))
  for (const { person, day, contact, n } of found.rows)
    if (!but.has(`${contact} ${n}`)) days.set(person, [...(days.get(person) ?? []), day])
  return days
}

function groupBy<K extends 'owner' | 'contact'>(ways: readonly WayColumns[], key: K): Map<string, WayColumns[]> {
  const groups = new Map<string, WayColumns[]>()
  for (const way of ways) {
    const group = groups.get(way[key])
    if (group) group.push(way)
    else groups.set(way[key], [way])
  }
  return groups
}

/** Persons and contacts in a conversation that waits for one of us: never many. */
async function inTickets(db: Db): Promise<Set<string>> {
  const found = await sql<{ person: string | null; contact: string }>`
    select person, contact from ticket where state <> 'closed'`.execute(db)
  return new Set(found.rows.flatMap(({ person, contact }) => (person === null ? [contact] : [person, contact])))
}
