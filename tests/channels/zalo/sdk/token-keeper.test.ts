import {
  createOAuth,
  createTokenKeeper,
  grantOf,
  openTokens,
  pastedTokens,
  refreshDue,
  REFRESH_PAUSE_MS,
  sealTokens,
  type TokenAlarm,
} from '../../../../src/channels/zalo/sdk/index.js'
import { createClock } from '../../../support/clock.js'
import { startFakeZalo, type FakeZalo } from '../../../support/fake-zalo/fake-zalo.js'
import { createMemoryStore, type MemoryStore } from './memory-store.js'

let clock = createClock()
let zalo: FakeZalo
let store: MemoryStore
let alarms: TokenAlarm[] = []
let asked = 0

beforeEach(async () => {
  clock = createClock()
  zalo = await startFakeZalo({ now: clock })
  store = createMemoryStore()
  alarms = []
  asked = 0
})
afterEach(() => zalo.close())

/** One process. */
function keeper() {
  const oauth = createOAuth({ appId: zalo.app.appId, appSecret: zalo.app.appSecret, root: zalo.oauthRoot })
  return createTokenKeeper({
    store,
    now: clock,
    onAlarm: (alarm) => alarms.push(alarm),
    refresh: (token) => {
      asked++
      return oauth.refresh(token)
    },
  })
}

/** A keeper with a living grant. */
async function connected() {
  const one = keeper()
  await one.replace({ ...zalo.grant(), accessLifeMs: 25 * 3_600_000 })
  return one
}

const living = () => ({ ok: true, accessToken: zalo.livingPair().accessToken })

test('without a consent there is no token', async () => {
  expect(await keeper().accessToken()).toEqual({ ok: false, reason: 'no-grant' })
})

test('a token with hours left is used as it is', async () => {
  const one = await connected()
  clock.pass('21 hours')
  expect(await one.accessToken()).toEqual(living())
  expect(asked).toBe(0)
})

test('with less than three hours left the next pair is kept first and then used', async () => {
  const one = await connected()
  const before = zalo.livingPair()
  clock.pass('23 hours')
  expect(await one.accessToken()).toEqual(living())
  expect(zalo.livingPair()).not.toEqual(before)
  expect(store.grant()).toMatchObject({ pair: zalo.livingPair(), previous: before, pendingSince: null, refused: null })
})

test('a pair is renewed after three weeks even if its access token were to live longer', () => {
  const grant = grantOf({ accessToken: 'a', refreshToken: 'r', accessLifeMs: 90 * 86_400_000 }, 0)
  expect(refreshDue(grant.pair, 20 * 86_400_000)).toBe(false)
  expect(refreshDue(grant.pair, 21 * 86_400_000)).toBe(true)
})

test('three months of half-hourly looks keep the grant alive', async () => {
  const one = await connected()
  for (let hours = 0; hours < 24 * 100; hours += 0.5) {
    clock.pass(1_800_000)
    expect(await one.accessToken()).toEqual(living())
  }
  expect(alarms).toEqual([])
})

test('a pasted pair is renewed before its first use', async () => {
  const one = keeper()
  const { accessToken, refreshToken } = zalo.grant()
  await one.replace(pastedTokens(accessToken, refreshToken))
  expect(await one.accessToken()).toEqual(living())
  expect(asked).toBe(1)
})

test('many callers in one process refresh once', async () => {
  const one = await connected()
  clock.pass('23 hours')
  const answers = await Promise.all(Array.from({ length: 20 }, () => one.accessToken()))
  expect(asked).toBe(1)
  expect(answers).toEqual(Array.from({ length: 20 }, living))
})

test('two processes that refresh at the same moment end with one valid pair', async () => {
  const [one, two] = [await connected(), keeper()]
  clock.pass('23 hours')
  const answers = await Promise.all([one.accessToken(), two.accessToken(), two.accessToken(), one.accessToken()])
  expect(asked).toBe(1)
  expect(answers).toEqual([living(), living(), living(), living()])
  expect(store.grant()?.pair).toMatchObject(zalo.livingPair())
  expect(alarms).toEqual([])
})

test('a process whose token was replaced by another one takes the new one without a refresh', async () => {
  const [one, two] = [await connected(), keeper()]
  clock.pass('20 hours')
  const old = await one.accessToken()
  clock.pass('3 hours')
  await two.accessToken()
  expect(asked).toBe(1)
  expect(await one.afterRefusal(old.ok ? old.accessToken : '')).toEqual(living())
  expect(asked).toBe(1)
})

test('a refused token is answered by one refresh, however many saw the refusal', async () => {
  const one = await connected()
  const { accessToken } = zalo.livingPair()
  clock.pass('1 hour')
  const answers = await Promise.all(Array.from({ length: 5 }, () => one.afterRefusal(accessToken ?? '')))
  expect(asked).toBe(1)
  expect(answers).toEqual(Array.from({ length: 5 }, living))
})

test('a fresh token that is refused is an alarm and no loop', async () => {
  const one = await connected()
  const { accessToken } = zalo.livingPair()
  expect(await one.afterRefusal(accessToken ?? '')).toEqual({ ok: false, reason: 'unavailable' })
  expect(asked).toBe(0)
  expect(alarms).toEqual([{ kind: 'fresh-token-refused' }])
})

describe('when the answer of a refresh is lost', () => {
  test('before Zalo took the request, the second try succeeds', async () => {
    const one = await connected()
    clock.pass('23 hours')
    zalo.faults.next('access_token', { accepted: false, answer: 'reset' })
    expect(await one.accessToken()).toEqual(living())
    expect(asked).toBe(2)
    expect(alarms).toEqual([])
  })

  test('after Zalo took it, an admin is called once and nothing is overwritten', async () => {
    const one = await connected()
    const before = zalo.livingPair()
    clock.pass('23 hours')
    zalo.faults.next('access_token', { accepted: true, answer: 'reset' })
    for (let i = 0; i < 5; i++) await one.accessToken()
    expect(asked).toBe(2)
    expect(alarms).toEqual([{ kind: 'grant-dead', code: -14_020 }])
    expect(store.grant()).toMatchObject({ pair: before, refused: { code: -14_020 } })
  })

  test('and stays lost, the token in hand is used and the next try waits', async () => {
    const one = await connected()
    const before = zalo.livingPair()
    clock.pass('23 hours')
    zalo.faults.next('access_token', { accepted: false, answer: 'html-502' }, 4)
    expect(await one.accessToken()).toEqual({ ok: true, accessToken: before.accessToken })
    expect(await one.accessToken()).toEqual({ ok: true, accessToken: before.accessToken })
    expect(asked).toBe(2)
    expect(store.grant()?.pendingSince).toBe(clock())
    clock.pass(REFRESH_PAUSE_MS)
    await one.accessToken()
    clock.pass(REFRESH_PAUSE_MS)
    expect(await one.accessToken()).toEqual(living())
    expect(asked).toBe(5)
    expect(store.grant()).toMatchObject({ pair: zalo.livingPair(), pendingSince: null })
  })
})

test('a dead grant is not asked again by anybody, and a new consent heals it', async () => {
  const [one, two] = [await connected(), keeper()]
  zalo.voidGrant()
  clock.pass('26 hours')
  expect(await one.accessToken()).toEqual({ ok: false, reason: 'dead' })
  expect(await two.accessToken()).toEqual({ ok: false, reason: 'dead' })
  clock.pass('1 day')
  expect(await two.accessToken()).toEqual({ ok: false, reason: 'dead' })
  expect(asked).toBe(1)

  await one.replace({ ...zalo.grant(), accessLifeMs: 25 * 3_600_000 })
  expect(await two.accessToken()).toEqual(living())
})

test('a wrong app secret is an alarm by name, and works again once it is right', async () => {
  const one = await connected()
  clock.pass('23 hours')
  zalo.app.appSecret = 'another'
  await one.accessToken()
  await one.accessToken()
  expect(alarms).toEqual([{ kind: 'refresh-refused', code: -14_004, name: 'app-secret-invalid' }])
  expect(asked).toBe(1)
  expect(store.grant()?.refused).toBeNull()
})

describe('when the store fails after Zalo gave a new pair', () => {
  test.each([
    // The first save marks the refresh as under way; the second one carries the pair.
    ['the save', () => store.failSave(2)],
    ['the commit', () => store.failCommit()],
  ])('%s: the pair is not used before it is kept, and it is not lost', async (_, fail) => {
    const one = await connected()
    clock.pass('23 hours')
    fail()
    expect(await one.accessToken()).toEqual({ ok: false, reason: 'unavailable' })
    expect(alarms).toEqual([{ kind: 'not-saved' }])

    expect(await one.accessToken()).toEqual(living())
    expect(asked).toBe(1)
    expect(store.grant()?.pair).toMatchObject(zalo.livingPair())
  })

  test('before the request went out, the failure is thrown and no token is spent', async () => {
    const one = await connected()
    clock.pass('23 hours')
    store.failSave(1)
    await expect(one.accessToken()).rejects.toThrow('the database is away')
    expect(asked).toBe(0)
    expect(await one.accessToken()).toEqual(living())
  })
})

test('no alarm carries a token', async () => {
  const one = await connected()
  const { accessToken, refreshToken } = zalo.livingPair()
  zalo.voidGrant()
  clock.pass('26 hours')
  await one.accessToken()
  expect(JSON.stringify(alarms)).not.toContain(String(accessToken))
  expect(JSON.stringify(alarms)).not.toContain(String(refreshToken))
})

describe('sealed tokens', () => {
  const grant = grantOf({ accessToken: 'access-x', refreshToken: 'refresh-x', accessLifeMs: 1 }, 5)

  test('open again with the same secret and owner, and look different every time', () => {
    const sealed = sealTokens(grant, 'secret', 'oa')
    expect(openTokens(sealed, 'secret', 'oa')).toEqual({ ok: true, grant })
    expect(sealed).not.toBe(sealTokens(grant, 'secret', 'oa'))
    expect(Buffer.from(sealed.split('.')[1] ?? '', 'base64url').toString('latin1')).not.toMatch(/access-x|refresh-x/)
  })

  test.each([
    ['another secret', (sealed: string) => openTokens(sealed, 'other', 'oa')],
    ['another owner', (sealed: string) => openTokens(sealed, 'secret', 'oa-2')],
    [
      'a changed byte',
      (sealed: string) => openTokens(`${sealed.slice(0, -2)}${sealed.endsWith('AA') ? 'BB' : 'AA'}`, 'secret', 'oa'),
    ],
    ['half of it', (sealed: string) => openTokens(sealed.slice(0, 30), 'secret', 'oa')],
  ])('do not open with %s', (_, open) => {
    expect(open(sealTokens(grant, 'secret', 'oa'))).toEqual({ ok: false, reason: 'wrong-secret-or-damaged' })
  })

  test('of a form that is not known are told apart', () => {
    expect(openTokens('zalo9.abc', 'secret', 'oa')).toEqual({ ok: false, reason: 'unknown-form' })
  })

  test('an empty secret seals nothing', () => {
    expect(() => sealTokens(grant, '', 'oa')).toThrow(RangeError)
  })
})
