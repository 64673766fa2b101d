import { fold } from '../language/fold.js'
import { isSpokenTitle, titleOf } from './titles.js'

/** Tones as NFD writes them: grave, acute, tilde, hook, dot below. What else stands on a letter (â ă ơ đ) is the letter. */
const TONES = /[\u0300\u0301\u0303\u0309\u0323]/gu
const MARKED = /[\p{M}đ]/u
const MARKS = /\p{M}+/gu
/** «Mỹ» and «Mĩ», «Quý» and «Quí» are one name in two spellings. */
const FINAL_Y = /^(h|k|l|m|t|s|v|qu)y$/

/** How two names resemble each other, from «one name» to «one key off». */
export type Likeness =
  /** One name: in whatever case, spacing, place of the tone, i or y – or written without any diacritics on one side. */
  | 'same'
  /** The same syllables in another order: «An Nguyễn Văn». */
  | 'order'
  /** One leaves out what stands between family name and given name: «Nguyễn An». */
  | 'middle'
  /** They differ in diacritics alone, and both were written with them: Hoa and Hòa are two names. */
  | 'marks'
  /** One letter too many, too few, another, or two swapped. */
  | 'typo'

/** A name taken apart once, for many comparisons. */
export interface ParsedName {
  /** Letters with what belongs to them, then the tone, a syllable each. */
  syllables: readonly string[]
  /** The syllables without any diacritics. */
  plain: readonly string[]
  /** Whether anything in it was written with diacritics. */
  marked: boolean
}

/** Takes a name apart, without the title before it. */
export function parseName(name: string): ParsedName {
  const apart = titleOf(name)
    .name.normalize('NFD')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}]+/gu, ' ')
    .trim()
  if (apart === '') return { syllables: [], plain: [], marked: false }
  const plain = apart.replace(MARKS, '').replace(/đ/g, 'd').split(' ')
  return {
    syllables: apart.split(' ').map(canonical),
    plain: plain.map((word) => word.replace(FINAL_Y, '$1i')),
    marked: MARKED.test(apart),
  }
}

/** A syllable (apart, as NFD has it) with its tone at the end, wherever it was typed: hòa and hoà are one. */
function canonical(word: string): string {
  const tone = word.match(TONES)?.[0] ?? ''
  return (tone === '' ? word : word.replace(TONES, '')).replace(FINAL_Y, '$1i') + tone
}

function toneLast(word: string): string {
  const tone = word.match(TONES)?.[0] ?? ''
  return tone === '' ? word : word.replace(TONES, '') + tone
}

/** What people call somebody: the last word of the name, as it is written. It says of nobody who they are, as the whole name would. */
export function givenName(name: string): string {
  return name.trim().split(/\s+/).at(-1)!
}

/** What names are ordered and found by: the given name first, as lists in Viet Nam are ordered, without diacritics. */
export function nameKey(name: string): string {
  const plain = fold(name).split(' ')
  return [plain.at(-1)!, ...plain.slice(0, -1)].join(' ')
}

/**
 * Which spelling of one name the roster keeps when a list brings another: the list's word counts, but a list in capitals or without diacritics says
 * nothing new, and neither does another place of a tone. Two names: the list's.
 */
export function keptSpelling(known: string, listed: string): string {
  const [a, b] = [parseName(known), parseName(listed)]
  if (likeness(a, b) !== 'same') return listed
  if (a.marked && !b.marked) return known
  const letters = (name: string) => name.normalize('NFD').toLowerCase().split(/\s+/).map(toneLast).join(' ')
  // «Quí» for «Quý» is another spelling; «QUÍ» is none that anybody meant.
  if (letters(known) !== letters(listed) && !isLoud(listed)) return listed
  return wellCased(listed) > wellCased(known) ? listed : known
}

/** No letter of it is small. */
function isLoud(name: string): boolean {
  return name === name.toUpperCase()
}

/** How many words of a name begin with a capital and go on small. */
function wellCased(name: string): number {
  return name.split(/\s+/).filter((word) => /^\p{Lu}[\p{Ll}\p{M}]*(?:['’.-].*)?$/u.test(word)).length
}

/** The words to find somebody by who is asked for as people speak of them: «bà Lan» is Lan, with or without a word «bà» in the name. */
export function searchWords(typed: string): string[] {
  const words = fold(typed)
    .split(' ')
    .filter((word) => word !== '')
  const [first = ''] = typed
    .normalize('NFC')
    .toLowerCase()
    .trim()
    .split(/[\s.]+/)
  return words.length > 1 && isSpokenTitle(first) ? words.slice(1) : words
}

/** How two names resemble each other; null: they are two names. */
export function likeness(a: ParsedName, b: ParsedName): Likeness | null {
  if (a.plain.length === 0 || b.plain.length === 0) return null
  // Somebody who types no diacritics at all means any of them; a name that happens to have none is not told apart from that.
  const anyMarks = a.marked !== b.marked
  const [x, y] = anyMarks ? [a.plain, b.plain] : [a.syllables, b.syllables]
  if (equal(x, y)) return 'same'
  if (equal(sorted(x), sorted(y))) return 'order'
  if (equal(a.plain, b.plain)) return 'marks'
  if (lacksMiddle(x, y)) return 'middle'
  return mistyped(a.plain, b.plain) ? 'typo' : null
}

/** Syllables shorter than this are other names when a letter changes: An and Ân, Tam and Tan. */
const TYPO_LENGTH = 4

function mistyped(a: readonly string[], b: readonly string[]): boolean {
  if (!oneEdit(a.join(' '), b.join(' '))) return false
  if (a.length !== b.length) return true
  return a.every((syllable, i) => syllable === b[i] || Math.max(syllable.length, b[i]!.length) >= TYPO_LENGTH)
}

function equal(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((syllable, i) => syllable === b[i])
}

function sorted(syllables: readonly string[]): string[] {
  return [...syllables].sort()
}

/** Family name and given name are there on both sides, and of what stands between them one side has only a part. */
function lacksMiddle(a: readonly string[], b: readonly string[]): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  if (short.length < 2 || short.length === long.length) return false
  if (short[0] !== long[0] || short.at(-1) !== long.at(-1)) return false
  let at = 0
  for (const syllable of long) if (syllable === short[at]) at++
  return at === short.length
}

/** One insertion, deletion, substitution, or two neighbours swapped. */
export function oneEdit(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const [x, y] = [a.slice(start, a.length - end), b.slice(start, b.length - end)]
  if (x.length <= 1 && y.length <= 1) return true
  return x.length === 2 && y.length === 2 && x[0] === y[1] && x[1] === y[0]
}
