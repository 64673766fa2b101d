import fc from 'fast-check'
import { type Cell, cellText, looksLikeId, readCsv } from '../../../src/core/roster/cells.js'
import { type Columns, FIELDS, mapColumns } from '../../../src/core/roster/columns.js'
import { ROSTER_LIMITS } from '../../../src/core/model/roster.js'
import type { RowRules } from '../../../src/core/roster/row-rules.js'
import { readRow } from '../../../src/core/roster/rows.js'

const map = (headings: string[], ...rows: Cell[][]) => mapColumns([headings, ...rows], { group: null })
const fields = (headings: string[]) => map(headings).shown.map(({ field }) => field)
const RULES: RowRules = { groups: [1, 5, 7], holds: (group) => group !== 7, group: null, today: '2026-11-24' }

describe('headings in two lines', () => {
  test('are read together: what spans, and what stands under it', () => {
    const found = map(
      ['Họ và tên', 'Năm sinh', '', 'Tổ', 'Cư trú', '', 'Thẻ căn cước', ''],
      ['', 'Nam', 'Nữ', '', 'Thường trú', 'Tạm trú', 'Có', 'Chưa'],
      ['Trần Thị Tư', '', 1950, 5, 'x', '', '', 'x'],
    )
    expect(found.problems).toEqual([])
    expect(found.line).toBe(1)
    expect(found.shown.map(({ heading, field }) => [heading, field]).slice(1)).toEqual([
      ['Năm sinh: Nam', 'born'],
      ['Năm sinh: Nữ', 'born'],
      ['Tổ', 'group'],
      ['Cư trú: Thường trú', 'permanentMark'],
      ['Cư trú: Tạm trú', 'temporaryMark'],
      ['Thẻ căn cước: Có', 'hasCardMark'],
      ['Thẻ căn cước: Chưa', 'noCardMark'],
    ])
    const row = readRow(['Trần Thị Tư', '', 1950, 5, 'x', '', '', 'x'], 3, found, RULES)
    expect(row?.draft).toMatchObject({ born: 1950, residence: 'permanent', card: 'none' })
    const both = readRow(['Trần Thị Tư', '', 1950, 5, '', '', 'x', 'x'], 3, found, RULES)
    expect(both?.problems.map(({ kind }) => kind)).toEqual(['both-cards'])
  })

  test('a first row with marks is no second line of headings', () => {
    const found = map(['Họ và tên', 'Tổ', 'Thường trú', 'Tạm trú'], ['Trần Thị Tư', 5, 'x', ''])
    expect(found.line).toBe(0)
  })

  test('an ID number under a spanning heading refuses the file as well', () => {
    const found = map(['Họ và tên', 'Giấy tờ', '', 'Tổ'], ['', 'Số CCCD', 'Ngày sinh', ''], ['An', 'x', 1950, 5])
    expect(found.problems).toMatchObject([{ kind: 'id-heading' }])
  })
})

describe('the year of birth', () => {
  test('may stand in two columns: whichever has it, and two that differ are named', () => {
    const found = map(['Họ và tên', 'Tổ', 'Năm sinh', 'Ngày sinh'])
    expect(found.problems).toEqual([])
    const born = (year: Cell, day: Cell) => readRow(['Trần Thị Tư', 5, year, day], 2, found, RULES)!
    expect([born(1950, '20/11/1950'), born('', '20/11/1950'), born(1950, '')].map(({ draft }) => draft?.born)).toEqual([1950, 1950, 1950]) // prettier-ignore
    expect(born(1950, '20/11/1951').problems.map(({ kind }) => kind)).toEqual(['born'])
  })
})

describe('a name', () => {
  test('keeps what a list says of it in brackets as a note', () => {
    const found = map(['Họ và tên', 'Tổ', 'Ghi chú'])
    const draft = (name: string, note: string) => readRow([name, 5, note], 2, found, RULES)?.draft
    expect(draft('Nguyễn Văn Bé (con ông Chín)', '')).toMatchObject({ name: 'Nguyễn Văn Bé', note: 'con ông Chín' })
    expect(draft('Nguyễn Văn Bé (con ông Chín)', 'hay vắng')).toMatchObject({ note: 'hay vắng; con ông Chín' })
    expect(draft('(con ông Chín)', '')).toBeFalsy()
  })

  test('refuses a row whose note and brackets together are too long, instead of cutting them off', () => {
    const found = map(['Họ và tên', 'Tổ', 'Ghi chú'])
    const read = (name: string, note: string) => readRow([name, 5, note], 2, found, RULES)!
    const note = 'x'.repeat(ROSTER_LIMITS.note - '; con ông Chín'.length)
    expect(read('Nguyễn Văn Bé (con ông Chín)', note).draft?.note).toBe(`${note}; con ông Chín`)
    const long = read('Nguyễn Văn Bé (con ông Chín)', `${note}x`)
    expect(long.draft).toBeNull()
    expect(long.problems).toEqual([{ line: 2, kind: 'too-long', heading: 'Ghi chú', value: `${'x'.repeat(20)}…` }])
    // Without a column for notes it is the name's own.
    const bare = readRow([`Nguyễn Văn Bé (${'y'.repeat(501)})`, 5], 2, map(['Họ và tên', 'Tổ']), RULES)!
    expect(bare.problems).toEqual([{ line: 2, kind: 'too-long', heading: 'Họ và tên', value: `${'y'.repeat(20)}…` }])
  })
})

describe('headings', () => {
  test.each<[string[], (string | null)[]]>([
    [
      ['STT', 'Họ và tên', 'Năm sinh', 'Tổ dân phố', 'Điện thoại'],
      [null, 'name', 'born', 'group', 'phone'],
    ],
    [
      ['ho va ten', 'nam sinh', 'to', 'sdt'],
      ['name', 'born', 'group', 'phone'],
    ],
    [
      ['HỌ TÊN', 'NGÀY SINH', 'TDP', 'SỐ ĐT'],
      ['name', 'born', 'group', 'phone'],
    ],
    [
      ['Họ và tên'.normalize('NFD'), 'Tổ'.normalize('NFD')],
      ['name', 'group'],
    ],
    [
      ['Họ', 'Tên', 'Tổ'],
      ['family', 'given', 'group'],
    ],
    [
      ['Họ đệm', 'Tên', 'Tổ'],
      ['family', 'given', 'group'],
    ],
    [
      ['Tên', 'Tổ', 'Hộ'],
      ['name', 'group', 'code'],
    ],
    [
      ['Họ tên', 'Tổ', 'Thường trú', 'Tạm trú'],
      ['name', 'group', 'permanentMark', 'temporaryMark'],
    ],
    [
      ['Họ tên', 'Tổ', 'Chưa có CCCD', 'Lý do chưa có thẻ'],
      ['name', 'group', 'noCardMark', 'cardReason'],
    ],
    [
      ['Họ tên', 'Tổ', 'Thẻ căn cước (có/chưa)', 'Cần đến nhà?'],
      ['name', 'group', 'card', 'visit'],
    ],
    [
      ['Họ tên', 'Tổ', 'Tình trạng thẻ CCCD', 'Cán bộ, công chức'],
      ['name', 'group', 'card', 'official'],
    ],
    [
      ['Full name', 'Group', 'Year of birth', 'Address'],
      ['name', 'group', 'born', 'house'],
    ],
    [['Họ tên', 'Tổ', 'Đường/phố', 'Số nhà', 'Ngày rà soát', 'Ghi chú', 'Dân tộc'], ['name', 'group', 'street', 'house', 'reviewedOn', 'note', null]], // prettier-ignore
  ])('%j', (headings, expected) => {
    expect(fields(headings)).toEqual(expected)
    expect(map(headings).problems).toEqual([])
  })

  test('are found under the lines of a title', () => {
    const grid = [
      ['DANH SÁCH TỔ 5', null],
      [null, null],
      ['Họ và tên', 'Tổ'],
      ['Nguyễn Văn An', 5],
    ]
    expect(mapColumns(grid, { group: null })).toMatchObject({ line: 2, problems: [] })
  })

  test.each<[string[], unknown]>([
    [['Năm sinh', 'Tổ'], { kind: 'no-headings' }],
    [['a', 'b'], { kind: 'no-headings' }],
    [['Họ tên', 'Năm sinh'], { kind: 'missing', field: 'group' }],
    [['Họ đệm', 'Tên', 'Họ tên', 'Điện thoại', 'SĐT', 'Tổ'], { kind: 'twice', field: 'phone', heading: 'SĐT' }],
  ])('%j are refused', (headings, problem) => expect(map(headings).problems).toContainEqual(problem))

  test('a head of one group needs no column for it', () => {
    expect(mapColumns([['Họ tên', 'Năm sinh']], { group: 5 }).problems).toEqual([])
  })

  test.each([
    'CCCD',
    'Số CCCD',
    'so cccd',
    'CMND',
    'CMND/CCCD',
    'Số CMND hoặc CCCD',
    'Số CMTND',
    'Số định danh',
    'Số định danh cá nhân',
    'Mã định danh',
    'Định danh cá nhân',
    'Số căn cước',
    'Số thẻ căn cước',
    'Số thẻ CCCD',
    'ĐDCN',
    'Số giấy tờ',
    'Chứng minh nhân dân',
    'ID number',
    'Hộ chiếu',
  ])('«%s» is a column that is kept nowhere', (heading) => {
    expect(map(['Họ tên', 'Tổ', heading]).problems).toEqual([{ kind: 'id-heading', heading }])
  })

  test.each<[string, Cell[]]>([
    ['Ghi chú', ['019198001234', '019198001235', null]],
    ['Ghi chú', ['019 198 001 234']],
    ['Ghi chú', ['090123456', 'CMND 090123456']],
    ['Mã', [19198001234, 19198001235]],
    ['Điện thoại', ['019198001234', '0912345678']],
    ['ID', ['019198001234', '019198001236']],
    ['', ['019198001234']],
  ])('a column «%s» of %j is one of ID numbers, whatever it is called', (heading, cells) => {
    const problems = map(['Họ tên', 'Tổ', heading], ...cells.map((cell) => ['Nguyễn Văn An', 5, cell])).problems
    expect(problems).toEqual([{ kind: 'id-values', heading }])
  })

  test('phone numbers, years and dates are none', () => {
    for (const cell of ['0912345678', 912345678, '+84 912 345 678', '02083861234'])
      expect(map(['Họ tên', 'Tổ', 'Điện thoại'], ['Nguyễn Văn An', 5, cell]).problems).toEqual([])
    for (const cell of ['01/02/1950', '12.05.1950', 1950, 'số 12 ngõ 3', '0912345678 hoặc 0987654321'])
      expect(looksLikeId(cell)).toBe(false)
  })

  test('every field has a heading of its own', () => {
    expect(new Set(FIELDS).size).toBe(FIELDS.length)
  })
})

describe('a row', () => {
  const ALL = ['Họ tên', 'Tổ', 'Năm sinh', 'Cư trú', 'Thẻ căn cước', 'Cần đến nhà', 'Điện thoại', 'Ghi chú', 'Ngày rà soát', 'Thường trú', 'Tạm trú', 'Chưa có thẻ'] // prettier-ignore
  const columns: Columns = map(ALL)
  const read = (more: Record<string, Cell>, rules: RowRules = RULES) => {
    const given: Record<string, Cell> = { 'Họ tên': 'Nguyễn Văn An', Tổ: 5, ...more }
    return readRow(
      ALL.map((heading) => given[heading] ?? null),
      9,
      columns,
      rules,
    )!
  }
  const draft = (more: Record<string, Cell>) => read(more).draft

  test('says what it says and nothing else', () => {
    expect(draft({})).toEqual({ line: 9, name: 'Nguyễn Văn An', group: 5 })
    expect(
      draft({ 'Năm sinh': 1950, 'Cư trú': 'Tạm trú', 'Thẻ căn cước': 'chưa', 'Cần đến nhà': 'x', 'Điện thoại': 912345678, 'Ghi chú': ' hay  vắng ', 'Ngày rà soát': '20/11/2026' }), // prettier-ignore
    ).toEqual({
      line: 9,
      name: 'Nguyễn Văn An',
      group: 5,
      born: 1950,
      residence: 'temporary',
      card: 'none',
      visit: true,
      phone: '0912345678',
      note: 'hay vắng',
      reviewedOn: '2026-11-20',
    })
  })

  test.each<[Record<string, Cell>, object]>([
    [{ 'Năm sinh': '01/02/1950' }, { born: 1950 }],
    [{ 'Năm sinh': new Date('1950-02-01T00:00:00Z') }, { born: 1950 }],
    [{ 'Năm sinh': '2/1950' }, { born: 1950 }],
    [{ Tổ: 'Tổ 5' }, { group: 5 }],
    [{ Tổ: 'Tổ dân phố số 05' }, { group: 5 }],
    [{ 'Cư trú': 'TẠM TRÚ' }, { residence: 'temporary' }],
    [{ 'Thường trú': 'x' }, { residence: 'permanent' }],
    [{ 'Tạm trú': '✓' }, { residence: 'temporary' }],
    [{ 'Thẻ căn cước': 'Đã có' }, { card: 'has' }],
    [{ 'Thẻ căn cước': '?' }, { card: 'unknown' }],
    [{ 'Chưa có thẻ': 'x' }, { card: 'none' }],
    [{ 'Cần đến nhà': 'Có' }, { visit: true }],
    [{ 'Cần đến nhà': true }, { visit: true }],
    [{ 'Ngày rà soát': new Date('2026-11-20T00:00:00Z') }, { reviewedOn: '2026-11-20' }],
  ])('%j is understood', (more, expected) => expect(draft(more)).toMatchObject(expected))

  test.each<[Record<string, Cell>, string, string | null]>([
    [{ 'Họ tên': null }, 'no-name', null],
    [{ 'Họ tên': 'Nguyễn Văn 4n' }, 'name', 'Nguyễn Văn •n'],
    [{ 'Họ tên': `Nguyễn ${'A'.repeat(90)}` }, 'too-long', 'Nguyễn AAAAAAAAAAAAA…'],
    [{ Tổ: null }, 'no-group', null],
    [{ Tổ: 'năm' }, 'group', 'năm'],
    [{ Tổ: 9 }, 'unknown-group', '9'],
    [{ Tổ: 7 }, 'not-your-group', '7'],
    [{ 'Năm sinh': 1850 }, 'born', '1850'],
    [{ 'Năm sinh': 2027 }, 'born', '2027'],
    [{ 'Năm sinh': '50' }, 'born', '50'],
    [{ 'Cư trú': 'ở nhờ' }, 'residence', 'ở nhờ'],
    [{ 'Thường trú': 'x', 'Tạm trú': 'x' }, 'both-residences', null],
    [{ 'Thẻ căn cước': 'sắp' }, 'card', 'sắp'],
    [{ 'Cần đến nhà': 'hỏi lại' }, 'mark', 'hỏi lại'],
    [{ 'Điện thoại': '0912' }, 'phone', '•912'],
    [{ 'Ngày rà soát': '31/02/2026' }, 'day', '31/02/2026'],
    [{ 'Ngày rà soát': '25/11/2026' }, 'day', '25/11/2026'],
    [{ 'Ghi chú': 'x'.repeat(501) }, 'too-long', `${'x'.repeat(20)}…`],
    [{ 'Ghi chú': 'thẻ số 019198001234' }, 'id-number', null],
  ])('%j is refused with its reason', (more, kind, value) => {
    const { draft, problems } = read(more)
    expect(draft).toBeNull()
    expect(problems).toEqual([expect.objectContaining({ line: 9, kind, value })])
    expect(JSON.stringify(problems)).not.toContain('019198001234')
  })

  test('with nothing in it is no row', () => {
    expect(readRow([null, ' ', ''], 9, columns, RULES)).toBeNull()
  })

  test('of anything at all is read without an error, and an ID number never passes', () => {
    const cell = fc.oneof(
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.date(),
      fc.constantFrom('019198001234', '090123456', 'x', 'có', '5', '1950'),
    )
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 14 }), (cells) => {
        const row = readRow(cells, 2, columns, RULES)
        const kept = Object.entries(row?.draft ?? {}).filter(([field]) => field !== 'phone')
        for (const [, value] of kept) expect(looksLikeId(value as Cell)).toBe(false)
        if (row?.draft) expect(row.problems).toEqual([])
      }),
    )
  })
})

describe('a CSV', () => {
  test.each<[string, string[][]]>([
    ['a,b\r\n1,2\r\n', [['a', 'b'], ['1', '2']]],
    ['a;b\n1,5;2', [['a', 'b'], ['1,5', '2']]],
    ['a\tb\n1\t2', [['a', 'b'], ['1', '2']]],
    ['"a, b";"c ""d"""\n"x\ny";z', [['a, b', 'c "d"'], ['x\ny', 'z']]],
    ['a,b,\n,,', [['a', 'b', ''], ['', '', '']]],
    ['một', [['một']]],
    ['', []],
    ['a,"offen', [['a', 'offen']]],
  ])('%j', (text, expected) => expect(readCsv(text)).toEqual(expected)) // prettier-ignore

  test('gives back whatever was written, with each separator', () => {
    const cells = fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(cells, fc.constantFrom(',', ';', '\t'), (rows, by) => {
        const quoted = [['a', 'b', 'c', 'd'], ...rows].map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(by)) // prettier-ignore
        expect(readCsv(`${quoted.join('\r\n')}\r\n`).slice(1)).toEqual(rows)
      }),
    )
  })
})

test('a cell as text is trimmed, in one Unicode form, without exponents', () => {
  expect([' Hòa '.normalize('NFD'), 912345678901, 1.5, true, false, null, undefined].map((cell) => cellText(cell))).toEqual(
    ['Hòa', '912345678901', '1.5', 'x', '', '', ''],
  ) // prettier-ignore
})
