import fc from 'fast-check'
import {
  addDays,
  dayOf,
  deadlineDay,
  isoLocal,
  isWorkingDay,
  startOfDay,
  weekday,
} from '../../src/core/policy/calendar.js'
import { loadWorld } from '../support/world.js'

const { holidays } = loadWorld().world
const at = (text: string) => Date.parse(text)

describe('the calendar', () => {
  test('turns the day at midnight in Viet Nam', () => {
    expect(dayOf(at('2026-11-23T16:59:59Z'))).toBe('2026-11-23')
    expect(dayOf(at('2026-11-23T17:00:00Z'))).toBe('2026-11-24')
    expect(dayOf(startOfDay('2026-03-01'))).toBe('2026-03-01')
    expect(dayOf(startOfDay('2026-03-01') - 1)).toBe('2026-02-28')
    expect(isoLocal(at('2026-12-31T17:00:00Z'))).toBe('2027-01-01T00:00:00+07:00')
  })

  test('counts over months, leap years and years', () => {
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29')
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
    expect(addDays('2026-03-01', -1)).toBe('2026-02-28')
    expect([weekday('2026-11-22'), weekday('2026-11-23'), weekday('2026-11-28')]).toEqual([0, 1, 6])
  })

  test.each([
    // A plain week; the day itself does not count.
    ['2026-11-23T08:00:00+07:00', 1, '2026-11-24'],
    ['2026-11-23T23:59:59+07:00', 3, '2026-11-26'],
    // A weekend in between, and a start on one.
    ['2026-11-26T09:00:00+07:00', 3, '2026-12-01'],
    ['2026-11-28T09:00:00+07:00', 1, '2026-11-30'],
    ['2026-11-29T09:00:00+07:00', 3, '2026-12-02'],
    // National day and the day before it.
    ['2026-08-31T09:00:00+07:00', 1, '2026-09-03'],
    // The turn of the year.
    ['2026-12-31T09:00:00+07:00', 1, '2027-01-04'],
    ['2026-12-30T09:00:00+07:00', 3, '2027-01-05'],
    // Tết 2026.
    ['2026-02-13T09:00:00+07:00', 1, '2026-02-23'],
    ['2026-02-13T09:00:00+07:00', 7, '2026-03-03'],
    // Reunification day and May day, with the weekend behind them.
    ['2026-04-29T09:00:00+07:00', 1, '2026-05-04'],
  ])('what is filed at %s for %d working days ends on %s', (filed, days, day) => {
    expect(deadlineDay(at(filed), days, holidays)).toBe(day)
  })

  test('ends on a working day, with exactly so many working days behind the first', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: at('2026-01-01'), max: at('2027-12-31') }),
        fc.integer({ min: 1, max: 30 }),
        (filed, days) => {
          const end = deadlineDay(filed, days, holidays)
          expect(isWorkingDay(end, holidays)).toBe(true)
          let counted = 0
          for (let day = addDays(dayOf(filed), 1); day <= end; day = addDays(day, 1))
            counted += Number(isWorkingDay(day, holidays))
          expect(counted).toBe(days)
        },
      ),
    )
  })
})
