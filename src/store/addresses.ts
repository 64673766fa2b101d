import { sql } from 'kysely'
import type { AddressKey } from './contacts.js'
import { columns, field, rows } from './rows.js'
import type { Db } from './tables.js'

/** Whether an address may be written to without being asked. */
export type AddressState = 'ok' | 'blocked' | 'dead'

const ITEM = columns({ channel: 'text', address: 'text' })

/** Addresses that may be written to again, because somebody wrote from them or let us in. Unknown ones are left out. */
export async function revive(db: Db, addresses: readonly AddressKey[], at: number): Promise<void> {
  if (addresses.length === 0) return
  const batch = rows(
    db,
    addresses.map(({ channel, address }) => [channel, address]),
  )
  await sql`
    update address set state = 'ok', state_at = ${at}
    where state <> 'ok' and (channel, address) in (select ${ITEM.fields} from ${batch})`.execute(db)
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
    where channel = ${channel} and address = ${address}
    and not exists (select 1 from session s where s.contact = address.contact and s.last_at > ${since})
    returning contact`.execute(db)
  return closed.rows.length > 0
}

/** Those of the addresses that may not be written to, as `channel`, NUL, `address`. */
export async function closedAddresses(db: Db, addresses: readonly AddressKey[]): Promise<Set<string>> {
  if (addresses.length === 0) return new Set()
  const batch = rows(
    db,
    addresses.map(({ channel, address }) => [channel, address]),
  )
  const found = await sql<AddressKey>`
    select a.channel, a.address from ${batch}
    join address a on a.channel = ${field(0, 'text')} and a.address = ${field(1, 'text')}
    where a.state <> 'ok'`.execute(db)
  return new Set(found.rows.map(addressKey))
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
