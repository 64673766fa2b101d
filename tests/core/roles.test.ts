import fc from 'fast-check'
import { type Role, ROLES } from '../../src/core/model/contact.js'
import { DEEDS, may, mayInvite, OPERATOR, Scope, scopeOf } from '../../src/core/policy/roles.js'

const asker = fc.record({
  id: fc.string(),
  role: fc.constantFrom(...ROLES),
  leads: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 4 }),
})
const RANK: readonly Role[] = ['resident', 'helper', 'leader', 'staff', 'admin']

describe('a scope', () => {
  test('holds the ward for staff and admins, the own groups for a head, nothing for anybody else', () => {
    fc.assert(
      fc.property(asker, fc.option(fc.integer({ min: 1, max: 6 })), (who, group) => {
        const scope = scopeOf(who)
        const ward = who.role === 'staff' || who.role === 'admin'
        const own = who.role === 'leader' && group !== null && who.leads.includes(group)
        expect(scope.holds(group)).toBe(ward || own)
        expect(scope.leads(group)).toBe(own)
      }),
    )
  })

  test('cannot be written down, read from JSON, or widened', () => {
    // @ts-expect-error a literal is no scope
    const literal: Scope = { who: 'x', role: 'admin', groups: 'ward', holds: () => true, leads: () => true }
    expect(literal).not.toBeInstanceOf(Scope)
    // @ts-expect-error only scopeOf makes one
    expect(() => new Scope(OPERATOR).holds).not.toThrow()
    const own = scopeOf({ id: 'c-1', role: 'leader', leads: [5] })
    expect(() => Object.assign(own, { groups: 'ward' })).toThrow(TypeError)
    expect(own.holds(6)).toBe(false)
    const copy = JSON.parse(JSON.stringify(scopeOf(OPERATOR))) as object
    expect(copy).not.toHaveProperty('holds')
  })
})

describe('what a role may do', () => {
  test('a higher role may do whatever a lower one may, and residents and helpers nothing with the roster', () => {
    for (const [i, role] of RANK.entries()) {
      for (const deed of DEEDS) if (may(role, deed)) expect(RANK.slice(i).every((other) => may(other, deed))).toBe(true)
    }
    for (const role of ['resident', 'helper'] as const) expect(DEEDS.filter((deed) => may(role, deed))).toEqual([])
    expect(DEEDS.filter((deed) => !may('admin', deed))).toEqual([])
  })

  test('nobody raises anybody above themselves', () => {
    for (const role of ROLES)
      for (const invited of mayInvite(role)) expect(RANK.indexOf(invited)).toBeLessThanOrEqual(RANK.indexOf(role))
    expect(mayInvite('resident')).toEqual([])
    expect(mayInvite('leader')).toEqual(['helper'])
  })
})
