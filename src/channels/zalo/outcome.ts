import { endOfNight } from '../../core/policy/window.js'
import type { Capabilities, Outcome } from '../channel.js'
import type { Lost, Refused, ZaloError } from './sdk/result.js'

/** A minute's allowance is used up: the rest of it need not be waited for, because it is counted from each call [I]. */
const RATE_PAUSE_MS = 20_000
/** One resident's allowance is used up; Zalo does not say until when. */
const RECIPIENT_PAUSE_MS = 6 * 3_600_000
/** «Not at night», at an hour that is none by our clock. */
const OTHER_NIGHT_MS = 3_600_000

type Failure = Exclude<Outcome, { kind: 'sent' }>

/** What a failed call means for the message. Holds codes and names, never a word of the message, a token or Zalo's own text. */
export function outcomeOf(failed: Refused | Lost, now: number, quiet: Capabilities['quiet']): Failure {
  if (failed.outcome !== 'refused') return { kind: failed.outcome, reason: failed.cause }
  return refusal(failed.error, now, quiet)
}

function refusal(error: ZaloError, now: number, quiet: Capabilities['quiet']): Failure {
  const named = `${error.code} ${error.name}`
  switch (error.kind) {
    case 'window-closed':
      return { kind: 'window-closed' }
    case 'quota':
      if (error.name === 'group-asset-used') return { kind: 'rejected', code: named }
      // What cannot be paid for is free when the resident writes.
      return error.name === 'recipient-quota-reached'
        ? { kind: 'retry-after', ms: RECIPIENT_PAUSE_MS, scope: 'address' }
        : { kind: 'window-closed', quota: named }
    case 'night': {
      const morning = quiet === null ? null : endOfNight(now, quiet)
      return { kind: 'retry-after', ms: morning === null ? OTHER_NIGHT_MS : morning - now, scope: 'address' }
    }
    case 'blocked':
      return { kind: error.name === 'user-banned-or-inactive' ? 'dead-address' : 'blocked' }
    case 'not-follower':
      return { kind: 'blocked' }
    case 'auth':
    case 'wrong-path':
      return { kind: 'auth-lost', reason: named }
    case 'rate':
      return { kind: 'retry-after', ms: RATE_PAUSE_MS, scope: 'channel' }
    case 'not-found':
      // An address of the API that is not there is a wrong setting, and no fault of the message.
      return error.name === 'http-no-such-api'
        ? { kind: 'auth-lost', reason: named }
        : { kind: 'rejected', code: named }
    case 'server':
      // Zalo's «send failed» has been seen although the message arrived.
      return error.name === 'send-failed' ? { kind: 'unknown', reason: named } : { kind: 'rejected', code: named }
    case 'invalid':
    case 'unsupported-shape':
    case 'unknown':
      return { kind: 'rejected', code: named }
  }
}
