import { deflateRawSync } from 'node:zlib'
import writeXlsxFile from 'write-excel-file/node'
import { filesOf } from '../../src/roster/archive.js'

type Value = string | number | Date | null

type Rows = readonly (readonly Value[])[]

/** An .xlsx of these rows, as a spreadsheet program saves it. */
export async function xlsxOf(rows: Rows): Promise<Buffer> {
  return writeXlsxFile(cellsOf(rows)).toBuffer()
}

/** An .xlsx of several sheets. */
export async function bookOf(sheets: Readonly<Record<string, Rows>>): Promise<Buffer> {
  return writeXlsxFile(Object.entries(sheets).map(([sheet, rows]) => ({ sheet, data: cellsOf(rows) }))).toBuffer()
}

/** The same .xlsx with a cell of its first sheet as a spreadsheet saves one whose formula failed. */
export function withErrorCell(xlsx: Buffer, cell: string, shown: string): Buffer {
  const files = Object.fromEntries([...filesOf(xlsx)].map(([name, read]) => [name, read()]))
  const sheet = 'xl/worksheets/sheet1.xml'
  const broken = files[sheet]!.toString().replace(new RegExp(`<c r="${cell}"[^>]*>.*?</c>`), `<c r="${cell}" t="e"><f>1/0</f><v>${shown}</v></c>`) // prettier-ignore
  return zipOf({ ...files, [sheet]: Buffer.from(broken) })
}

function cellsOf(rows: Rows) {
  return rows.map((row) =>
    row.map((value) => {
      if (value === null) return null
      if (value instanceof Date) return { value, type: Date, format: 'dd/mm/yyyy' } as const
      return typeof value === 'number' ? ({ value, type: Number } as const) : ({ value, type: String } as const)
    }),
  )
}

export function csvOf(rows: readonly (readonly Value[])[], by = ','): Buffer {
  return Buffer.from(
    rows.map((row) => row.map((value) => `"${value === null ? '' : String(value)}"`).join(by)).join('\n'),
  )
}

/** A zip file of deflated entries; `claims` is the size that its list of contents says a file has. */
export function zipOf(files: Readonly<Record<string, Buffer>>, claims?: number, gap = Buffer.alloc(0)): Buffer {
  const parts: Buffer[] = []
  const list: Buffer[] = []
  let at = 0
  for (const [name, data] of Object.entries(files)) {
    const packed = deflateRawSync(data)
    const head = Buffer.alloc(30)
    head.writeUInt32LE(0x04034b50, 0)
    head.writeUInt16LE(8, 8)
    head.writeUInt32LE(packed.length, 18)
    head.writeUInt32LE(claims ?? data.length, 22)
    head.writeUInt16LE(name.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(8, 10)
    entry.writeUInt32LE(packed.length, 20)
    entry.writeUInt32LE(claims ?? data.length, 24)
    entry.writeUInt16LE(name.length, 28)
    entry.writeUInt32LE(at, 42)
    list.push(entry, Buffer.from(name))
    parts.push(head, Buffer.from(name), packed, gap)
    at += head.length + name.length + packed.length + gap.length
  }
  const central = Buffer.concat(list)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(Object.keys(files).length, 8)
  end.writeUInt16LE(Object.keys(files).length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...parts, central, end])
}
