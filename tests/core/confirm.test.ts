import { pause, start } from '../../src/core/flow/advance.js'
import { confirm } from '../../src/core/flow/confirm.js'
import { END, stepOf } from '../../src/core/flow/definition.js'
import type { Run } from '../../src/core/model/run.js'
import { createIds } from '../support/ids.js'
import { loadWorld } from '../support/world.js'

const { world } = loadWorld()
const HEAD = { contact: 'head', channel: 'web', group: 5, source: 'leader', at: 2_000 } as const
const SELF = { contact: 'c', channel: 'web', group: 5, source: 'self', at: 1_000 } as const
const who = (run: Run | null) => ({ person: 'p', run, newId: createIds() })

describe('confirming what was done at the door', () => {
  test.each([...world.flows.keys()])('ends %s by its main way, every step in the head’s name', (id) => {
    const flow = world.flows.get(id)!
    const move = confirm(flow, who(null), HEAD, 'end')!
    expect(move.run.state).toBe('finished')
    expect(move.events.map(({ seq }) => seq)).toEqual(move.events.map((_, i) => i + 1))
    expect(move.run.seq).toBe(move.events.length)
    expect(new Set(move.events.map(({ source, contact }) => `${source} ${contact}`))).toEqual(new Set(['leader head']))
    expect(move.events.at(-1)).toMatchObject({ outcome: 'finished', to: null })
    // Each step is entered by the one before it.
    const ways = move.events.slice(1, -1).map(({ step, to }) => [step, to])
    for (const [step, to] of ways)
      expect(stepOf(flow, step!)!.choices.map((choice) => (choice.to === END ? null : choice.to))).toContain(to)
  })

  test('goes on from where the person stands, paused or not, one step or all', () => {
    const flow = world.flows.get('vneid-level-1')!
    const begun = start(flow, 'p', 'r', SELF)
    const paused = pause(flow, begun.run, SELF)
    const step = confirm(flow, who(paused.run), HEAD, 'step')!
    expect(step.run).toMatchObject({ id: 'r', state: 'open', step: flow.steps[0]!.choices[0]!.to, seq: 3 })
    expect(step.events).toMatchObject([{ run: 'r', seq: 3, outcome: 'done', source: 'leader' }])
    const all = confirm(flow, who(step.run), HEAD, 'end')!
    expect(all.run.state).toBe('finished')
    expect(confirm(flow, who(all.run), HEAD, 'end')).toBeNull()
  })

  test('first carries along who stands on a step that the guide no longer has', () => {
    const flow = world.flows.get('vneid-level-1')!
    const { run } = start(flow, 'p', 'r', SELF)
    const move = confirm(flow, who({ ...run, step: 'gone', edition: 0 }), HEAD, 'step')!
    expect(move.events[0]).toMatchObject({ outcome: 'entered', detail: 'edition', step: flow.start })
    expect(move.events[1]).toMatchObject({ outcome: 'done', step: flow.start })
  })
})
