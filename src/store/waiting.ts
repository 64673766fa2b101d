import { sql } from 'kysely'
import { addressKey } from './addresses.js'
import type { AddressKey } from './contacts.js'
import { byText, engineOf, field, rows } from './rows.js'
import { type Claim, type ClaimedRow, cut, held } from './sending.js'
import type { Db } from './tables.js'
import { takeBack } from './take-back.js'

/** It was not tried, because it may not leave before `at`. */
export async function deferRow(db: Db, claim: Claim, at: number, why: string): Promise<void> {
  await sql`
    update outbox set status = 'queued', lease_until = null, attempts = attempts - 1, not_before = ${at}, due_at = ${at},
      error = ${cut(why)}
    where ${held(claim)}`.execute(db)
}

/** Far enough for «not before the resident writes»: no clock gets there. */
const NEVER = 8_640_000_000_000_000

/**
 * It waits until the resident writes – or is due at once, if they have written after `since`, which is what we knew when we decided. Call it
 * in a transaction: the address is locked, so that a message of theirs is either seen here or finds the row waiting.
 */
export async function awaitContact(
  db: Db,
  claim: Claim & Pick<ClaimedRow, 'channel' | 'address'>,
  { since, now, why }: { since: number; now: number; why: string },
): Promise<void> {
  const lock = engineOf(db) === 'postgres' ? sql`for update` : sql``
  const found = await sql<{ last: number | null }>`
    select last_interaction as last from address
    where channel = ${claim.channel} and address = ${claim.address} ${lock}`.execute(db)
  const there = (found.rows[0]?.last ?? -1) > since
  const at = there ? now : NEVER
  await sql`
    update outbox set status = 'queued', lease_until = null, attempts = attempts - 1, not_before = ${at}, due_at = ${at},
      waits_for = ${there ? null : 'contact'}, error = ${cut(why)}
    where ${held(claim)}`.execute(db)
}

/**
 * A reminder that the app does not take before its reader writes again is planned anew, in a transaction: by another app or reader, or for a visit. Who has
 * written after `since`, which is what we knew when we decided, may have it by the same one.
 */
export async function handBack(db: Db, claim: Claim & AddressKey, since: number): Promise<void> {
  const mine = await sql<{ one: number }>`select 1 as one from outbox where ${held(claim)}`.execute(db)
  if (mine.rows.length === 0) return
  await sql`
    update address set shut_at = ${since}
    where channel = ${claim.channel} and address = ${claim.address} and coalesce(shut_at, 0) <= ${since}`.execute(db)
  await takeBack(db, [claim], 'window-closed')
}

/** The resident is there: what waited for that may leave. How many there were. */
export async function releaseWaiting(db: Db, addresses: readonly AddressKey[], now: number): Promise<number> {
  if (addresses.length === 0) return 0
  const batch = rows(
    db,
    [...addresses].sort(byText(addressKey)).map(({ channel, address }) => [channel, address]),
  )
  const { numAffectedRows } = await sql`
    update outbox set waits_for = null, not_before = ${now}, due_at = ${now}, error = null
    where waits_for = 'contact' and status = 'queued'
    and (channel, address) in (select ${field(0, 'text')}, ${field(1, 'text')} from ${batch})`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** How many messages wait for their resident to write. */
export async function countOnContact(db: Db): Promise<number> {
  const found = await sql<{ n: number }>`select count(*) as n from outbox where waits_for = 'contact'`.execute(db)
  return found.rows[0]!.n
}
