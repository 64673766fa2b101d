import type { Scope } from '../core/policy/roles.js'
import { may } from '../core/policy/roles.js'
import { audit, type Done } from '../store/audit.js'
import { personsIn } from '../store/progress.js'
import type { Db } from '../store/tables.js'
import { leaveWishes, takeWish, unwriteVisits, wishesOf, type Wish, writeVisits } from '../store/visits.js'

/** What is needed beside the transaction: the moment, and ids. */
export interface VisitParts {
  now: number
  newId: () => string
}

type Whose = { person: string; group: number | null }

/** Whether somebody may take a visit over from whoever has it: the ward may, so that none is left with somebody who is away. */
export function mayTakeVisitOver(scope: Scope, { takenBy }: Pick<Wish, 'takenBy'>): boolean {
  return takenBy !== null && takenBy !== scope.who && scope.groups === 'ward'
}

/**
 * Somebody says that they will go to a person who wished for a visit; inside a transaction. Their own already: nothing changes. False: another one has it
 * (unless the ward takes it over from `from`), the wish is gone, or it is not theirs to take.
 */
export async function takeVisit(
  tx: Db,
  { now, newId }: VisitParts,
  scope: Scope,
  person: string,
  from: string | null = null,
): Promise<boolean> {
  if (!may(scope.role, 'record')) return false
  const [wish] = await wishesOf(tx, scope, { limit: 1, person })
  if (!wish) return false
  if (wish.takenBy === scope.who) return true
  if (from !== null && !mayTakeVisitOver(scope, wish)) return false
  if (!(await takeWish(tx, scope, person, { now, from }))) return false
  await audit(tx, scope, [line(newId(), now, 'changed', wish)])
  return true
}

/** Somebody will not go after all: the wish waits again, since when it did. */
export async function leaveVisit(tx: Db, { now, newId }: VisitParts, scope: Scope, person: string): Promise<boolean> {
  const left = await leaveWishes(tx, scope.who, person)
  await audit(tx, scope, left.map((whose) => line(newId(), now, 'changed', whose))) // prettier-ignore
  return left.length > 0
}

/** Puts every visit that somebody was going to make back, because their role is gone; the line is whoever took it away's. */
export async function leaveVisits(tx: Db, { now, newId }: VisitParts, scope: Scope, contact: string): Promise<void> {
  const left = await leaveWishes(tx, contact)
  await audit(tx, scope, left.map((whose) => line(newId(), now, 'changed', whose))) // prettier-ignore
}

/**
 * Somebody was at these persons' homes on a day, as whoever writes it down says; inside a transaction. How many were written and how many were there
 * already for that day; `refused`: not all of them are theirs, and nothing was written.
 */
export async function visitsMade(
  tx: Db,
  { now, newId }: VisitParts,
  scope: Scope,
  { persons, day }: { persons: readonly string[]; day: string },
): Promise<{ written: number; already: number } | 'refused'> {
  if (!may(scope.role, 'record')) return 'refused'
  const once = [...new Set(persons)]
  if ((await personsIn(tx, scope, once)).length !== once.length) return 'refused'
  const made = once.map((person) => ({ id: newId(), person, run: null }))
  const written = await writeVisits(tx, scope, made, { day, at: now })
  await audit(tx, scope, written.map((whose) => line(newId(), now, 'recorded', whose))) // prettier-ignore
  return { written: written.length, already: once.length - written.length }
}

/** Takes a visit back that was written down by mistake: the wish waits again. False: there is none, or it is not theirs. */
export async function visitUndone(tx: Db, { now, newId }: VisitParts, scope: Scope, id: string): Promise<boolean> {
  if (!may(scope.role, 'record')) return false
  const undone = await unwriteVisits(tx, scope, { id })
  await audit(tx, scope, undone.map((whose) => line(newId(), now, 'undone', whose))) // prettier-ignore
  return undone.length > 0
}

/** One line of the log about the visit to a person. */
export function line(id: string, at: number, deed: Done['deed'], { person, group }: Whose): Done {
  return { id, at, deed, kind: 'visit', subject: person, group, count: 1 }
}
