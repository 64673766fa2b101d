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
  /** Above the body of a letter: the word, and whom it names; nobody is named in a report. */
  to: { word: string; names: readonly string[] }
  body: readonly (string | { heading: string } | { table: DraftTable })[]
  /** The word, and then whom it names. */
  received: readonly string[]
  /** In whose name somebody signs, and as what; `signature` says what is still to be filled in. */
  authority: string
  office: string
  signature: string
}

/** Half points, and twentieths of a point from millimetres. */
const SIZE = 28
const LISTED = 24
const SMALL = 22
/** Millimetres between the side margins. */
const TEXT_WIDTH = 165
/** Of the two sides at the head and at the foot, percent. */
const LEFT_SIDE = 42
const mm = (length: number) => Math.round((length / 25.4) * 1440)

/** Of rules, millimetres: below the issuing body, the motto and the subject, whose lines are about 60, 58 and 140 long. */
const RULE = 24
const MOTTO_RULE = 58
const SUBJECT_RULE = 55
/** What text has of a cell: Word leaves 1.9 mm at each of its sides. */
const inside = (percent: number) => (TEXT_WIDTH * percent) / 100 - 3.8
const [leftSide, rightSide] = [inside(LEFT_SIDE), inside(100 - LEFT_SIDE)]

/**
 * The bytes of a draft as .docx, laid out as Decree 30/2020/NĐ-CP asks (annex I, part I). Section I: A4, Times New Roman, margins 20/20/30/15 mm (3), numbers of
 * pages in the middle of the top margin, 13 pt upright, none on the first page (7). Section II: a rule as long as the line below the motto (1b), one
 * of a third to a half of the line below the issuing body (2b) and below the subject (5b), the authority and office of whoever signs in bold
 * capitals (7), «Nơi nhận:» 12 pt bold italic with its list in 11 pt, «Kính gửi:» on one line with one addressee, above a list with several (9).
 */
export async function draftBytes(draft: Draft): Promise<Buffer> {
  // A megabyte that only drafts need.
  const docx = await import('docx')
  const { AlignmentType, BorderStyle, Document, Header, Packer, PageNumber, Paragraph, Table, TableCell, TableRow, TextRun, WidthType } = docx // prettier-ignore
  type Look = {
    bold?: boolean
    italics?: boolean
    size?: number
    color?: string
    left?: boolean
    before?: number
    keepNext?: boolean
  }
  const line = (
    text: string,
    { left = false, size = SIZE, before = 0, keepNext = false, ...look }: Look = {},
  ): Paragraph =>
    new Paragraph({
      alignment: left ? AlignmentType.LEFT : AlignmentType.CENTER,
      spacing: { before, after: 60 },
      // No heading stands alone at the foot of a page.
      keepNext,
      children: [new TextRun({ text, size, ...look })],
    })
  /** A rule in the middle of `within` millimetres: the border of a line too low for letters. */
  const rule = (length: number, within: number): Paragraph =>
    new Paragraph({
      spacing: { before: 0, after: 60, line: 20, lineRule: docx.LineRuleType.EXACT },
      indent: { left: mm((within - length) / 2), right: mm((within - length) / 2) },
      border: { top: { style: BorderStyle.SINGLE, size: 6, space: 1, color: '000000' } },
      children: [],
    })
  const none = { style: BorderStyle.NONE, size: 0, color: 'auto' }
  const bare = { top: none, bottom: none, left: none, right: none }
  const sides = (left: Paragraph[], right: Paragraph[]): Table =>
    new Table({
      width: { size: 100, type: WidthType.PERCENTAGE },
      // LibreOffice goes by the grid, Word by the cells.
      columnWidths: [LEFT_SIDE, 100 - LEFT_SIDE].map((percent) => mm((TEXT_WIDTH * percent) / 100)),
      borders: { ...bare, insideHorizontal: none, insideVertical: none },
      rows: [
        new TableRow({
          cantSplit: true,
          children: [left, right].map((children, i) => new TableCell({ width: { size: i === 0 ? LEFT_SIDE : 100 - LEFT_SIDE, type: WidthType.PERCENTAGE }, borders: bare, children })), // prettier-ignore
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
  const addressees = ({ word, names }: Draft['to']): Paragraph[] => {
    if (names.length < 2) return names.map((name) => line(`${word} ${name}`))
    const item = (name: string, i: number) =>
      new Paragraph({
        spacing: { after: 60 },
        indent: { left: mm(45) },
        children: [new TextRun({ text: `- ${name}${i === names.length - 1 ? '.' : ';'}`, size: SIZE })],
      })
    return [
      new Paragraph({ spacing: { after: 60 }, indent: { left: mm(26) }, children: [new TextRun({ text: word, size: SIZE })] }), // prettier-ignore
      ...names.map(item),
    ]
  }
  const { kind, subject } = draft
  const children = [
    line(draft.mark, { bold: true, color: 'C00000' }),
    sides(
      [
        line(draft.issuer.toUpperCase(), { bold: true, size: 26 }),
        rule(RULE, leftSide),
        line(draft.number, { size: 26 }),
        ...(kind === null ? [line(subject, { size: 24 })] : []),
      ],
      [
        line(draft.republic, { bold: true, size: 24 }),
        line(draft.motto, { bold: true }),
        rule(MOTTO_RULE, rightSide),
        line(draft.dateline, { italics: true, size: 26 }),
      ],
    ),
    ...(kind === null
      ? []
      : [line(''), line(kind, { bold: true }), line(subject, { bold: true }), rule(SUBJECT_RULE, TEXT_WIDTH)]),
    line(''),
    ...addressees(draft.to),
    ...draft.body.map((part) =>
      typeof part === 'string'
        ? paragraph(part)
        : 'heading' in part
          ? line(part.heading, { bold: true, left: true, keepNext: true })
          : grid(part.table),
    ),
    line(''),
    sides(
      draft.received.map((one, i) =>
        line(one, { left: true, size: i === 0 ? LISTED : SMALL, bold: i === 0, italics: i === 0 }),
      ),
      [
        line(draft.authority, { bold: true }),
        line(draft.office, { bold: true }),
        line(draft.signature, { italics: true, size: SMALL, before: mm(20) }),
      ],
    ),
  ]
  const numbered = new Header({
    children: [
      new Paragraph({
        alignment: AlignmentType.CENTER,
        children: [new TextRun({ children: [PageNumber.CURRENT], size: 26 })],
      }),
    ],
  })
  const document = new Document({
    styles: { default: { document: { run: { font: 'Times New Roman', size: SIZE } } } },
    sections: [
      {
        properties: {
          titlePage: true,
          page: {
            size: { width: mm(210), height: mm(297) },
            margin: { top: mm(20), bottom: mm(20), left: mm(30), right: mm(15), header: mm(10) },
          },
        },
        headers: { default: numbered, first: new Header({ children: [] }) },
        children,
      },
    ],
  })
  return Packer.toBuffer(document)
}
