import { ERROR_TABLE, type ErrorRow, type Host } from './error-table.js'
import type { ZaloError } from './result.js'

const BY_HOST_AND_CODE: ReadonlyMap<string, ErrorRow> = new Map(
  ERROR_TABLE.map((row) => [`${row.host} ${row.code}`, row]),
)

/** OAuth's words for a grant that only a new consent brings back. */
const DEAD_GRANT = new Set(['refresh-token-invalid', 'refresh-token-used', 'grant-dead'])

/** Longest piece of Zalo's own words that is kept. */
const MESSAGE_LIMIT = 300

/** The row of a code of a host, of an HTTP status where Zalo sent no code, or «unknown»; `secrets` are struck out of Zalo's words. */
export function errorOf(
  host: Host,
  code: number | string,
  message: string,
  secrets: readonly string[] = [],
): ZaloError {
  const row = BY_HOST_AND_CODE.get(`${host} ${code}`)
  const words = withoutSecrets(message, secrets).slice(0, MESSAGE_LIMIT)
  if (row === undefined) return { code, name: 'unknown', kind: 'unknown', retry: 'never', alert: false, message: words }
  return { code, name: row.name, kind: row.kind, retry: row.retry, alert: row.alert, message: words }
}

/** The refresh token of a grant is used up or gone. */
export function isDeadGrant(error: ZaloError): boolean {
  return DEAD_GRANT.has(error.name)
}

/** A text with our secrets struck out, in case Zalo repeats what it was sent. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let clean = text
  for (const secret of secrets) if (secret.length > 3) clean = clean.replaceAll(secret, '[secret]')
  return clean
}
