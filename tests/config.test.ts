import { type Config, ConfigError, readConfig } from '../src/config.js'

const SECRET = '0123456789abcdef0123456789abcdef'

describe('the settings', () => {
  test('with none at all it is the demo, on this machine only', () => {
    expect(readConfig({})).toEqual({
      demo: true,
      port: 3000,
      host: '127.0.0.1',
      publicUrl: 'http://127.0.0.1:3000',
      dataDir: './data',
      databaseUrl: undefined,
      redisUrl: undefined,
      appSecret: undefined,
      telegram: undefined,
      zalo: undefined,
      logLevel: 'info',
      contentDir: 'content',
      flowsDir: 'flows',
      wardFile: 'ward.demo.yaml',
    } satisfies Config)
  })

  const real = { APP_SECRET: SECRET }
  const zalo = { ZALO_APP_ID: '1234567890123456789', ZALO_APP_SECRET: 'app-secret', ZALO_OA_ID: '388613280878808645' }
  test.each<[string, Record<string, string>, Partial<Config>]>([
    ['a setting of blanks is none', { PORT: '  ', DATA_DIR: '', APP_SECRET: ' ' }, { demo: true, port: 3000, dataDir: './data' }], // prettier-ignore
    ['blanks around a setting are taken off', { PORT: ' 8080 ' }, { port: 8080 }],
    ['port 0 is any free port', { PORT: '0' }, { port: 0, publicUrl: 'http://127.0.0.1:0' }],
    ['the highest port', { PORT: '65535' }, { port: 65_535 }],
    ['where the data lies does not end the demo', { DATA_DIR: '/var/lib/ward' }, { demo: true, dataDir: '/var/lib/ward' }], // prettier-ignore
    ['Redis does not end the demo', { REDIS_URL: 'redis://127.0.0.1:6379/2' }, { demo: true, redisUrl: 'redis://127.0.0.1:6379/2' }], // prettier-ignore
    ['flows of one’s own do not end the demo', { FLOWS_DIR: '/x' }, { demo: true, flowsDir: '/x' }],
    ['content of one’s own ends the demo', { CONTENT_DIR: '/x' }, { demo: false, contentDir: '/x', wardFile: 'ward.yaml' }], // prettier-ignore
    ['a token opens Telegram', { ...real, TELEGRAM_BOT_TOKEN: '4711:abc-D_9' }, { demo: false, telegram: { token: '4711:abc-D_9', apiRoot: 'https://api.telegram.org', webhookSecret: undefined } }], // prettier-ignore
    ['Telegram may be elsewhere, and come by webhook', { ...real, TELEGRAM_BOT_TOKEN: '1:a', TELEGRAM_API_ROOT: 'http://127.0.0.1:8081/', TELEGRAM_WEBHOOK_SECRET: 's-_1' }, { telegram: { token: '1:a', apiRoot: 'http://127.0.0.1:8081', webhookSecret: 's-_1' } }], // prettier-ignore
    ['three settings open Zalo', { ...real, ...zalo }, { demo: false, zalo: { appId: '1234567890123456789', appSecret: 'app-secret', oaId: '388613280878808645', oaSecretKey: undefined, firstPair: undefined, buttons: 'auto', paidMessages: false, pkce: { mode: 'per-request' }, apiRoot: 'https://openapi.zalo.me', oauthRoot: 'https://oauth.zaloapp.com', zbsRoot: 'https://business.openapi.zalo.me' } }], // prettier-ignore
    ['Zalo may be elsewhere, and everything of it may be said', { ...real, ...zalo, ZALO_OA_SECRET_KEY: 'oa-key', ZALO_ACCESS_TOKEN: 'a'.repeat(400), ZALO_REFRESH_TOKEN: 'r', ZALO_BUTTONS: 'list', ZALO_PAID_MESSAGES: 'on', ZALO_PKCE: 'v'.repeat(43), ZALO_API_ROOT: 'http://127.0.0.1:1/a/', ZALO_OAUTH_ROOT: 'http://127.0.0.1:1/o', ZALO_ZBS_ROOT: 'http://127.0.0.1:1/z' }, { zalo: { appId: '1234567890123456789', appSecret: 'app-secret', oaId: '388613280878808645', oaSecretKey: 'oa-key', firstPair: { accessToken: 'a'.repeat(400), refreshToken: 'r' }, buttons: 'list', paidMessages: true, pkce: { mode: 'fixed', verifier: 'v'.repeat(43) }, apiRoot: 'http://127.0.0.1:1/a', oauthRoot: 'http://127.0.0.1:1/o', zbsRoot: 'http://127.0.0.1:1/z' } }], // prettier-ignore
    ['another Zalo alone opens nothing', { ZALO_API_ROOT: 'http://127.0.0.1:1' }, { demo: true, zalo: undefined }],
    ['a secret ends the demo', real, { demo: false, appSecret: SECRET, wardFile: 'ward.yaml' }],
    ['a real bot is open to others', real, { host: '0.0.0.0', publicUrl: 'http://127.0.0.1:3000' }],
    ['unless it is told otherwise', { ...real, HOST: '10.0.0.5' }, { host: '10.0.0.5', publicUrl: 'http://10.0.0.5:3000' }], // prettier-ignore
    ['an IPv6 address stands in brackets', { HOST: '::1' }, { host: '::1', publicUrl: 'http://[::1]:3000' }],
    ['every IPv6 address is reached by the loopback', { HOST: '::' }, { host: '::', publicUrl: 'http://[::1]:3000' }],
    ['an own address loses its last slashes', { PUBLIC_URL: 'https://chat.phoyen.vn//' }, { publicUrl: 'https://chat.phoyen.vn' }], // prettier-ignore
    ['an own address keeps its path', { PUBLIC_URL: 'https://phoyen.vn/tong-dai/' }, { publicUrl: 'https://phoyen.vn/tong-dai' }], // prettier-ignore
    ['a database with its secret', { ...real, DATABASE_URL: 'postgres://u:p@db/ward' }, { databaseUrl: 'postgres://u:p@db/ward', demo: false }], // prettier-ignore
    ['a database on a socket', { ...real, DATABASE_URL: 'postgresql://root@%2Fvar%2Frun%2Fpostgresql/ward' }, { databaseUrl: 'postgresql://root@%2Fvar%2Frun%2Fpostgresql/ward' }], // prettier-ignore
    ['quiet logs', { LOG_LEVEL: 'silent' }, { logLevel: 'silent' }],
    ['a bot of Telegram is a real one', { TELEGRAM_BOT_TOKEN: '1:a', APP_SECRET: SECRET }, { demo: false }],
  ])('%s', (_, env, expected) => expect(readConfig(env)).toMatchObject(expected))

  test.each<[string, Record<string, string>, RegExp]>([
    ['PORT', { PORT: 'abc' }, /number from 0 to 65535/],
    ['PORT', { PORT: '-1' }, /number from 0 to 65535/],
    ['PORT', { PORT: '65536' }, /number from 0 to 65535/],
    ['PORT', { PORT: '80.5' }, /number from 0 to 65535/],
    ['PORT', { PORT: '1e3' }, /number from 0 to 65535/],
    ['HOST', { HOST: 'a b' }, /host name or an address/],
    ['HOST', { HOST: 'http://x' }, /host name or an address/],
    ['PUBLIC_URL', { PUBLIC_URL: 'chat.phoyen.vn' }, /URL like https:/],
    ['PUBLIC_URL', { PUBLIC_URL: 'ftp://chat.phoyen.vn' }, /URL like https:/],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://db/ward', APP_SECRET: SECRET }, /URL like postgres:/],
    ['DATABASE_URL', { DATABASE_URL: 'db/ward', APP_SECRET: SECRET }, /URL like postgres:/],
    ['APP_SECRET', { DATABASE_URL: 'postgres://db/ward' }, /required with DATABASE_URL/],
    ['APP_SECRET', { TELEGRAM_BOT_TOKEN: '1:a' }, /required with TELEGRAM_BOT_TOKEN/],
    ['APP_SECRET', { ZALO_APP_ID: '17' }, /required with ZALO_APP_ID/],
    ['APP_SECRET', { APP_SECRET: 'short' }, /at least 32 characters/],
    ['APP_SECRET', { DATABASE_URL: 'postgres://db/ward', APP_SECRET: SECRET.slice(1) }, /at least 32 characters/],
    ['REDIS_URL', { REDIS_URL: 'http://127.0.0.1' }, /URL like redis:/],
    ['TELEGRAM_BOT_TOKEN', { TELEGRAM_BOT_TOKEN: 'abc:def', APP_SECRET: SECRET }, /token like 123456:/],
    ['TELEGRAM_API_ROOT', { TELEGRAM_API_ROOT: 'telegram.local' }, /URL like https:/],
    ['TELEGRAM_WEBHOOK_SECRET', { TELEGRAM_WEBHOOK_SECRET: 'a secret' }, /letters, digits/],
    ['ZALO_APP_ID', { ...real, ZALO_OA_ID: '388613280878808645' }, /required with ZALO_OA_ID/],
    ['ZALO_APP_ID', { ...real, ZALO_REFRESH_TOKEN: 'a-token' }, /required with ZALO_REFRESH_TOKEN/],
    ['ZALO_APP_ID', { ...real, ...zalo, ZALO_APP_ID: 'my-app' }, /must be a number/],
    ['ZALO_APP_SECRET', { ...real, ZALO_APP_ID: '12345' }, /required with ZALO_APP_ID/],
    ['ZALO_APP_SECRET', { ...real, ...zalo, ZALO_APP_SECRET: 'Secret key: abc' }, /without blanks/],
    ['ZALO_APP_SECRET', { ...real, ...zalo, ZALO_APP_SECRET: 't'.repeat(300) }, /looks like a token/],
    ['ZALO_OA_ID', { ...real, ZALO_APP_ID: '12345', ZALO_APP_SECRET: 'app-secret' }, /required with ZALO_APP_ID/],
    ['ZALO_OA_ID', { ...real, ...zalo, ZALO_OA_ID: 'phuong' }, /must be a number/],
    ['ZALO_OA_SECRET_KEY', { ...real, ...zalo, ZALO_OA_SECRET_KEY: 'app-secret' }, /two different keys/],
    ['ZALO_REFRESH_TOKEN', { ...real, ...zalo, ZALO_ACCESS_TOKEN: 'a-token' }, /come as a pair/],
    ['ZALO_ACCESS_TOKEN', { ...real, ...zalo, ZALO_REFRESH_TOKEN: 'a-token' }, /come as a pair/],
    ['ZALO_BUTTONS', { ...real, ...zalo, ZALO_BUTTONS: 'many' }, /one of auto, payload/],
    ['ZALO_PAID_MESSAGES', { ...real, ...zalo, ZALO_PAID_MESSAGES: 'perhaps' }, /off or on/],
    ['ZALO_PKCE', { ...real, ...zalo, ZALO_PKCE: 'plain' }, /per-request, none, or the code verifier/],
    ['ZALO_API_ROOT', { ...real, ...zalo, ZALO_API_ROOT: 'zalo.local' }, /URL like https:/],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }, /one of fatal, error/],
  ])('a wrong %s stops the start with its name: %j', (variable, env, reason) => {
    let thrown: unknown
    try {
      readConfig(env)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(ConfigError)
    expect((thrown as ConfigError).variable).toBe(variable)
    expect((thrown as ConfigError).message).toMatch(new RegExp(`^Setting ${variable}: `))
    expect((thrown as ConfigError).message).toMatch(reason)
    // What a setting holds may be secret.
    for (const value of Object.values(env).filter(({ length }) => length > 3))
      expect((thrown as ConfigError).message).not.toContain(value)
  })
})
