import { inflateRawSync } from 'node:zlib'

/** The files inside a zip file, by name. */
export function unzip(zip: Buffer): Map<string, string> {
  const files = new Map<string, string>()
  const end = zip.lastIndexOf(Buffer.from('PK\u0005\u0006'))
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const method = zip.readUInt16LE(at + 10)
    const size = zip.readUInt32LE(at + 20)
    const name = zip.readUInt16LE(at + 28)
    const local = zip.readUInt32LE(at + 42)
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const data = zip.subarray(start, start + size)
    files.set(
      zip.toString('utf8', at + 46, at + 46 + name),
      (method === 0 ? data : inflateRawSync(data)).toString('utf8'),
    )
    at += 46 + name + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  return files
}

/** The cells of a spreadsheet's first sheet, row by row, as text. */
export function cellsOf(xlsx: Buffer): string[][] {
  const files = unzip(xlsx)
  const sheet = files.get('xl/worksheets/sheet1.xml')!
  const shared = [...(files.get('xl/sharedStrings.xml') ?? '').matchAll(/<si>([^]*?)<\/si>/g)].map(([, one]) =>
    plain(one!),
  )
  return [...sheet.matchAll(/<row [^>]*>([^]*?)<\/row>/g)].map(([, row]) => {
    const cells: string[] = []
    for (const [, place, attributes, inner = ''] of row!.matchAll(/<c r="([A-Z]+)\d+"([^>]*?)(?:\/>|>([^]*?)<\/c>)/g)) {
      const column = [...place!].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
      const value = plain(inner)
      cells[column] = attributes!.includes('t="s"') ? shared[Number(value)]! : value
    }
    return Array.from(cells, (cell) => cell ?? '')
  })
}

function plain(xml: string): string {
  const text = xml.replace(/<[^>]*>/g, '')
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&apos;', "'").replaceAll('&#39;', "'").replaceAll('&amp;', '&') // prettier-ignore
}
