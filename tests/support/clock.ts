/** Lengths of time as people write them, in ms. */
const UNITS: Readonly<Record<string, number>> = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  year: 365 * 86_400_000,
}

/** `2 days`, `a minute`, `10 seconds` in ms. */
export function lengthOf(words: string): number {
  const [, amount = '', unit = ''] = /^(\d+|an?) ([a-z]+?)s?$/.exec(words.trim()) ?? []
  const ms = UNITS[unit]
  if (ms === undefined) throw new Error(`no length of time: «${words}»`)
  return (/^\d+$/.test(amount) ? Number(amount) : 1) * ms
}

/** A clock that stands still until it is moved. */
export interface TestClock {
  (): number
  /** Moves by `2 days`, `a minute`, or by ms. */
  pass(length: string | number): void
}

/** Monday 23 November 2026, 8 in the morning in Viet Nam. */
export const MONDAY_MORNING = Date.parse('2026-11-23T08:00:00+07:00')

export function createClock(at: number | string = MONDAY_MORNING): TestClock {
  let now = typeof at === 'string' ? Date.parse(at) : at
  return Object.assign(() => now, {
    pass(length: string | number) {
      now += typeof length === 'number' ? length : lengthOf(length)
    },
  })
}
