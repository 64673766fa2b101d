import { createInterface } from 'node:readline/promises'
import { pino } from 'pino'
import { makeConsentLink } from '../access/consent-link.js'
import { type Config, ConfigError } from '../config.js'
import { loadContent } from '../content.js'
import { randomId } from '../context.js'
import { dayOf } from '../core/policy/calendar.js'
import { appSecret, createSeals } from '../store/sealed.js'
import { createTexts } from '../texts.js'
import { connectByPair, type Connected, troubleKey } from '../upkeep/connect.js'
import { withStore } from './open.js'
import { createZaloAccess } from '../upkeep/zalo-access.js'
import { localeOf, UsageError, type Values } from './usage.js'

export const zaloConnectOptions = {
  paste: { type: 'boolean' },
  locale: { type: 'string' },
  json: { type: 'boolean' },
} as const

/** Prints a one-time link to the consent page, or takes a pair from the standard input: tokens never stand among the words of a command. */
export async function connectZalo(config: Config, values: Values, out: (text: string) => void): Promise<number> {
  if (!config.zalo)
    throw new ConfigError(
      'ZALO_APP_ID',
      'is not set: docs/operations.md, «Connect Zalo», says which settings Zalo needs',
    )
  const locale = localeOf(values)
  if (values['paste'] === true) return pastePair(config, locale, values['json'] === true, out)
  const link = await withStore(config, ({ db }) => makeConsentLink(db, config.publicUrl, Date.now()))
  const callback = `${config.publicUrl}/zalo/callback`
  if (values['json'] === true) {
    out(`${JSON.stringify({ link, callback })}\n`)
    return 0
  }
  const hint = config.publicUrl.startsWith('https:') ? '' : 'PUBLIC_URL is not https: Zalo leads back only to https addresses of a verified domain.\n' // prettier-ignore
  out(`${link}\nOpen it in a browser that is signed in to Zalo as an admin of the account. One use, one hour; the server must be running.\nCallback URL for developers.zalo.me: ${callback}\n${hint}Without a browser: ward zalo connect --paste takes a pair from the API Explorer.\n`) // prettier-ignore
  return 0
}

async function pastePair(
  config: Config,
  locale: 'vi' | 'en',
  json: boolean,
  out: (text: string) => void,
): Promise<number> {
  const pair = await readPair()
  const texts = createTexts(loadContent(config))
  const connected = await withStore(config, (store) => {
    const seals = createSeals(() => appSecret(config))
    const log = pino({ level: 'silent' })
    const access = createZaloAccess({ config: config.zalo!, store, seals, clock: Date.now, newId: randomId, log })
    return connectByPair({ access, config: config.zalo! }, pair)
  })
  const say = (key: string, vars: Record<string, string> = {}) =>
    texts.render({ key: `phrases:connect.${key}`, vars }, { locale, form: 'bac', day: dayOf(Date.now()) })
  const words = inWords(connected, config.zalo!.oaId, say)
  const done = connected.kind === 'connected'
  if (json) out(`${JSON.stringify({ kind: connected.kind, words })}\n`)
  else if (done) out(`${words}\n`)
  else process.stderr.write(`${words}\n`)
  return done ? 0 : 1
}

function inWords(connected: Connected, wanted: string, say: (key: string, vars?: Record<string, string>) => string) {
  switch (connected.kind) {
    case 'connected': {
      const { name, trouble } = connected
      const rest = trouble ? [say('but'), say(troubleKey(trouble), { code: String(trouble.code) })] : [say('next')]
      return [say('connected', { name: name ?? wanted }), ...rest].join('\n')
    }
    case 'wrong-oa':
      return say('wrong-oa', { given: connected.oaId ?? '?', wanted })
    case 'refused':
      return say(troubleKey(connected.error), { code: String(connected.error.code) })
    case 'no-answer':
      return say('no-answer')
  }
}

/** Two lines: access token, refresh token. */
async function readPair(): Promise<{ accessToken: string; refreshToken: string }> {
  if (process.stdin.isTTY)
    process.stderr.write('From developers.zalo.me → Tools → API Explorer → OA Access Token: paste the access token, Enter, the refresh token, Enter.\n') // prettier-ignore
  const lines: string[] = []
  const input = createInterface({ input: process.stdin })
  for await (const line of input) {
    if (line.trim() !== '') lines.push(line.trim())
    if (lines.length === 2) break
  }
  input.close()
  const [accessToken, refreshToken] = lines
  if (accessToken === undefined || refreshToken === undefined)
    throw new UsageError('two lines are needed: the access token, then the refresh token')
  if (/\s/.test(accessToken + refreshToken)) throw new UsageError('a token has no blanks in it: copy it again')
  return { accessToken, refreshToken }
}
