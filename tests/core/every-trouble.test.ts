import { END, type Flow, type Step } from '../../src/core/flow/definition.js'
import { MISSES_BEFORE_PERSON } from '../../src/core/talk/guide.js'
import type { Locale } from '../../src/core/model/message.js'
import { begun, eventLine, type Talker } from '../support/talk.js'
import { loadWorld } from '../support/world.js'

const { world, material } = loadWorld()

/** Option ids that lead from the start to every step, each by the shortest way. */
function waysTo(flow: Flow): Map<string, string[]> {
  const ways = new Map<string, string[]>([[flow.start, []]])
  for (const [id, way] of ways) {
    for (const choice of flow.steps.find((step) => step.id === id)!.choices) {
      if (choice.to !== END && !ways.has(choice.to)) ways.set(choice.to, [...way, choice.id])
    }
  }
  return ways
}

function standingAt(flow: Flow, step: string, locale: Locale = 'vi'): Talker {
  const talker = begun({ world, locale }, flow.flow)
  for (const option of waysTo(flow).get(step)!) talker.tap(option)
  expect(talker.step()).toBe(step)
  return talker
}

/** Every message fits a small screen and a numbered list, and offers a way on. */
function expectReadable(talker: Talker): void {
  const { text, labels } = talker.last!
  expect({ text, length: text.length <= 1000 }).toEqual({ text, length: true })
  expect(labels.length).toBeGreaterThan(0)
  expect(labels.length).toBeLessThanOrEqual(13)
  expect(text).not.toMatch(/\{\{|undefined|\[object/)
}

const flows = [...world.flows.values()]
const locales: Locale[] = ['vi', 'en']

describe.each(flows.map((flow) => [flow.flow, flow] as const))('guide %s', (_, flow) => {
  const steps = flow.steps.map((step) => [step.id, step] as const)

  test.each(locales)('is walked to its end by the first choice of every step, in %s', (locale) => {
    const talker = begun({ world, locale }, flow.flow)
    const passed = [talker.step()]
    while (talker.run() && passed.length < 40) {
      expectReadable(talker)
      expect(talker.last!.text.length).toBeLessThanOrEqual(700)
      talker.tap(talker.last!.options[0]!.id)
      passed.push(talker.step())
    }
    expect(talker.ask()).toEqual({ kind: 'finished', flow: flow.flow })
    expectReadable(talker)
    const numbers = talker.ledger.filter(({ outcome }) => outcome === 'done').map(({ number }) => number)
    // Nothing of the official count is left out on the way.
    for (let number = 1; number <= flow.total; number++) expect(numbers).toContain(number)
  })

  test.each(steps)('has every choice of step %s lead where the flow says, from there to the end', (_, step: Step) => {
    for (const choice of step.choices) {
      const talker = standingAt(flow, step.id)
      talker.tap(choice.id)
      const line = `${choice.as} ${step.id} (${choice.id})${choice.to === END ? '' : ` → ${choice.to}`}`
      expect(talker.last!.events.map(eventLine)).toEqual(choice.to === END ? [line, `finished ${step.id}`] : [line])
      for (let i = 0; talker.run() && i < 40; i++) {
        talker.clock.pass('a minute')
        talker.tap(talker.last!.options[0]!.id)
      }
      expect(talker.ask()).toEqual({ kind: 'finished', flow: flow.flow })
    }
  })

  test.each(steps)('has every trouble of step %s end well or with a person, in both languages', (_, step: Step) => {
    for (const locale of locales) {
      for (const { id, to } of step.troubles) {
        const texts = material.guides[locale].get(flow.flow)!.value.steps[step.id]!.troubles[id]!
        const talker = standingAt(flow, step.id, locale)
        talker.tap('trouble')
        expectReadable(talker)
        expect(talker.last!.options.some((offered) => offered.id === id)).toBe(true)
        const before = talker.ledger.length
        talker.tap(id)
        const given = Math.min(texts.remedies.length, MISSES_BEFORE_PERSON)
        for (let n = 0; n < given; n++) {
          expect(talker.ask()).toEqual({ kind: 'remedy', trouble: id, n })
          expectReadable(talker)
          expect(talker.last!.options.map((offered) => offered.id)).toEqual(
            to === undefined ? ['better', 'still', 'person'] : ['go', 'still', 'to-step'],
          )
          talker.tap('still')
        }
        // Every report is in the ledger, and the way out names people, and leads back to the step.
        expect(talker.ledger.slice(before).map(eventLine)).toEqual(
          Array.from({ length: given + 1 }, () => `trouble ${step.id} (${id})`),
        )
        expect(talker.ask().kind).toBe('stuck')
        expect(talker.last!.text).toContain('1900 0368')
        expectReadable(talker)
        talker.tap('to-step')
        expect([talker.step(), talker.ask().kind]).toEqual([step.id, 'step'])

        const better = standingAt(flow, step.id, locale)
        better.tap('trouble')
        better.tap(id)
        better.tap(to === undefined ? 'better' : 'go')
        expect([better.step(), better.ask().kind]).toEqual([to ?? step.id, 'step'])
        expectReadable(better)
      }
    }
  })

  test.each(steps)('shows step %s within 700 characters, and the trouble list within 13 options', (_, step: Step) => {
    for (const locale of locales) {
      const talker = standingAt(flow, step.id, locale)
      expect({ step: step.id, short: talker.last!.text.length <= 700 }).toEqual({ step: step.id, short: true })
      expectReadable(talker)
      if (step.kind !== 'wait') continue
      talker.clock.pass('60 days')
      const late = talker.tap('not-yet')
      expect(late.events.map(eventLine)).toEqual([`trouble ${step.id} (overdue)`])
      expectReadable(talker)
    }
  })
})
