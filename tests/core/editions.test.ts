import type { Flow } from '../../src/core/flow/definition.js'
import { settle } from '../../src/core/flow/editions.js'
import { begun, eventLine, type Talker } from '../support/talk.js'
import { loadWorld, withFlows } from '../support/world.js'

const { world } = loadWorld()

function standingAt(step: string): Talker {
  const talker = begun({ world }, 'vneid-level-1')
  while (talker.step() !== step) talker.tap(talker.last!.options[0]!.id)
  return talker
}

/** Level 1 in its next edition. */
function edited(change: (flow: Flow) => void) {
  return withFlows(world, (flows) => {
    const flow = flows.get('vneid-level-1')!
    flow.edition = 2
    change(flow)
  })
}

/** Takes a step out, whoever led to it leading to where it led. */
function without(flow: Flow, id: string): void {
  const to = flow.steps.find((step) => step.id === id)!.choices[0]!.to
  flow.steps = flow.steps.filter((step) => step.id !== id)
  for (const step of flow.steps) for (const choice of step.choices) if (choice.to === id) choice.to = to
}

describe('a guide that changes under people standing in it', () => {
  test('carries them along when their step was renamed, without a word', () => {
    const talker = standingAt('understood')
    const before = talker.last!
    talker.world = edited((flow) => {
      without(flow, 'understood')
      flow.moved = [{ step: 'understood', to: 'email' }]
    })
    const moved = talker.tapOf(before, 'done')
    expect(moved.text).not.toContain('vừa được sửa')
    expect(moved.events.map(eventLine)).toEqual(['entered email (edition) → email', 'done email (done) → confirm'])
    expect(talker.run()).toMatchObject({ step: 'confirm', edition: 2 })
  })

  test('sends them to the nearest earlier step when theirs is gone, and tells them once', () => {
    const talker = standingAt('understood')
    talker.world = edited((flow) => without(flow, 'understood'))
    const told = talker.say('xong rồi')
    expect(told.text).toContain('vừa được sửa')
    expect(told.text).toContain('Bước 3/8')
    expect(told.events.map(eventLine)).toEqual(['entered press-start (edition) → press-start'])
    expect([talker.step(), talker.ask().kind]).toEqual(['press-start', 'step'])
    expect(talker.say('xong rồi').text).not.toContain('vừa được sửa')
    expect(talker.step()).toBe('scan-card')
  })

  test('skips earlier steps that are gone as well', () => {
    const talker = standingAt('understood')
    talker.world = edited((flow) => {
      without(flow, 'understood')
      without(flow, 'press-start')
    })
    talker.say('chào cháu')
    expect(talker.step()).toBe('choose-level-1')
  })

  test('begins anew when nothing of the way is left', () => {
    const flow = structuredClone(world.flows.get('vneid-level-1')!)
    const run = standingAt('press-start').run()!
    const left = {
      ...flow,
      edition: 2,
      start: 'email',
      steps: flow.steps.filter(({ id }) => ['email', 'confirm'].includes(id)),
    }
    expect(settle(left, run)).toMatchObject({ how: 'earlier', run: { step: 'email', trail: [], edition: 2 } })
  })

  test('warns of a secret even in the message that meets the change', () => {
    const talker = standingAt('understood')
    talker.world = edited((flow) => without(flow, 'understood'))
    const told = talker.say('019088001234')
    expect(told.text).toContain('đã che số này')
    expect(told.text).toContain('vừa được sửa')
    expect([talker.step(), talker.ask().kind]).toEqual(['press-start', 'step'])
  })

  test('says so when the whole guide is gone, and offers the others', () => {
    const talker = standingAt('understood')
    talker.world = withFlows(world, (flows) => flows.delete('vneid-level-1'))
    const told = talker.say('xong rồi')
    expect(told.text).toContain('không còn dùng nữa')
    expect(talker.ask().kind).toBe('guides')
    expect(told.options.length).toBe(4)
    expect(talker.say('/tieptuc').text).not.toContain('không còn dùng nữa')
    // It comes back, and so does the place.
    talker.world = world
    expect(talker.say('/tieptuc').text).toContain('đã xong 3/8 bước')
    expect(talker.step()).toBe('understood')
  })

  test.each(['recap', 'troubles', 'remedy', 'other', 'stuck', 'jump'])(
    'asks again when «%s» lost its ground',
    (kind) => {
      const talker = standingAt('scan-card')
      if (kind === 'recap') talker.say('chào')
      else if (kind === 'jump') talker.say('đến bước 3')
      else if (kind === 'stuck') talker.say('gặp người')
      else talker.tap(kind === 'other' ? 'other' : 'trouble')
      if (kind === 'remedy') talker.tap('not-read')
      expect(talker.ask().kind).toBe(kind)
      talker.world = withFlows(world, (flows) => flows.delete('vneid-level-1'))
      expect(talker.say('1').options.length).toBeGreaterThan(0)
      expect(talker.say('1').options.length).toBeGreaterThan(0)
    },
  )

  test('asks the step again when the choice that was offered is no longer one', () => {
    const talker = standingAt('understood')
    talker.world = edited((flow) => {
      const step = flow.steps.find(({ id }) => id === 'understood')!
      step.choices = [{ ...step.choices[0]!, id: 'trouble-free' }]
    })
    talker.world = {
      ...talker.world,
      render: (line, voice) => (line.key.includes('trouble-free') ? 'x' : world.render(line, voice)),
    }
    const again = talker.say('1')
    expect(again.events).toEqual([])
    expect([talker.step(), talker.ask().kind]).toEqual(['understood', 'step'])
    expect(again.options[0]!.id).toBe('trouble-free')
  })

  test('follows moved entries of several editions, and no circle', () => {
    const flow = world.flows.get('vneid-level-1')!
    const run = { ...standingAt('understood').run()!, step: 'older' }
    const chain = {
      ...flow,
      moved: [
        { step: 'older', to: 'old' },
        { step: 'old', to: 'email' },
      ],
    }
    expect(settle(chain, run)).toMatchObject({ how: 'moved', run: { step: 'email' } })
    const circle = {
      ...flow,
      moved: [
        { step: 'older', to: 'old' },
        { step: 'old', to: 'older' },
      ],
    }
    expect(settle(circle, run).how).toBe('earlier')
  })
})
