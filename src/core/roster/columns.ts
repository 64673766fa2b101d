import { fold } from '../language/fold.js'
import { type Cell, cellText, looksLikeId } from './cells.js'
import { readPhone } from './phone.js'

/** What a column of the roster may hold, in the order in which the roster is written out. */
export const FIELDS = [
  'id',
  'group',
  'code',
  'name',
  'born',
  'residence',
  'card',
  'cardReason',
  'visit',
  'official',
  'phone',
  'street',
  'house',
  'reviewedOn',
  'note',
] as const
export type Field = (typeof FIELDS)[number]

/** Columns that lists of the ward have besides: a name in two parts, and marks instead of words. */
export type Part = 'family' | 'given' | 'permanentMark' | 'temporaryMark' | 'noCardMark'

/** Headings as people write them, folded. */
const SPELLINGS: Readonly<Record<Field | Part, readonly string[]>> = {
  id: ['ma trong so', 'ma nguoi', 'ma so nguoi', 'person id', 'id', 'register id'],
  group: ['to dan pho', 'to', 'tdp', 'so to', 'to so', 'to dp', 'to dan pho so', 'khu pho', 'ten to', 'ten tdp', 'group', 'residential group'], // prettier-ignore
  code: ['ma ho', 'so ho', 'ho so', 'ho gia dinh so', 'ma ho gia dinh', 'so thu tu ho', 'stt ho', 'household', 'household no', 'household number', 'household code'], // prettier-ignore
  name: ['ho va ten', 'ho ten', 'ten nguoi dan', 'ho ten nguoi dan', 'ho va ten cong dan', 'ho ten cong dan', 'cong dan', 'ho chu dem va ten', 'ho chu dem va ten khai sinh', 'ho va ten khai sinh', 'ten day du', 'name', 'full name'], // prettier-ignore
  family: ['ho dem', 'ho va dem', 'ho lot', 'ho va chu dem', 'ho va ten dem', 'ho ten dem', 'ho va chu lot'],
  given: ['ten'],
  born: ['nam sinh', 'ngay sinh', 'ngay thang nam sinh', 'ngay thang sinh', 'nam', 'ns', 'sinh nam', 'sinh ngay', 'sn', 'year of birth', 'birth year', 'born', 'date of birth', 'dob'], // prettier-ignore
  residence: ['cu tru', 'loai cu tru', 'hinh thuc cu tru', 'dien cu tru', 'tinh trang cu tru', 'dang ky cu tru', 'thuong tru tam tru', 'thuong tru hay tam tru', 'hk', 'residence'], // prettier-ignore
  permanentMark: ['thuong tru', 'dien thuong tru', 'permanent'],
  temporaryMark: ['tam tru', 'dien tam tru', 'temporary'],
  card: ['the', 'the can cuoc', 'can cuoc', 'the cccd', 'co the', 'co the chua', 'da co the', 'tinh trang the', 'tinh trang the can cuoc', 'tinh trang the cccd', 'co the can cuoc', 'co the cccd', 'da co the can cuoc', 'da co the cccd', 'co cccd', 'da co cccd', 'co cccd chua', 'da co can cuoc', 'da cap the', 'da cap cccd', 'tinh trang cap the', 'tinh trang cap cccd', 'tinh trang cccd', 'cap the', 'id card', 'card'], // prettier-ignore
  noCardMark: ['chua co the', 'chua co the can cuoc', 'chua co the cccd', 'chua co cccd', 'chua co can cuoc', 'chua cap the', 'chua cap cccd', 'chua lam the', 'chua lam cccd', 'no card'], // prettier-ignore
  cardReason: ['ly do', 'ly do chua co', 'ly do chua co the', 'ly do chua co the can cuoc', 'ly do chua co cccd', 'ly do chua cap', 'ly do chua lam', 'ly do chua lam the', 'vi sao chua co', 'reason', 'why no card'], // prettier-ignore
  visit: ['can den nha', 'den nha', 'can den tan nha', 'ho tro tai nha', 'can ho tro tai nha', 'lam tai nha', 'muon lam tai nha', 'dang ky lam tai nha', 'nguyen vong lam tai nha', 'home visit', 'visit', 'wants a visit'], // prettier-ignore
  official: ['can bo', 'cbcc', 'cong chuc', 'can bo cong chuc', 'la can bo', 'cb cc', 'official', 'ward official'],
  phone: ['dien thoai', 'so dien thoai', 'sdt', 'so dt', 'dt', 'di dong', 'dtdd', 'so di dong', 'dien thoai di dong', 'dien thoai lien he', 'so dien thoai lien he', 'sdt lien he', 'lien he', 'phone', 'phone number', 'mobile'], // prettier-ignore
  street: ['duong', 'pho', 'duong pho', 'ngo', 'duong ngo', 'ten duong', 'ten duong pho', 'xom', 'street'],
  house: ['so nha', 'dia chi', 'dia chi nha', 'noi o', 'noi o hien tai', 'cho o', 'cho o hien tai', 'noi thuong tru', 'noi cu tru', 'dia chi cu tru', 'dia chi thuong tru', 'dia chi hien tai', 'address', 'house', 'house number'], // prettier-ignore
  reviewedOn: ['ra soat', 'ngay ra soat', 'ra soat ngay', 'da ra soat', 'da ra soat ngay', 'reviewed', 'reviewed on', 'review date'], // prettier-ignore
  note: ['ghi chu', 'luu y', 'chu thich', 'note', 'notes', 'remarks'],
}

const BY_SPELLING = new Map(
  Object.entries(SPELLINGS).flatMap(([field, all]) => all.map((spelling) => [spelling, field as Field | Part])),
)

/** Headings under which the number of an identity card stands, folded. «Tình trạng CCCD» and «chưa có CCCD» are not among them. */
const ID_HEADING =
  /^(?:so |ma )?(?:the )?(?:cccd|cmnd|cmtnd|cmt|ddcn)(?: (?:hoac |va )?(?:cccd|cmnd|cmtnd|so dinh danh|ddcn))*$|(?:^| )(?:so|ma) (?:the )?(?:cccd|cmnd|cmtnd|cmt|can cuoc|dinh danh|ddcn|giay to)|dinh danh ca nhan|chung minh (?:thu|nhan dan)|(?:^| )(?:id|identity card|citizen id) (?:number|no)(?: |$)|passport|ho chieu/
/** … but this one is the card itself: whether somebody has it. */
const CARD_HEADINGS = new Set(['the cccd'])

export type ColumnProblem =
  /** A column for the numbers of identity cards: they are kept nowhere, the file is refused. */
  | { kind: 'id-heading'; heading: string }
  /** Its cells look like them, whatever its heading says. */
  | { kind: 'id-values'; heading: string }
  | { kind: 'twice'; field: Field | Part; heading: string }
  | { kind: 'missing'; field: 'name' | 'group' }
  /** No line of the file looks like headings. */
  | { kind: 'no-headings' }

/** How the columns of a file were understood. */
export interface Columns {
  /** The line of the headings, from 0. */
  line: number
  /** Every heading in order, and what it was taken for; null: not read. */
  shown: { heading: string; field: Field | Part | null }[]
  at: ReadonlyMap<Field | Part, number>
  problems: ColumnProblem[]
}

/** How many lines of title may stand above the headings. */
const TITLES = 15
/** Share of a column's cells that make it a column of such numbers, if there are more than a slip or two of them. */
const ID_SHARE = 0.5
const ID_SLIPS = 2

/** Finds the headings and what stands under them. `group` is the one that every row belongs to where the file does not say it. */
export function mapColumns(grid: readonly (readonly Cell[])[], { group }: { group: number | null }): Columns {
  const line = grid.slice(0, TITLES).findIndex((row) => isHeading(row))
  if (line < 0) return { line: 0, shown: [], at: new Map(), problems: [{ kind: 'no-headings' }] }
  const headings = grid[line]!.map(cellText)
  const fields = fieldsOf(headings)
  const at = new Map<Field | Part, number>()
  const problems: ColumnProblem[] = []
  headings.forEach((heading, i) => {
    if (isIdHeading(heading)) return problems.push({ kind: 'id-heading', heading })
    const field = fields[i]!
    if (holdsIds(grid, line, i, field)) return problems.push({ kind: 'id-values', heading })
    if (field === null) return 0
    if (at.has(field)) return problems.push({ kind: 'twice', field, heading })
    return at.set(field, i)
  })
  if (!at.has('name') && !(at.has('family') && at.has('given'))) problems.push({ kind: 'missing', field: 'name' })
  if (!at.has('group') && group === null) problems.push({ kind: 'missing', field: 'group' })
  return { line, shown: headings.map((heading, i) => ({ heading, field: fields[i]! })), at, problems }
}

function isHeading(row: readonly Cell[]): boolean {
  const fields = fieldsOf(row.map(cellText))
  const named = fields.some((field) => field === 'name' || field === 'given')
  const other = row.map(cellText).filter((heading, i) => fields[i] !== null || isIdHeading(heading)).length > 1
  return named && other
}

function isIdHeading(heading: string): boolean {
  const folded = fold(heading)
  return !CARD_HEADINGS.has(folded) && ID_HEADING.test(folded)
}

function fieldsOf(headings: readonly string[]): (Field | Part | null)[] {
  const fields = headings.map((heading) => fieldOf(heading))
  // «Tên» is the whole name, unless «họ» has a column of its own.
  return fields.includes('family') ? fields : fields.map((field) => (field === 'given' ? 'name' : field))
}

function fieldOf(heading: string): Field | Part | null {
  // Without diacritics these two are one word.
  const plain = heading.toLowerCase()
  if (plain === 'họ') return 'family'
  if (plain === 'hộ') return 'code'
  // What stands in brackets explains the heading: «Thẻ căn cước (có/chưa)».
  const folded = fold(heading.replace(/\([^)]*\)/g, ' '))
  return BY_SPELLING.get(folded) ?? BY_SPELLING.get(fold(heading)) ?? null
}

function holdsIds(grid: readonly (readonly Cell[])[], line: number, i: number, field: Field | Part | null): boolean {
  let filled = 0
  let alike = 0
  let rows = 0
  for (let row = line + 1; row < grid.length; row++) {
    const cell = grid[row]![i]
    const text = cellText(cell)
    if (text === '') {
      if (grid[row]!.some((other) => cellText(other) !== '')) rows++
      continue
    }
    rows++
    filled++
    if (looksLikeId(cell) && !(field === 'phone' && readPhone(text) !== null)) alike++
  }
  return alike > 0 && alike / filled >= ID_SHARE && (alike > ID_SLIPS || alike / rows >= ID_SHARE)
}
