import { fold } from '../language/fold.js'
import { type Card, type Residence, ROSTER_LIMITS } from '../model/roster.js'
import { type Cell, cellText, looksLikeId } from './cells.js'
import type { Columns, Field, Part } from './columns.js'
import { readPhone } from './phone.js'
import type { RowProblemKind, RowRules } from './row-rules.js'
import { bornCells, bornIn, cardOf, dayIn, groupOf, nameOf, phoneOf, residenceOf, withAside } from './values.js'

/** What a row of a file says; undefined: it says nothing about that, and what is known stays. */
export interface Draft {
  /** The line in the file as a spreadsheet numbers it, from 1. */
  line: number
  id?: string
  group: number
  name: string
  /** What stood before the name and is no part of it: «Bà». */
  title?: string
  code?: string
  born?: number
  residence?: Residence
  card?: Card
  cardReason?: string
  visit?: boolean
  official?: boolean
  phone?: string
  street?: string
  house?: string
  reviewedOn?: string
  note?: string
}

export interface RowProblem {
  line: number
  /** The sheet, where a file has several lists. */
  sheet?: string
  kind: RowProblemKind
  /** The column it stands in, or null where the row as a whole is meant. */
  heading: string | null
  /** What stands there; null where it must not be repeated. */
  value: string | null
  /** The other line of a row that is there twice, and its sheet. */
  other?: number
  otherSheet?: string
}

const YES = new Set(['x', 'co', 'yes', 'y', '1', 'v', 'dung', 'true', 'can', 'muon'])
const NO = new Set(['khong', 'no', 'n', '0', 'k', 'ko', 'false', 'chua'])

/** What a spreadsheet shows where a formula failed. */
const ERROR = /^#(?:NULL!|DIV\/0!|VALUE!|REF!|NAME\?|NAME!|NUM!|N\/A|SPILL!|CALC!|GETTING_DATA)$/

/** What stands under a list, folded: sums and signatures. */
const FOOTER =
  /^(?:(?:tong|cong)$|(?:tong cong|tong so|nguoi lap|lap bieu|to truong|xac nhan|ky ten|ky ghi ro|tm|t m|total)\b|.{0,40}ngay \d{0,2} ?thang\b)/

/** Cells of such a row at most: words with their sums beside them. */
const FOOTER_CELLS = 6

/** Whether a row belongs to what stands under a list and not to the list: one or two cells that speak of sums or signatures. */
function isFooter(texts: readonly string[]): string | null {
  const said = texts.filter((text) => text !== '')
  // A row of the list says more than that.
  if (said.length > FOOTER_CELLS) return null
  // A sum beside its word.
  const words = said.filter((text) => !/^[\d.,]+$/.test(text))
  return words.length > 0 && words.length <= 3 && words.every((text) => FOOTER.test(fold(text)))
    ? words.join(' · ')
    : null
}

/** Reads one row; null: there is nothing in it. `skipped` is what a row says that stands under the list. */
export function readRow(
  cells: readonly Cell[],
  line: number,
  columns: Columns,
  rules: RowRules,
): { draft: Draft | null; problems: RowProblem[]; skipped?: string } | null {
  const texts = cells.map(cellText)
  if (texts.every((one) => one === '')) return null
  const skipped = isFooter(texts)
  if (skipped !== null) return { draft: null, problems: [], skipped }
  const problems: RowProblem[] = []
  const broken = new Set<number>()
  texts.forEach((one, i) => {
    if (!ERROR.test(one)) return
    broken.add(i)
    const { field, heading } = columns.shown[i] ?? { field: null, heading: null }
    if (field !== null) problems.push({ line, kind: 'error-cell', heading, value: one })
  })
  const text = (field: Field | Part): string => {
    const at = columns.at.get(field)
    return at === undefined || broken.has(at) ? '' : (texts[at] ?? '')
  }
  const wrong = (kind: RowProblemKind, field: Field | Part | null, value: string | null = null): undefined => {
    const at = field === null ? undefined : columns.at.get(field)
    problems.push({ line, kind, heading: at === undefined ? null : columns.shown[at]!.heading, value })
    return undefined
  }
  cells.forEach((cell, i) => {
    const { field, heading } = columns.shown[i] ?? { field: null, heading: null }
    if (!looksLikeId(cell) || (field === 'phone' && readPhone(cellText(cell)) !== null)) return
    // An id of ours is letters and digits; digits alone are somebody's number.
    if (field === 'id' && /[^\d .-]/.test(cellText(cell))) return
    problems.push({ line, kind: 'id-number', heading, value: null })
  })
  const long = (field: keyof typeof ROSTER_LIMITS): string | undefined => {
    const value = text(field)
    if (value.length > ROSTER_LIMITS[field]) return wrong('too-long', field, `${value.slice(0, 20)}…`)
    return value === '' ? undefined : value
  }
  const mark = (field: Field | Part): boolean | undefined => {
    const value = text(field)
    const folded = fold(value)
    // An empty cell says nothing: a wish that is known stays.
    if (value === '') return undefined
    if (NO.has(folded)) return false
    // A tick is no letter.
    return YES.has(folded) || folded === '' ? true : wrong('mark', field, value)
  }
  const nameBroken = ['name', 'family', 'given'].some((field) => broken.has(columns.at.get(field as Field) ?? -1))
  const { name, title, aside } = nameBroken ? { name: undefined } : nameOf(text, wrong)
  const group = groupOf(text('group'), rules, wrong)
  const draft = {
    line,
    name,
    group,
    ...given('id', text('id') || undefined),
    ...given('title', title),
    ...given('code', long('code')),
    ...given(
      'born',
      bornIn(bornCells(columns, cells, broken), rules.today, (value) => wrong('born', 'born', value)),
    ),
    ...given('residence', residenceOf(text, mark, wrong)),
    ...given(
      'card',
      cardOf(text('card'), { has: mark('hasCardMark'), none: mark('noCardMark') }, (kind, value) =>
        wrong(kind, kind === 'card' ? 'card' : 'noCardMark', value),
      ),
    ),
    ...given('cardReason', long('cardReason')),
    ...given('visit', mark('visit')),
    ...given('official', mark('official')),
    ...given(
      'phone',
      phoneOf(text('phone'), (value) => wrong('phone', 'phone', value)),
    ),
    ...given('street', long('street')),
    ...given('house', long('house')),
    ...given(
      'reviewedOn',
      dayIn(text('reviewedOn'), rules.today, (value) => wrong('day', 'reviewedOn', value)),
    ),
    ...given('note', withAside(long('note'), aside, wrong)),
  }
  const fine = problems.length === 0 && name !== undefined && group !== undefined
  return { draft: fine ? { ...draft, name, group } : null, problems }
}

function given<K extends keyof Draft>(field: K, value: Draft[K] | undefined): Partial<Pick<Draft, K>> {
  return value === undefined ? {} : ({ [field]: value } as Partial<Pick<Draft, K>>)
}
