import { END, type Flow } from '../../src/core/flow/definition.js'
import { ANSWERS_FROM, TOPICS } from '../../src/core/model/answer.js'
import { begun, createTalker, type Talker } from '../support/talk.js'
import { loadWorld } from '../support/world.js'

const { world, material } = loadWorld()
beforeAll(() => void world.language.understand('mã otp không về'), 120_000)

/** Option ids that lead from the start to every step, each by the shortest way. */
function waysTo(flow: Flow): Map<string, string[]> {
  const ways = new Map<string, string[]>([[flow.start, []]])
  for (const [id, way] of ways)
    for (const choice of flow.steps.find((step) => step.id === id)!.choices)
      if (choice.to !== END && !ways.has(choice.to)) ways.set(choice.to, [...way, choice.id])
  return ways
}

function standingAt(flow: Flow, step: string): Talker {
  const talker = begun({ world }, flow.flow)
  for (const option of waysTo(flow).get(step)!) talker.tap(option)
  expect(talker.step()).toBe(step)
  return talker
}

/** A question that is nobody's trouble at any step. */
const QUESTION = 'đề án 06 là gì vậy cháu'

describe.each([...world.flows.values()].map((flow) => [flow.flow, flow] as const))('in the guide %s', (_, flow) => {
  test.each(flow.steps.map((step) => [step.id]))('a question in the middle of %s returns to it', (step) => {
    const talker = standingAt(flow, step)
    const answer = talker.say(QUESTION)
    expect(answer.text).toContain('Đề án 06')
    expect(answer.text).toMatch(/Nguồn: .+ · đúng từ ngày \d+\/\d+\/\d{4}/)
    expect(answer.text).toMatch(/Mình quay lại (bước \d+|phần «.+») nhé\?/)
    expect(answer.events).toEqual([])
    expect(talker.ask()).toEqual({ kind: 'answered', topic: 'de-an-06-la-gi' })
    talker.say('ừ')
    expect([talker.step(), talker.ask().kind]).toEqual([step, 'step'])
  })
})

test('without a guide in front the answer offers the guide that does it', () => {
  const talker = createTalker({ world })
  talker.start()
  talker.tap('agree')
  talker.tap('bac')
  talker.tap('g5')
  const answer = talker.say('quét nfc mãi không được')
  expect(answer.options.map(({ id }) => id)).toEqual(['vneid-level-1', 'guides', 'person'])
  talker.tap('vneid-level-1')
  expect(talker.ask()).toEqual({ kind: 'about', flow: 'vneid-level-1' })
})

test('an answer past its review day is given when that is harmless, and not given when it is not', () => {
  const topics = [...material.answers.vi]
  const silent = topics.find(([, { value }]) => value.stale === 'silence')!
  const flagged = topics.find(([, { value }]) => value.stale === 'flag')!
  for (const [topic, { value }] of [silent, flagged]) {
    expect(world.language.answerOn(topic, value.review)?.stale).toBeNull()
    expect(world.language.answerOn(topic, '2099-01-01')?.stale).toBe(value.stale)
  }
})

test('every topic has an answer on every day since the letter, in both languages', () => {
  for (const locale of ['vi', 'en'] as const)
    for (const topic of TOPICS) expect([locale, topic, material.answers[locale].has(topic)]).toEqual([locale, topic, true]) // prettier-ignore
  for (const topic of TOPICS) expect(world.language.answerOn(topic, ANSWERS_FROM)?.from).toBe(ANSWERS_FROM)
})
