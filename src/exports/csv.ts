/** A cell that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, «CSV injection»). */
const FORMULA = /^[=+\-@\t\r]/

/** One line of RFC 4180 CSV, with its line end. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const safe = FORMULA.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
