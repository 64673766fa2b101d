import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { TelegramCheckup } from '../channels/telegram/checkup.js'
import type { Config } from '../config.js'
import type { Material } from '../core/flow/material.js'
import { SchemaTooNew, storeFailure } from '../store/errors.js'
import { schemaState, unsound } from '../store/health.js'
import type { Store } from '../store/open.js'
import { type Finding, finding } from './finding.js'
import { checkReviews } from './reviews.js'
import { checkBoxes } from './watchdogs.js'
import { checkAccount, checkWebhook, type ZaloParts } from './zalo-checks.js'

const MB = 1024 * 1024
/** Free space below which writing will soon fail, and below which somebody should make room. */
const DISK = { fail: 100 * MB, warn: 1024 * MB }
/** How far our clock may be off, ms: signatures and consents bear minutes, waiting times and reports less. */
const CLOCK = { warn: 30_000, fail: 5 * 60_000 }
/** How long anything may take to answer, ms. */
const ANSWER_MS = 10_000

export interface DoctorParts {
  config: Config
  material: Material
  /** Null: the embedded database is not there yet, and a check makes none. */
  store: Store | null
  /** Null: not set up. */
  telegram: TelegramCheckup | null
  zalo: Omit<ZaloParts, 'store' | 'clock'> | null
  /** Rejects when Redis does not answer; null: none is set up. */
  pingRedis: (() => Promise<unknown>) | null
  /** Whether the database is sound; without it, it is read through now, which takes seconds in a large ward. */
  unsound?: typeof unsound
  clock: () => number
}

/** Everything that can be checked from here, beside a running server; changes nothing but a due renewal of Zalo's tokens. */
export async function examine(parts: DoctorParts): Promise<Finding[]> {
  const { config, store, zalo, telegram, clock, material } = parts
  const found = [checkSettings(config), checkFolder(config.dataDir), await checkDisk(config.dataDir)]
  const database = await checkDatabase(store, parts.unsound ?? unsound)
  found.push(database, await checkServer(config))
  // Nothing that reads tables is asked of a database that is not as it should be.
  const usable = store !== null && database.level === 'ok' ? store : null
  found.push(...(await checkClock(parts)))
  if (parts.pingRedis) found.push(await answered('redis', parts.pingRedis))
  if (telegram) found.push(...(await checkTelegram(telegram, config, clock())))
  if (zalo && usable) {
    const zaloParts = { ...zalo, store: usable, clock }
    const account = await checkAccount(zaloParts)
    found.push(...account)
    if (account.every(({ level }) => level !== 'fail')) found.push(await checkWebhook(zaloParts))
  }
  if (usable) found.push(...(await checkBoxes(usable, clock())))
  found.push(...checkReviews(material, clock()))
  return found
}

function checkSettings({ demo, publicUrl, zalo, telegram }: Config): Finding {
  if (demo) return finding('settings', 'warn', 'demo')
  if (publicUrl.startsWith('https:')) return finding('settings', 'ok', 'ok')
  // A stand-in for an app, reached by http, brings its events by http too.
  const strict = [zalo?.apiRoot, telegram?.webhookSecret === undefined ? undefined : telegram.apiRoot]
  const refused = strict.some((root) => root?.startsWith('https:'))
  return finding('settings', refused ? 'fail' : 'warn', refused ? 'not-https' : 'plain-http', { url: publicUrl })
}

function checkFolder(dir: string): Finding {
  const file = join(dir, `.doctor-${process.pid}`)
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    writeFileSync(file, 'x')
    return finding('folder', 'ok', 'ok', { dir })
  } catch {
    return finding('folder', 'fail', 'not-writable', { dir })
  } finally {
    if (existsSync(file)) rmSync(file, { force: true })
  }
}

async function checkDisk(dir: string): Promise<Finding> {
  try {
    const { bavail, bsize } = await statfs(dir)
    const free = bavail * bsize
    const level = free < DISK.fail ? 'fail' : free < DISK.warn ? 'warn' : 'ok'
    return finding('disk', level, level === 'ok' ? 'ok' : 'little', { mb: Math.floor(free / MB) })
  } catch {
    return finding('disk', 'warn', 'unknown')
  }
}

async function checkDatabase(store: Store | null, isUnsound: typeof unsound): Promise<Finding> {
  const check = 'database'
  if (store === null) return finding(check, 'warn', 'none')
  const where = store.where
  try {
    const { missing, unknown } = await schemaState(store)
    if (unknown.length > 0) return finding(check, 'fail', 'too-new', { where })
    if (missing.length > 0) return finding(check, 'fail', 'not-migrated', { where, count: missing.length })
    const wrong = await isUnsound(store)
    return wrong === null ? finding(check, 'ok', 'ok', { where }) : finding(check, 'fail', wrong, { where })
  } catch (error) {
    const failure = error instanceof SchemaTooNew ? 'too-new' : storeFailure(error)
    if (failure === 'damaged' || failure === 'too-new' || failure === 'full') return finding(check, 'fail', failure, { where }) // prettier-ignore
    return finding(check, 'fail', 'unreachable', { where, why: failure ?? 'unknown' })
  }
}

async function checkServer({ port, host }: Config): Promise<Finding> {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
  try {
    const answer = await fetch(`http://${name}:${port}/readyz`, { signal: AbortSignal.timeout(ANSWER_MS) })
    await answer.arrayBuffer()
    if (answer.ok) return finding('server', 'ok', 'ok', { port })
    return finding('server', 'fail', answer.status === 503 ? 'not-ready' : 'other', { port })
  } catch {
    return finding('server', 'warn', 'not-running', { port })
  }
}

/** Against the time that the apps' own servers name in their answers. */
async function checkClock({ config, clock }: DoctorParts): Promise<Finding[]> {
  const roots = [config.zalo?.oauthRoot, config.telegram?.apiRoot].filter((root) => root !== undefined)
  for (const root of roots) {
    try {
      const asked = clock()
      const answer = await fetch(root, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(ANSWER_MS) })
      const theirs = Date.parse(answer.headers.get('date') ?? '')
      if (Number.isNaN(theirs)) continue
      // The header has whole seconds, and the answer took its time.
      const off = Math.abs(theirs + 500 - (asked + clock()) / 2)
      const level = off >= CLOCK.fail ? 'fail' : off >= CLOCK.warn ? 'warn' : 'ok'
      return [finding('clock', level, level === 'ok' ? 'ok' : 'off', { seconds: Math.round(off / 1000) })]
    } catch {
      continue
    }
  }
  return roots.length === 0 ? [] : [finding('clock', 'warn', 'unknown')]
}

async function answered(check: string, ask: () => Promise<unknown>): Promise<Finding> {
  try {
    await ask()
    return finding(check, 'ok', 'ok')
  } catch {
    return finding(check, 'warn', 'no-answer')
  }
}

/** Telegram's own last failure counts as long as it is from the last hour. */
const RECENT_MS = 3_600_000
/** Updates that may wait at Telegram without anything being wrong. */
const PENDING = 100

async function checkTelegram(telegram: TelegramCheckup, config: Config, now: number): Promise<Finding[]> {
  const me = await telegram.me()
  if (me.kind === 'refused') return [finding('telegram-token', 'fail', 'refused')]
  if (me.kind === 'no-answer') return [finding('telegram-token', 'warn', 'no-answer')]
  const token = finding('telegram-token', 'ok', 'ok', { name: me.name })
  const webhook = await telegram.webhook()
  if (webhook === null) return [token, finding('telegram-webhook', 'warn', 'no-answer')]
  const check = 'telegram-webhook'
  const wanted = config.telegram?.webhookSecret === undefined ? '' : `${config.publicUrl}/webhooks/telegram`
  const { url, pending, failedAt } = webhook
  if (url !== wanted) {
    const says = wanted === '' ? 'polling-but-webhook' : url === '' ? 'missing' : 'other-url'
    return [token, finding(check, 'fail', says, { url, wanted })]
  }
  if (wanted !== '' && failedAt !== null && now - failedAt < RECENT_MS) return [token, finding(check, 'fail', 'failing', { pending })] // prettier-ignore
  if (pending > PENDING) return [token, finding(check, 'warn', 'waiting', { pending })]
  return [token, finding(check, 'ok', wanted === '' ? 'polling' : 'ok', { wanted })]
}
