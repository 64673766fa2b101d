import { z } from 'zod'

/** The settings of a run, typed and complete. */
export interface Config {
  /** No settings at all: fictional ward, embedded database, loopback only. */
  demo: boolean
  port: number
  host: string
  /** Without a slash at the end. */
  publicUrl: string
  dataDir: string
  /** Undefined: the embedded database in `dataDir`. */
  databaseUrl: string | undefined
  /** Undefined: one process, nothing shared. */
  redisUrl: string | undefined
  appSecret: string | undefined
  /** Undefined: no Telegram. */
  telegram: TelegramConfig | undefined
  /** Undefined: no Zalo. */
  zalo: ZaloConfig | undefined
  logLevel: (typeof LOG_LEVELS)[number]
  contentDir: string
  flowsDir: string
  wardFile: string
}

export interface TelegramConfig {
  token: string
  /** Without a slash at the end. */
  apiRoot: string
  /** Updates come by webhook and carry it; undefined: they are asked for. */
  webhookSecret: string | undefined
}

export interface ZaloConfig {
  appId: string
  appSecret: string
  /** The Official Account that the bot speaks for. */
  oaId: string
  /** Signs webhooks. Zalo shows it only after the webhook was saved: until then no event can be trusted, and none is taken. */
  oaSecretKey: string | undefined
  /** Taken once; from then on the stored pair rules. */
  firstPair: { accessToken: string; refreshToken: string } | undefined
  /** Address of the picture above the form that asks for a phone number; undefined: Zalo's form is not used. */
  contactPicture?: string | undefined
  buttons: (typeof ZALO_BUTTONS)[number]
  /** Whether replies that cost something (48 hours to 7 days after the resident wrote) may be sent. */
  paidMessages: boolean
  pkce: { mode: 'per-request' } | { mode: 'fixed'; verifier: string } | { mode: 'none' }
  /** Roots are without a slash at the end. */
  apiRoot: string
  oauthRoot: string
  zbsRoot: string
}

/** A setting is wrong; the message names the variable, what it holds may be secret and is not repeated. */
export class ConfigError extends Error {
  readonly variable: string
  constructor(variable: string, message: string) {
    super(`Setting ${variable}: ${message}`)
    this.name = 'ConfigError'
    this.variable = variable
  }
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** How choices are shown on Zalo: probed, by buttons of either shape, or as numbered text. */
const ZALO_BUTTONS = ['auto', 'payload', 'list', 'off'] as const

/** Shortest APP_SECRET: 32 characters of a random generator are beyond guessing. */
const SECRET_LENGTH = 32

type Env = Readonly<Record<string, string | undefined>>

/** Settings that make a run a real one: with none of them it is the demo. */
const REAL = ['DATABASE_URL', 'APP_SECRET', 'TELEGRAM_BOT_TOKEN', 'ZALO_APP_ID', 'CONTENT_DIR'] as const
/** Settings that cannot do without APP_SECRET. */
const NEED_SECRET = ['DATABASE_URL', 'TELEGRAM_BOT_TOKEN', 'ZALO_APP_ID'] as const

function read<T>(env: Env, variable: string, form: z.ZodType<T>, fallback: T): T {
  const raw = env[variable]
  if (raw === undefined || raw.trim() === '') return fallback
  const parsed = form.safeParse(raw.trim())
  if (parsed.success) return parsed.data
  throw new ConfigError(variable, parsed.error.issues[0]?.message ?? 'is not valid')
}

const url = (protocols: string, example: string) =>
  z
    .string()
    .refine(
      (value) => URL.canParse(value) && new RegExp(`^(${protocols}):`).test(value),
      `must be a URL like ${example}`,
    )

/** A host as it stands in a URL that this machine can open. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

const root = (env: Env, variable: string, fallback: string) =>
  read(env, variable, url('https?', fallback), fallback).replace(/\/+$/, '')

/** Secrets of Zalo have no blanks in them; people copy them together with the words around them. */
const word = z.string().regex(/^\S+$/, 'must be one word without blanks: copy it again')
const zaloId = z.string().regex(/^\d{1,30}$/, 'must be a number')

/** Zalo's own tokens are several hundred characters long, its secrets far shorter: whoever mixes them up is told so here. */
const ZALO_SECRET_LIMIT = 100

function readZalo(env: Env): ZaloConfig | undefined {
  const given = (variable: string) => Boolean(env[variable]?.trim())
  const [known] = ['ZALO_APP_ID', 'ZALO_APP_SECRET', 'ZALO_OA_ID', 'ZALO_OA_SECRET_KEY', 'ZALO_ACCESS_TOKEN', 'ZALO_REFRESH_TOKEN'].filter(given) // prettier-ignore
  if (known === undefined) return undefined
  const needed = (variable: string, form: z.ZodType<string>, where: string) => {
    if (!given(variable)) throw new ConfigError(variable, `is required with ${known}: ${where}`)
    return read(env, variable, form, '')
  }
  const secret = word.max(ZALO_SECRET_LIMIT, 'is too long for a secret: it looks like a token')
  const appId = needed('ZALO_APP_ID', zaloId, 'the ID of the app, at the top of its page on developers.zalo.me')
  const appSecret = needed('ZALO_APP_SECRET', secret, 'the secret key of the app, below its ID on developers.zalo.me')
  const oaId = needed('ZALO_OA_ID', zaloId, 'the ID of the Official Account, on its page at oa.zalo.me')
  const oaSecretKey = read(env, 'ZALO_OA_SECRET_KEY', secret.optional(), undefined)
  if (oaSecretKey === appSecret)
    throw new ConfigError(
      'ZALO_OA_SECRET_KEY',
      'is the same as ZALO_APP_SECRET, and these are two different keys: the OA Secret Key is shown on the Webhook page of the app after the webhook was saved',
    )
  const accessToken = read(env, 'ZALO_ACCESS_TOKEN', word.optional(), undefined)
  const refreshToken = read(env, 'ZALO_REFRESH_TOKEN', word.optional(), undefined)
  if ((accessToken === undefined) !== (refreshToken === undefined))
    throw new ConfigError(
      accessToken === undefined ? 'ZALO_ACCESS_TOKEN' : 'ZALO_REFRESH_TOKEN',
      `is required with ${accessToken === undefined ? 'ZALO_REFRESH_TOKEN' : 'ZALO_ACCESS_TOKEN'}: the two come as a pair`,
    )
  const pkce = read(env, 'ZALO_PKCE', z.string().regex(/^(per-request|none|[\w.~-]{43,128})$/, 'must be per-request, none, or the code verifier (43 to 128 characters) of the challenge that is saved in the console'), 'per-request') // prettier-ignore
  return {
    appId,
    appSecret,
    oaId,
    oaSecretKey,
    firstPair: accessToken === undefined || refreshToken === undefined ? undefined : { accessToken, refreshToken },
    buttons: read(env, 'ZALO_BUTTONS', z.enum(ZALO_BUTTONS, `must be one of ${ZALO_BUTTONS.join(', ')}`), 'auto'),
    contactPicture: read(env, 'ZALO_CONTACT_PICTURE', z.string().regex(/^https:\/\/\S+$/, 'must be the https address of a picture').optional(), undefined), // prettier-ignore
    paidMessages: read(env, 'ZALO_PAID_MESSAGES', z.enum(['off', 'on'], 'must be off or on'), 'off') === 'on',
    pkce: pkce === 'per-request' || pkce === 'none' ? { mode: pkce } : { mode: 'fixed', verifier: pkce },
    apiRoot: root(env, 'ZALO_API_ROOT', 'https://openapi.zalo.me'),
    oauthRoot: root(env, 'ZALO_OAUTH_ROOT', 'https://oauth.zaloapp.com'),
    zbsRoot: root(env, 'ZALO_ZBS_ROOT', 'https://business.openapi.zalo.me'),
  }
}

/**
 * Turns the environment into settings. Pure: nothing is read but `env`. Throws a ConfigError that names the first wrong variable.
 */
export function readConfig(env: Env): Config {
  const demo = REAL.every((variable) => !env[variable]?.trim())
  const port = read(env, 'PORT', z.string().regex(/^\d+$/, 'must be a number from 0 to 65535').transform(Number).refine((n) => n <= 65535, 'must be a number from 0 to 65535'), 3000) // prettier-ignore
  const host = read(env, 'HOST', z.string().regex(/^[\w.:-]+$/, 'must be a host name or an address'), demo ? '127.0.0.1' : '0.0.0.0') // prettier-ignore
  const publicUrl = read(env, 'PUBLIC_URL', url('https?', 'https://chat.example.vn'), `http://${reachable(host)}:${port}`) // prettier-ignore
  const databaseUrl = read(
    env,
    'DATABASE_URL',
    url('postgres|postgresql', 'postgres://user@host/database').optional(),
    undefined,
  )
  const appSecret = read(env, 'APP_SECRET', z.string().min(SECRET_LENGTH, `must have at least ${SECRET_LENGTH} characters`).optional(), undefined) // prettier-ignore
  const needing = NEED_SECRET.find((variable) => env[variable]?.trim())
  if (needing !== undefined && appSecret === undefined) {
    throw new ConfigError(
      'APP_SECRET',
      `is required with ${needing}: put in ${SECRET_LENGTH} random characters or more (openssl rand -hex 32)`,
    )
  }
  const token = read(env, 'TELEGRAM_BOT_TOKEN', z.string().regex(/^\d+:[\w-]+$/, 'must be a token like 123456:ABC… from @BotFather').optional(), undefined) // prettier-ignore
  const apiRoot = read(env, 'TELEGRAM_API_ROOT', url('https?', 'https://api.telegram.org'), 'https://api.telegram.org')
  const webhookSecret = read(env, 'TELEGRAM_WEBHOOK_SECRET', z.string().regex(/^[\w-]{1,256}$/, 'must be 1 to 256 letters, digits, _ or -').optional(), undefined) // prettier-ignore
  return {
    demo,
    port,
    host,
    publicUrl: publicUrl.replace(/\/+$/, ''),
    dataDir: read(env, 'DATA_DIR', z.string(), './data'),
    databaseUrl,
    redisUrl: read(env, 'REDIS_URL', url('rediss?', 'redis://127.0.0.1:6379').optional(), undefined),
    appSecret,
    telegram: token === undefined ? undefined : { token, apiRoot: apiRoot.replace(/\/+$/, ''), webhookSecret },
    zalo: readZalo(env),
    logLevel: read(env, 'LOG_LEVEL', z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`), 'info'),
    contentDir: read(env, 'CONTENT_DIR', z.string(), 'content'),
    flowsDir: read(env, 'FLOWS_DIR', z.string(), 'flows'),
    wardFile: demo ? 'ward.demo.yaml' : 'ward.yaml',
  }
}
