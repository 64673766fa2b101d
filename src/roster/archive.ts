import { inflateRawSync } from 'node:zlib'

/** Bytes that the files of a spreadsheet may have together when they are unpacked: twenty thousand rows have some 20 MB. */
const UNPACKED_LIMIT = 120 * 1024 * 1024
/** How much a large file may have shrunk: real sheets shrink to a tenth or a thirtieth, a bomb to a thousandth. */
const RATIO_LIMIT = 150
/** Below this nothing is a bomb, however well it shrank. */
const RATIO_FROM = 4 * 1024 * 1024
const ENTRIES_LIMIT = 500
/** Sizes that may follow the data of a file: none, or a descriptor with or without its mark, in 32 or 64 bits. */
const DESCRIPTORS = new Set([0, 12, 16, 20, 24])

const END = 0x06054b50
const CENTRAL = 0x02014b50
const LOCAL = 0x04034b50
const DEFLATED = 8
const STORED = 0

/**
 * Whether a zip file may be opened: it unpacks to a sane size – it really does, its own word for it is not taken – and holds nothing that its list
 * of contents does not name. Null: yes.
 */
export function refuseArchive(zip: Buffer): 'broken' | 'bomb' | null {
  try {
    return look(zip)
  } catch (error) {
    if (error instanceof RangeError)
      return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'bomb' : 'broken'
    return 'broken'
  }
}

function look(zip: Buffer): 'broken' | 'bomb' | null {
  const end = endOf(zip)
  if (end < 0) return 'broken'
  const count = zip.readUInt16LE(end + 10)
  const central = zip.readUInt32LE(end + 16)
  if (count > ENTRIES_LIMIT) return 'bomb'
  const entries: { from: number; size: number; method: number }[] = []
  let at = central
  for (let left = count; left > 0; left--) {
    if (zip.readUInt32LE(at) !== CENTRAL) return 'broken'
    entries.push({
      from: zip.readUInt32LE(at + 42),
      size: zip.readUInt32LE(at + 20),
      method: zip.readUInt16LE(at + 10),
    })
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  let total = 0
  let next = 0
  for (const { from, size, method } of entries.sort((a, b) => a.from - b.from)) {
    // One file behind the other, without a gap for something that is not on the list.
    if (!DESCRIPTORS.has(from - next) || (next === 0 && from !== 0) || zip.readUInt32LE(from) !== LOCAL) return 'broken'
    const start = from + 30 + zip.readUInt16LE(from + 26) + zip.readUInt16LE(from + 28)
    if (start + size > central || (method !== DEFLATED && method !== STORED)) return 'broken'
    next = start + size
    const data = zip.subarray(start, next)
    const unpacked =
      method === STORED ? size : inflateRawSync(data, { maxOutputLength: UNPACKED_LIMIT - total + 1 }).length
    total += unpacked
    if (total > UNPACKED_LIMIT || (unpacked > RATIO_FROM && unpacked / Math.max(1, size) > RATIO_LIMIT)) return 'bomb'
  }
  return DESCRIPTORS.has(central - next) ? null : 'broken'
}

/** Where the list of contents ends; -1: this is no zip file. */
function endOf(zip: Buffer): number {
  for (let at = zip.length - 22; at >= Math.max(0, zip.length - 22 - 0xffff); at--)
    if (zip.readUInt32LE(at) === END) return at
  return -1
}

/** The files of an archive that was not refused, by name, unpacked when asked for. */
export function filesOf(zip: Buffer): Map<string, () => Buffer> {
  const files = new Map<string, () => Buffer>()
  const end = endOf(zip)
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [method, size, from] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 42)]
    const length = zip.readUInt16LE(at + 28)
    const name = zip.toString('utf8', at + 46, at + 46 + length)
    const start = from + 30 + zip.readUInt16LE(from + 26) + zip.readUInt16LE(from + 28)
    const data = zip.subarray(start, start + size)
    files.set(name, () => (method === STORED ? data : inflateRawSync(data, { maxOutputLength: UNPACKED_LIMIT })))
    at += 46 + length + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  return files
}
