import { type FigureRow, sumFigures } from '../../src/core/figures.js'
import { isBelow } from '../../src/core/funnel.js'
import { loadWorld } from '../support/world.js'

const { world } = loadWorld()
const FLOW = 'vneid-level-1'
const row = (group: number | null, started: number, finished: number): FigureRow => {
  return { flow: FLOW, group, started, finished, standing: [] }
}

describe('a share', () => {
  test('is of the people of the roster, and says beside them how many began', () => {
    const beside = { listed: [{ group: 4, people: 94 }], confirmed: [{ flow: FLOW, group: 4, count: 1 }] }
    const [sum] = sumFigures(world.flows, [row(4, 2, 2)], beside)
    expect(sum).toMatchObject({ started: 2, finished: 2, people: 94, listed: true, percent: 2, confirmed: 1 })
    expect(sum!.groups).toEqual([
      { group: 4, started: 2, finished: 2, confirmed: 1, people: 94, listed: true, percent: 2 },
    ])
    expect(isBelow(sum!, 95)).toBe(true)
  })

  test('is of those who began where a group has no roster, alone and among others', () => {
    const [alone] = sumFigures(world.flows, [row(5, 4, 3)])
    expect(alone).toMatchObject({ people: 4, listed: false, percent: 75, confirmed: 0 })
    const [both] = sumFigures(world.flows, [row(5, 4, 3), row(null, 1, 1)], { listed: [{ group: 4, people: 15 }], confirmed: [] }) // prettier-ignore
    expect(both).toMatchObject({ started: 5, finished: 4, people: 20, listed: true, percent: 20 })
    expect(both!.groups.map(({ group, people, listed }) => [group, people, listed])).toEqual([
      [4, 15, true],
      [5, 4, false],
      [null, 1, false],
    ])
  })

  test('is never above the whole, and a roster of which nobody began is behind its target', () => {
    const beside = { listed: [{ group: 4, people: 2 }, { group: 6, people: 9 }], confirmed: [] } // prettier-ignore
    const [sum] = sumFigures(world.flows, [row(4, 5, 5)], beside)
    expect(sum!.groups[0]).toMatchObject({ people: 5, percent: 100 })
    expect(isBelow(sum!.groups[0]!, 100)).toBe(false)
    expect(sum!.groups[1]).toMatchObject({ group: 6, people: 9, started: 0, percent: 0 })
    expect(isBelow(sum!.groups[1]!, 60)).toBe(true)
    expect(isBelow({ people: 0, percent: 0 }, 60)).toBe(false)
  })
})
