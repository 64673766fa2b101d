import { type Likeness, likeness, parseName, type ParsedName } from './names.js'

/** What is compared of a person. */
export interface Candidate {
  id: string
  group: number
  name: string
  born: number | null
  household: string | null
  /** Anything that is equal for equal phone numbers, or null. */
  phone: string | null
}

/** Two rows that may be one person. `strong`: look and merge; `weak`: look when there is time, they are often two. */
export interface Duplicate {
  a: string
  b: string
  strength: 'strong' | 'weak'
  likeness: Likeness
  /** The years of birth of the two where they differ: a swapped digit, or grandfather and grandson. */
  years: readonly [number, number] | null
}

type Birth = 'same' | 'near' | 'unknown' | 'far'

/** By what is known besides the name: the household or the phone is shared (`near by`), or nothing. */
const SHARED: Readonly<Record<Likeness, Partial<Record<Birth, Duplicate['strength']>>>> = {
  // A year that was corrected is the commonest correction, and one household or phone has hardly two people of one name.
  same: { same: 'strong', near: 'strong', unknown: 'strong', far: 'strong' },
  order: { same: 'strong', near: 'weak', unknown: 'weak' },
  middle: { same: 'strong', near: 'weak', unknown: 'weak' },
  // Twins and sisters have names that differ in a mark or a letter.
  marks: { same: 'weak', near: 'weak' },
  typo: { same: 'weak', near: 'weak' },
}
const APART: Readonly<Record<Likeness, Partial<Record<Birth, Duplicate['strength']>>>> = {
  same: { same: 'strong', near: 'weak', unknown: 'weak' },
  order: { same: 'weak' },
  middle: { same: 'weak' },
  marks: { same: 'weak' },
  typo: { same: 'weak' },
}

interface Parsed extends Candidate {
  parsed: ParsedName
}

/** Whether two rows may be one person; null: two people. */
export function compare(a: Candidate, b: Candidate): Omit<Duplicate, 'a' | 'b'> | null {
  return judge({ ...a, parsed: parseName(a.name) }, { ...b, parsed: parseName(b.name) })
}

function judge(a: Parsed, b: Parsed): Omit<Duplicate, 'a' | 'b'> | null {
  const birth = birthOf(a.born, b.born)
  const near = shares(a, b)
  // Most pairs end here: names are not compared for them.
  if (birth === 'far' && !near) return null
  const like = likeness(a.parsed, b.parsed)
  if (like === null) return null
  const result = (strength: Duplicate['strength'] | undefined): Omit<Duplicate, 'a' | 'b'> | null =>
    strength === undefined ? null : { strength, likeness: like, years: yearsOf(a.born, b.born) }
  if (near) return result(SHARED[like][birth])
  // A letter off in the given name alone is another person, unless they live together.
  if (like === 'typo' && a.parsed.plain.at(-1) !== b.parsed.plain.at(-1)) return null
  // Half the ward bears ten names: over the border of a group, only the whole name and year count, and only as a hint.
  if (a.group !== b.group) return like === 'same' && birth === 'same' ? result('weak') : null
  return result(APART[like][birth])
}

/** One household or one phone. */
function shares(a: Candidate, b: Candidate): boolean {
  return (a.phone !== null && a.phone === b.phone) || (a.household !== null && a.household === b.household)
}

function yearsOf(a: number | null, b: number | null): Duplicate['years'] {
  return a === null || b === null || a === b ? null : [a, b]
}

function birthOf(a: number | null, b: number | null): Birth {
  if (a === null || b === null) return 'unknown'
  const apart = Math.abs(a - b)
  return apart === 0 ? 'same' : apart === 1 ? 'near' : 'far'
}

/** Pairs of one block that are compared at most: a list in which everybody has one name is not a list of duplicates. */
const BLOCK_LIMIT = 400

/**
 * Pairs that may be one person, the strong ones first, at most `limit`. With `fresh`, only pairs that one of these belongs to. Instead of everybody
 * with everybody, those are compared who share a block: the syllables, the given name and the year, the household, or the phone.
 */
export function findDuplicates(
  people: readonly Candidate[],
  { fresh, limit }: { fresh?: ReadonlySet<string>; limit: number },
): Duplicate[] {
  const blocks = new Map<string, Parsed[]>()
  const put = (key: string, person: Parsed) => {
    const block = blocks.get(key)
    if (block) block.push(person)
    else blocks.set(key, [person])
  }
  for (const candidate of people) {
    const person = { ...candidate, parsed: parseName(candidate.name) }
    const { plain } = person.parsed
    const given = plain.at(-1) ?? ''
    const syllables = [...plain].sort().join(' ')
    put(`n ${syllables}`, person)
    if (person.born !== null) put(`g ${given} ${person.born}`, person)
    if (person.household !== null) put(`h ${person.household}`, person)
    if (person.phone !== null) put(`p ${person.phone}`, person)
  }
  const found = new Map<string, Duplicate>()
  for (const block of blocks.values()) {
    for (const part of block.length > BLOCK_LIMIT ? byYear(block) : [block]) compareAll(part, fresh, found)
  }
  return [...found.values()]
    .sort((x, y) => (x.strength === y.strength ? 0 : x.strength === 'strong' ? -1 : 1))
    .slice(0, limit)
}

function byYear(block: readonly Parsed[]): Parsed[][] {
  const years = new Map<number | null, Parsed[]>()
  for (const person of block) {
    const year = years.get(person.born)
    if (year) year.push(person)
    else years.set(person.born, [person])
  }
  return [...years.values()].map((year) => year.slice(0, BLOCK_LIMIT))
}

function compareAll(
  block: readonly Parsed[],
  fresh: ReadonlySet<string> | undefined,
  found: Map<string, Duplicate>,
): void {
  for (let i = 0; i < block.length; i++) {
    const a = block[i]!
    const own = fresh === undefined || fresh.has(a.id)
    for (let j = i + 1; j < block.length; j++) {
      const b = block[j]!
      if (!own && !fresh.has(b.id)) continue
      if (a.id === b.id) continue
      const judged = judge(a, b)
      if (!judged) continue
      const key = a.id < b.id ? `${a.id} ${b.id}` : `${b.id} ${a.id}`
      if (!found.has(key)) found.set(key, { a: a.id, b: b.id, ...judged })
    }
  }
}
