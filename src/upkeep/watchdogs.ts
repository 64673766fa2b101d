import type { Logger } from 'pino'
import { makeConsentLink } from '../access/consent-link.js'
import type { Counts } from '../channels/counts.js'
import type { ChannelName, Line } from '../core/model/message.js'
import { DAY_MS, dayOf } from '../core/policy/calendar.js'
import { phrase } from '../core/talk/draft.js'
import { type AddressKey, loadByAddresses } from '../store/contacts.js'
import { lastCheckup } from '../store/checkup.js'
import { deadSince, stuckMessages } from '../store/health.js'
import { addressesOfRole, noteNotice } from '../store/notices.js'
import { type SpeakParts, sayTo } from '../speak/speak.js'
import type { Store } from '../store/open.js'
import { type Finding, finding } from './finding.js'
import { checkAccount, checkWebhook, isDaytime, type ZaloParts } from './zalo-checks.js'

/** A reply that has not left after this time waits for something that does not come, ms. */
export const LATE_MS = 30 * 60_000
/** Refusals for speed between two looks that are more than a passing gust. */
export const RATE_REFUSALS = 30

export interface WatchdogParts extends SpeakParts {
  store: Store
  publicUrl: string
  counts: Counts
  /** Null: Zalo is not set up. */
  zalo: Omit<ZaloParts, 'store' | 'clock'> | null
  wakes: { wake(contacts: readonly string[]): void }
  log: Logger
}

/** Looks at what no resident would report, and tells the admins in the app they read: each trouble at most once a day. */
export interface Watchdogs {
  /** Everything that is wrong now; admins have been told. */
  runOnce(): Promise<Finding[]>
}

export function createWatchdogs(parts: WatchdogParts): Watchdogs {
  const { store, counts, clock, zalo, wakes, log } = parts
  /** What came to nothing while we were not there is caught up after the first look, and is no fault of the webhook. */
  let first = true
  const refusals = new Map<ChannelName, number>()

  const look = async (): Promise<Finding[]> => {
    const now = clock()
    const found: Finding[] = []
    if (zalo) {
      const zaloParts = { ...zalo, store, clock }
      found.push(...(await checkAccount(zaloParts)))
      const reachable = found.every(({ level }) => level !== 'fail')
      // Without a token Zalo cannot be asked, and the token is the trouble then.
      if (!first && reachable && isDaytime(now)) found.push(await checkWebhook(zaloParts))
    }
    first = false
    for (const channel of ['zalo', 'telegram'] as const) found.push(checkRate(channel, refusals, counts))
    found.push(...(await checkBoxes(store, now)))
    const wrong = (await lastCheckup(store.db))?.wrong
    if (wrong) found.push(finding('database', 'fail', wrong, { where: store.where }))
    return found.filter(({ level, check, says }) => level === 'fail' || TOLD.has(`${check}.${says}`))
  }

  /** The one address of every admin that will most likely be read, given what is broken. */
  const audience = async (zaloBroken: boolean): Promise<Map<string, AddressKey>> => {
    const rank = (channel: ChannelName) => (channel === 'zalo' && zaloBroken ? 2 : channel === 'web' ? 1 : 0)
    const all = await addressesOfRole(store.db, 'admin')
    const best = new Map<string, AddressKey>()
    for (const { contact, channel, address } of all.sort((a, b) => rank(a.channel) - rank(b.channel)))
      if (!best.has(contact)) best.set(contact, { channel, address })
    return best
  }

  const tell = async (troubles: readonly Finding[]): Promise<void> => {
    const day = dayOf(clock())
    const to = await audience(troubles.some(({ check }) => check.startsWith('zalo-')))
    for (const [id, address] of to) {
      const told = await store.transaction(async (tx) => {
        const [contact] = await loadByAddresses(tx, [address], { lock: true })
        if (!contact || contact.contact !== id || contact.role !== 'admin') return 0
        const fresh: Finding[] = []
        for (const trouble of troubles) {
          const kind = `${trouble.check}.${trouble.says}`
          if (await noteNotice(tx, { contact: id, kind, day: onceFor(trouble) ?? day, at: clock() }))
            fresh.push(trouble)
        }
        if (fresh.length === 0) return 0
        const lines: Line[][] = fresh.map(({ check, says, vars }) => [phrase(`doctor.${check}.${says}`, vars)])
        // Whoever reads this can act at once, or pass the link on to the account's admin.
        if (fresh.some(needsConsent)) {
          const link = await makeConsentLink(tx, parts.publicUrl, clock(), DAY_MS)
          lines.push([phrase('doctor.consent-link', { link })])
        }
        await sayTo(tx, parts, contact, [[phrase('doctor.notice')], ...lines])
        return fresh.length
      })
      if (told === 0) continue
      wakes.wake([id])
      log.info({ contact: id, told }, 'upkeep: an admin was told')
    }
    if (to.size === 0) log.warn({ troubles: troubles.length }, 'upkeep: nobody can be told, invite an admin (ward invite --role admin)') // prettier-ignore
  }

  return {
    async runOnce() {
      const troubles = await look()
      for (const { check, says, level } of troubles)
        log.warn({ check, says, level }, 'upkeep: trouble, see ward doctor')
      if (troubles.length > 0) await tell(troubles)
      return troubles
    },
  }
}

/** What is told once and not every day: that a package ends in two weeks. */
const onceFor = ({ check, says, vars }: Finding) =>
  check === 'zalo-package' && says === 'soon' ? String(vars['day']) : null

const needsConsent = ({ check, says }: Finding) => check === 'zalo-token' && (says === 'dead' || says === 'none')

/** Warnings that are worth a message; the others are for whoever asks the doctor. */
const TOLD = new Set(['zalo-package.soon', 'zalo-token.ailing', 'rate-zalo.often', 'rate-telegram.often', 'dead-letters.some']) // prettier-ignore

function checkRate(channel: ChannelName, before: Map<ChannelName, number>, counts: Counts): Finding {
  const total = counts.sentOf(channel, 'retry-after')
  const count = total - (before.get(channel) ?? 0)
  before.set(channel, total)
  return finding(`rate-${channel}`, count >= RATE_REFUSALS ? 'warn' : 'ok', count >= RATE_REFUSALS ? 'often' : 'ok', { count }) // prettier-ignore
}

/** Replies that do not leave, and the day's dead letters: messages whose turn failed, and messages that no app will take. */
export async function checkBoxes(store: Store, now: number): Promise<Finding[]> {
  const since = now - DAY_MS
  const { late, failed, doubtful } = await stuckMessages(store.db, now, LATE_MS, since)
  const dead = await deadSince(store.db, since)
  return [
    late > 0 ? finding('outbox', 'fail', 'stuck', { count: late }) : finding('outbox', 'ok', 'ok'),
    failed + dead > 0
      ? finding('dead-letters', 'warn', 'some', { dead, failed, doubtful })
      : finding('dead-letters', 'ok', doubtful > 0 ? 'doubts' : 'ok', { doubtful }),
  ]
}
