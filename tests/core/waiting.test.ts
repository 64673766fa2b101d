import { begun } from '../support/talk.js'
import { loadWorld } from '../support/world.js'

const { world } = loadWorld()

/** Stands at a waiting step of level 2 or of the card since an instant. */
function waiting(at: string, card: 'card-valid' | 'new-card') {
  const talker = begun({ world, at }, 'vneid-level-2')
  for (const option of ['have-card', 'known', 'ready', 'said', card]) talker.tap(option)
  return talker
}

describe('a waiting step', () => {
  test('counts working days from the day after', () => {
    expect(waiting('2026-11-23T08:00:00+07:00', 'card-valid').last!.text).toContain('thứ Năm 26/11')
  })

  test('counts no Saturday and no Sunday', () => {
    expect(waiting('2026-11-26T23:59:00+07:00', 'card-valid').last!.text).toContain('thứ Ba 1/12')
  })

  test('counts the day in Viet Nam, not in UTC', () => {
    // 17:30 UTC on the 23rd is half past midnight on the 24th.
    expect(waiting('2026-11-23T17:30:00Z', 'card-valid').last!.text).toContain('thứ Sáu 27/11')
  })

  test('counts no holiday, over the turn of the year', () => {
    expect(waiting('2026-12-30T10:00:00+07:00', 'card-valid').last!.text).toContain('thứ Ba 5/1')
    expect(waiting('2026-08-31T10:00:00+07:00', 'new-card').last!.text).toContain('thứ Sáu 11/9')
  })

  test('is within its limit to the end of the last day and over it a minute later', () => {
    const talker = waiting('2026-11-23T08:00:00+07:00', 'card-valid')
    talker.clock.pass(Date.parse('2026-11-26T23:59:00+07:00') - talker.clock())
    expect(talker.tap('not-yet').events).toEqual([])
    talker.clock.pass('1 minute')
    const late = talker.tap('not-yet')
    expect(late.text).toContain('nay đã qua')
    expect(late.events).toMatchObject([{ outcome: 'trouble', detail: 'overdue', step: 'wait-3' }])
    expect(late.options.map(({ id }) => id)).toEqual(['approved', 'rejected', 'not-yet', 'trouble', 'other'])
  })

  test('says so when the contact only says hello after the limit', () => {
    const talker = waiting('2026-11-23T08:00:00+07:00', 'card-valid')
    talker.clock.pass('10 days')
    expect(talker.say('chào cháu').text).toContain('nay đã qua')
  })

  test.each(['chưa', 'chưa có tin', 'chưa thấy gì', 'vẫn chưa', 'chua'])('takes «%s» as no news', (text) => {
    const talker = waiting('2026-11-23T08:00:00+07:00', 'card-valid')
    talker.say(text)
    expect([talker.step(), talker.ledger.at(-1)!.outcome === 'finished']).toEqual(['wait-3', false])
  })
})
