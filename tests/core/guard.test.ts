import { newSession } from '../../src/core/turn.js'
import { guard } from '../../src/core/talk/guard.js'
import type { Reads, Role } from '../../src/core/model/contact.js'

const NOW = Date.parse('2026-11-27T09:00:00+07:00')
const world = { numbers: new Set(['19000368', '02083861234']) }
const typed = (text: string, reads: Reads | null, role: Role = 'staff') => {
  const session = newSession('p-1')
  if (reads !== null)
    session.prompt = { n: 1, ask: { kind: 'dialog', dialog: 'remind', block: [], options: [], free: true, reads }, options: [] } // prettier-ignore
  return guard(world, { contact: { id: 'c-1', role, group: null }, session }, text, NOW)
}
const COUNT: Reads = { kind: 'count', count: 1234 }
const MOMENT: Reads = { kind: 'moment' }
const PUBLISHED: Reads = { kind: 'published' }

describe('what a form of the ward’s people asks for', () => {
  test.each([
    ['1234', COUNT],
    ['1.234', COUNT],
    ['1234 tin', COUNT],
    ['08:30', MOMENT],
    ['22:00', MOMENT],
    ['08:30 2/12', MOMENT],
    ['19:00 ngày 2/12/2026', MOMENT],
    ['Chiều nay gọi 0208 386 1234 hoặc 1900 0368 nhé', PUBLISHED],
    ['Từ 08:30 - 11:30 ra mà làm nhé', PUBLISHED],
  ] as const)('reaches it as it was typed: «%s»', (text, reads) =>
    expect(typed(text, reads)).toEqual({ text, secrets: [], hides: false }),
  )

  test.each([
    ['1235', COUNT],
    ['483926', COUNT],
    ['483926', MOMENT],
  ] as const)('is kept masked where it is another number, which the form refuses itself: «%s»', (text, reads) => {
    const { text: kept, secrets, hides } = typed(text, reads)
    expect([kept, secrets, hides]).toEqual(['⟦otp⟧', [], true])
  })

  test.each(['079203004567', '22:00 079203004567', 'mật khẩu là Baham@1972', '4111 1111 1111 1111'])(
    'is no excuse for another secret: «%s»',
    (text) => {
      for (const reads of [COUNT, MOMENT]) expect(typed(text, reads).secrets).toHaveLength(1)
      const { text: kept, secrets, hides } = typed(text, PUBLISHED)
      expect([/⟦(id-number|password|card)⟧/.test(kept), secrets, hides]).toEqual([true, [], true])
    },
  )

  test('keeps of a number that the ward does not name no more than its end', () =>
    expect(typed('Gọi 0912 345 987 nhé', PUBLISHED)).toEqual({ text: 'Gọi ⟦phone-987⟧ nhé', secrets: [], hides: false })) // prettier-ignore
})

test.each(['resident', 'helper'] as const)('a %s is shielded whatever is asked', (role) => {
  for (const reads of [null, COUNT, MOMENT, PUBLISHED]) {
    expect(typed('1234', reads, role)).toEqual({ text: '⟦otp⟧', secrets: ['otp'], hides: true })
    expect(typed('08:30', reads, role).secrets).toEqual(['otp'])
    expect(typed('079203004567', reads, role).secrets).toEqual(['id-number'])
    expect(typed('0208 386 1234', reads, role).text).toBe('⟦phone⟧')
  }
})

test('staff are shielded as everybody is where no such form asks', () =>
  expect(typed('1234', null)).toEqual({ text: '⟦otp⟧', secrets: ['otp'], hides: true }))
