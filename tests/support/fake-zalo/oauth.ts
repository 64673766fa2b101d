import { createHash } from 'node:crypto'
import { Refusal, type State } from './state.js'

const ACCESS_LIFE_MS = 25 * 3_600_000
const REFRESH_LIFE_MS = 90 * 86_400_000
const CODE_LIFE_MS = 10 * 60_000

/** Zalo publishes no code for these two; any that is in nobody's table will do. */
const BAD_CODE = -14_901
const BAD_VERIFIER = -14_902

/** The consent page: what it refuses, and where it sends the admin. */
export function consent(state: State, query: URLSearchParams): string {
  const { app, tokens, oa } = state
  if (query.get('app_id') !== app.appId) throw new Refusal(-14_002, 'Invalid app id')
  const redirect = query.get('redirect_uri')
  if (redirect === null || redirect !== app.redirectUri) throw new Refusal(-14_003, 'Invalid redirect uri')
  const challenge = app.codeChallenge ?? query.get('code_challenge')
  if (app.pkceRequired && challenge === null) throw new Refusal(BAD_VERIFIER, 'Invalid code challenge')
  const code = `code-${tokens.codes.size + 1}-${'c'.repeat(40)}`
  tokens.codes.set(code, { at: state.now(), challenge, used: false })
  const answer = new URLSearchParams({ code, oa_id: oa.oaId })
  const given = query.get('state')
  if (app.stateEchoed && given !== null) answer.set('state', given)
  return `${redirect}?${answer.toString()}`
}

/** `POST /v4/oa/access_token` */
export function giveTokens(state: State, secret: string | undefined, form: URLSearchParams) {
  const { app, tokens } = state
  if (form.get('app_id') !== app.appId) throw new Refusal(-14_002, 'Invalid app id')
  if (secret !== app.appSecret) throw new Refusal(-14_004, 'Invalid secret key')
  switch (form.get('grant_type')) {
    case 'authorization_code':
      useCode(state, form)
      break
    case 'refresh_token':
      useRefresh(state, form.get('refresh_token') ?? '')
      break
    default:
      throw new Refusal(-14_001, 'Invalid grant type')
  }
  issue(state)
  return {
    access_token: tokens.access?.token,
    refresh_token: tokens.refresh?.token,
    expires_in: String(ACCESS_LIFE_MS / 1000),
  }
}

/** A new pair; the old access token stops working at once. */
export function issue(state: State): { accessToken: string; refreshToken: string } {
  const { tokens } = state
  const n = ++tokens.given
  const accessToken = `access-${n}-${'a'.repeat(60)}`
  const refreshToken = `refresh-${n}-${'r'.repeat(60)}`
  tokens.access = { token: accessToken, expiresAt: state.now() + ACCESS_LIFE_MS }
  tokens.refresh = { token: refreshToken, expiresAt: state.now() + REFRESH_LIFE_MS }
  return { accessToken, refreshToken }
}

function useCode(state: State, form: URLSearchParams): void {
  const code = state.tokens.codes.get(form.get('code') ?? '')
  if (code === undefined || code.used || state.now() - code.at > CODE_LIFE_MS)
    throw new Refusal(BAD_CODE, 'Invalid code')
  code.used = true
  const verifier = form.get('code_verifier')
  if (code.challenge === null && verifier === null) return
  const challenge = createHash('sha256')
    .update(verifier ?? '')
    .digest('base64url')
  if (challenge !== code.challenge) throw new Refusal(BAD_VERIFIER, 'Invalid code verifier')
}

/** Single use: the second one is told apart from one that never was. */
function useRefresh(state: State, given: string): void {
  const { tokens } = state
  if (tokens.used.has(given)) throw new Refusal(-14_020, 'Refresh token has been used')
  if (tokens.refresh?.token !== given || tokens.refresh.expiresAt <= state.now()) {
    throw new Refusal(-14_014, 'Invalid refresh token.')
  }
  tokens.used.add(given)
}

/** Whether a call of the API may be made with this access token. */
export function checkAccess(state: State, given: string | undefined): void {
  const { access } = state.tokens
  if (given === undefined || access === null || given !== access.token)
    throw new Refusal(-216, 'Access token is invalid')
  if (access.expiresAt <= state.now()) throw new Refusal(-220, 'Access token has expired')
}
