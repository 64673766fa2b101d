import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { Grant } from './grant.js'

/** First part of every sealed text; a later form gets its own. */
const FORM = 'zalo1'
const PURPOSE = 'zalo official account tokens'
const SALT_BYTES = 16
const IV_BYTES = 12
const TAG_BYTES = 16

export type Opened = { ok: true; grant: Grant } | { ok: false; reason: 'unknown-form' | 'wrong-secret-or-damaged' }

/**
 * Encrypts a grant for keeping: AES-256-GCM, its key made from `secret` by HKDF-SHA256 with a fresh salt. `owner` (the account's id) has to be
 * the same when it is opened, so that a row copied to another account does not open there.
 */
export function sealTokens(grant: Grant, secret: string, owner: string): string {
  if (secret === '') throw new RangeError('tokens cannot be sealed with an empty secret')
  const salt = randomBytes(SALT_BYTES)
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret, salt), iv, { authTagLength: TAG_BYTES })
  cipher.setAAD(Buffer.from(`${FORM} ${owner}`))
  const hidden = Buffer.concat([cipher.update(JSON.stringify(grant), 'utf8'), cipher.final()])
  return `${FORM}.${Buffer.concat([salt, iv, cipher.getAuthTag(), hidden]).toString('base64url')}`
}

export function openTokens(sealed: string, secret: string, owner: string): Opened {
  const [form, content = ''] = sealed.split('.', 2)
  if (form !== FORM) return { ok: false, reason: 'unknown-form' }
  const bytes = Buffer.from(content, 'base64url')
  try {
    const salt = bytes.subarray(0, SALT_BYTES)
    const iv = bytes.subarray(SALT_BYTES, SALT_BYTES + IV_BYTES)
    const tag = bytes.subarray(SALT_BYTES + IV_BYTES, SALT_BYTES + IV_BYTES + TAG_BYTES)
    const decipher = createDecipheriv('aes-256-gcm', keyOf(secret, salt), iv, { authTagLength: TAG_BYTES })
    decipher.setAAD(Buffer.from(`${FORM} ${owner}`))
    decipher.setAuthTag(tag)
    const hidden = bytes.subarray(SALT_BYTES + IV_BYTES + TAG_BYTES)
    const text = Buffer.concat([decipher.update(hidden), decipher.final()]).toString('utf8')
    return { ok: true, grant: JSON.parse(text) as Grant }
  } catch {
    return { ok: false, reason: 'wrong-secret-or-damaged' }
  }
}

function keyOf(secret: string, salt: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, salt, PURPOSE, 32))
}
