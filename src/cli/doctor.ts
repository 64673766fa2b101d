import { existsSync } from 'node:fs'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import { createTelegramCheckup } from '../channels/telegram/checkup.js'
import { createTelegram } from '../channels/telegram/telegram.js'
import { type Config, ConfigError, readConfig } from '../config.js'
import { loadContent } from '../content.js'
import { randomId } from '../context.js'
import { openStore, sqliteFile } from '../parts/database.js'
import { dayOf } from '../core/policy/calendar.js'
import { listDead } from '../store/inbox.js'
import type { Store } from '../store/open.js'
import { listFailed } from '../store/sending.js'
import { appSecret, createSeals } from '../store/sealed.js'
import { createTexts } from '../texts.js'
import { examine } from '../upkeep/doctor.js'
import type { Finding } from '../upkeep/finding.js'
import { createZaloAccess } from '../upkeep/zalo-access.js'
import { localeOf, type Values } from './usage.js'

export const doctorOptions = { locale: { type: 'string' }, json: { type: 'boolean' } } as const

const SIGNS = { ok: '✓', warn: '!', fail: '✗' } as const
/** Dead letters that are listed. */
const LISTED = 10

type Out = (text: string) => void

/** Checks everything that can be checked and says what to do; 1 when something has to be mended. */
export async function runDoctor(env: NodeJS.ProcessEnv, values: Values, out: Out): Promise<number> {
  const json = values['json'] === true
  const locale = localeOf(values)
  let config: Config
  try {
    config = readConfig(env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const { variable, message } = error
    out(json ? `${JSON.stringify({ ok: false, findings: [{ check: 'settings', level: 'fail', says: 'wrong', vars: { variable }, text: message }] })}\n` : `${SIGNS.fail} ${message}\n`) // prettier-ignore
    return 1
  }
  const material = loadContent(config)
  const texts = createTexts(material)
  const clock = Date.now
  const there = config.databaseUrl !== undefined || existsSync(sqliteFile(config))
  const store = there ? openStore(config) : null
  try {
    const seals = createSeals(() => appSecret(config))
    const log = pino({ level: 'silent' })
    const found = await examine({
      config,
      material,
      store,
      telegram: config.telegram ? createTelegramCheckup(createTelegram({ ...config.telegram, callSeconds: 10 })) : null,
      zalo:
        config.zalo && store
          ? {
              config: config.zalo,
              access: createZaloAccess({ config: config.zalo, store, seals, clock, newId: randomId, log }),
            }
          : null,
      pingRedis: config.redisUrl === undefined ? null : pinging(config.redisUrl),
      clock,
    })
    const say = (key: string, vars: Finding['vars'] = {}) =>
      texts.render({ key: `phrases:doctor.${key}`, vars }, { locale, form: 'bac', day: dayOf(clock()) })
    const failed = found.some(({ level }) => level === 'fail')
    const letters = store && found.some(({ check }) => check === 'dead-letters') ? await deadLetters(store) : []
    if (json) {
      const findings = found.map((one) => ({ ...one, text: say(`${one.check}.${one.says}`, one.vars) }))
      out(`${JSON.stringify({ ok: !failed, findings, deadLetters: letters })}\n`)
    } else {
      for (const { check, level, says, vars } of found) out(`${SIGNS[level]} ${say(`${check}.title`)}: ${say(`${check}.${says}`, vars)}\n`) // prettier-ignore
      if (letters.length > 0) out(`${say('dead-letters.list')}\n`)
      for (const letter of letters) out(`    ${Object.values(letter).join(' · ')}\n`)
      out(`${say(failed ? 'sum.fail' : found.some(({ level }) => level === 'warn') ? 'sum.warn' : 'sum.ok')}\n`)
    }
    return failed ? 1 : 0
  } finally {
    await store?.close()
  }
}

/** Ids, times and codes of what was put aside or given up; never what was written. */
async function deadLetters({ db }: Store): Promise<Record<string, string>[]> {
  const dead = await listDead(db, LISTED)
  const failed = await listFailed(db, LISTED)
  return [
    ...dead.map(({ at, channel, externalId, error }) => ({ box: 'inbox', at: new Date(at).toISOString(), channel, id: externalId, error: error ?? '' })), // prettier-ignore
    ...failed.map(({ at, channel, contact, n, error }) => ({ box: 'outbox', at: new Date(at).toISOString(), channel, id: `${contact}/${n}`, error: error ?? '' })), // prettier-ignore
  ]
}

function pinging(url: string): () => Promise<unknown> {
  return async () => {
    const redis = new Redis(url, { lazyConnect: true, connectTimeout: 3000, maxRetriesPerRequest: 0, retryStrategy: () => null }) // prettier-ignore
    redis.on('error', () => {})
    try {
      await redis.connect()
      await redis.ping()
    } finally {
      redis.disconnect()
    }
  }
}
