import type { OaInfo, ZaloError } from '../channels/zalo/sdk/index.js'
import type { ZaloConfig } from '../config.js'
import { DAY_MS, dayOf, OFFSET_MS } from '../core/policy/calendar.js'
import { lastHeard } from '../store/health.js'
import type { Store } from '../store/open.js'
import { troubleKey } from './connect.js'
import { type Finding, finding } from './finding.js'
import type { ZaloAccess } from './zalo-access.js'

/** Days before the end of the package at which somebody is told, and told with emphasis: a payment of an office takes its time. */
export const PACKAGE_WARN_DAYS = 14
export const PACKAGE_LAST_DAYS = 3
/** Hours of the day in which a ward's account that is silent is remarkable. */
const DAY_HOURS = { from: 7, until: 21 }
/** A message that Zalo has and we do not: after this time it is not just on its way, ms. */
const MISSED_MS = 5 * 60_000
/** Clocks differ: so much newer than the newest that came is newer, ms. */
const SLACK_MS = 2 * 60_000
/** Nobody wrote for so long, ms: worth a look, no more. */
const QUIET_MS = 3 * DAY_MS

export interface ZaloParts {
  config: ZaloConfig
  access: ZaloAccess
  store: Store
  clock: () => number
}

/** The tokens, the account behind them, and its package. Renews the tokens when they are due. */
export async function checkAccount({ config, access, clock }: ZaloParts): Promise<Finding[]> {
  const answer = await access.tokens.accessToken()
  const alarm = access.alarm()
  if (!answer.ok) {
    if (answer.reason === 'no-grant') return [finding('zalo-token', 'fail', 'none')]
    if (answer.reason === 'dead') return [finding('zalo-token', 'fail', 'dead')]
    return [refusedOr('unavailable')]
  }
  const found = alarm === null ? [finding('zalo-token', 'ok', 'ok')] : [refusedOr('ailing')]
  const account = await access.client.getOa()
  if (account.ok) return [...found, ...checkOa(account.data, config.oaId, clock())]
  if (account.outcome !== 'refused') return [...found, finding('zalo-account', 'warn', 'no-answer')]
  return [...found, refusedAccount(account.error)]

  /** A refresh that fails for a reason of its own says more than «unavailable». */
  function refusedOr(otherwise: string): Finding {
    if (alarm?.kind === 'refresh-refused') return finding('zalo-token', 'fail', alarm.name === 'app-secret-invalid' ? 'app-secret' : 'refused', { code: alarm.code }) // prettier-ignore
    if (alarm?.kind === 'grant-dead') return finding('zalo-token', 'fail', 'dead')
    if (alarm?.kind === 'not-saved') return finding('zalo-token', 'fail', 'not-saved')
    return finding('zalo-token', 'warn', otherwise)
  }
}

function refusedAccount(error: ZaloError): Finding {
  const key = troubleKey(error)
  if (key === 'trouble.package-too-low') return finding('zalo-package', 'fail', 'ended', { code: error.code })
  return finding('zalo-account', error.alert ? 'fail' : 'warn', 'refused', { code: error.code, name: error.name })
}

function checkOa(oa: OaInfo, wanted: string, now: number): Finding[] {
  if (oa.oaId !== null && oa.oaId !== wanted)
    return [finding('zalo-account', 'fail', 'other', { given: oa.oaId, wanted })]
  const named = { name: oa.name ?? wanted }
  const account = oa.isVerified
    ? finding('zalo-account', 'ok', `ok-${oa.type}`, named)
    : finding('zalo-account', 'warn', 'not-verified', named)
  return [account, checkPackage(oa.packageValidThrough, oa.package ?? '?', now)]
}

function checkPackage(validThrough: string | null, name: string, now: number): Finding {
  const end = packageEnd(validThrough)
  if (end === null) return finding('zalo-package', 'ok', 'no-end', { package: name })
  const days = Math.round((Date.parse(end) - Date.parse(dayOf(now))) / DAY_MS)
  const vars = { package: name, days: Math.max(0, days), day: end.split('-').reverse().join('/') }
  if (days < 0) return finding('zalo-package', 'fail', 'over', vars)
  if (days <= PACKAGE_LAST_DAYS) return finding('zalo-package', 'fail', 'last-days', vars)
  return finding('zalo-package', days <= PACKAGE_WARN_DAYS ? 'warn' : 'ok', days <= PACKAGE_WARN_DAYS ? 'soon' : 'ok', vars) // prettier-ignore
}

/** The last day of a package, `2026-12-31`, from how Zalo writes it (usually `31/12/2026`); null where it says nothing of the kind. */
export function packageEnd(text: string | null): string | null {
  const local = /^(\d{1,2})\/(\d{1,2})\/(\d{4})\b/.exec(text ?? '')
  if (local) return `${local[3]!}-${local[2]!.padStart(2, '0')}-${local[1]!.padStart(2, '0')}`
  return /^\d{4}-\d{2}-\d{2}/.exec(text ?? '')?.[0] ?? null
}

/**
 * Whether Zalo still brings events. It switches a webhook off after an hour of failures and tells nobody here; so it is asked, by day, whether
 * residents wrote something that never came.
 */
export async function checkWebhook({ config, access, store, clock }: ZaloParts): Promise<Finding> {
  const check = 'zalo-webhook'
  if (config.oaSecretKey === undefined) return finding(check, 'fail', 'no-key')
  const heard = await lastHeard(store.db, 'zalo')
  const now = clock()
  const chats = await access.client.recentChats()
  if (chats.ok) {
    const missed = chats.data.filter(({ from, at }) => from === 'user' && at !== null && at > (heard ?? 0) + SLACK_MS && at < now - MISSED_MS) // prettier-ignore
    // Before the first event it may simply never have been switched on.
    if (missed.length > 0) return finding(check, heard === null ? 'warn' : 'fail', heard === null ? 'never' : 'missed', { count: missed.length }) // prettier-ignore
  }
  if (heard === null) return finding(check, 'warn', 'never', { count: 0 })
  if (now - heard > QUIET_MS) return finding(check, 'warn', 'quiet', { days: Math.floor((now - heard) / DAY_MS) })
  return finding(check, 'ok', 'ok')
}

/** Whether silence means anything at this hour (Asia/Ho_Chi_Minh). */
export function isDaytime(now: number): boolean {
  const hour = Math.floor((now + OFFSET_MS) / 3_600_000) % 24
  return hour >= DAY_HOURS.from && hour < DAY_HOURS.until
}
