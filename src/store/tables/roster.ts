import type { Card, Residence } from '../../core/model/roster.js'

/** Households and persons of the groups, and how contacts are joined to them. */
export interface RosterTables {
  household: HouseholdTable
  roster: RosterTable
  visited: VisitedTable
  card_settled: CardSettledTable
  merge: MergeTable
  unmerge: UnmergeTable
  slip: SlipTable
  slip_try: SlipTryTable
  contact_detail: ContactDetailTable
}

/** What the ward's list says of a person; `folded` orders and finds the name, `phone` is sealed and `phone_hash` finds it. */
interface RosterTable {
  person: string
  household: string | null
  name: string
  folded: string
  born: number | null
  residence: Residence | null
  card: Card
  card_reason: string | null
  visit: number
  /** Since when the visit is wished for, and who is going; null where it is not. */
  visit_since: number | null
  visit_by: string | null
  visit_taken_at: number | null
  official: number
  phone: string | null
  phone_hash: string | null
  note: string | null
  updated_at: number
  /** Written by triggers alone (migration 0024): the group of the person, null where they turned out to be another. */
  grp: number | null
}

/** A visit that was made, with the wish that it answered; it goes with the row of the roster. */
interface VisitedTable {
  id: string
  person: string
  day: string
  at: number
  who: string
  wished_since: number | null
  taken_by: string | null
  taken_at: number | null
  run: string | null
}

/** What the roster said of a card before a recording in a guide changed it. */
interface CardSettledTable {
  person: string
  run: string
  at: number
  who: string
  card: Exclude<Card, 'has'>
  card_reason: string | null
}

/** Two persons who were one: why, and what was passed on (JSON lists of ids). */
interface MergeTable {
  gone: string
  kept: string
  at: number
  who: string
  how: 'merge' | 'head' | 'slip'
  moved_runs: string
  left_runs: string
  moved_contacts: string
  /** Fields of the kept row that were taken from the other; null: merged before this was kept. */
  filled: string | null
  /** Hashes of the codes of slips. */
  moved_slips: string | null
  /** Contacts who act for the gone person: `moved` were given to the kept one, `both` helped that one already. */
  moved_helpers: string | null
  /** Wishes that the kept person had not had: `opt-out`, `quiet-hours`. */
  carried: string | null
}

/** A merge that was undone; `runs`: the runs that went back and the number of their newest event then. */
interface UnmergeTable {
  id: string
  gone: string
  /** Null: erased since. */
  kept: string | null
  merged_at: number
  merged_by: string
  how: 'merge' | 'head' | 'slip'
  at: number
  who: string
  runs: string
}

/** A code on paper that joins a contact to a person, once; only its hash is kept. */
interface SlipTable {
  code_hash: string
  person: string
  created_at: number
  created_by: string
  expires_at: number
  used_at: number | null
  used_by: string | null
  voided_at: number | null
}

/** Wrong codes of a contact since an instant. */
interface SlipTryTable {
  contact: string
  since: number
  wrong: number
}

/** What somebody said of themselves through an app's own form; `phone` and `name` are sealed, `phone_key` is a keyed hash. */
interface ContactDetailTable {
  contact: string
  phone: string | null
  phone_key: string | null
  name: string | null
  at: number
}

interface HouseholdTable {
  id: string
  grp: number
  code: string | null
  street: string | null
  house: string | null
  reviewed_on: string | null
  reviewed_by: string | null
  created_at: number
}
