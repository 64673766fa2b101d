import { capabilitiesOf } from '../../../src/channels/zalo/capabilities.js'
import { outcomeOf } from '../../../src/channels/zalo/outcome.js'
import { ERROR_TABLE, errorOf } from '../../../src/channels/zalo/sdk/index.js'
import type { Cause } from '../../../src/channels/zalo/sdk/result.js'
import { createLocalBudget, RATES } from '../../../src/delivery/budget.js'
import { createRateWatch } from '../../../src/delivery/rate-watch.js'
import { createClock } from '../../support/clock.js'

const { quiet } = capabilitiesOf({ buttons: 'auto', paid: false })
const noon = Date.parse('2026-11-23T12:00:00+07:00')
const midnight = Date.parse('2026-11-23T00:00:00+07:00')
const of = (host: 'oa' | 'http', code: number, now = noon) =>
  outcomeOf({ ok: false, outcome: 'refused', error: errorOf(host, code, 'với lời của bác Tư') }, now, quiet)

/** Section 4 of Zalo's error codes, by what the sender does. */
const KINDS: Readonly<Record<string, readonly number[]>> = {
  'retry-after': [-32, -218, -234],
  'window-closed': [-211, -230, -232, -320, -321],
  blocked: [-213, -217, -244],
  'dead-address': [-227],
  'auth-lost': [-124, -204, -205, -209, -212, -216, -219, -220, -221, -223, -224, -235, -240, -242, -401, 401],
  unknown: [-200],
  rejected: [-100, -201, -210, -214, -233, -237, -238, -241, -248, -249, -403],
}

test('every code of Zalo that is known leads to its outcome, and no code is left out', () => {
  for (const [kind, codes] of Object.entries(KINDS)) for (const code of codes) expect({ code, kind: of('oa', code).kind }).toEqual({ code, kind }) // prettier-ignore
  const known = ERROR_TABLE.filter(({ host }) => host === 'oa').map(({ code }) => code)
  expect(Object.values(KINDS).flat().sort()).toEqual(known.sort())
})

test('a code that nobody knows is final, and named without Zalo’s words', () => {
  expect(of('oa', -9999)).toEqual({ kind: 'rejected', code: '-9999 unknown' })
  for (const { code } of ERROR_TABLE.filter(({ host }) => host === 'oa'))
    expect(JSON.stringify(of('oa', Number(code)))).not.toContain('bác')
})

test('a wrong address of the API is no fault of a message; a page with 429 is a pause', () => {
  expect(of('http', 404)).toMatchObject({ kind: 'auth-lost' })
  expect(of('http', 401)).toMatchObject({ kind: 'auth-lost' })
  expect(of('http', 429)).toMatchObject({ kind: 'retry-after', scope: 'channel' })
  expect(of('http', 413)).toMatchObject({ kind: 'rejected' })
})

test('«not at night» waits for the morning by our clock, and an hour where that says it is day', () => {
  expect(of('oa', -234, midnight)).toEqual({ kind: 'retry-after', ms: 6 * 3_600_000 + 300_000, scope: 'address' })
  expect(of('oa', -234)).toEqual({ kind: 'retry-after', ms: 3_600_000, scope: 'address' })
})

test('no answer is a doubt where the message may have arrived, and none where it cannot have', () => {
  const lost = (outcome: 'unknown' | 'not-sent', cause: Cause) => outcomeOf({ ok: false, outcome, cause }, noon, quiet)
  expect(lost('unknown', 'reset')).toEqual({ kind: 'unknown', reason: 'reset' })
  expect(lost('not-sent', 'no-connection')).toEqual({ kind: 'not-sent', reason: 'no-connection' })
})

test('the limit that Zalo names with an answer is what is gone by, and the last calls of a minute are left to others', async () => {
  const clock = createClock()
  const rates = { ...RATES }
  const budget = createLocalBudget(clock, rates)
  const heard = createRateWatch('zalo', rates, () => budget)
  expect((await budget.take('zalo', 'replies', 999)).granted).toBe(5)
  heard({ limit: 2000, remain: 1900 })
  clock.pass('a minute')
  expect((await budget.take('zalo', 'replies', 999)).granted).toBe(100)
  expect(await budget.paused('zalo')).toBe(0)
  heard({ limit: 2000, remain: 1 })
  expect(await budget.paused('zalo')).toBe(15_000)
  expect(RATES.zalo).toEqual({ perSecond: 80 / 60, burst: 5, kept: 2 })
})
