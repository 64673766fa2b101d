import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { LeaseHeld, VersionConflict } from './errors.js'
import type { Store } from './open.js'
import type { Opened, Seals } from './sealed.js'

/** The column that grants are sealed for. */
const PURPOSE = 'oa_grant.sealed'
/** How long a process may hold the lock: longer than two requests to Zalo, which end after 30 s each. A process that died lets go after it. */
export const LEASE_MS = 75_000
/** How often somebody who waits for the lock looks again, ms. */
const LOOK_MS = 200
/** Waited for beyond a lease: the clocks of two machines may differ. */
const PATIENCE_MS = 15_000

/** Where the grant of one account is kept for all processes: the token store of the Zalo client, for a grant of whatever form. */
export interface Grants<G> {
  load(): Promise<G | null>
  /** Runs `work` while nobody else, in this process or another, is inside. What `save` wrote in it is durable at once. */
  withLock<T>(work: () => Promise<T>): Promise<T>
  /** Only inside the lock. Throws VersionConflict when the lease ran out and somebody else has saved meanwhile. */
  save(grant: G): Promise<void>
}

export interface GrantParts<G> {
  store: Store
  seals: Seals
  /** The account's id: its row, and what the sealed text is bound to. */
  oa: string
  clock: () => number
  newId: () => string
  /** Taken once, as long as nothing was ever kept for the account. */
  first?: () => G | null
  /** The row does not open: with another APP_SECRET than it was sealed with. It counts as no grant until a new one is saved. */
  onUnreadable?: (reason: Extract<Opened, { ok: false }>['reason']) => void
  leaseMs?: number
  lookMs?: number
}

/**
 * The lock is a lease in the row itself, so that it is the same on both engines, holds no transaction open during a request to Zalo, and is
 * seen by the operator's tool beside a running server. The version keeps somebody whose lease ran out from writing over a newer pair.
 */
export function createGrants<G>(parts: GrantParts<G>): Grants<G> {
  const { store, seals, oa, clock, newId, first, onUnreadable, leaseMs = LEASE_MS, lookMs = LOOK_MS } = parts
  const { db } = store
  let queue: Promise<unknown> = Promise.resolve()
  let held: { version: number } | null = null

  const read = async (): Promise<string | null> => {
    const found = await sql<{ sealed: string | null }>`select sealed from oa_grant where oa = ${oa}`.execute(db)
    return found.rows[0]?.sealed ?? null
  }
  const seal = (grant: G) => seals.seal(PURPOSE, oa, JSON.stringify(grant))

  /** The row without a grant, for the lock or the first pair. */
  const makeRow = () =>
    sql`insert into oa_grant (oa, sealed, version, updated_at) values (${oa}, null, 0, ${clock()})
      on conflict (oa) do nothing`.execute(db)

  const takeFirst = async (grant: G): Promise<string | null> => {
    await makeRow()
    await sql`update oa_grant set sealed = ${seal(grant)}, updated_at = ${clock()}
      where oa = ${oa} and sealed is null`.execute(db)
    return read()
  }

  const takeLease = async (holder: string): Promise<{ version: number }> => {
    await makeRow()
    for (let waited = 0; waited <= leaseMs + PATIENCE_MS; waited += lookMs) {
      const now = clock()
      const taken = await sql<{ version: number }>`
        update oa_grant set holder = ${holder}, lease_until = ${now + leaseMs}
        where oa = ${oa} and (holder is null or lease_until <= ${now}) returning version`.execute(db)
      if (taken.rows[0]) return taken.rows[0]
      await pause(lookMs)
    }
    throw new LeaseHeld(`the grant of account ${oa}`)
  }

  const locked = async <T>(work: () => Promise<T>): Promise<T> => {
    const holder = newId()
    held = await takeLease(holder)
    try {
      return await work()
    } finally {
      held = null
      // A release that fails is made up for by the end of the lease.
      await sql`update oa_grant set holder = null, lease_until = null where oa = ${oa} and holder = ${holder}`
        .execute(db)
        .catch(() => {})
    }
  }

  return {
    async load() {
      let sealed = await read()
      const given = sealed === null ? (first?.() ?? null) : null
      if (given !== null) sealed = await takeFirst(given)
      if (sealed === null) return null
      const opened = seals.open(PURPOSE, oa, sealed)
      if (opened.ok) return JSON.parse(opened.text) as G
      onUnreadable?.(opened.reason)
      return null
    },
    withLock(work) {
      const run = queue.then(() => locked(work))
      queue = run.catch(() => {})
      return run
    },
    async save(grant) {
      if (held === null) throw new Error('a grant is saved inside the lock')
      const saved = await sql<{ version: number }>`
        update oa_grant set sealed = ${seal(grant)}, version = version + 1, updated_at = ${clock()}
        where oa = ${oa} and version = ${held.version} returning version`.execute(db)
      if (!saved.rows[0]) throw new VersionConflict('oa_grant', [oa])
      held.version = saved.rows[0].version
    },
  }
}
