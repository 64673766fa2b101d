import { filesOf } from './archive.js'

/** A cell whose formula failed: row and column from 0, and what the spreadsheet shows there. */
export interface ErrorCell {
  row: number
  column: number
  text: string
}

/**
 * The cells of an .xlsx that show an error (`#REF!`), by the name of their sheet. The reader of sheets takes them for empty; whoever brings a list
 * must hear of them. The archive was looked at before (refuseArchive).
 */
export function errorCells(file: Buffer): Map<string, ErrorCell[]> {
  const files = filesOf(file)
  const text = (name: string) => files.get(name)?.().toString('utf8') ?? ''
  const targets = new Map(
    [...text('xl/_rels/workbook.xml.rels').matchAll(/<Relationship\b[^>]*>/g)].map(([tag]) => [
      attribute(tag, 'Id'),
      attribute(tag, 'Target'),
    ]),
  )
  const found = new Map<string, ErrorCell[]>()
  for (const [tag] of text('xl/workbook.xml').matchAll(/<(?:\w+:)?sheet\b[^>]*>/g)) {
    const target = targets.get(attribute(tag, 'r:id')) ?? ''
    const xml = text(target.startsWith('/') ? target.slice(1) : `xl/${target}`)
    // Hardly any sheet has one, and most are long.
    if (!xml.includes('t="e"')) continue
    const cells = [...xml.matchAll(/<(?:\w+:)?c\b([^>]*\bt="e"[^>]*)>(?:(?!<\/(?:\w+:)?c>)[^])*?<(?:\w+:)?v>([^<]*)</g)]
    const errors = cells.flatMap(([, attributes, shown]) => {
      const at = /^([A-Z]{1,3})(\d+)$/.exec(attribute(` ${attributes}`, 'r') ?? '')
      return at ? [{ row: Number(at[2]) - 1, column: columnOf(at[1]!), text: unescaped(shown!) }] : []
    })
    if (errors.length > 0) found.set(unescaped(attribute(tag, 'name') ?? ''), errors)
  }
  return found
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]
}

function columnOf(letters: string): number {
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d+)|(\w+));/g, (whole, code: string, name: string) =>
    code ? String.fromCodePoint(Number(code)) : (ENTITIES[name] ?? whole),
  )
}
