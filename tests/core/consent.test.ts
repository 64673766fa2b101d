import { begun } from '../support/talk.js'
import { loadWorld } from '../support/world.js'

const { world } = loadWorld()

describe('a consent text that changes', () => {
  const standing = () => {
    const talker = begun({ world }, 'vneid-level-1')
    talker.tap('done')
    talker.world = { ...world, consentVersion: `${world.consentVersion}-next` }
    return talker
  }

  test('is asked again before anything else, and the place is kept', () => {
    const talker = standing()
    const step = talker.step()
    const asked = talker.tap('done')
    expect(asked.text).toContain('vừa thay đổi')
    expect(talker.ask().kind).toBe('consent')
    expect(asked.events).toEqual([])
    const back = talker.tap('agree')
    expect([talker.ask().kind, talker.step()]).toEqual(['recap', step])
    expect(back.text).not.toContain('vừa thay đổi')
    expect(talker.state.session.consent?.version).toBe(`${world.consentVersion}-next`)
  })

  test('still warns of a secret in the message that meets it', () => {
    const answer = standing().say('mã otp 123456')
    expect(answer.text).toContain('đã che')
    expect(answer.text).not.toContain('123456')
  })
})
