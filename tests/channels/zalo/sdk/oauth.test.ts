import { challengeOf, createOAuth, createVerifier, verifierFor } from '../../../../src/channels/zalo/sdk/index.js'
import { createClock } from '../../../support/clock.js'
import { startFakeZalo, type FakeZalo } from '../../../support/fake-zalo/fake-zalo.js'

let clock = createClock()
let zalo: FakeZalo

beforeEach(async () => {
  clock = createClock()
  zalo = await startFakeZalo({ now: clock })
})
afterEach(() => zalo.close())

const oauth = (over: { appId?: string; appSecret?: string } = {}) =>
  createOAuth({ appId: zalo.app.appId, appSecret: zalo.app.appSecret, root: zalo.oauthRoot, ...over })

/** Follows the consent to where the admin comes back. */
async function consent(verifier: string | null, redirectUri = zalo.app.redirectUri) {
  const answer = await fetch(oauth().consentUrl({ redirectUri, state: 'csrf-1', verifier }), { redirect: 'manual' })
  return answer.status === 302 ? new URL(answer.headers.get('location') ?? '').searchParams : null
}

async function code(verifier: string | null): Promise<string> {
  return (await consent(verifier))?.get('code') ?? ''
}

test('the challenge of RFC 7636', () => {
  expect(challengeOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')
})

test('a verifier has 43 characters and is new every time; a fixed one stays and none is none', () => {
  expect(createVerifier()).toMatch(/^[\w-]{43}$/)
  expect(verifierFor({ mode: 'per-request' })).not.toBe(verifierFor({ mode: 'per-request' }))
  expect(verifierFor({ mode: 'fixed', verifier: 'v' })).toBe('v')
  expect(verifierFor({ mode: 'none' })).toBeNull()
})

test('a consent ends in a pair, and the callback names the account and the state', async () => {
  const verifier = createVerifier()
  const back = await consent(verifier)
  expect(back?.get('oa_id')).toBe(zalo.oa.oaId)
  expect(back?.get('state')).toBe('csrf-1')
  expect(await oauth().exchangeCode(back?.get('code') ?? '', verifier)).toEqual({
    ok: true,
    tokens: { ...zalo.livingPair(), accessLifeMs: 25 * 3_600_000 },
  })
})

test('without PKCE the address carries no challenge and the exchange no verifier', async () => {
  expect(oauth().consentUrl({ redirectUri: zalo.app.redirectUri, state: 's', verifier: null })).not.toContain(
    'challenge',
  )
  expect(await oauth().exchangeCode(await code(null), null)).toMatchObject({ ok: true })
})

test('a challenge saved in the console wants its own verifier', async () => {
  zalo.app.codeChallenge = challengeOf('fixed-verifier')
  expect(await oauth().exchangeCode(await code(createVerifier()), 'another')).toMatchObject({ outcome: 'refused' })
  expect(await oauth().exchangeCode(await code(null), 'fixed-verifier')).toMatchObject({ ok: true })
})

test('a code works once and for ten minutes', async () => {
  const used = await code(null)
  expect(await oauth().exchangeCode(used, null)).toMatchObject({ ok: true })
  expect(await oauth().exchangeCode(used, null)).toMatchObject({ outcome: 'refused', error: { kind: 'unknown' } })
  const late = await code(null)
  clock.pass('11 minutes')
  expect(await oauth().exchangeCode(late, null)).toMatchObject({ outcome: 'refused' })
})

test('an address that is not the saved one is not even shown the consent', async () => {
  expect(await consent(null, 'https://phoyen.example/zalo/callback?x=1')).toBeNull()
})

test.each([
  ['app id', { appId: '9' }, -14_002, 'app-id-invalid'],
  ['app secret', { appSecret: 'access-token-pasted-here' }, -14_004, 'app-secret-invalid'],
])('a wrong %s is told by name', async (_, over, number, name) => {
  const { refreshToken } = zalo.grant()
  const outcome = await oauth(over).refresh(refreshToken)
  expect(outcome).toMatchObject({ ok: false, outcome: 'refused', error: { code: number, name, alert: true } })
  expect(JSON.stringify(outcome)).not.toContain('access-token-pasted-here')
})

test('a refresh token works once', async () => {
  const { refreshToken } = zalo.grant()
  expect(await oauth().refresh(refreshToken)).toMatchObject({ ok: true })
  expect(await oauth().refresh(refreshToken)).toMatchObject({ error: { code: -14_020, name: 'refresh-token-used' } })
  expect(await oauth().refresh('never-was')).toMatchObject({ error: { code: -14_014 } })
})

test('a refresh token dies unused after three months', async () => {
  const { refreshToken } = zalo.grant()
  clock.pass('91 days')
  expect(await oauth().refresh(refreshToken)).toMatchObject({ error: { code: -14_014 } })
})

describe('an answer that is lost', () => {
  test.each([
    ['reset', 'reset'],
    ['cut', 'cut-body'],
    ['html-502', 'server-error'],
    ['empty', 'unreadable'],
  ] as const)('%s leaves the outcome unknown', async (answer, cause) => {
    const { refreshToken } = zalo.grant()
    zalo.faults.next('access_token', { accepted: true, answer })
    expect(await oauth().refresh(refreshToken)).toEqual({ ok: false, outcome: 'unknown', cause })
    expect(zalo.livingPair().refreshToken).not.toBe(refreshToken)
  })

  test('no answer in time leaves it unknown too', async () => {
    zalo.faults.next('access_token', { accepted: true, answer: 'hold' })
    const hasty = createOAuth({
      appId: zalo.app.appId,
      appSecret: zalo.app.appSecret,
      root: zalo.oauthRoot,
      timeoutMs: 40,
    })
    expect(await hasty.refresh(zalo.grant().refreshToken)).toEqual({ ok: false, outcome: 'unknown', cause: 'timeout' })
  })

  test('a server that is not there was sent nothing', async () => {
    const gone = await startFakeZalo({ now: clock })
    await gone.close()
    const nowhere = createOAuth({ appId: 'a', appSecret: 's', root: gone.oauthRoot })
    expect(await nowhere.refresh('r')).toEqual({ ok: false, outcome: 'not-sent', cause: 'no-connection' })
  })
})

describe('an answer without tokens', () => {
  const answering = (body: string, status = 200) =>
    createOAuth({ appId: 'a', appSecret: 'secret-of-app', fetch: async () => new Response(body, { status }) }).refresh(
      'refresh-of-ours',
    )

  test.each([
    ['a number in a string', '{"error":"-14014","error_description":"x"}', { error: { code: -14_014 } }],
    ['a word', '{"error":"invalid_grant"}', { error: { code: 'invalid_grant', name: 'grant-dead' } }],
    ['a name only', '{"error_name":"Invalid something"}', { error: { code: 'Invalid something', kind: 'unknown' } }],
    ['nothing at all', '{}', { outcome: 'unknown', cause: 'unreadable' }],
    ['half a pair', '{"access_token":"a"}', { outcome: 'unknown', cause: 'unreadable' }],
    ['tokens of the wrong kind', '{"access_token":null,"refresh_token":{}}', { outcome: 'unknown' }],
  ])('is a failure: %s', async (_, body, expected) => {
    expect(await answering(body)).toMatchObject({ ok: false, ...expected })
  })

  test('repeats no secret of ours', async () => {
    const outcome = await answering('{"error":-14004,"error_reason":"secret-of-app or refresh-of-ours is wrong"}')
    expect(JSON.stringify(outcome)).not.toMatch(/secret-of-app|refresh-of-ours/)
  })

  test('a client error without a body of Zalo is a refusal', async () => {
    expect(await answering('<html>', 404)).toMatchObject({ outcome: 'refused', error: { code: 404 } })
  })
})
