import { begun } from '../support/talk.js'
import { createWorld } from '../support/world.js'

const { world } = createWorld('ward.yaml')

describe('the ward by its names', () => {
  test.each([
    ['2026-11-23T09:00:00+07:00', 'phường Phổ Yên'],
    ['2025-07-01T09:00:00+07:00', 'phường Phổ Yên'],
    ['2025-06-30T09:00:00+07:00', 'phường Ba Hàng'],
    ['2022-10-24T09:00:00+07:00', 'phường Ba Hàng'],
  ])('greets on %s as %s', (at, name) => {
    const talker = begun({ world, at }, 'vneid-level-1')
    expect(world.render({ key: 'phrases:ward.name' }, { locale: 'vi', form: 'bac', day: at.slice(0, 10) })).toBe(name)
    expect(talker.ask().kind).toBe('step')
  })

  test.each(['tôi ở phường Ba Hàng', 'nha bac o ba hang', 'Đắc Sơn'])('still knows its former names: %s', (text) => {
    const talker = begun({ world, at: '2026-11-23T09:00:00+07:00' }, 'vneid-level-1')
    const answer = talker.say(text)
    expect(answer.text).toContain('nay thuộc phường Phổ Yên')
    expect(answer.options.length).toBeGreaterThan(0)
    expect(answer.events).toEqual([])
  })

  test('does not call a name former while it is still the name', () => {
    const talker = begun({ world, at: '2025-06-30T09:00:00+07:00' }, 'vneid-level-1')
    expect(talker.say('tôi ở phường Ba Hàng').text).not.toContain('nay thuộc')
  })
})
