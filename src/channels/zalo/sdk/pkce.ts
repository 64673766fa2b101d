import { createHash, randomBytes } from 'node:crypto'

/**
 * How the consent proves that the same party asks for the tokens. `per-request` is what Zalo's SDK does; `fixed` fits a challenge that was saved
 * in Zalo's console; `none` sends neither. Which one an app needs is not documented: all three were seen to work [L].
 */
export type Pkce = { mode: 'per-request' } | { mode: 'fixed'; verifier: string } | { mode: 'none' }

/** 43 characters from 32 bytes of chance, which may be given. */
export function createVerifier(bytes: Uint8Array = randomBytes(32)): string {
  return Buffer.from(bytes).toString('base64url')
}

/** The S256 challenge of a verifier. */
export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier, 'ascii').digest('base64url')
}

/** The verifier to keep for the exchange; null when none is used. */
export function verifierFor(pkce: Pkce, create: () => string = createVerifier): string | null {
  if (pkce.mode === 'none') return null
  return pkce.mode === 'fixed' ? pkce.verifier : create()
}
