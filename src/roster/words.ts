import type { Line } from '../core/model/message.js'
import type { ColumnProblem, Field, Part } from '../core/roster/columns.js'
import type { RowProblem } from '../core/roster/rows.js'
import { phrase } from '../core/talk/draft.js'
import type { ImportReport, NamedChange, NamedDuplicate } from './import.js'

const say = (key: string, vars?: Line['vars']): Line => phrase(`roster.${key}`, vars)

/** A field as its column is called. */
export function fieldLine(field: Field | Part): Line {
  return say(`columns.${field}`)
}

/** A line of the file, with its sheet where the file has several lists. */
function placeLine(line: number, sheet: string | undefined): Line {
  return sheet === undefined ? say('import.at', { line }) : say('import.at-sheet', { line, sheet })
}

export function columnProblemLine(problem: ColumnProblem & { sheet?: string }): Line {
  return inSheet(problem.sheet, columnProblem(problem))
}

function inSheet(sheet: string | undefined, line: Line): Line {
  return sheet === undefined ? line : say('import.in-sheet', { sheet, line })
}

function columnProblem(problem: ColumnProblem): Line {
  switch (problem.kind) {
    case 'no-headings':
      return say('column-problems.no-headings')
    case 'missing':
      return say('column-problems.missing', { field: fieldLine(problem.field) })
    case 'twice':
      return say('column-problems.twice', { heading: problem.heading, field: fieldLine(problem.field) })
    default:
      return say(`column-problems.${problem.kind}`, { heading: problem.heading })
  }
}

export function rowProblemLine({ line, sheet, kind, heading, value, other, otherSheet }: RowProblem): Line {
  const reason = say(`problems.${kind}`, { value: value ?? '', other: placeLine(other ?? 0, otherSheet) })
  const place = placeLine(line, sheet)
  return heading === null || heading === ''
    ? say('import.row-whole', { line: place, reason })
    : say('import.row', { line: place, heading, reason })
}

export function duplicateLine({ strength, likeness, years, names, lines, sheets }: NamedDuplicate): Line {
  const one = (i: 0 | 1) =>
    lines[i] === null
      ? say('duplicates.known', { name: names[i] })
      : say('duplicates.line', { name: names[i], line: placeLine(lines[i], sheets[i]) })
  const why = say(`likeness.${likeness}`)
  const told = years === null ? why : say('duplicates.years', { why, a: years[0], b: years[1] })
  return say(`duplicates.${strength}`, { a: one(0), b: one(1), why: told })
}

/** What would change of somebody who is known: «Dòng 5 · Nguyễn Văn Ba: Thẻ căn cước: Có → Chưa có». */
export function changeLine({ line, sheet, name, fields }: NamedChange): Line {
  const told = fields.map(({ field, from, to }) => say('changes.field', { field: fieldLine(field), from: valueLine(field, from), to: valueLine(field, to) })) // prettier-ignore
  return say('changes.line', { line: placeLine(line, sheet), name, what: joined(told) })
}

function joined([first, ...rest]: Line[]): Line {
  return rest.length === 0 ? first! : say('changes.and', { one: first!, other: joined(rest) })
}

function valueLine(field: Field, value: string | number | boolean | null): Line | string | number {
  if (value === null || value === '') return say('changes.empty')
  if (typeof value === 'boolean') return say(`changes.${value ? 'yes' : 'no'}`)
  return field === 'residence' || field === 'card' ? say(`values.${field}.${value}`) : value
}

/** Titles that are named one by one: a list that has one before every name is told by its first rows. */
const TITLES_SHOWN = 20

function titleLine({ line, sheet, title, name }: ImportReport['titles'][number]): Line {
  return say('titles.line', { line: placeLine(line, sheet), title, name })
}

/** A report in words, a paragraph each: what the columns were taken for, what is wrong, who may be the same, and what became of it. */
export function reportLines(report: ImportReport): Line[][] {
  const { outcome, file, columns, columnProblems, unread, skipped, erased, rows, added, updated, unchanged, problems, changes, fonts, titles, duplicates } = report // prettier-ignore
  const done =
    outcome === 'not-allowed'
      ? say('import.not-allowed')
      : outcome !== 'refused'
        ? say(`import.${outcome}`, { added, updated, unchanged })
        : problems.length > 0
          ? say('import.refused', { count: problems.length, rows })
          : say('import.refused-file')
  return [
    columns.map(
      ({ heading, field, sheet }) =>
      inSheet(sheet, field === null ? say('import.not-read', { heading }) : say('import.understood', { heading, field: fieldLine(field) })), // prettier-ignore
    ),
    [
      ...unread.map((sheet) => say('import.unread', { sheet })),
      ...skipped.map(({ line, sheet, text }) => say('import.skipped', { line: placeLine(line, sheet), text })),
      ...erased.map(({ line, sheet, name }) => say('import.erased', { line: placeLine(line, sheet), name })),
    ],
    ...fonts.map((font) => [
      inSheet(font.sheet, say('fonts.heading', { font: say(`fonts.${font.font}`), count: font.count })),
      ...font.names.map(({ line, sheet, from, to }) => say('fonts.line', { line: placeLine(line, sheet), from, to })),
    ]),
    file === null ? [] : [say(`file.${file}`)],
    columnProblems.map(columnProblemLine),
    problems.map(rowProblemLine),
    changes.length === 0 ? [] : [say('changes.heading', { count: updated }), ...changes.map(changeLine)],
    titles.length === 0
      ? []
      : [say('titles.heading', { count: titles.length }), ...titles.slice(0, TITLES_SHOWN).map(titleLine)],
    duplicates.length === 0
      ? []
      : [say('duplicates.heading', { count: duplicates.length }), ...duplicates.map(duplicateLine)],
    [done],
  ].filter((block) => block.length > 0)
}
