import fc from 'fast-check'
import { back, currentStep, leave, type Move, pause, start, trouble } from '../../src/core/flow/advance.js'
import { confirm, vouch } from '../../src/core/flow/confirm.js'
import { holding, lastRecorded, undo } from '../../src/core/flow/undo.js'
import type { LedgerEvent } from '../../src/core/model/ledger.js'
import type { Run } from '../../src/core/model/run.js'
import { createIds } from '../support/ids.js'
import { loadWorld } from '../support/world.js'

const { world } = loadWorld()
const actor = (source: 'self' | 'leader', at: number) =>
  ({ contact: source === 'self' ? 'c' : 'head', channel: 'web', group: 5, source, at }) as const

/** What a resident does in a guide, one number a deed. */
const deeds = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 12 })

interface Passage {
  run: Run
  events: LedgerEvent[]
  at: number
}

function walk(id: string, history: readonly number[]): Passage {
  const flow = world.flows.get(id)!
  const begun = start(flow, 'p', 'r', actor('self', 1_000))
  let passage: Passage = { ...begun, at: 1_000 }
  for (const deed of history) {
    if (passage.run.state === 'finished') break
    const at = passage.at + 1_000
    const { choices } = currentStep(flow, passage.run)
    const does: Record<number, () => Move | null> = {
      7: () => pause(flow, passage.run, actor('self', at)),
      8: () => trouble(flow, passage.run, 'nfc', actor('self', at)),
      9: () => back(flow, passage.run, actor('self', at)),
    }
    const move = (does[deed] ?? (() => leave(flow, passage.run, choices[deed % choices.length]!, actor('self', at))))()
    if (move) passage = { run: move.run, events: [...passage.events, ...move.events], at }
  }
  return passage
}

const withoutSeq = ({ seq: _, ...run }: Run) => run

describe('taking back what was written down at the door', () => {
  test.each([...world.flows.keys()])('puts a person of %s where they stood, whatever they had done before', (id) => {
    const flow = world.flows.get(id)!
    fc.assert(
      fc.property(deeds, fc.constantFrom('step', 'end'), (history, upTo) => {
        const { run, events, at } = walk(id, history)
        const move =
          run.state === 'finished'
            ? vouch(flow, run, actor('leader', at + 5))
            : confirm(flow, { person: 'p', run, newId: createIds() }, actor('leader', at + 5), upTo)!
        const undone = undo(flow, move.run, [...events, ...move.events], actor('leader', at + 9))!
        expect(withoutSeq(undone.run!)).toEqual(withoutSeq(run))
        expect(undone.run!.seq).toBe(move.run.seq + 1)
        expect(undone.event).toMatchObject({ seq: move.run.seq + 1, outcome: 'undone', detail: String(run.seq + 1) })
        expect(undone.event.to).toBe(run.state === 'finished' ? null : run.step)
        const all = [...events, ...move.events, undone.event]
        expect(holding(all)).toEqual(events)
        // There is nothing of the head's left to take back; what the person did is theirs.
        expect(undo(flow, undone.run!, all, actor('leader', at + 12))).toBeNull()
      }),
      { numRuns: 60 },
    )
  })

  test('leaves no run of somebody who had not begun', () => {
    const flow = world.flows.get('vneid-level-1')!
    const move = confirm(flow, { person: 'p', run: null, newId: createIds() }, actor('leader', 5), 'end')!
    const undone = undo(flow, move.run, move.events, actor('leader', 9))!
    expect(undone.run).toBeNull()
    expect(undone.event).toMatchObject({ seq: move.run.seq + 1, outcome: 'undone', detail: '1', to: null })
  })

  test('takes back one recording at a time, the newest first', () => {
    const flow = world.flows.get('vneid-level-1')!
    const first = confirm(flow, { person: 'p', run: null, newId: createIds() }, actor('leader', 5), 'step')!
    const second = confirm(flow, { person: 'p', run: first.run, newId: createIds() }, actor('leader', 6), 'step')!
    const events = [...first.events, ...second.events]
    expect(lastRecorded(events)).toEqual(second.events)
    const once = undo(flow, second.run, events, actor('leader', 9))!
    expect(once.run!.step).toBe(first.run.step)
    const twice = undo(flow, once.run!, [...events, once.event], actor('leader', 10))!
    expect(twice.run).toBeNull()
  })

  test('does not send anybody back to a step that the guide no longer has', () => {
    const flow = world.flows.get('vneid-level-1')!
    const { run, events } = walk('vneid-level-1', [0, 0])
    const old = events.map((event, i) => (i === events.length - 1 ? { ...event, to: 'gone' } : event))
    const move = confirm(flow, { person: 'p', run: { ...run, step: 'gone', edition: 0 }, newId: createIds() }, actor('leader', 9_000), 'step')! // prettier-ignore
    expect(move.events[0]).toMatchObject({ outcome: 'entered', detail: 'edition' })
    const undone = undo(flow, move.run, [...old, ...move.events], actor('leader', 9_500))!
    expect(undone.run!.step).toBe(move.events[0]!.to)
  })
})
