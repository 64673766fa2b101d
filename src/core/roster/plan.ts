import { fold } from '../language/fold.js'
import type { Household, RosterPerson } from '../model/roster.js'
import { keptSpelling, parseName } from './names.js'
import type { Draft, RowProblem } from './rows.js'
import { titleOf } from './titles.js'

/** What an import would do. */
export interface Plan {
  /** Persons to be written, new and changed. */
  people: RosterPerson[]
  households: Household[]
  added: number
  updated: number
  unchanged: number
  problems: RowProblem[]
  /** Rows of persons who had themselves erased since the list was made: they are left out. */
  erased: { line: number; name: string }[]
  /** The line that each person of the file stands in. */
  lines: ReadonlyMap<string, number>
  /** Those that were not known before. */
  fresh: ReadonlySet<string>
  /** Those that were known, as they were and as they would be. */
  changes: readonly { line: number; before: RosterPerson; after: RosterPerson }[]
}

/**
 * Holds rows against what is known. A row is somebody known when it bears their id, or the same group and name with nothing that contradicts –
 * year, household, phone – and is new otherwise; a row that could be two people known, or that stands there twice, is named.
 */
export function planImport(
  known: { people: readonly RosterPerson[]; households: readonly Household[]; erased?: ReadonlySet<string> },
  drafts: readonly Draft[],
  newId: () => string,
): Plan {
  const houses = householdsOf(known.households, drafts, newId)
  const byId = new Map(known.people.map((person) => [person.id, person]))
  const byName = new Map<string, RosterPerson[]>()
  for (const person of known.people) put(byName, keyOf(person.group, person.name), person)
  const plan = { people: [] as RosterPerson[], added: 0, updated: 0, unchanged: 0, problems: [] as RowProblem[] }
  const erased: Plan['erased'] = []
  const lines = new Map<string, number>()
  const fresh = new Set<string>()
  const changes: Plan['changes'][number][] = []
  // Rows that name somebody come first, so that a row by name does not take their place.
  for (const draft of [...drafts].sort(
    (a, b) => Number(b.id !== undefined) - Number(a.id !== undefined) || a.line - b.line,
  )) {
    if (draft.id !== undefined && !byId.has(draft.id) && known.erased?.has(draft.id)) {
      erased.push({ line: draft.line, name: draft.name })
      continue
    }
    const household = houses.of(draft)
    const found = matchOf(draft, household, byId, byName)
    if (typeof found === 'string') {
      plan.problems.push({ line: draft.line, kind: found, heading: null, value: found === 'unknown-id' ? draft.id! : draft.name }) // prettier-ignore
      continue
    }
    if (found && lines.has(found.id)) {
      plan.problems.push({ line: draft.line, kind: 'twice', heading: null, value: draft.name, other: lines.get(found.id)! }) // prettier-ignore
      continue
    }
    const person = merged(found, draft, household, newId)
    lines.set(person.id, draft.line)
    if (!found) {
      plan.added++
      fresh.add(person.id)
      put(byName, keyOf(person.group, person.name), person)
    } else if (same(found, person)) {
      plan.unchanged++
      continue
    } else {
      plan.updated++
      changes.push({ line: draft.line, before: found, after: person })
    }
    plan.people.push(person)
  }
  return {
    ...plan,
    problems: plan.problems.sort((a, b) => a.line - b.line),
    erased: erased.sort((a, b) => a.line - b.line),
    households: houses.changed(),
    lines,
    fresh,
    changes: changes.sort((a, b) => a.line - b.line),
  }
}

function put<T>(map: Map<string, T[]>, key: string, value: T): void {
  const all = map.get(key)
  if (all) all.push(value)
  else map.set(key, [value])
}

/** One key for one name however it is cased, spaced and where its tones stand; with and without diacritics are two here. */
function keyOf(group: number, name: string): string {
  return `${group} ${parseName(name).syllables.join(' ')}`
}

function matchOf(
  draft: Draft,
  household: string | null,
  byId: ReadonlyMap<string, RosterPerson>,
  byName: ReadonlyMap<string, readonly RosterPerson[]>,
): RosterPerson | undefined | 'unknown-id' | 'ambiguous' {
  if (draft.id !== undefined) return byId.get(draft.id) ?? 'unknown-id'
  const alike = (byName.get(keyOf(draft.group, draft.name)) ?? []).filter(
    (person) =>
      fits(draft.born, person.born) &&
      fits(household, person.household) &&
      // A year that one side lacks needs something else that agrees.
      ((draft.born !== undefined && person.born !== null) ||
        (household !== null && household === person.household) ||
        (draft.phone !== undefined && draft.phone === person.phone) ||
        (draft.born === undefined && person.born === null)),
  )
  if (alike.length < 2) return alike[0]
  const closer = alike.filter(
    (person) =>
      (household !== null && household === person.household) ||
      (draft.phone !== undefined && draft.phone === person.phone),
  )
  return closer.length === 1 ? closer[0] : 'ambiguous'
}

function fits<T>(a: T | null | undefined, b: T | null | undefined): boolean {
  return a === null || a === undefined || b === null || b === undefined || a === b
}

function merged(
  known: RosterPerson | undefined,
  draft: Draft,
  household: string | null,
  newId: () => string,
): RosterPerson {
  // In another group, the old household is no longer theirs.
  const stays = known && known.group === draft.group ? known.household : null
  const card = draft.card ?? known?.card ?? 'unknown'
  return {
    id: known?.id ?? newId(),
    group: draft.group,
    household: household ?? stays,
    name: known ? nameFor(known, draft) : draft.name,
    born: draft.born ?? known?.born ?? null,
    residence: draft.residence ?? known?.residence ?? null,
    card,
    cardReason: draft.cardReason ?? (card === 'has' ? null : (known?.cardReason ?? null)),
    visit: draft.visit ?? known?.visit ?? false,
    official: draft.official ?? known?.official ?? false,
    phone: draft.phone ?? known?.phone ?? null,
    note: draft.note ?? known?.note ?? null,
  }
}

/** What somebody known is called after a list: a title that was put before the name by hand stays as long as the list writes one too. */
function nameFor(known: RosterPerson, draft: Draft): string {
  if (titleOf(known.name).title !== null) return draft.title === undefined ? draft.name : known.name
  return keptSpelling(known.name, draft.name)
}

function same(a: RosterPerson, b: RosterPerson): boolean {
  return (Object.keys(a) as (keyof RosterPerson)[]).every((field) => a[field] === b[field])
}

/** Households by their number, or by where they are; those the file speaks of are made or changed. */
function householdsOf(known: readonly Household[], drafts: readonly Draft[], newId: () => string) {
  const byKey = new Map<string, Household>()
  for (const household of known) for (const key of keysOf(household)) if (!byKey.has(key)) byKey.set(key, household)
  /** By the number, or by the place where that has no other number yet. */
  const existing = (keys: readonly string[], code: string | undefined): Household | undefined => {
    for (const key of keys) {
      const household = byKey.get(key)
      if (household && fits(household.code, code)) return household
    }
    return undefined
  }
  const changed = new Map<string, Household>()
  const ofDraft = new Map<Draft, string>()
  for (const draft of drafts) {
    const keys = keysOf({
      ...draft,
      code: draft.code ?? null,
      street: draft.street ?? null,
      house: draft.house ?? null,
    })
    if (keys.length === 0) continue
    const before = existing(keys, draft.code) ?? {
      id: newId(),
      group: draft.group,
      code: draft.code ?? null,
      street: null,
      house: null,
      reviewedOn: null,
    }
    const touched = changed.has(before.id)
    const household: Household = {
      ...before,
      code: before.code ?? draft.code ?? null,
      // The first row of a household says where it is.
      street: touched ? (before.street ?? draft.street ?? null) : (draft.street ?? before.street),
      house: touched ? (before.house ?? draft.house ?? null) : (draft.house ?? before.house),
      reviewedOn: latest(before.reviewedOn, draft.reviewedOn ?? null),
    }
    for (const key of keys) byKey.set(key, household)
    changed.set(household.id, household)
    ofDraft.set(draft, household.id)
  }
  const before = new Map(known.map((household) => [household.id, JSON.stringify(household)]))
  return {
    of: (draft: Draft) => ofDraft.get(draft) ?? null,
    changed: () => [...changed.values()].filter((household) => before.get(household.id) !== JSON.stringify(household)),
  }
}

/** What a household is known by: its number first, then where it is. */
function keysOf({ group, code, street, house }: Pick<Household, 'group' | 'code' | 'street' | 'house'>): string[] {
  return [
    ...(code === null ? [] : [`c ${group} ${fold(code)}`]),
    ...(house === null ? [] : [`a ${group} ${fold(street ?? '')} ${fold(house)}`]),
  ]
}

function latest(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && b > a) ? b : a
}
