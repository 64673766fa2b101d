import { fold } from '../language/fold.js'
import { type Card, FIRST_YEAR, type Residence, ROSTER_LIMITS } from '../model/roster.js'
import { type Cell, cellText } from './cells.js'
import type { Columns, Field, Part } from './columns.js'
import { readPhone } from './phone.js'
import { titleOf } from './titles.js'
import type { RowProblemKind, RowRules } from './row-rules.js'

const CARDS: Readonly<Record<Card, ReadonlySet<string>>> = {
  has: new Set([
    'co',
    'co the',
    'da co',
    'da co the',
    'da cap',
    'da lam',
    'roi',
    'co roi',
    'x',
    '1',
    'yes',
    'has',
    'v',
  ]),
  none: new Set(['chua', 'chua co', 'chua co the', 'chua cap', 'chua lam', 'khong', 'khong co', '0', 'no', 'none']),
  unknown: new Set(['chua ro', 'khong ro', 'chua biet', 'khong biet', 'unknown']),
}
const RESIDENCES: Readonly<Record<Residence, ReadonlySet<string>>> = {
  permanent: new Set(['thuong tru', 'thuong', 'ho khau thuong tru', 'kt1', 'permanent']),
  temporary: new Set(['tam tru', 'tam', 'kt3', 'temporary']),
}

export type Text = (field: Field | Part) => string
export type Wrong = (kind: RowProblemKind, field: Field | Part | null, value?: string | null) => undefined

/** A name, the title before it, and what a list says of it in brackets: «Bà Nguyễn Thị Bé (vợ ông Chín)». */
export function nameOf(text: Text, wrong: Wrong): { name: string | undefined; title?: string; aside?: string } {
  const written = text('name') || `${text('family')} ${text('given')}`.trim()
  const aside = /\(([^()]*)\)\s*$/.exec(written)?.[1]?.trim()
  const { title, name } = titleOf(aside === undefined ? written : written.slice(0, written.lastIndexOf('(')).trim())
  if (name === '') return { name: wrong('no-name', 'name') }
  // Letters, and what stands between the parts of names from elsewhere.
  if (!/^[\p{L}\p{M}'’.\- ]+$/u.test(name) || name.length < 2)
    return { name: wrong('name', 'name', written.replace(/\d/g, '•')) }
  if (name.length > ROSTER_LIMITS.name) return { name: wrong('too-long', 'name', `${name.slice(0, 20)}…`) }
  return { name, ...(title === null ? {} : { title }), ...(aside ? { aside } : {}) }
}

/** The note of a row with what stands in brackets behind the name; what would be too long is named, never cut off. */
export function withAside(note: string | undefined, aside: string | undefined, wrong: Wrong): string | undefined {
  if (aside === undefined) return note
  const both = note === undefined ? aside : `${note}; ${aside}`
  if (both.length <= ROSTER_LIMITS.note) return both
  return wrong('too-long', note === undefined ? 'name' : 'note', `${both.slice(0, 20)}…`)
}

/** What the columns for the year of birth say, in their order. */
export function bornCells(columns: Columns, cells: readonly Cell[], broken: ReadonlySet<number>): string[] {
  const at = columns.at.get('born')
  const all = at === undefined ? [] : [at, ...columns.alsoBorn]
  return all
    .filter((i) => !broken.has(i))
    .map((i) => cellText(cells[i]))
    .filter((text) => text !== '')
}

/** The year of whichever column has one; two that differ are named. */
export function bornIn(
  texts: readonly string[],
  today: string,
  wrong: (value: string) => undefined,
): number | undefined {
  const years: number[] = []
  for (const text of texts) {
    const year = bornOf(text, today, wrong)
    if (year === undefined) return undefined
    years.push(year)
  }
  return new Set(years).size > 1 ? wrong(texts.join(' / ')) : years[0]
}

export function groupOf(text: string, rules: RowRules, wrong: Wrong): number | undefined {
  const digits = /^(?:(?:tổ dân phố|tổ|tdp|to dan pho|to|group)\s*(?:số|so)?\s*)?0*(\d{1,3})$/i.exec(text)
  const group = text === '' ? rules.group : digits ? Number(digits[1]) : undefined
  if (group === null) return wrong('no-group', 'group')
  if (group === undefined || group === 0) return wrong('group', 'group', text)
  if (rules.groups.length > 0 && !rules.groups.includes(group)) return wrong('unknown-group', 'group', text)
  return rules.holds(group) ? group : wrong('not-your-group', 'group', String(group))
}

function bornOf(text: string, today: string, wrong: (value: string) => undefined): number | undefined {
  if (text === '') return undefined
  const found = /^(\d{4})$|^\d{1,2}[/.-]\d{1,2}[/.-](\d{4})$|^\d{1,2}[/.-](\d{4})$|^(\d{4})-\d{2}-\d{2}$/.exec(text)
  const year = Number(found?.slice(1).find((part) => part !== undefined))
  return year >= FIRST_YEAR && year <= Number(today.slice(0, 4)) ? year : wrong(text)
}

export function residenceOf(
  text: Text,
  mark: (field: Part) => boolean | undefined,
  wrong: Wrong,
): Residence | undefined {
  const [permanent, temporary] = [mark('permanentMark'), mark('temporaryMark')]
  if (permanent && temporary) return wrong('both-residences', 'temporaryMark')
  if (permanent) return 'permanent'
  if (temporary) return 'temporary'
  const folded = fold(text('residence'))
  if (folded === '') return undefined
  const found = (Object.keys(RESIDENCES) as Residence[]).find((residence) => RESIDENCES[residence].has(folded))
  return found ?? wrong('residence', 'residence', text('residence'))
}

export function cardOf(
  text: string,
  { has, none }: { has: boolean | undefined; none: boolean | undefined },
  wrong: (kind: 'card' | 'both-cards', value: string) => undefined,
): Card | undefined {
  if (has && none) return wrong('both-cards', '')
  if (none) return 'none'
  if (has) return 'has'
  if (text === '') return undefined
  if (text === '?') return 'unknown'
  const folded = fold(text)
  return (Object.keys(CARDS) as Card[]).find((card) => CARDS[card].has(folded)) ?? wrong('card', text)
}

export function phoneOf(text: string, wrong: (value: string) => undefined): string | undefined {
  if (text === '') return undefined
  return readPhone(text) ?? wrong(text.replace(/\d(?=\d{3})/g, '•'))
}

export function dayIn(text: string, today: string, wrong: (value: string) => undefined): string | undefined {
  if (text === '') return undefined
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text)
  const [year, month, date] = found?.[1]?.length === 4 ? found.slice(1) : [...(found ?? [])].slice(1).reverse()
  const day = `${year}-${month?.padStart(2, '0')}-${date?.padStart(2, '0')}`
  const real = !Number.isNaN(Date.parse(day)) && new Date(Date.parse(day)).toISOString().startsWith(day)
  return real && day >= '2000-01-01' && day <= today ? day : wrong(text)
}
