/** Where somebody is registered: the two lists that the police keep. */
export const RESIDENCES = ['permanent', 'temporary'] as const
export type Residence = (typeof RESIDENCES)[number]

/** Whether somebody holds a valid identity card. */
export const CARDS = ['has', 'none', 'unknown'] as const
export type Card = (typeof CARDS)[number]

/** People who live together, as the head of the group lists them. */
export interface Household {
  id: string
  group: number
  /** The ward's own number of the household, or null; unique in its group. */
  code: string | null
  street: string | null
  /** House number, alley, whatever finds the door. */
  house: string | null
  /** Day on which the head last went through the household, `2026-11-23`, or null. */
  reviewedOn: string | null
}

/** What the roster says of a person. No ID number has a place here. */
export interface RosterPerson {
  /** The id progress is credited to. */
  id: string
  group: number
  household: string | null
  name: string
  /** Year of birth, or null. */
  born: number | null
  residence: Residence | null
  card: Card
  /** Why there is no card, in the head's words, or null. */
  cardReason: string | null
  /** Wants somebody to come to the house. */
  visit: boolean
  /** A ward official: all of them are to sign in to the public-service portal. */
  official: boolean
  /** Ten digits with the leading zero, or null. */
  phone: string | null
  note: string | null
}

/** Most characters of a text of the roster. */
export const ROSTER_LIMITS = { name: 80, code: 40, street: 120, house: 120, cardReason: 200, note: 500 } as const

/** Years of birth that are taken for true. */
export const FIRST_YEAR = 1900

/**
 * One person out of two rows: what the kept row says stands, what it leaves open is taken from the other. A wish for a visit and the mark of an
 * official are never lost.
 */
export function mergedPerson(kept: RosterPerson, gone: RosterPerson): RosterPerson {
  return {
    ...kept,
    household: kept.household ?? (gone.group === kept.group ? gone.household : null),
    born: kept.born ?? gone.born,
    residence: kept.residence ?? gone.residence,
    card: kept.card === 'unknown' ? gone.card : kept.card,
    cardReason: kept.cardReason ?? (kept.card === 'has' ? null : gone.cardReason),
    visit: kept.visit || gone.visit,
    official: kept.official || gone.official,
    phone: kept.phone ?? gone.phone,
    note: joined(kept.note, gone.note),
  }
}

/** What `mergedPerson` may take over. */
const FILLED = ['household', 'born', 'residence', 'card', 'cardReason', 'visit', 'official', 'phone', 'note'] as const
export type Filled = (typeof FILLED)[number]

/** The fields of the kept row in which the merged person differs from it. */
export function filledBy(kept: RosterPerson, gone: RosterPerson): Filled[] {
  const merged = mergedPerson(kept, gone)
  return FILLED.filter((field) => merged[field] !== kept[field])
}

/** The kept row as it was: what it had taken over goes, unless somebody wrote something else there since. */
export function partedPerson(now: RosterPerson, gone: RosterPerson, filled: readonly string[]): RosterPerson {
  const took = (field: Filled) => filled.includes(field) && now[field] === gone[field]
  const behind = gone.note === null ? '' : ` · ${gone.note}`
  const note = took('note') ? null : filled.includes('note') && behind !== '' && now.note?.endsWith(behind) ? now.note.slice(0, -behind.length) : now.note // prettier-ignore
  return {
    ...now,
    household: took('household') ? null : now.household,
    born: took('born') ? null : now.born,
    residence: took('residence') ? null : now.residence,
    card: took('card') ? 'unknown' : now.card,
    cardReason: took('cardReason') ? null : now.cardReason,
    visit: took('visit') ? false : now.visit,
    official: took('official') ? false : now.official,
    phone: took('phone') ? null : now.phone,
    note,
  }
}

function joined(a: string | null, b: string | null): string | null {
  const notes = [...new Set([a, b].filter((note) => note !== null))].join(' · ')
  return notes === '' ? null : notes.slice(0, ROSTER_LIMITS.note)
}
