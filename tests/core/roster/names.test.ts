import fc from 'fast-check'
import { compare, findDuplicates, type Candidate } from '../../../src/core/roster/duplicates.js'
import { likeness, nameKey, oneEdit, parseName, searchWords } from '../../../src/core/roster/names.js'
import { titleOf } from '../../../src/core/roster/titles.js'
import { readPhone } from '../../../src/core/roster/phone.js'

const like = (a: string, b: string) => likeness(parseName(a), parseName(b))
const person = (name: string, born: number | null, more: Partial<Candidate> = {}): Candidate => ({
  id: `${name} ${born}`,
  group: 5,
  name,
  born,
  household: null,
  phone: null,
  ...more,
})

describe('two names', () => {
  test.each<[string, string, ReturnType<typeof like>]>([
    ['Nguyễn Văn An', 'Nguyễn Văn An', 'same'],
    ['Nguyễn Văn An', 'NGUYỄN  VĂN AN', 'same'],
    ['Nguyễn Văn An', 'Nguyễn Văn An'.normalize('NFD'), 'same'],
    ['Nguyễn Văn An', 'Nguyen Van An', 'same'],
    ['Đỗ Thị Đào', 'Do Thi Dao', 'same'],
    ['Trần Thị Hòa', 'Trần Thị Hoà', 'same'],
    ['Lê Thị Thúy', 'Lê Thị Thuý', 'same'],
    ['Phạm Thị Mỹ', 'Phạm Thị Mĩ', 'same'],
    ['Vũ Quý', 'Vũ Quí', 'same'],
    ['Hoàng-Văn Ba', 'Hoàng Văn Ba', 'same'],
    ['An Nguyễn Văn', 'Nguyễn Văn An', 'order'],
    ['An Nguyen Van', 'Nguyễn Văn An', 'order'],
    ['Nguyễn An', 'Nguyễn Văn An', 'middle'],
    ['Nguyen An', 'Nguyễn Văn An', 'middle'],
    ['Nguyễn Thị Hoa', 'Nguyễn Thị Hồng Hoa', 'middle'],
    ['Nguyễn Thị Hoa', 'Nguyễn Thị Hòa', 'marks'],
    ['Trần Văn Hùng', 'Trần Văn Hưng', 'marks'],
    ['Lê Văn Đạt', 'Lê Văn Dat', 'marks'],
    ['Nguyễn Văn Tâm', 'Nguyễn Văn Tầm', 'marks'],
    ['Nguyễn Thị Phượng', 'Nguyễn Thị Phượngg', 'typo'],
    ['Nguyen Van Binh', 'Nguyen Van Bnih', 'typo'],
    ['Nguyễn Văn Tam', 'Nguyễn Văn Tan', null],
    ['Nguyễn Văn Linh', 'Nguyễn Văn Minh', 'typo'],
    ['NguyễnVăn Linh', 'Nguyễn Văn Linh', 'typo'],
    ['Nguyễn Văn An', 'Trần Văn An', null],
    ['Nguyễn Văn An', 'Nguyễn Văn Bình', null],
    ['Nguyễn Văn An', 'Nguyễn Thị Lan', null],
    ['Nguyễn', 'Nguyễn Văn An', null],
    ['', 'Nguyễn Văn An', null],
  ])('«%s» and «%s»: %s', (a, b, expected) => {
    expect(like(a, b)).toBe(expected)
    expect(like(b, a)).toBe(expected)
  })

  test('are ordered by the given name, without diacritics', () => {
    expect(['Trần Văn Ân', 'Lê Thị Bé', 'Đỗ Anh'].sort((a, b) => (nameKey(a) < nameKey(b) ? -1 : 1))).toEqual([
      'Trần Văn Ân',
      'Đỗ Anh',
      'Lê Thị Bé',
    ])
  })
})

describe('a title before a name', () => {
  test.each<[string, string | null, string]>([
    ['Ông Phùng Quang Vĩnh', 'Ông', 'Phùng Quang Vĩnh'],
    ['ÔNG PHÙNG QUANG VĨNH', 'ÔNG', 'PHÙNG QUANG VĨNH'],
    ['Ông. Phùng Quang Vĩnh', 'Ông.', 'Phùng Quang Vĩnh'],
    ['Ô. Phùng Quang Vĩnh', 'Ô.', 'Phùng Quang Vĩnh'],
    ['B. Trần Thị Lan', 'B.', 'Trần Thị Lan'],
    ['Bà Trần Thị Lan'.normalize('NFD'), 'Bà'.normalize('NFD'), 'Trần Thị Lan'.normalize('NFD')],
    ['Cụ bà Trần Thị Lan', 'Cụ bà', 'Trần Thị Lan'],
    ['Bà Sùng Thị Mảy', 'Bà', 'Sùng Thị Mảy'],
    ['Bà Hờ Y Dua', 'Bà', 'Hờ Y Dua'],
    ['Anh Nguyễn Văn Ba', 'Anh', 'Nguyễn Văn Ba'],
    ['Cháu Lê Bảo Anh', 'Cháu', 'Lê Bảo Anh'],
    ['Ong Nguyen Van Ba', 'Ong', 'Nguyen Van Ba'],
    ['Ba Tran Thi Lan', 'Ba', 'Tran Thi Lan'],
    // No titles: in the middle or at the end, two words alone, families that are written alike.
    ['Trần Thị Bà', null, 'Trần Thị Bà'],
    ['Nguyễn Tuấn Anh', null, 'Nguyễn Tuấn Anh'],
    ['Anh Tuấn', null, 'Anh Tuấn'],
    ['Bà Lan', null, 'Bà Lan'],
    ['Anh Thư Nguyễn', null, 'Anh Thư Nguyễn'],
    ['Ông Ích Khiêm', null, 'Ông Ích Khiêm'],
    ['Ông Văn Năm', null, 'Ông Văn Năm'],
    ['Cù Huy Cận', null, 'Cù Huy Cận'],
    ['Cu Huy Can', null, 'Cu Huy Can'],
    ['Chu Văn An', null, 'Chu Văn An'],
    ['Chu Nguyen An', null, 'Chu Nguyen An'],
    ['Châu Thị Bé', null, 'Châu Thị Bé'],
    ['Bá Văn Quân', null, 'Bá Văn Quân'],
    ['A Brang', null, 'A Brang'],
    ['Y Bhăm Êban Niê', null, 'Y Bhăm Êban Niê'],
    ['Mã A Sùng', null, 'Mã A Sùng'],
  ])('«%s»: %s', (written, title, name) => expect(titleOf(written)).toEqual({ title, name }))

  const family = fc.constantFrom('Nguyễn', 'Trần', 'Phùng', 'Ma', 'Nông', 'Sùng', 'Triệu', 'Đỗ', 'Ngô', 'Chu', 'Cù')
  const word = fc.constantFrom('Văn', 'Thị', 'Anh', 'Bà', 'Cô', 'Em', 'Bác', 'Cháu', 'Ông', 'Quang', 'Lan', 'Út', 'Bé')
  const name = fc.tuple(family, fc.array(word, { minLength: 1, maxLength: 3 })).map(([first, rest]) => [first, ...rest].join(' ')) // prettier-ignore
  const title = fc.constantFrom(
    'Ông',
    'Bà',
    'Cụ',
    'Anh',
    'Chị',
    'Bác',
    'Cô',
    'Chú',
    'Em',
    'Cháu',
    'Cụ bà',
    'Ông.',
    'BÀ',
  )

  test('is left out of any name, and nothing else ever is', () => {
    fc.assert(
      fc.property(name, title, fc.boolean(), (name, title, apart) => {
        expect(titleOf(name)).toEqual({ title: null, name })
        const written = apart ? `${title} ${name}`.normalize('NFD') : `${title} ${name}`
        expect(titleOf(written).name.normalize('NFC')).toBe(name)
        expect(like(written, name)).toBe('same')
      }),
      { numRuns: 500 },
    )
  })

  test('is left out of what somebody looks for, as soon as there is more to look for', () => {
    for (const [typed, words] of [
      ['bà Mẹ Già', ['me', 'gia']],
      ['Cụ. Lan', ['lan']],
      ['ong Vinh', ['vinh']],
      ['bà', ['ba']],
      ['Chu Văn An', ['chu', 'van', 'an']],
      ['cù huy', ['cu', 'huy']],
      ['lan bà', ['lan', 'ba']],
    ] as const)
      expect(searchWords(typed)).toEqual(words)
  })
})

describe('two rows', () => {
  const together = { household: 'h-1' }
  test.each<[Candidate, Candidate, 'strong' | 'weak' | null]>([
    [person('Nguyễn Văn An', 1950), person('Nguyen Van An', 1950), 'strong'],
    [person('Nguyễn Thị Hoa', 1950), person('Nguyễn Thị Hòa', 1950), 'weak'],
    [person('Nguyễn Thị Hoa', 1950, together), person('Nguyễn Thị Hòa', 1950, together), 'weak'],
    [person('Nguyễn Thị Hoa', 1950), person('Nguyễn Thị Hòa', 1951), null],
    [person('Nguyễn Văn An', 1950), person('Nguyễn Văn An', 1951), 'weak'],
    [person('Nguyễn Văn An', 1950, together), person('Nguyễn Văn An', 1951, together), 'strong'],
    [person('Nguyễn Văn An', 1950), person('Nguyễn Văn An', null), 'weak'],
    [person('Nguyễn Văn An', 1950, together), person('Nguyễn Văn An', null, together), 'strong'],
    // A year with two digits swapped, far more often than a grandson who bears the name of his grandfather.
    [person('Phùng Quang Vĩnh', 1985, together), person('Phùng Quang Vĩnh', 1958, together), 'strong'],
    [person('Phùng Quang Vĩnh', 1985, { phone: 'x' }), person('Phung Quang Vinh', 1958, { phone: 'x' }), 'strong'],
    [person('Phùng Quang Vĩnh', 1985), person('Phùng Quang Vĩnh', 1958), null],
    [person('Phùng Quang Vĩnh', 1985, together), person('Phùng Quang Vinh', 1958, together), null],
    [person('Phùng Quang Vĩnh', 1958), person('Ông Phùng Quang Vĩnh', 1958), 'strong'],
    [person('Phùng Quang Vĩnh', 1958, together), person('CỤ PHÙNG QUANG VĨNH', null, together), 'strong'],
    [person('Nguyễn An', 1950), person('Nguyễn Văn An', 1950), 'weak'],
    [person('Nguyễn An', 1950, together), person('Nguyễn Văn An', 1950, together), 'strong'],
    [person('An Nguyễn Văn', 1950, together), person('Nguyễn Văn An', 1950, together), 'strong'],
    [person('Nguyễn Văn Linh', 1950), person('Nguyễn Văn Minh', 1950), null],
    [person('Nguyễn Văn Linh', 1950, together), person('Nguyễn Văn Minh', 1950, together), 'weak'],
    [person('Nguyeen Văn Tam', 1950), person('Nguyễn Văn Tam', 1950), 'weak'],
    [person('Nguyễn Văn An', 1950), person('Nguyễn Văn An', 1950, { group: 7 }), 'weak'],
    [person('Nguyễn An', 1950), person('Nguyễn Văn An', 1950, { group: 7 }), null],
    [person('Nguyễn Văn An', 1950, { phone: 'x' }), person('Nguyễn Văn An', 1950, { group: 7, phone: 'x' }), 'strong'],
    [person('Trần Thị Lan', 1950, together), person('Nguyễn Văn An', 1950, together), null],
  ])('pair %#', (a, b, expected) => {
    expect(compare(a, b)?.strength ?? null).toBe(expected)
    expect(compare(b, a)?.strength ?? null).toBe(expected)
  })

  const syllable = fc.constantFrom('Nguyễn', 'Trần', 'Văn', 'Thị', 'An', 'Hoa', 'Hòa', 'Hùng', 'Hưng', 'Lan', 'Mỹ')
  const row = fc.record({
    name: fc.array(syllable, { minLength: 2, maxLength: 4 }).map((words) => words.join(' ')),
    born: fc.option(fc.integer({ min: 1950, max: 1953 })),
    group: fc.constantFrom(1, 2),
    household: fc.option(fc.constantFrom('h-1', 'h-2', 'h-3')),
    phone: fc.option(fc.constantFrom('x', 'y')),
  })

  test('blocks lose no pair that comparing everybody with everybody finds, but typing errors in more than one of name, year and house', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 14 }), (rows) => {
        const people = rows.map((one, i) => ({ id: `p-${i}`, ...one }))
        const found = new Set(findDuplicates(people, { limit: 1000 }).map(({ a, b }) => `${a} ${b}`))
        for (const [i, a] of people.entries())
          for (const b of people.slice(i + 1)) {
            const both = found.has(`${a.id} ${b.id}`) || found.has(`${b.id} ${a.id}`)
            expect([a, b, both]).toEqual([a, b, compare(a, b) !== null])
          }
      }),
      { numRuns: 300 },
    )
  })

  test('with somebody new, only pairs that concern them are named', () => {
    const people = ['p-1', 'p-2', 'p-3'].map((id) => ({ ...person('Nguyễn Văn An', 1950), id }))
    expect(findDuplicates(people, { limit: 10 })).toHaveLength(3)
    const found = findDuplicates(people, { fresh: new Set(['p-3']), limit: 10 })
    expect(found.map(({ a, b }) => [a, b].sort())).toEqual([['p-1', 'p-3'], ['p-2', 'p-3']]) // prettier-ignore
    expect(findDuplicates(people, { limit: 1 })).toHaveLength(1)
  })

  test('twenty thousand rows take a moment', () => {
    const families = ['Nguyễn', 'Trần', 'Lê', 'Phạm', 'Hoàng', 'Vũ', 'Đặng', 'Bùi', 'Đỗ', 'Ngô']
    const given = ['An', 'Bình', 'Chi', 'Dũng', 'Hà', 'Hoa', 'Hùng', 'Lan', 'Linh', 'Mai', 'Nam', 'Phúc', 'Quân', 'Tâm']
    const people = Array.from({ length: 20_000 }, (_, i) => ({
      ...person(`${families[i % 10]} ${i % 3 ? 'Văn' : 'Thị'} ${given[(i * 5) % 14]}`, 1940 + ((i * 13) % 80)),
      id: `p-${i}`,
      group: i % 60,
      household: `h-${i >> 2}`,
    }))
    const started = performance.now()
    findDuplicates(people, { limit: 500 })
    // No measure of speed (bench/ has those): every pair compared with every other would take minutes.
    expect(performance.now() - started).toBeLessThan(20_000)
  })
})

test('one edit is one edit', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 8 }), fc.nat(), fc.constantFrom('x', ''), (text, at, put) => {
      const i = at % text.length
      const changed = text.slice(0, i) + put + text.slice(i + 1)
      expect(oneEdit(text, changed)).toBe(text !== changed)
      expect(oneEdit(changed, text)).toBe(text !== changed)
    }),
  )
  expect([oneEdit('abcd', 'abdc'), oneEdit('abcd', 'badc'), oneEdit('abcd', 'ab'), oneEdit('', 'a')]).toEqual([
    true,
    false,
    false,
    true,
  ])
})

test.each<[string, string | null]>([
  ['0912345678', '0912345678'],
  ['0912 345 678', '0912345678'],
  ['0912.345.678', '0912345678'],
  ['+84 912 345 678', '0912345678'],
  ['84912345678', '0912345678'],
  ['+84 (0) 912345678', '0912345678'],
  ['912345678', '0912345678'],
  ['02083861234', '02083861234'],
  ['012345678', null],
  ['024198001234', null],
  ['0912345', null],
  ['số cũ', null],
  ['', null],
])('the phone number «%s» is %s', (text, expected) => expect(readPhone(text)).toBe(expected))
