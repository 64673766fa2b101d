import { createHash, timingSafeEqual } from 'node:crypto'
import { isRecord, parseJson, textOf } from './json.js'

/** The header's name, in lower case. */
export const SIGNATURE_HEADER = 'x-zevent-signature'

/**
 * Whether a webhook comes from Zalo: `mac=` and the hex SHA-256 (a plain hash, no HMAC) of app id, the body's bytes as they came, the body's
 * timestamp and the OA Secret Key, which is not the App Secret. Never passes without a key. Never throws.
 */
export function verifySignature(
  raw: Uint8Array,
  header: string | null | undefined,
  appId: string,
  oaSecret: string,
): boolean {
  if (!header || oaSecret === '') return false
  const given = header.trim().replace(/^mac\s*=\s*/i, '')
  if (!/^[0-9a-f]{64}$/i.test(given)) return false
  const timestamp = timestampOf(raw)
  if (timestamp === null) return false
  return timingSafeEqual(Buffer.from(given, 'hex'), Buffer.from(signatureOf(raw, timestamp, appId, oaSecret), 'hex'))
}

/** The hex hash that goes behind `mac=`. */
export function signatureOf(raw: Uint8Array, timestamp: string, appId: string, oaSecret: string): string {
  return createHash('sha256').update(appId).update(raw).update(timestamp).update(oaSecret).digest('hex')
}

/** An event without a timestamp is signed with nothing in its place [I]; a body that is no JSON object is never Zalo's. */
function timestampOf(raw: Uint8Array): string | null {
  try {
    const body = parseJson(Buffer.from(raw).toString('utf8'))
    return isRecord(body) ? (textOf(body['timestamp']) ?? '') : null
  } catch {
    return null
  }
}
