import { createConsentLink } from '../store/consent-links.js'
import type { Db } from '../store/tables.js'
import { hashCode, randomCode } from './codes.js'

/** How long a link to Zalo's consent may lie unused, ms: the operator sends it to the account's admin, who may be at another desk. */
export const CONSENT_LINK_MS = 60 * 60_000

/** Makes a one-time link that leads an admin of the Official Account through Zalo's consent; it cannot be shown again. */
export async function makeConsentLink(
  db: Db,
  publicUrl: string,
  now: number,
  lifeMs: number = CONSENT_LINK_MS,
): Promise<string> {
  const code = randomCode()
  await createConsentLink(db, { codeHash: hashCode(code), createdAt: now, expiresAt: now + lifeMs })
  return `${publicUrl}/zalo/connect?code=${code}`
}
