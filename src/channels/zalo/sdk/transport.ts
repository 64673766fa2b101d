import { parseJson } from './json.js'
import type { Cause, Lost } from './result.js'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** An answer of whatever kind; `body` is null when it is not JSON. */
export interface Answer {
  ok: true
  status: number
  headers: Headers
  body: unknown
}

/** One request on its way. */
export interface Outgoing {
  url: string
  init: RequestInit
  timeoutMs: number
  /** False for calls that only read: losing their answer loses nothing. */
  changes: boolean
}

/** Failures of making a connection: the request never went out. */
const NO_CONNECTION =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|EADDRNOTAVAIL|ERR_TLS_\w+|CERT_\w+|\w*SELF_SIGNED\w*|UNABLE_TO_\w+)$/

/** Sends one request and waits for the whole answer. Nothing a network or a server can do is thrown. Redirects are not followed: the token would go along. */
export async function exchange(fetch: Fetch, { url, init, timeoutMs, changes }: Outgoing): Promise<Answer | Lost> {
  const lost = (cause: Cause): Lost => ({ ok: false, outcome: changes ? 'unknown' : 'not-sent', cause })
  const signal = AbortSignal.timeout(timeoutMs)
  let response: Response
  try {
    response = await fetch(url, { ...init, signal, redirect: 'manual' })
  } catch (error) {
    if (signal.aborted) return lost('timeout')
    const cause = connectionFailure(error)
    return cause === null ? lost('reset') : { ok: false, outcome: 'not-sent', cause }
  }
  let text: string
  try {
    text = await response.text()
  } catch {
    return lost(signal.aborted ? 'timeout' : 'cut-body')
  }
  const { status, headers } = response
  const body = parsed(text)
  if (body === null && status >= 500) return lost('server-error')
  if (body === null && status < 300) return lost('unreadable')
  return { ok: true, status, headers, body }
}

function parsed(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return null
  }
}

/** Whether an error of fetch proves that nothing was sent; null when it does not. */
function connectionFailure(error: unknown): Cause | null {
  const { name, message, cause } = fieldsOf(error)
  if (cause === undefined || cause === null) {
    // fetch refuses a bad address or header before it connects, with a bare TypeError.
    return name === 'TypeError' && /URL|header/i.test(String(message)) ? 'bad-request' : null
  }
  const { code, syscall } = fieldsOf(cause)
  if (syscall === 'connect' || syscall === 'getaddrinfo') return 'no-connection'
  if (typeof code === 'string' && NO_CONNECTION.test(code)) return 'no-connection'
  return code === 'ERR_INVALID_URL' || code === 'UND_ERR_INVALID_ARG' ? 'bad-request' : null
}

/** What an error says of itself. Its class says nothing where a test or a sandbox has its own `Error`. */
function fieldsOf(error: unknown): Record<'name' | 'message' | 'cause' | 'code' | 'syscall', unknown> {
  const empty = { name: undefined, message: undefined, cause: undefined, code: undefined, syscall: undefined }
  if (typeof error !== 'object' || error === null) return empty
  return error as typeof empty
}
