import { LOCALES } from '../../src/core/model/message.js'
import { FIELDS, PARTS } from '../../src/core/roster/columns.js'
import { ROW_PROBLEMS } from '../../src/core/roster/row-rules.js'
import type { ImportReport } from '../../src/roster/import.js'
import { FILE_PROBLEMS } from '../../src/roster/read.js'
import { reportLines } from '../../src/roster/words.js'
import { loadWorld } from '../support/world.js'

const { texts } = loadWorld()
const NOTHING: ImportReport = {
  outcome: 'refused',
  file: null,
  columns: [],
  columnProblems: [],
  unread: [],
  skipped: [],
  erased: [],
  rows: 3,
  added: 0,
  updated: 0,
  unchanged: 0,
  problems: [],
  changes: [],
  fonts: [],
  titles: [],
  duplicates: [],
}

describe.each(LOCALES)('a report in words (%s)', (locale) => {
  const words = (more: Partial<ImportReport>): string =>
    reportLines({ ...NOTHING, ...more })
      .map((block) => block.map((line) => texts.render(line, { locale, form: 'ban', day: '2026-11-24' })).join('\n'))
      .join('\n\n')

  test('has words for every outcome, column, file and row', () => {
    const all = [
      ...(['imported', 'would-import', 'refused', 'not-allowed'] as const).map((outcome) => words({ outcome })),
      ...FILE_PROBLEMS.map((file) => words({ file })),
      words({ columns: [...FIELDS, ...PARTS, null].map((field) => ({ heading: 'H', field })) }),
      words({
        columnProblems: [
          { kind: 'id-heading', heading: 'H' },
          { kind: 'id-values', heading: 'H' },
          { kind: 'twice', heading: 'H', field: 'phone' },
          { kind: 'missing', field: 'name' },
          { kind: 'no-headings' },
        ],
      }),
      ...ROW_PROBLEMS.map((kind) => words({ problems: [{ line: 2, kind, heading: 'H', value: 'V', other: 9 }] })),
      words({ problems: [{ line: 2, kind: 'twice', heading: null, value: 'V', other: 9 }] }),
      words({ problems: [{ line: 2, sheet: 'Tổ 1', kind: 'twice', heading: null, value: 'V', other: 9, otherSheet: 'Tổ 2' }] }), // prettier-ignore
      words({ unread: ['Bìa'] }),
      words({ skipped: [{ line: 9, text: 'Tổng cộng' }] }),
      words({
        changes: [
          {
            line: 3,
            name: 'Nguyễn Văn Ba',
            fields: [
              { field: 'card', from: 'has', to: 'none' },
              { field: 'note', from: null, to: 'N' },
              { field: 'visit', from: false, to: true },
            ],
          },
        ],
      }),
      words({ fonts: [{ font: 'tcvn3', count: 1, names: [{ line: 4, from: 'TrÇn', to: 'Trần' }] }] }),
      words({ fonts: [{ font: 'vni', sheet: 'Tổ 5', count: 1, names: [{ line: 4, sheet: 'Tổ 5', from: 'Traàn', to: 'Trần' }] }] }), // prettier-ignore
      words({ titles: [{ line: 4, title: 'Bà', name: 'Trần Thị Lan' }] }),
      words({
        duplicates: (['strong', 'weak'] as const).map((strength) => ({ a: 'a', b: 'b', strength, likeness: 'same', years: strength === 'weak' ? [1985, 1958] : null, lines: [2, null], sheets: [undefined, undefined], names: ['A', 'B'] })), // prettier-ignore
      }),
    ]
    expect(new Set(all).size).toBe(all.length)
    expect(all.join('\n')).not.toMatch(/\{\{|undefined|null/)
  })
})
