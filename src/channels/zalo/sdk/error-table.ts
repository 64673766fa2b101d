import type { ErrorKind, Retry } from './result.js'

/** Whose codes: the tables differ by host. `oa` openapi.zalo.me, `zbs` business.openapi.zalo.me, `oauth` oauth.zaloapp.com, `http` any. */
export type Host = 'oa' | 'zbs' | 'oauth' | 'http'

export interface ErrorRow {
  host: Host
  code: number | string
  name: string
  kind: ErrorKind
  retry: Retry
  /** A person has to act. */
  alert: boolean
  /** How sure: D official documentation, L seen live by others, C third-party code, I inferred, ? unverified. */
  source: 'D' | 'L' | 'C' | 'I' | '?'
}

type Marks = Omit<ErrorRow, 'host'>

const row = (
  code: number | string,
  name: string,
  kind: ErrorKind,
  retry: Retry,
  source: ErrorRow['source'],
  alert: 'alert' | '' = '',
): Marks => ({ code, name, kind, retry, alert: alert !== '', source })

const of = (host: Host, ...rows: Marks[]): ErrorRow[] => rows.map((marks) => ({ host, ...marks }))

/** Every refusal we know. A code that is missing here is permanent and wants a log line. */
export const ERROR_TABLE: readonly ErrorRow[] = [
  ...of(
    'oa',
    row(-32, 'rate-limit', 'rate', 'later', 'D'),
    row(-100, 'attachment-expired', 'not-found', 'never', 'D'),
    row(-124, 'token-invalid', 'auth', 'after-refresh', 'D'),
    row(-200, 'send-failed', 'server', 'later', 'D'),
    row(-201, 'parameter-invalid', 'invalid', 'never', 'D'),
    row(-204, 'oa-deleted', 'auth', 'never', 'D', 'alert'),
    row(-205, 'oa-not-found', 'auth', 'never', 'D', 'alert'),
    row(-209, 'app-not-activated', 'auth', 'never', 'D', 'alert'),
    row(-210, 'parameter-over-limit', 'invalid', 'never', 'D'),
    row(-211, 'out-of-quota', 'quota', 'later', 'D', 'alert'),
    row(-212, 'api-not-registered', 'auth', 'never', 'D', 'alert'),
    row(-213, 'not-a-follower', 'not-follower', 'never', 'D'),
    row(-214, 'article-processing', 'server', 'later', 'D'),
    row(-216, 'token-invalid', 'auth', 'after-refresh', 'D'),
    row(-217, 'invitations-blocked', 'blocked', 'never', 'D'),
    row(-218, 'recipient-quota-reached', 'quota', 'later', 'D'),
    row(-219, 'app-removed', 'auth', 'never', 'D', 'alert'),
    row(-220, 'token-expired', 'auth', 'after-refresh', 'D'),
    row(-221, 'oa-not-verified', 'auth', 'never', 'D', 'alert'),
    row(-223, 'permission-missing', 'auth', 'never', 'D', 'alert'),
    row(-224, 'package-too-low', 'auth', 'never', 'D', 'alert'),
    row(-227, 'user-banned-or-inactive', 'blocked', 'never', 'D'),
    row(-230, 'window-closed', 'window-closed', 'never', 'D'),
    row(-232, 'never-interacted', 'window-closed', 'never', 'D'),
    row(-233, 'shape-unsupported', 'unsupported-shape', 'never', 'D'),
    row(-234, 'night', 'night', 'later', 'D'),
    row(-235, 'not-for-this-oa-type', 'wrong-path', 'other-path', 'L'),
    row(-237, 'group-expired', 'not-found', 'never', 'D', 'alert'),
    row(-238, 'group-asset-used', 'quota', 'never', 'D', 'alert'),
    row(-240, 'v2-closed', 'wrong-path', 'other-path', 'D'),
    row(-241, 'group-asset-used', 'quota', 'never', 'D', 'alert'),
    row(-242, 'appsecret-proof-wrong', 'auth', 'never', 'D', 'alert'),
    row(-244, 'user-restricted-this-type', 'blocked', 'never', 'D'),
    row(-248, 'content-violates-standards', 'invalid', 'never', 'D', 'alert'),
    row(-249, 'template-not-by-uid', 'invalid', 'never', 'D', 'alert'),
    row(-320, 'cloud-account-not-linked', 'quota', 'never', 'D', 'alert'),
    row(-321, 'cloud-account-empty', 'quota', 'never', 'D', 'alert'),
    row(-401, 'token-invalid', 'auth', 'after-refresh', 'C'),
    row(401, 'token-invalid', 'auth', 'after-refresh', 'C'),
    row(-403, 'not-in-group', 'not-found', 'never', 'D', 'alert'),
  ),
  ...of(
    'zbs',
    row(-100, 'unknown-failure', 'server', 'later', 'D'),
    row(-108, 'phone-invalid', 'blocked', 'never', 'D'),
    row(-109, 'template-id-invalid', 'invalid', 'never', 'D', 'alert'),
    row(-110, 'user-app-too-old', 'blocked', 'never', 'D'),
    row(-112, 'data-type-wrong', 'invalid', 'never', 'D'),
    row(-1121, 'data-too-long', 'invalid', 'never', 'D'),
    row(-1122, 'data-missing', 'invalid', 'never', 'D'),
    row(-1124, 'data-format-wrong', 'invalid', 'never', 'D'),
    row(-114, 'user-cannot-receive', 'blocked', 'never', 'D'),
    row(-115, 'out-of-balance', 'quota', 'never', 'D', 'alert'),
    row(-117, 'template-not-permitted', 'auth', 'never', 'D', 'alert'),
    row(-118, 'no-zalo-account', 'blocked', 'never', 'D'),
    row(-119, 'account-cannot-receive', 'blocked', 'never', 'D'),
    row(-120, 'oa-not-permitted', 'auth', 'never', 'D', 'alert'),
    row(-124, 'token-invalid', 'auth', 'after-refresh', 'D'),
    row(-1241, 'appsecret-proof-wrong', 'auth', 'never', 'D', 'alert'),
    row(-131, 'template-not-approved', 'invalid', 'never', 'D', 'alert'),
    row(-132, 'parameter-invalid', 'invalid', 'never', 'D'),
    row(-133, 'night', 'night', 'later', '?'),
    row(-135, 'oa-may-not-send', 'auth', 'never', 'D', 'alert'),
    row(-1351, 'oa-blocked-for-violations', 'auth', 'never', 'D', 'alert'),
    row(-136, 'cloud-account-not-linked', 'quota', 'never', 'D', 'alert'),
    row(-137, 'charge-failed', 'quota', 'never', 'D', 'alert'),
    row(-138, 'app-lacks-permission', 'auth', 'never', 'D', 'alert'),
    row(-139, 'user-refused-this-type', 'blocked', 'never', 'D'),
    row(-140, 'user-refused-this-oa', 'blocked', 'never', 'D'),
    row(-141, 'user-refused-this-oa', 'blocked', 'never', 'D'),
    row(-144, 'oa-daily-quota', 'quota', 'later', 'D'),
    row(-1441, 'monthly-promotion-quota', 'quota', 'later', 'D'),
    row(-146, 'template-disabled', 'invalid', 'never', 'D', 'alert'),
    row(-147, 'template-daily-quota', 'quota', 'later', 'D'),
    row(-1471, 'user-follow-up-quota', 'quota', 'later', 'D'),
    row(-1472, 'user-daily-promotion-quota', 'quota', 'later', 'D'),
    row(-162, 'sending-mode-not-allowed', 'invalid', 'never', 'D'),
    row(-216, 'token-invalid', 'auth', 'after-refresh', 'D'),
  ),
  ...of(
    'oauth',
    row(-118, 'grant-dead', 'auth', 'never', 'C', 'alert'),
    row('invalid_grant', 'grant-dead', 'auth', 'never', 'C', 'alert'),
    row(-14002, 'app-id-invalid', 'auth', 'never', 'D', 'alert'),
    row(-14003, 'redirect-uri-invalid', 'invalid', 'never', 'D', 'alert'),
    row(-14004, 'app-secret-invalid', 'auth', 'never', 'L', 'alert'),
    row(-14012, 'wrong-oa-or-not-admin', 'auth', 'never', '?', 'alert'),
    row(-14014, 'refresh-token-invalid', 'auth', 'never', 'L', 'alert'),
    row(-14020, 'refresh-token-used', 'auth', 'never', 'C', 'alert'),
    row(-14024, 'wrong-oa-or-not-admin', 'auth', 'never', '?', 'alert'),
  ),
  ...of(
    'http',
    row(400, 'http-bad-request', 'invalid', 'never', 'I'),
    row(401, 'http-unauthorised', 'auth', 'after-refresh', 'I'),
    row(404, 'http-no-such-api', 'not-found', 'never', 'L', 'alert'),
    row(413, 'http-too-large', 'invalid', 'never', 'I'),
    row(429, 'http-too-many-requests', 'rate', 'later', 'I'),
  ),
]
