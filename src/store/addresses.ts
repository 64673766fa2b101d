import { sql } from 'kysely'
import type { Role } from '../core/model/contact.js'
import type { ChannelName } from '../core/model/message.js'
import type { AddressKey } from './contacts.js'
import { byText, columns, field, rows } from './rows.js'
import type { Db } from './tables.js'

/** Whether an address may be written to without being asked. */
export type AddressState = 'ok' | 'blocked' | 'dead'

const ITEM = columns({ channel: 'text', address: 'text' })

/** Addresses that may be written to again, because somebody wrote from them or let us in; what an app refused before that is over. Unknown ones are left out. */
export async function revive(db: Db, addresses: readonly AddressKey[], at: number): Promise<void> {
  if (addresses.length === 0) return
  const batch = rows(
    db,
    addresses.map(({ channel, address }) => [channel, address]),
  )
  await sql`
    update address set state = 'ok', state_at = case when state <> 'ok' then ${at} else state_at end, shut_at = null
    where (state <> 'ok' or shut_at <= ${at}) and (channel, address) in (select ${ITEM.fields} from ${batch})`.execute(
    db,
  )
}

/** An address that takes nothing any more. One whose owner wrote after `since` (when we began to find out) stays as it is. */
export async function closeAddress(
  db: Db,
  { channel, address }: AddressKey,
  state: Exclude<AddressState, 'ok'>,
  since: number,
  at: number,
): Promise<boolean> {
  const closed = await sql<{ contact: string }>`
    update address set state = ${state}, state_at = ${at}
    where channel = ${channel} and address = ${address} and coalesce(state_at, 0) <= ${since}
    and not exists (select 1 from session s where s.contact = address.contact and s.last_at > ${since})
    returning contact`.execute(db)
  return closed.rows.length > 0
}

/**
 * Notes when people were last there; an older time changes nothing. Gives, by `addressKey`, until when a colleague has the talk; addresses
 * that nobody knows yet are not in it.
 */
export async function touch(
  db: Db,
  seen: readonly (AddressKey & { at: number })[],
): Promise<Map<string, number | null>> {
  if (seen.length === 0) return new Map()
  const latest = new Map<string, AddressKey & { at: number }>()
  for (const one of seen) if ((latest.get(addressKey(one))?.at ?? -1) < one.at) latest.set(addressKey(one), one)
  const sorted = [...latest.values()].sort(byText(addressKey))
  const batch = rows(
    db,
    sorted.map(({ channel, address, at }) => [channel, address, at]),
  )
  const known = await sql<AddressKey & { held: number | null }>`
    update address set last_interaction = case
      when last_interaction > ${field(2, 'int')} then last_interaction else ${field(2, 'int')} end
    from ${batch}
    where address.channel = ${field(0, 'text')} and address.address = ${field(1, 'text')}
    returning address.channel as channel, address.address as address, address.held_until as held`.execute(db)
  return new Map(known.rows.map((row) => [addressKey(row), row.held]))
}

/** Whether anybody writes by an app from an address that does not begin with these characters. */
export async function anyAddressBut(db: Db, beginning: string): Promise<boolean> {
  const found = await sql<{ one: number }>`
    select 1 as one from address where channel in ('telegram', 'zalo')
    and substr(address, 1, ${beginning.length}) <> ${beginning} limit 1`.execute(db)
  return found.rows.length > 0
}

/** What decides when an address may be written to. */
export interface AddressFacts extends AddressKey {
  state: AddressState
  lastInteraction: number | null
  heldUntil: number | null
}

/** The facts of these addresses by `addressKey`; unknown ones are left out. */
export async function addressFacts(db: Db, addresses: readonly AddressKey[]): Promise<Map<string, AddressFacts>> {
  if (addresses.length === 0) return new Map()
  const batch = rows(
    db,
    addresses.map(({ channel, address }) => [channel, address]),
  )
  const found = await sql<AddressFacts>`
    select a.channel, a.address, a.state, a.last_interaction as "lastInteraction", a.held_until as "heldUntil"
    from ${batch} join address a on a.channel = ${field(0, 'text')} and a.address = ${field(1, 'text')}`.execute(db)
  return new Map(found.rows.map((row) => [addressKey(row), row]))
}

/** A colleague has the talk until then; a shorter time than the one that holds changes nothing. Null: the bot is back. */
export async function holdAddress(db: Db, { channel, address }: AddressKey, until: number | null): Promise<void> {
  if (until === null)
    await sql`update address set held_until = null where channel = ${channel} and address = ${address}`.execute(db)
  else
    await sql`
      update address set held_until = ${until}
      where channel = ${channel} and address = ${address} and (held_until is null or held_until < ${until})`.execute(db)
}

/** The state of one address; null for one that never wrote. */
export async function addressState(db: Db, { channel, address }: AddressKey): Promise<AddressState | null> {
  const found = await sql<{ state: AddressState }>`
    select state from address where channel = ${channel} and address = ${address}`.execute(db)
  return found.rows[0]?.state ?? null
}

export function addressKey({ channel, address }: AddressKey): string {
  return `${channel}\u0000${address}`
}

/** Addresses of an app that may be written to, of those who lead or work for the ward. */
export async function withRoles(db: Db, channel: ChannelName): Promise<{ address: string; role: Role }[]> {
  const found = await sql<{ address: string; role: Role }>`
    select a.address, c.role from contact c join address a on a.contact = c.id
    where c.role in ('leader', 'staff', 'admin') and a.channel = ${channel} and a.state = 'ok'
    order by a.address`.execute(db)
  return found.rows
}
