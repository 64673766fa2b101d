import fc from 'fast-check'
import { shield } from '../../../src/core/language/shield.js'
import { DAY_MS } from '../../../src/core/policy/calendar.js'
import {
  afterWrong,
  mayTry,
  printedCode,
  readCode,
  SLIP_BYTES,
  slipCode,
  WRONG_LIMIT,
} from '../../../src/core/roster/slip.js'

const bytes = fc.uint8Array({ minLength: SLIP_BYTES, maxLength: SLIP_BYTES })

describe('the code of a slip', () => {
  test('is read again as it is printed, in any case, with spaces or a hyphen, and the shield lets it through', () => {
    fc.assert(
      fc.property(bytes, (random) => {
        const code = slipCode(random)
        if (code === null) return
        const printed = printedCode(code)
        expect(printed).toMatch(/^[A-Z]{5}-[A-Z]{5}$/)
        for (const typed of [printed, printed.toLowerCase(), ` ${code} `, [...code].join(' ')])
          expect(readCode(typed)).toBe(code)
        expect(shield(printed).text).toBe(printed)
      }),
    )
  })

  test('has every letter as often as any other', () => {
    const counts = new Map<string, number>()
    for (let byte = 0; byte < 256; byte++) {
      const code = slipCode(new Uint8Array(SLIP_BYTES).fill(byte))
      if (code !== null) counts.set(code[0]!, (counts.get(code[0]!) ?? 0) + 1)
    }
    expect(new Set(counts.values())).toEqual(new Set([12]))
    expect(counts.size).toBe(20)
  })

  test.each(['', 'ABCDE', 'ABCDE-FGHKLM', 'ABCDE-FGHK1', 'ABCDO-FGHKL', '12345-67890', 'xin chào các bác'])(
    '«%s» is none',
    (text) => expect(readCode(text)).toBeNull(),
  )

  test('may be tried five times wrong within a day', () => {
    let tries = null
    for (let n = 0; n < WRONG_LIMIT; n++) {
      expect(mayTry(tries, n)).toBe(true)
      tries = afterWrong(tries, n)
    }
    expect(mayTry(tries, DAY_MS - 1)).toBe(false)
    expect(mayTry(tries, DAY_MS)).toBe(true)
    expect(afterWrong(tries, DAY_MS)).toEqual({ since: DAY_MS, wrong: 1 })
  })
})
