import { createZaloClient, type OaInfo, type Result, type Tokens, type ZaloError } from '../channels/zalo/sdk/index.js'
import type { ZaloConfig } from '../config.js'
import type { ZaloAccess } from './zalo-access.js'

/** What a try to connect the Official Account came to. Nothing is stored but with `connected`. */
export type Connected =
  /** `trouble`: the pair is kept, but a first question to Zalo was refused – a right or a package is missing. */
  | { kind: 'connected'; name: string | null; trouble: ZaloError | null }
  /** The consent or the pair is of another account; null: Zalo did not say of which. */
  | { kind: 'wrong-oa'; oaId: string | null }
  /** Zalo refused the code or the pair. */
  | { kind: 'refused'; error: ZaloError }
  /** Zalo cannot be reached, or its answer was lost: the code or the pair may be used up. */
  | { kind: 'no-answer' }

export interface ConnectParts {
  access: ZaloAccess
  config: ZaloConfig
}

/** Trades the code of Zalo's callback. `named` is the account that the callback named: with another one the code is not even used. */
export async function connectByCode(
  parts: ConnectParts,
  { code, verifier, named }: { code: string; verifier: string | null; named: string | null },
): Promise<Connected> {
  const { access, config } = parts
  if (named !== null && named !== config.oaId) return { kind: 'wrong-oa', oaId: named }
  const outcome = await access.oauth.exchangeCode(code, verifier)
  if (!outcome.ok) return outcome.outcome === 'refused' ? { kind: 'refused', error: outcome.error } : NO_ANSWER
  return keep(parts, outcome.tokens, named === config.oaId)
}

/**
 * Takes a pair that somebody copied from Zalo's API Explorer. The refresh token is used at once: only so it is known to live, and from then on
 * nobody else can use it.
 */
export async function connectByPair(
  parts: ConnectParts,
  { accessToken, refreshToken }: { accessToken: string; refreshToken: string },
): Promise<Connected> {
  const { access, config } = parts
  const before = await accountOf(config, accessToken)
  // Of another account nothing is used up.
  if (before.ok && before.data.oaId !== null && before.data.oaId !== config.oaId)
    return { kind: 'wrong-oa', oaId: before.data.oaId }
  if (!before.ok && before.outcome !== 'refused') return NO_ANSWER
  const outcome = await access.oauth.refresh(refreshToken)
  if (!outcome.ok) return outcome.outcome === 'refused' ? { kind: 'refused', error: outcome.error } : NO_ANSWER
  return keep(parts, outcome.tokens, before.ok && before.data.oaId === config.oaId)
}

const NO_ANSWER: Connected = { kind: 'no-answer' }

/** `known`: that it is the right account is known already, so a refusal of the question is no reason to let the pair go. */
async function keep({ access, config }: ConnectParts, tokens: Tokens, known: boolean): Promise<Connected> {
  const account = await accountOf(config, tokens.accessToken)
  if (account.ok && account.data.oaId !== null && account.data.oaId !== config.oaId)
    return { kind: 'wrong-oa', oaId: account.data.oaId }
  if (!known && !(account.ok && account.data.oaId === config.oaId)) {
    if (account.ok) return { kind: 'wrong-oa', oaId: null }
    return account.outcome === 'refused' ? { kind: 'refused', error: account.error } : NO_ANSWER
  }
  await access.tokens.replace(tokens)
  const trouble = !account.ok && account.outcome === 'refused' ? account.error : null
  return { kind: 'connected', name: account.ok ? account.data.name : null, trouble }
}

function accountOf(config: ZaloConfig, accessToken: string): Promise<Result<OaInfo>> {
  const tokens = { accessToken: async () => ({ ok: true, accessToken }) as const }
  return createZaloClient({ tokens, apiRoot: config.apiRoot, zbsRoot: config.zbsRoot }).getOa()
}

/** Troubles that have words of their own in `content/`; any other is told with its code. */
const NAMED = new Set([
  'app-id-invalid',
  'redirect-uri-invalid',
  'app-secret-invalid',
  'wrong-oa-or-not-admin',
  'refresh-token-invalid',
  'refresh-token-used',
  'grant-dead',
  'app-not-activated',
  'api-not-registered',
  'permission-missing',
  'package-too-low',
  'oa-not-verified',
  'token-invalid',
  'token-expired',
])

/** The key below `connect` of the sentence that says what Zalo's refusal means and what to do; it takes `code`. */
export function troubleKey({ name }: ZaloError): string {
  return `trouble.${NAMED.has(name) ? name : 'other'}`
}
