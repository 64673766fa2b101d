import { likeliest } from '../../src/core/broadcast/likeliest.js'
import type { Who } from '../../src/core/model/broadcast.js'
import { loadWorld } from '../support/world.js'

const { world } = loadWorld()
const first = (flow: string, people: readonly [Who, number][]) =>
  likeliest(
    world.flows.get(flow)!,
    people.map(([who, count]) => ({ who, count })),
    3,
  ).map(({ who }) => (who.kind === 'at-step' ? who.step : who.kind))

describe('whom a head most likely wants to remind', () => {
  test('are those at the steps where most people stand; nobody is chased for a wait within its limit', () => {
    expect(
      first('vneid-level-1', [
        [{ kind: 'unfinished' }, 50],
        [{ kind: 'not-started' }, 20],
        [{ kind: 'at-step', step: 'otp' }, 3],
        [{ kind: 'at-step', step: 'scan-card' }, 14],
        [{ kind: 'at-step', step: 'wait-approval' }, 18],
      ]),
    ).toEqual(['scan-card', 'otp', 'unfinished'])
  })

  test('are everybody where people are scattered over the steps', () => {
    expect(
      first('vneid-level-1', [
        [{ kind: 'unfinished' }, 50],
        [{ kind: 'at-step', step: 'otp' }, 3],
        [{ kind: 'at-step', step: 'scan-card' }, 9],
      ]),
    ).toEqual(['unfinished', 'scan-card', 'otp'])
  })

  test('are first those whom the ward’s own list names, and everybody where nobody has begun', () => {
    expect(first('id-card', [[{ kind: 'unfinished' }, 9], [{ kind: 'no-card' }, 4]])).toEqual(['no-card', 'unfinished']) // prettier-ignore
    expect(first('vneid-level-1', [[{ kind: 'unfinished' }, 9], [{ kind: 'not-started' }, 9]])).toEqual(['unfinished', 'not-started']) // prettier-ignore
  })
})
