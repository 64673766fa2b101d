import type { Tokens } from './oauth.js'

const HOUR_MS = 3_600_000

/** With less of the access token's life left than this, it is time for the next pair. */
export const REFRESH_BEFORE_MS = 3 * HOUR_MS

/** A refresh token dies unused after three months; this is how old we let one become. */
export const REFRESH_AT_LEAST_EVERY_MS = 21 * 24 * HOUR_MS

export interface TokenPair {
  accessToken: string
  refreshToken: string
  /** Instant in ms. */
  accessExpiresAt: number
  /** Instant in ms. */
  issuedAt: number
}

/** What is kept for one Official Account. It is all secret: seal it before it touches a disk. */
export interface Grant {
  pair: TokenPair
  /** The pair before this one, for a person who has to find out what happened. */
  previous: TokenPair | null
  /** Since when a refresh with this pair has been under way without a known end. */
  pendingSince: number | null
  /** Zalo said that this pair's refresh token is dead: it is not sent again, and an admin has to consent anew. */
  refused: { at: number; code: number | string } | null
}

/** A grant that begins with a pair from a consent. */
export function grantOf(tokens: Tokens, now: number, previous: TokenPair | null = null): Grant {
  const { accessToken, refreshToken, accessLifeMs } = tokens
  return {
    pair: { accessToken, refreshToken, accessExpiresAt: now + accessLifeMs, issuedAt: now },
    previous,
    pendingSince: null,
    refused: null,
  }
}

/** Tokens that a person pasted: nobody knows how old they are, so they are refreshed before their first use. */
export function pastedTokens(accessToken: string, refreshToken: string): Tokens {
  return { accessToken, refreshToken, accessLifeMs: 0 }
}

export function refreshDue(pair: TokenPair, now: number): boolean {
  return pair.accessExpiresAt - now < REFRESH_BEFORE_MS || now - pair.issuedAt >= REFRESH_AT_LEAST_EVERY_MS
}
