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
export const PARTS = ['family', 'given', 'permanentMark', 'temporaryMark', 'hasCardMark', 'noCardMark'] as const
export type Part = (typeof PARTS)[number]

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
  hasCardMark: ['da duoc cap the', 'da nhan the', 'da lam the', 'da lam cccd', 'has card'],
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

/** Headings under a heading that spans them, folded: «Thẻ căn cước: có | chưa», «Năm sinh: nam | nữ». */
const UNDER: Partial<Record<Field, Readonly<Record<string, Field | Part>>>> = {
  card: { co: 'hasCardMark', 'da co': 'hasCardMark', 'da cap': 'hasCardMark', roi: 'hasCardMark', chua: 'noCardMark', 'chua co': 'noCardMark', 'chua cap': 'noCardMark' }, // prettier-ignore
  residence: { thuong: 'permanentMark', tam: 'temporaryMark' },
  born: { nam: 'born', nu: 'born' },
}

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
  /** The last line of the headings, from 0: one may stand under another that spans several columns. */
  line: number
  /** Every heading in order, and what it was taken for; null: not read. */
  shown: { heading: string; field: Field | Part | null }[]
  at: ReadonlyMap<Field | Part, number>
  /** Further columns for the year of birth: «nam | nữ» under «Năm sinh», «Ngày sinh» beside it. */
  alsoBorn: readonly number[]
  problems: ColumnProblem[]
}

/** How many lines of title may stand above the headings. */
const TITLES = 15
/** Share of a column's cells that make it a column of such numbers, if there are more than a slip or two of them. */
const ID_SHARE = 0.5
const ID_SLIPS = 2

/** What somebody says of the columns, by number from 0; null: the column is not read. */
export type Said = ReadonlyMap<number, Field | Part | null>

/**
 * Finds the headings and what stands under them. `group` is the one that every row belongs to where the file does not say it; what somebody `said`
 * of a column goes before what its heading says, though not before what must not be kept.
 */
export function mapColumns(
  grid: readonly (readonly Cell[])[],
  { group, said = new Map() }: { group: number | null; said?: Said },
): Columns {
  const first = grid.slice(0, TITLES).findIndex((row) => isHeading(row))
  if (first < 0) return { line: 0, shown: [], at: new Map(), alsoBorn: [], problems: [{ kind: 'no-headings' }] }
  const { line, headings, fields: found } = headingsAt(grid, first)
  const fields = headings.map((_, i) => (said.has(i) ? said.get(i)! : found[i]!))
  const at = new Map<Field | Part, number>()
  const born: number[] = []
  const problems: ColumnProblem[] = []
  headings.forEach((heading, i) => {
    if (isIdHeading(heading) || isIdHeading(heading.split(': ').at(-1)!))
      return problems.push({ kind: 'id-heading', heading })
    const field = fields[i]!
    if (holdsIds(grid, line, i, field)) return problems.push({ kind: 'id-values', heading })
    if (field === null) return 0
    if (field === 'born') born.push(i)
    if (field === 'born' && at.has(field)) return 0
    if (at.has(field)) return problems.push({ kind: 'twice', field, heading })
    return at.set(field, i)
  })
  if (!at.has('name') && !(at.has('family') && at.has('given'))) problems.push({ kind: 'missing', field: 'name' })
  if (!at.has('group') && group === null) problems.push({ kind: 'missing', field: 'group' })
  const shown = headings.map((heading, i) => ({ heading, field: fields[i]! }))
  return { line, shown, at, alsoBorn: born.slice(1), problems }
}

/** The headings of a list, with those of a second line where the first spans several columns: «Cư trú: thường trú | tạm trú». */
function headingsAt(grid: readonly (readonly Cell[])[], first: number) {
  const top = grid[first]!.map(cellText)
  const fields = fieldsOf(top)
  const under = (grid[first + 1] ?? []).map(cellText)
  // A spreadsheet keeps what spans several columns in the first of them.
  const spanning = top.map((_, i) => top.slice(0, i + 1).findLastIndex((heading) => heading !== ''))
  const below = under.map((heading, i) => {
    if (heading === '') return null
    const above = spanning[i] === undefined || spanning[i]! < 0 ? null : fields[spanning[i]!]!
    const spans = above === null ? undefined : UNDER[above as Field]
    return spans?.[fold(heading)] ?? fieldOf(heading)
  })
  const said = under.filter((heading) => heading !== '').length
  const known = under.filter((heading, i) => below[i] !== null || isIdHeading(heading)).length
  const names = fields.flatMap((field, i) => (field === 'name' || field === 'given' ? [i] : []))
  // A second line of headings names columns and nobody.
  if (known < 2 || known < said || names.some((i) => (under[i] ?? '') !== ''))
    return { line: first, headings: top, fields }
  const width = Math.max(top.length, under.length)
  const both = Array.from({ length: width }, (_, i) => {
    const [heading = '', sub = ''] = [top[i], under[i]]
    const above = heading !== '' ? heading : (top[spanning[i] ?? top.findLastIndex((one) => one !== '')] ?? '')
    return sub === '' ? { heading, field: fields[i] ?? null } : { heading: above === '' ? sub : `${above}: ${sub}`, field: below[i]! } // prettier-ignore
  })
  return { line: first + 1, headings: both.map(({ heading }) => heading), fields: both.map(({ field }) => field) }
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

/** Whether a cell says what a column holds. */
export function isKnownHeading(text: string): boolean {
  return fieldOf(text) !== null
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
