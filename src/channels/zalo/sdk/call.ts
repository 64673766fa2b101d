import { createHmac } from 'node:crypto'
import type { Host } from './error-table.js'
import { errorOf } from './errors.js'
import { isRecord, numberOf, recordOf, textOf, type Json } from './json.js'
import { TIMEOUT_MS } from './limits.js'
import type { Refused, Result, SendQuota } from './result.js'
import type { TokenAnswer } from './token-keeper.js'
import { exchange, type Answer, type Fetch } from './transport.js'

export const API_ROOT = 'https://openapi.zalo.me'
export const ZBS_ROOT = 'https://business.openapi.zalo.me'

/** Where the access token comes from: a token keeper, or anything that has one. */
export interface TokenSource {
  accessToken(): Promise<TokenAnswer>
  /** Without this a refused token is only reported. */
  afterRefusal?(refused: string): Promise<TokenAnswer>
}

export interface CallOptions {
  tokens: TokenSource
  /** Another root, for tests. */
  apiRoot?: string
  zbsRoot?: string
  fetch?: Fetch
  timeoutMs?: Partial<Record<'read' | 'send' | 'upload', number>>
  /** Given: every call carries `appsecret_proof`. */
  appSecret?: string
  /** Told what is left of this minute, when Zalo says so. */
  onRate?(rate: { limit: number; remain: number }): void
}

/** One call, before it gets its token. */
export interface Request {
  /** `/v3.0/oa/…` */
  path: string
  host?: 'oa' | 'zbs'
  /** Reads only: losing the answer loses nothing, and the parameters go into the address. */
  read?: boolean
  /** JSON body of a POST; for a read, the parameters. */
  data?: Json
  /** A file goes up as a form instead. Made anew for every try. */
  form?: () => FormData
}

export type Call = (request: Request) => Promise<Result<unknown>>

/** The seam that every call goes through: token, time limit, one repetition with a new token, and the reading of answers. */
export function createCall(options: CallOptions): Call {
  const { tokens, apiRoot = API_ROOT, zbsRoot = ZBS_ROOT, appSecret, onRate } = options
  const fetch: Fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init))
  const timeouts = { ...TIMEOUT_MS, ...options.timeoutMs }

  const once = async (request: Request, accessToken: string): Promise<Result<unknown>> => {
    const { host = 'oa', read = false, form } = request
    const headers: Record<string, string> = { access_token: accessToken }
    if (appSecret !== undefined) headers['appsecret_proof'] = appSecretProof(appSecret, accessToken)
    if (!read && form === undefined) headers['content-type'] = 'application/json'
    const body = read ? {} : { body: form === undefined ? JSON.stringify(request.data ?? {}) : form() }
    const answer = await exchange(fetch, {
      url: (host === 'oa' ? apiRoot : zbsRoot) + request.path + (read ? queryOf(host, request.data) : ''),
      init: { method: read ? 'GET' : 'POST', headers, ...body },
      timeoutMs: form ? timeouts.upload : read ? timeouts.read : timeouts.send,
      changes: !read,
    })
    if (!answer.ok) return answer
    const rate = rateOf(answer.headers)
    if (rate !== null) onRate?.(rate)
    return readAnswer(host, answer, !read, [accessToken, appSecret ?? ''])
  }

  return async (request) => {
    const first = await tokens.accessToken()
    if (!first.ok) return { ok: false, outcome: 'not-sent', cause: 'no-token' }
    const result = await once(request, first.accessToken)
    if (!tokenRefused(result) || tokens.afterRefusal === undefined) return result
    // A refused token means that nothing was done, so the same call may be made again.
    const second = await tokens.afterRefusal(first.accessToken)
    return second.ok ? await once(request, second.accessToken) : result
  }
}

/** Hex HMAC-SHA256 of the access token with the app's secret. Optional for Official Accounts. */
export function appSecretProof(appSecret: string, accessToken: string): string {
  return createHmac('sha256', appSecret).update(accessToken).digest('hex')
}

function tokenRefused(result: Result<unknown>): result is Refused {
  return !result.ok && result.outcome === 'refused' && result.error.retry === 'after-refresh'
}

/** OpenAPI takes all parameters as one JSON text; the template host takes ordinary ones. */
function queryOf(host: Host, data: Json | undefined): string {
  if (data === undefined) return ''
  if (host === 'oa') return `?data=${encodeURIComponent(JSON.stringify(data))}`
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(data)) query.set(name, String(value))
  return `?${query.toString()}`
}

/** The HTTP status says nothing as long as there is a body of Zalo's: `error` 0 is success, anything else a refusal. */
function readAnswer(host: Host, answer: Answer, changes: boolean, secrets: readonly string[]): Result<unknown> {
  const { status, body } = answer
  if (!isRecord(body)) return { ok: false, outcome: 'refused', error: errorOf('http', status, '') }
  const code = numberOf(body['error']) ?? textOf(body['error'])
  if (code === 0 || (code === null && status < 300 && body['data'] !== undefined)) {
    const quota = quotaOf(recordOf(body['data'])['quota'])
    return { ok: true, data: body['data'], ...(quota === null ? {} : { quota }) }
  }
  if (code === null) {
    if (status >= 300 && status < 500) return { ok: false, outcome: 'refused', error: errorOf('http', status, '') }
    return { ok: false, outcome: changes ? 'unknown' : 'not-sent', cause: status < 300 ? 'unreadable' : 'server-error' }
  }
  const error = errorOf(host, code, textOf(body['message']) ?? '', secrets)
  if (error.kind === 'unknown' && status >= 500) {
    return { ok: false, outcome: changes ? 'unknown' : 'not-sent', cause: 'server-error' }
  }
  return { ok: false, outcome: 'refused', error }
}

function quotaOf(value: unknown): SendQuota | null {
  const quota = recordOf(value)
  const type = textOf(quota['quota_type'])
  if (type === null) return null
  const [remain, total] = [numberOf(quota['remain']), numberOf(quota['total'])]
  return { type, remain, total, expires: textOf(quota['expired_date']) }
}

function rateOf(headers: Headers): { limit: number; remain: number } | null {
  const limit = numberOf(headers.get('x-ratelimit-limit'))
  const remain = numberOf(headers.get('x-ratelimit-remain'))
  return limit === null || remain === null ? null : { limit, remain }
}
