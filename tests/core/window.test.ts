import { endOfNight, mayLeave, type Standing, WINDOW_MARGIN_MS } from '../../src/core/policy/window.js'

const HOUR = 3_600_000
const at = (day: string, clock: string) => Date.parse(`2026-11-${day}T${clock}:00+07:00`)
const noon = at('23', '12:00')
const rules = { window: { paid: 48 * HOUR }, quiet: { from: '22:00', until: '06:00' } }
const free = { window: null, quiet: null }
const leave = (reply: boolean, now: number, more: Partial<Standing> = {}) =>
  mayLeave({ reply, now }, rules, { lastInteraction: now - HOUR, heldUntil: null, ...more })

describe('when a message may leave', () => {
  test.each([
    ['21:59', null],
    ['22:00', '24 06:05'],
    ['23:59', '24 06:05'],
    ['00:00', '23 06:05'],
    ['05:59', '23 06:05'],
    ['06:00', null],
    ['12:00', null],
  ])('at %s nothing that is not a reply leaves before %s', (clock, until) => {
    const now = at('23', clock)
    const [day = '', hour = ''] = (until ?? '').split(' ')
    const expected = until === null ? { kind: 'now' } : { kind: 'at', at: at(day, hour), why: 'night' }
    expect(leave(false, now)).toEqual(expected)
    expect(leave(true, now)).toEqual({ kind: 'now' })
  })

  test('a window that is shut, or shuts in a moment, keeps everything until the resident writes', () => {
    const shut = 48 * HOUR - WINDOW_MARGIN_MS
    for (const reply of [true, false]) {
      expect(leave(reply, noon, { lastInteraction: noon - shut })).toEqual({ kind: 'now' })
      expect(leave(reply, noon, { lastInteraction: noon - shut - 1 })).toEqual({ kind: 'on-contact' })
    }
    expect(mayLeave({ reply: false, now: noon }, free, { lastInteraction: 0, heldUntil: null })).toEqual({
      kind: 'now',
    })
  })

  test('somebody who never wrote is written to only in answer', () => {
    expect(leave(true, noon, { lastInteraction: null })).toEqual({ kind: 'now' })
    expect(leave(false, noon, { lastInteraction: null })).toEqual({ kind: 'on-contact' })
  })

  test('a colleague who has the talk is not disturbed, on any app', () => {
    expect(leave(false, noon, { heldUntil: noon + 1 })).toEqual({ kind: 'at', at: noon + 1, why: 'held' })
    expect(leave(true, noon, { heldUntil: noon + 1 })).toEqual({ kind: 'now' })
    expect(leave(false, noon, { heldUntil: noon })).toEqual({ kind: 'now' })
    const anywhere = { lastInteraction: null, heldUntil: noon + 1 }
    expect(mayLeave({ reply: false, now: noon }, free, anywhere)).toEqual({ kind: 'at', at: noon + 1, why: 'held' })
  })

  test('hours within one day work as well as hours over midnight', () => {
    const siesta = { from: '12:00', until: '13:30' }
    expect(endOfNight(at('23', '11:59'), siesta)).toBeNull()
    expect(endOfNight(at('23', '12:00'), siesta)).toBe(at('23', '13:35'))
    expect(endOfNight(at('23', '13:30'), siesta)).toBeNull()
  })
})
