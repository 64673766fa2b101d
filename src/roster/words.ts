import type { Line } from '../core/model/message.js'
import type { ColumnProblem, Field, Part } from '../core/roster/columns.js'
import type { RowProblem } from '../core/roster/rows.js'
import { phrase } from '../core/talk/draft.js'
import type { ImportReport, NamedDuplicate } from './import.js'

const say = (key: string, vars?: Line['vars']): Line => phrase(`roster.${key}`, vars)

/** A field as its column is called. */
export function fieldLine(field: Field | Part): Line {
  return say(`columns.${field}`)
}

export function columnProblemLine(problem: ColumnProblem): Line {
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

export function rowProblemLine({ line, kind, heading, value, other }: RowProblem): Line {
  const reason = say(`problems.${kind}`, { value: value ?? '', other: other ?? 0 })
  return heading === null || heading === ''
    ? say('import.row-whole', { line, reason })
    : say('import.row', { line, heading, reason })
}

export function duplicateLine({ strength, likeness, names, lines }: NamedDuplicate): Line {
  const one = (i: 0 | 1) =>
    lines[i] === null
      ? say('duplicates.known', { name: names[i] })
      : say('duplicates.line', { name: names[i], line: lines[i] })
  return say(`duplicates.${strength}`, { a: one(0), b: one(1), why: say(`likeness.${likeness}`) })
}

/** A report in words, a paragraph each: what the columns were taken for, what is wrong, who may be the same, and what became of it. */
export function reportLines(report: ImportReport): Line[][] {
  const { outcome, file, columns, columnProblems, rows, added, updated, unchanged, problems, duplicates } = report
  const done =
    outcome === 'not-allowed'
      ? say('import.not-allowed')
      : outcome !== 'refused'
        ? say(`import.${outcome}`, { added, updated, unchanged })
        : problems.length > 0
          ? say('import.refused', { count: problems.length, rows })
          : say('import.refused-file')
  return [
    columns.map(({ heading, field }) =>
      field === null
        ? say('import.not-read', { heading })
        : say('import.understood', { heading, field: fieldLine(field) }),
    ),
    file === null ? [] : [say(`file.${file}`)],
    columnProblems.map(columnProblemLine),
    problems.map(rowProblemLine),
    duplicates.length === 0
      ? []
      : [say('duplicates.heading', { count: duplicates.length }), ...duplicates.map(duplicateLine)],
    [done],
  ].filter((block) => block.length > 0)
}
