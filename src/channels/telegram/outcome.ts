import type { GrammyError, HttpError } from 'grammy'
import type { Outcome } from '../channel.js'

/** A wait where Telegram names none, ms. */
const UNNAMED_WAIT = 5000

/** Failures of the network before a single byte of the request left: the message is surely not there. */
const NEVER_LEFT = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/

/** What a failed call means. Never holds the token, a text or an address: those stand in the error, which is therefore not to be logged. */
export function outcomeOf(error: unknown): Exclude<Outcome, { kind: 'sent' }> {
  if (isRefusal(error)) return refusal(error)
  if (isUnanswered(error)) {
    const { code, syscall } = codesOf(error.error)
    if (NEVER_LEFT.test(code) || syscall === 'connect') return { kind: 'not-sent', reason: code }
    return { kind: 'unknown', reason: code }
  }
  return { kind: 'unknown', reason: error instanceof Error ? error.name : 'failed' }
}

/** Telegram's own answer that it does not do it. By its name: grammY itself is loaded only where Telegram is used. */
export function isRefusal(error: unknown): error is GrammyError {
  return error instanceof Error && error.name === 'GrammyError'
}

function isUnanswered(error: unknown): error is HttpError {
  return error instanceof Error && error.name === 'HttpError'
}

/** A word on a failed call for a log line. */
export function reasonOf(error: unknown): string {
  const outcome = outcomeOf(error)
  if (outcome.kind === 'rejected') return outcome.code
  return 'reason' in outcome ? outcome.reason : outcome.kind
}

function refusal({ error_code: code, description, parameters }: GrammyError): Exclude<Outcome, { kind: 'sent' }> {
  const says = String(description ?? '')
  if (code === 429) return { kind: 'retry-after', ms: waitOf(parameters.retry_after), scope: 'channel' }
  // Telegram answers 404 to a token that was never one.
  if (code === 401 || code === 404) return { kind: 'auth-lost', reason: `${code} ${plain(says)}` }
  if (code === 403) return { kind: 'blocked' }
  if (code === 400 && /chat not found|PEER_ID_INVALID|user not found/i.test(says)) return { kind: 'dead-address' }
  if (code >= 500 || !Number.isInteger(code)) return { kind: 'unknown', reason: `answer ${code}` }
  return { kind: 'rejected', code: `${code} ${plain(says)}` }
}

function waitOf(seconds: number | undefined): number {
  return typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : UNNAMED_WAIT
}

/** Telegram quotes what it could not read; the quote stays out. */
function plain(description: string): string {
  return description.replace(/["«'][\s\S]*$/, '…').slice(0, 80)
}

function codesOf(error: unknown): { code: string; syscall: string } {
  const { code, type, errno, syscall } = (typeof error === 'object' && error !== null ? error : {}) as Record<
    string,
    unknown
  >
  const word = [code, errno, type].find((value) => typeof value === 'string')
  return { code: typeof word === 'string' ? word : 'timeout', syscall: typeof syscall === 'string' ? syscall : '' }
}
