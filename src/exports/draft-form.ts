import type { Paragraph, Table } from 'docx'

/** Cells of a table of a draft; the first row is its heading. */
export type DraftTable = readonly (readonly (string | number)[])[]

/** What stands in a draft, ready in words. */
export interface Draft {
  /** The mark that it is not signed. */
  mark: string
  issuer: string
  /** `Số:    /…`, without a number: the registry gives it. */
  number: string
  republic: string
  motto: string
  dateline: string
  /** Null: a letter, whose subject stands below its number; otherwise the kind stands in the middle above the subject. */
  kind: string | null
  subject: string
  /** Above the body of a letter. */
  to: readonly string[]
  body: readonly (string | { heading: string } | { table: DraftTable })[]
  received: readonly string[]
  signature: string
}

/** Half points, and twentieths of a point from millimetres. */
const SIZE = 28
const SMALL = 22
const mm = (length: number) => Math.round((length / 25.4) * 1440)

/**
 * The bytes of a draft as .docx, laid out as Decree 30/2020/NĐ-CP, annex I, asks: A4, Times New Roman, margins 20/20/30/15 mm, issuing body and number on
 * the left, national title on the right, recipients and signature at the end.
 */
export async function draftBytes(draft: Draft): Promise<Buffer> {
  // A megabyte that only drafts need.
  const { AlignmentType, BorderStyle, Document, Packer, Paragraph, Table, TableCell, TableRow, TextRun, WidthType } =
    await import('docx')
  type Look = { bold?: boolean; italics?: boolean; size?: number; color?: string; left?: boolean; underline?: object }
  const line = (text: string, { left = false, size = SIZE, ...look }: Look = {}): Paragraph =>
    new Paragraph({
      alignment: left ? AlignmentType.LEFT : AlignmentType.CENTER,
      spacing: { after: 60 },
      children: [new TextRun({ text, size, ...look })],
    })
  const none = { style: BorderStyle.NONE, size: 0, color: 'auto' }
  const bare = { top: none, bottom: none, left: none, right: none }
  const sides = (left: Paragraph[], right: Paragraph[]): Table =>
    new Table({
      width: { size: 100, type: WidthType.PERCENTAGE },
      borders: { ...bare, insideHorizontal: none, insideVertical: none },
      rows: [
        new TableRow({
          children: [left, right].map((children, i) => new TableCell({ width: { size: i === 0 ? 42 : 58, type: WidthType.PERCENTAGE }, borders: bare, children })), // prettier-ignore
        }),
      ],
    })
  const grid = (rows: DraftTable): Table =>
    new Table({
      width: { size: 100, type: WidthType.PERCENTAGE },
      rows: rows.map(
        (cells, r) =>
          new TableRow({
            tableHeader: r === 0,
            children: cells.map((cell) => new TableCell({ children: [line(String(cell), { left: typeof cell === 'string' && r > 0, bold: r === 0, size: SMALL })] })), // prettier-ignore
          }),
      ),
    })
  const paragraph = (text: string) =>
    new Paragraph({
      alignment: AlignmentType.JUSTIFIED,
      spacing: { before: 120, after: 60 },
      indent: { firstLine: mm(10) },
      children: [new TextRun({ text, size: SIZE })],
    })
  const { kind, subject } = draft
  const children = [
    line(draft.mark, { bold: true, color: 'C00000' }),
    sides(
      [
        line(draft.issuer.toUpperCase(), { bold: true, size: 26 }),
        line(draft.number, { size: 26 }),
        ...(kind === null ? [line(subject, { size: 24 })] : []),
      ],
      [
        line(draft.republic, { bold: true, size: 26 }),
        line(draft.motto, { bold: true, underline: {} }),
        line(draft.dateline, { italics: true }),
      ],
    ),
    ...(kind === null ? [] : [line(''), line(kind, { bold: true }), line(subject, { bold: true })]),
    line(''),
    ...draft.to.map((one) => line(one)),
    ...draft.body.map((part) =>
      typeof part === 'string'
        ? paragraph(part)
        : 'heading' in part
          ? line(part.heading, { bold: true, left: true })
          : grid(part.table),
    ),
    line(''),
    sides(
      draft.received.map((one, i) => line(one, { left: true, size: SMALL, bold: i === 0, italics: i === 0 })),
      [line(draft.signature, { italics: true, size: 26 })],
    ),
  ]
  const document = new Document({
    styles: { default: { document: { run: { font: 'Times New Roman', size: SIZE } } } },
    sections: [
      {
        properties: {
          page: {
            size: { width: mm(210), height: mm(297) },
            margin: { top: mm(20), bottom: mm(20), left: mm(30), right: mm(15) },
          },
        },
        children,
      },
    ],
  })
  return Packer.toBuffer(document)
}
