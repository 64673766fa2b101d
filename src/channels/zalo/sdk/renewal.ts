import { isDeadGrant } from './errors.js'
import { grantOf, refreshDue, type Grant } from './grant.js'
import type { TokenOutcome } from './oauth.js'
import type { ZaloError } from './result.js'

/** Where the grant of one Official Account is kept, encrypted (see `sealTokens`). */
export interface TokenStore {
  load(): Promise<Grant | null>
  /**
   * Runs `work` while no other process is inside. The lock must outlive two requests to Zalo (2 × 30 s). It may be a transaction: what `save`
   * wrote need only be durable when this resolves.
   */
  withLock<T>(work: () => Promise<T>): Promise<T>
  save(grant: Grant): Promise<void>
}

/** Something an admin has to know. Carries no token. */
export type TokenAlarm =
  /** The refresh token is dead: consent anew. */
  | { kind: 'grant-dead'; code: number | string }
  /** Zalo refuses for another reason, usually a wrong app id or secret. */
  | { kind: 'refresh-refused'; code: number | string; name: string }
  /** A new pair could not be kept yet; it lives in this process only, and is not used until it is kept. */
  | { kind: 'not-saved' }
  /** A token that is minutes old is refused. */
  | { kind: 'fresh-token-refused' }

/** A new pair that is not known to be kept, and the refresh token it came from. */
export interface Unsaved {
  grant: Grant
  from: string
}

export interface Renewal {
  /** What is kept now. */
  grant: Grant | null
  alarm: TokenAlarm | null
  /** A refresh was wanted and there is no new pair. */
  failed: boolean
}

export interface RenewalNeeds {
  store: TokenStore
  refresh(refreshToken: string): Promise<TokenOutcome>
  now(): number
  /** A pair from an earlier call that could not be saved. */
  unsaved: Unsaved | null
  /** Told of a new pair before anything is done with it, so that a store that fails cannot lose it. */
  received(pair: Unsaved): void
}

/**
 * The part of a renewal that runs inside the store's lock. Another process may have been faster, so everything is read anew. `worn`: an access
 * token to get away from; null: refresh only when due.
 */
export async function renewInsideLock(needs: RenewalNeeds, worn: string | null): Promise<Renewal> {
  const { store, now, unsaved } = needs
  const stored = await store.load()
  if (unsaved !== null && stored?.pair.refreshToken === unsaved.from) {
    await store.save(unsaved.grant)
    return { grant: unsaved.grant, alarm: null, failed: false }
  }
  if (stored === null) return { grant: null, alarm: null, failed: false }
  if (stored.refused !== null) {
    return { grant: stored, alarm: { kind: 'grant-dead', code: stored.refused.code }, failed: true }
  }
  const wanted = worn === null ? refreshDue(stored.pair, now()) : stored.pair.accessToken === worn
  return wanted ? await spend(needs, stored) : { grant: stored, alarm: null, failed: false }
}

/** Trades the refresh token, which works once. */
async function spend(needs: RenewalNeeds, stored: Grant): Promise<Renewal> {
  const { store, refresh, now, received } = needs
  const { refreshToken } = stored.pair
  const pending: Grant = { ...stored, pendingSince: stored.pendingSince ?? now() }
  await store.save(pending)

  const first = await refresh(refreshToken)
  const accepted = !first.ok && first.outcome === 'unknown'
  // The request may have been accepted. Once more with the same token tells; more would be a loop.
  const outcome = accepted ? await refresh(refreshToken) : first

  if (outcome.ok) {
    const grant = grantOf(outcome.tokens, now(), stored.pair)
    received({ grant, from: refreshToken })
    await store.save(grant)
    return { grant, alarm: null, failed: false }
  }
  if (outcome.outcome === 'refused') return await refusal(needs, stored, outcome.error)
  if (accepted || outcome.outcome === 'unknown') return { grant: pending, alarm: null, failed: true }
  await store.save(stored)
  return { grant: stored, alarm: null, failed: true }
}

/** The pair itself is never touched by a refusal. */
async function refusal({ store, now }: RenewalNeeds, stored: Grant, error: ZaloError): Promise<Renewal> {
  const latest = await store.load()
  // A lock that ran out, or an admin's new consent: somebody else holds the living pair.
  if (latest !== null && latest.pair.refreshToken !== stored.pair.refreshToken) {
    return { grant: latest, alarm: null, failed: false }
  }
  const { code, name } = error
  const dead = isDeadGrant(error)
  const grant: Grant = { ...stored, pendingSince: null, refused: dead ? { at: now(), code } : null }
  await store.save(grant)
  return { grant, alarm: dead ? { kind: 'grant-dead', code } : { kind: 'refresh-refused', code, name }, failed: true }
}
