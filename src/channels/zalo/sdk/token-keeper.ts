import { grantOf, refreshDue, type Grant } from './grant.js'
import type { TokenOutcome, Tokens } from './oauth.js'
import { renewInsideLock, type Renewal, type TokenAlarm, type TokenStore, type Unsaved } from './renewal.js'

export type TokenAnswer =
  | { ok: true; accessToken: string }
  /** `no-grant` nobody has consented yet; `dead` somebody has to again; `unavailable` try later. */
  | { ok: false; reason: 'no-grant' | 'dead' | 'unavailable' }

export interface TokenKeeper {
  /**
   * A token that should work, refreshed first when it is due. Call it every half hour as well, so that an idle account stays alive. Throws only
   * when the store does.
   */
  accessToken(): Promise<TokenAnswer>
  /** For when Zalo refused this token (-216, -220): the next one, after at most one refresh. */
  afterRefusal(refused: string): Promise<TokenAnswer>
  /** Takes the pair of a new consent, or a pasted one. Check first that it belongs to the right account. */
  replace(tokens: Tokens): Promise<void>
}

export interface TokenKeeperOptions {
  store: TokenStore
  refresh(refreshToken: string): Promise<TokenOutcome>
  now(): number
  /** Told once of each trouble, and again when it comes back after a success. */
  onAlarm?(alarm: TokenAlarm): void
}

/** After a refresh without success: no request before this has passed, so that an outage is no storm. */
export const REFRESH_PAUSE_MS = 5 * 60_000

/** A refused token younger than this is not answered by yet another refresh. */
export const FRESH_TOKEN_MS = 10 * 60_000

/** Keeps the one grant of an account alive: for this process, and through the store together with others. */
export function createTokenKeeper({ store, refresh, now, onAlarm }: TokenKeeperOptions): TokenKeeper {
  let held: Grant | null = null
  let unsaved: Unsaved | null = null
  let flight: Promise<void> | null = null
  let pauseUntil = 0
  let lastAlarm = ''

  const alarm = (what: TokenAlarm) => {
    const words = JSON.stringify(what)
    if (words !== lastAlarm) onAlarm?.(what)
    lastAlarm = words
  }

  /** One refresh at a time in this process; whoever comes meanwhile waits for the same one. */
  const renew = (worn: string | null): Promise<void> => {
    flight ??= renewAlone(worn).finally(() => {
      flight = null
    })
    return flight
  }

  const renewAlone = async (worn: string | null): Promise<void> => {
    const received = (pair: Unsaved) => {
      unsaved = pair
    }
    let renewal: Renewal
    try {
      renewal = await store.withLock(() => renewInsideLock({ store, refresh, now, unsaved, received }, worn))
    } catch (error) {
      // The save or the commit failed, and a pair that exists only here must not be forgotten.
      if (unsaved === null) throw error
      alarm({ kind: 'not-saved' })
      return
    }
    // Only here is the new pair durable, and only from here on is it used.
    held = renewal.grant
    unsaved = null
    if (renewal.alarm !== null) alarm(renewal.alarm)
    else if (!renewal.failed) lastAlarm = ''
    pauseUntil = renewal.failed ? now() + REFRESH_PAUSE_MS : 0
  }

  /** What the held pair is good for, with no refresh. */
  const answer = (): TokenAnswer => {
    if (unsaved !== null) return { ok: false, reason: 'unavailable' }
    if (held === null) return { ok: false, reason: 'no-grant' }
    if (held.pair.accessExpiresAt > now()) return { ok: true, accessToken: held.pair.accessToken }
    return { ok: false, reason: held.refused === null ? 'unavailable' : 'dead' }
  }

  return {
    async accessToken() {
      if (unsaved === null && held !== null && !refreshDue(held.pair, now())) return answer()
      if (unsaved !== null || now() >= pauseUntil) await renew(null)
      else held = await store.load()
      return answer()
    },

    async afterRefusal(refused) {
      await flight
      if (unsaved === null) held = await store.load()
      if (held?.pair.accessToken !== refused) return answer()
      if (held.refused !== null) return { ok: false, reason: 'dead' }
      if (now() < pauseUntil) return { ok: false, reason: 'unavailable' }
      if (now() - held.pair.issuedAt < FRESH_TOKEN_MS) {
        alarm({ kind: 'fresh-token-refused' })
        return { ok: false, reason: 'unavailable' }
      }
      await renew(refused)
      if (held.pair.accessToken !== refused) return answer()
      return { ok: false, reason: held.refused === null ? 'unavailable' : 'dead' }
    },

    async replace(tokens) {
      await flight
      await store.withLock(async () => {
        const stored = await store.load()
        await store.save(grantOf(tokens, now(), stored?.pair ?? null))
      })
      held = await store.load()
      unsaved = null
      pauseUntil = 0
      lastAlarm = ''
    },
  }
}
