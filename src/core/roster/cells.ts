/** A cell as a spreadsheet gives it. */
export type Cell = string | number | boolean | Date | null

/** Space that is more than one blank between words. */
const UNTIDY = /^\s|\s$|\s\s|[^\S ]/

/** A cell as text, trimmed, in one Unicode form; a date as its day. */
export function cellText(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return ''
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? '' : cell.toISOString().slice(0, 10)
  if (typeof cell === 'boolean') return cell ? 'x' : ''
  if (typeof cell === 'number') return Number.isInteger(cell) ? cell.toFixed(0) : String(cell)
  const text = cell.normalize('NFC')
  // Most cells are clean, and a list has a quarter of a million of them.
  return UNTIDY.test(text) ? text.replace(/\s+/g, ' ').trim() : text
}

/**
 * Whether a cell holds what may be the number of an identity card: 12 digits (CCCD, căn cước) or 9 (CMND), in whatever grouping, also inside a
 * text. A number cell has lost its leading zeros: 10 and 11 digits count there.
 */
export function looksLikeId(cell: Cell | undefined): boolean {
  if (typeof cell === 'number') return Number.isInteger(cell) && /^\d{9,12}$/.test(cell.toFixed(0))
  const digits = cellText(cell).replace(/(?<=\d)[ .-](?=\d)/g, '')
  return /(?<!\d)(?:\d{12}|\d{9})(?!\d)/.test(digits)
}

/** How far a CSV is looked at for its separator. */
const HEAD = 4000

/** Cells of a CSV: `,`, `;` or a tab between them, whichever the first line with any has most of; quotes as in RFC 4180. */
export function readCsv(text: string): string[][] {
  const by = separatorOf(text.slice(0, HEAD))
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  while (at < text.length) {
    let cell = ''
    if (text[at] === '"') {
      at++
      for (;;) {
        const end = text.indexOf('"', at)
        if (end < 0) {
          cell += text.slice(at)
          at = text.length
          break
        }
        cell += text.slice(at, end)
        at = end + 1
        if (text[at] !== '"') break
        cell += '"'
        at++
      }
    }
    const start = at
    while (at < text.length && text[at] !== by && text[at] !== '\n' && text[at] !== '\r') at++
    row.push(cell + text.slice(start, at))
    if (text[at] === by) {
      at++
      if (at < text.length) continue
      row.push('')
    } else {
      if (text[at] === '\r' && text[at + 1] === '\n') at++
      at++
    }
    rows.push(row)
    row = []
  }
  return rows
}

function separatorOf(head: string): string {
  for (const line of head.split(/\r?\n|\r/)) {
    const plain = line.replace(/"(?:[^"]|"")*"/g, '')
    const counts = [',', ';', '\t'].map((by) => [by, plain.split(by).length - 1] as const)
    const [best] = counts.sort((a, b) => b[1] - a[1])
    if (best![1] > 0) return best![0]
  }
  return ','
}
