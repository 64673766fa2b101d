/** What of an Official Account decides about refusals. Tests change it at any time. */
export interface OaSettings {
  oaId: string
  name: string
  /** `state` takes messages by v2 only, `business` by v3 only. */
  type: 'business' | 'state'
  package: 'basic' | 'growth' | 'full'
  packageValidThrough: number
  appActive: boolean
  /** Which rights the admin ticked. */
  permissions: Set<'messages' | 'users' | 'oa' | 'articles' | 'groups' | 'templates'>
  /** 0 accepts; a code refuses this shape. */
  shapes: { buttons: number; list: number; requestUserInfo: number }
  /** Whether sends between 48 hours and 7 days are taken at all. */
  paid: boolean
  /** What the package has left for them. */
  allowance: number
  /** Pays when the allowance is used up. */
  cloudAccount: { balance: number } | null
  /** Whether a state agency's user list answers by v2 only. */
  stateUsersByV2: boolean
  ratePerMinute: number
  fileTypes: readonly string[]
  broadcastQuota: number
  uploadsLeft: number
  /** Sends of the account come back as `oa_send_…` events. */
  echoes: boolean
  /** Sends of the account come back as `user_received_message`. */
  receipts: boolean
  /** Ids leave as numbers beyond 2^53 instead of strings. */
  numericIds: boolean
}

export interface AppSettings {
  appId: string
  appSecret: string
  oaSecret: string
  redirectUri: string
  /** The fixed challenge of the console: only a verifier for it passes, and a consent needs no challenge of its own. */
  codeChallenge: string | null
  /** Consent and exchange have to use PKCE. */
  pkceRequired: boolean
  stateEchoed: boolean
}

export interface FakePerson {
  id: string
  displayName: string
  follower: boolean
  lastInteraction: number | null
  blocked: boolean
  banned: boolean
  /** Takes no messages of this account although they follow it. */
  restricted: boolean
  welcomes: number
  tags: Set<string>
  shared: Record<string, string>
}

/** Something Zalo accepted, in the order in which it did. */
export interface Accepted {
  /** Rises by one with everything that happens, events of users included. */
  order: number
  /** The fake's clock. */
  at: number
  /** Real monotonic time in ms. */
  monotonicMs: number
  kind: 'message' | 'reaction' | 'group' | 'broadcast' | 'template' | 'template-by-phone'
  api: 'v2' | 'v3' | 'zbs'
  /** User, group or phone number; '' for a broadcast. */
  to: string
  messageId: string
  text: string | null
  /** `message` as it came in. */
  message: unknown
  /** What it was taken from. */
  charged: 'reply' | 'sub_quota' | 'welcome_msg' | 'cloud' | 'none'
}

/** A line of a chat, for the catch-up calls. */
export interface ChatLine {
  messageId: string
  src: 0 | 1
  userId: string
  at: number
  type: string
  text: string
}

export interface State {
  now(): number
  oa: OaSettings
  app: AppSettings
  people: Map<string, FakePerson>
  accepted: Accepted[]
  chat: ChatLine[]
  /** Whom a user last heard from, to tell duplicates. */
  spoke: { order: number; userId: string }[]
  uploads: Map<string, { kind: 'image' | 'gif' | 'file'; at: number }>
  groups: Map<string, { name: string; members: Set<string> }>
  assets: Set<string>
  articles: Map<string, { token: string; id: string; readyAt: number; body: unknown }>
  templates: Map<string, { params: readonly string[]; tag: 1 | 2 | 3 }>
  tokens: TokenState
  /** Codes by which calls of the API were refused, in order. */
  refused: number[]
  order: number
  ids: number
}

export interface TokenState {
  access: { token: string; expiresAt: number } | null
  refresh: { token: string; expiresAt: number } | null
  used: Set<string>
  codes: Map<string, { at: number; challenge: string | null; used: boolean }>
  given: number
}

/** An id of the size Zalo uses: too large for a number. */
export function newId(state: State): string {
  state.ids++
  return String(386_613_280_878_800_000n + BigInt(state.ids))
}

export function nextOrder(state: State): number {
  return ++state.order
}

/** What is wrong with a call; becomes an answer with HTTP 200. */
export class Refusal extends Error {
  readonly code: number

  constructor(code: number, message = `refused ${code}`) {
    super(message)
    this.code = code
  }
}

export type Fields = Record<string, unknown>

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

/** A string that has to be there. */
export function required(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw new Refusal(-201, `${name} is invalid`)
  return value
}

const HOUR = 3_600_000

/** The hour of the day in Asia/Ho_Chi_Minh. */
export function localHour(at: number): number {
  return Math.floor((at + 7 * HOUR) / HOUR) % 24
}

export function isNight(at: number): boolean {
  const hour = localHour(at)
  return hour >= 22 || hour < 6
}
