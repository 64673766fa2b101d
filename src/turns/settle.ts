import { type Flow, givesCard } from '../core/flow/definition.js'
import { dayOf } from '../core/policy/calendar.js'
import type { Scope } from '../core/policy/roles.js'
import { line } from '../roster/visits.js'
import { audit, type Done } from '../store/audit.js'
import { settleCards, unsettleCards } from '../store/cards.js'
import type { Db } from '../store/tables.js'
import { unwriteVisits, writeVisits } from '../store/visits.js'

/** What the roster is to say too of those who have done all of a guide. */
export interface Settling {
  /** That they hold a card, where the guide ends with one. */
  card: boolean
  /** That somebody was at their home, where they wished for a visit. */
  visited: boolean
}

/** Somebody who has reached the end, in this run; `fresh`: by this recording, and not before. */
export interface Ended {
  person: string
  run: string
  fresh: boolean
}

/** A deed at the door settles the roster too, in its transaction: of how many persons it says something else now. */
export async function settleRoster(
  tx: Db,
  { newId }: { newId: () => string },
  scope: Scope,
  { flow, ended, settle, now }: { flow: Flow; ended: readonly Ended[]; settle: Settling; now: number },
): Promise<number> {
  const cards = settle.card && givesCard(flow) ? await settleCards(tx, scope, ended, now) : []
  const fresh = ended.filter((one) => one.fresh).map(({ person, run }) => ({ id: newId(), person, run }))
  const visits = settle.visited ? await writeVisits(tx, scope, fresh, { day: dayOf(now), at: now, asked: true }) : []
  await audit(tx, scope, [
    ...cards.map((whose) => cardLine(newId(), now, 'recorded', whose)),
    ...visits.map((whose) => line(newId(), now, 'recorded', whose)),
  ])
  return new Set([...cards, ...visits].map(({ person }) => person)).size
}

/** What recordings had the roster say goes with them: the card and the wish are what they were. */
export async function unsettleRoster(
  tx: Db,
  { newId, now }: { newId: () => string; now: number },
  scope: Scope,
  recordings: readonly { run: string; at: number }[],
): Promise<void> {
  const cards = await unsettleCards(tx, scope, recordings)
  const visits = await unwriteVisits(tx, scope, { runs: recordings })
  await audit(tx, scope, [
    ...cards.map((whose) => cardLine(newId(), now, 'undone', whose)),
    ...visits.map((whose) => line(newId(), now, 'undone', whose)),
  ])
}

function cardLine(
  id: string,
  at: number,
  deed: Done['deed'],
  { person, group }: { person: string; group: number },
): Done {
  return { id, at, deed, kind: 'card', subject: person, group, count: 1 }
}
