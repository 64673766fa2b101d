import { errorOf, withoutSecrets } from './errors.js'
import { isRecord, numberOf, textOf, type Json } from './json.js'
import { ACCESS_TOKEN_LIFE_MS, TIMEOUT_MS } from './limits.js'
import { challengeOf } from './pkce.js'
import type { Lost, Refused } from './result.js'
import { exchange, type Fetch } from './transport.js'

export const OAUTH_ROOT = 'https://oauth.zaloapp.com'

export interface OAuthOptions {
  appId: string
  appSecret: string
  /** Another root, for tests. */
  root?: string
  fetch?: Fetch
  timeoutMs?: number
}

/** A pair as Zalo gives it out. The refresh token works once. */
export interface Tokens {
  accessToken: string
  refreshToken: string
  /** From now. */
  accessLifeMs: number
}

/**
 * `unknown` means the request may have been accepted: the refresh token (or the code) that was sent may be used up, and the answer with the
 * next one is lost. Try the same one once more before giving up.
 */
export type TokenOutcome = { ok: true; tokens: Tokens } | Refused | Lost

export interface OAuth {
  /** Where the admin of the Official Account gives consent. `verifier` null: without PKCE. */
  consentUrl(request: { redirectUri: string; state: string; verifier: string | null }): string
  /** Trades the code of the callback, once and within ten minutes, for a pair. */
  exchangeCode(code: string, verifier: string | null): Promise<TokenOutcome>
  /** Trades a refresh token, once, for the next pair. Keep the new pair before using it; better, let a token keeper do this. */
  refresh(refreshToken: string): Promise<TokenOutcome>
}

export function createOAuth(options: OAuthOptions): OAuth {
  const { appId, appSecret, root = OAUTH_ROOT, timeoutMs = TIMEOUT_MS.oauth } = options
  const fetch: Fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init))

  const ask = async (fields: Record<string, string>, secrets: string[]): Promise<TokenOutcome> => {
    const answer = await exchange(fetch, {
      url: `${root}/v4/oa/access_token`,
      init: {
        method: 'POST',
        headers: { secret_key: appSecret, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ ...fields, app_id: appId }).toString(),
      },
      timeoutMs,
      changes: true,
    })
    return answer.ok ? readTokens(answer.status, answer.body, [appSecret, ...secrets]) : answer
  }

  return {
    consentUrl({ redirectUri, state, verifier }) {
      const query = new URLSearchParams({ app_id: appId, redirect_uri: redirectUri })
      if (verifier !== null) query.set('code_challenge', challengeOf(verifier))
      query.set('state', state)
      return `${root}/v4/oa/permission?${query.toString()}`
    },
    exchangeCode: (code, verifier) =>
      ask(
        { code, grant_type: 'authorization_code', ...(verifier === null ? {} : { code_verifier: verifier }) },
        verifier === null ? [code] : [code, verifier],
      ),
    refresh: (refreshToken) => ask({ refresh_token: refreshToken, grant_type: 'refresh_token' }, [refreshToken]),
  }
}

/** Errors come with HTTP 200, with or without `error`: what counts is whether there are tokens in it. */
function readTokens(status: number, body: unknown, secrets: readonly string[]): TokenOutcome {
  const fields: Json = isRecord(body) ? body : {}
  const accessToken = textOf(fields['access_token'])
  const refreshToken = textOf(fields['refresh_token'])
  if (accessToken !== null && refreshToken !== null) {
    const seconds = numberOf(fields['expires_in'])
    const accessLifeMs = seconds !== null && seconds > 0 ? seconds * 1000 : ACCESS_TOKEN_LIFE_MS
    return { ok: true, tokens: { accessToken, refreshToken, accessLifeMs } }
  }
  const code = errorCode(fields)
  if (code !== null) return { ok: false, outcome: 'refused', error: errorOf('oauth', code, wordsOf(fields), secrets) }
  if (status >= 500) return { ok: false, outcome: 'unknown', cause: 'server-error' }
  // An access token alone: a pair was given out and half of it is lost.
  if (status < 300) return { ok: false, outcome: 'unknown', cause: 'unreadable' }
  return { ok: false, outcome: 'refused', error: errorOf('http', status, withoutSecrets(wordsOf(fields), secrets)) }
}

/** `error` is a number, a number in a string, or a word; without it the name has to do. */
function errorCode(fields: Json): number | string | null {
  const number = numberOf(fields['error'])
  if (number !== null) return number === 0 ? null : number
  return textOf(fields['error']) ?? textOf(fields['error_name'])
}

function wordsOf(fields: Json): string {
  const words = [fields['error_name'], fields['error_reason'], fields['error_description'], fields['message']]
  return words.map(textOf).filter(Boolean).join(' · ')
}
