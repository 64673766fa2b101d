/** What sort of refusal it was, so that a sender can act without knowing the codes. */
export type ErrorKind =
  /** Too long since the user last wrote. */
  | 'window-closed'
  /** An allowance or the money is used up. */
  | 'quota'
  /** Not at night. */
  | 'night'
  /** This user cannot or will not receive it. */
  | 'blocked'
  /** This user does not follow the Official Account. */
  | 'not-follower'
  /** `retry: 'after-refresh'`: the token. `retry: 'never'`: the app or the account is not entitled and a person has to act. */
  | 'auth'
  /** Too many requests. */
  | 'rate'
  /** Something in the request is wrong. */
  | 'invalid'
  /** This sort of account has to use the other version of the API. */
  | 'wrong-path'
  /** This account takes no message of this shape: send plain text. */
  | 'unsupported-shape'
  | 'not-found'
  /** Zalo failed and says so. */
  | 'server'
  /** A code that the table does not know: treat as permanent and log it. */
  | 'unknown'

/** What may be done about a refusal. `other-path` is reported only: whoever keeps the pin decides. */
export type Retry = 'never' | 'later' | 'after-refresh' | 'other-path'

/** A refusal by Zalo: it answered, and it did not do what was asked. */
export interface ZaloError {
  /** Zalo's own code, an HTTP status when Zalo sent none, or a word of OAuth. */
  code: number | string
  name: string
  kind: ErrorKind
  retry: Retry
  /** A person has to do something at Zalo or in the settings; no waiting helps. */
  alert: boolean
  /** Zalo's own words, without our secrets. For logs, not for residents. */
  message: string
}

/** Why there is no answer. */
export type Cause =
  /** No answer in time. */
  | 'timeout'
  /** The connection broke after the request had gone out. */
  | 'reset'
  /** The answer began and broke off. */
  | 'cut-body'
  /** HTTP 5xx without a code of Zalo. */
  | 'server-error'
  /** An answer that is not what Zalo sends. */
  | 'unreadable'
  /** No connection could be made. */
  | 'no-connection'
  /** The request could not even be built: a control character in the token, a bad address. */
  | 'bad-request'
  /** There is no access token to send with. */
  | 'no-token'

/**
 * No answer. `unknown`: Zalo may have done what was asked, and doing it again may do it twice. `not-sent`: nothing has happened, calling
 * again is safe; calls that only read always say this.
 */
export interface Lost {
  ok: false
  outcome: 'unknown' | 'not-sent'
  cause: Cause
}

/** Zalo answered no. */
export interface Refused {
  ok: false
  outcome: 'refused'
  error: ZaloError
}

/** What a send took from, as Zalo says it; absent when it was charged to the Zalo Cloud Account, or when Zalo said nothing. */
export interface SendQuota {
  /** `reply` is the free 48 hours; others: welcome_msg, sub_quota, purchase_quota, reward_quota. */
  type: string
  remain: number | null
  total: number | null
  expires: string | null
}

export interface Done<T> {
  ok: true
  data: T
  quota?: SendQuota
}

/** What a call of the client gives: nothing that is expected of a network or of Zalo is thrown. */
export type Result<T> = Done<T> | Refused | Lost

/** The same answer with its data read into another form. */
export function mapResult<A, B>(result: Result<A>, read: (data: A) => B): Result<B> {
  return result.ok ? { ...result, data: read(result.data) } : result
}
