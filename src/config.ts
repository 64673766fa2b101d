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
    logLevel: read(env, 'LOG_LEVEL', z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`), 'info'),
    contentDir: read(env, 'CONTENT_DIR', z.string(), 'content'),
    flowsDir: read(env, 'FLOWS_DIR', z.string(), 'flows'),
    wardFile: demo ? 'ward.demo.yaml' : 'ward.yaml',
  }
}
