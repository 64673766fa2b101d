import { sql } from 'kysely'
import type { Scope } from '../core/policy/roles.js'
import { inScope, smallGroups } from './scope.js'
import type { Db } from './tables.js'

/**
 * People of a group by what the letter asks for. A group that is too small to be broken down says only how many people and households it has; the
 * rest of it is added up under no group (null), so that sums stay true.
 */
export interface RosterFigure {
  group: number | null
  people: number
  /** Without a card, by where they are registered. */
  withoutCard: { permanent: number; temporary: number; unknown: number }
  /** Nobody has asked yet whether they hold a card. */
  cardUnknown: number
  /** Wish for a visit. */
  visits: number
  households: number
  /** Households gone through since the day asked about, or ever. */
  reviewed: number
  officials: number
  /** Officials who finished signing in to the public-service portal: all of them should. */
  officialsDone: number
}

/** The guide whose end the officials' target counts. */
const PORTAL = 'portal-login'

/** Figures of the roster, group by group; `since` is a day from which on a household counts as gone through. */
export async function rosterFigures(
  db: Db,
  scope: Scope,
  { since = '', portal = PORTAL }: { since?: string; portal?: string } = {},
): Promise<RosterFigure[]> {
  const persons = await sql<{
    grp: number
    people: number
    permanent: number
    temporary: number
    unregistered: number
    card_unknown: number
    visits: number
    officials: number
    officials_done: number
  }>`
    select p.grp, count(*) as people,
      sum(case when r.card = 'none' and r.residence = 'permanent' then 1 else 0 end) as permanent,
      sum(case when r.card = 'none' and r.residence = 'temporary' then 1 else 0 end) as temporary,
      sum(case when r.card = 'none' and r.residence is null then 1 else 0 end) as unregistered,
      sum(case when r.card = 'unknown' then 1 else 0 end) as card_unknown,
      sum(r.visit) as visits,
      sum(r.official) as officials,
      sum(case when r.official = 1 and exists (
        select 1 from run where run.person = p.id and run.flow = ${portal} and run.state = 'finished'
      ) then 1 else 0 end) as officials_done
    from roster r join person p on p.id = r.person
    where p.merged_into is null and p.grp is not null and ${inScope(scope, sql`p.grp`)}
    group by p.grp`.execute(db)
  const houses = await sql<{ grp: number; households: number; reviewed: number }>`
    select grp, count(*) as households, sum(case when reviewed_on >= ${since} then 1 else 0 end) as reviewed
    from household where ${inScope(scope, sql`grp`)} group by grp`.execute(db)
  const found = new Map<number, RosterFigure>()
  for (const row of persons.rows) {
    const { grp, people, permanent, temporary, unregistered, card_unknown, visits, officials, officials_done } = row
    found.set(grp, {
      ...NOTHING,
      group: grp,
      people: Number(people),
      withoutCard: { permanent: Number(permanent), temporary: Number(temporary), unknown: Number(unregistered) },
      cardUnknown: Number(card_unknown),
      visits: Number(visits),
      officials: Number(officials),
      officialsDone: Number(officials_done),
    })
  }
  for (const { grp, households, reviewed } of houses.rows) {
    const known = found.get(grp) ?? { ...NOTHING, group: grp }
    found.set(grp, { ...known, households: Number(households), reviewed: Number(reviewed) })
  }
  return apart([...found.values()], await smallGroups(db, scope)).sort(
    (a, b) => (a.group ?? Infinity) - (b.group ?? Infinity),
  )
}

function apart(all: readonly RosterFigure[], small: ReadonlySet<number>): RosterFigure[] {
  const isSmall = ({ group }: RosterFigure) => group !== null && small.has(group)
  if (!all.some(isSmall)) return [...all]
  const kept = all.map((figure) => {
    const { group, people, households, reviewed } = figure
    return isSmall(figure) ? { ...NOTHING, group, people, households, reviewed } : figure
  })
  const together = all.filter(isSmall).reduce<RosterFigure>(
    (sum, { withoutCard, cardUnknown, visits, officials, officialsDone }) => ({
      ...sum,
      withoutCard: {
        permanent: sum.withoutCard.permanent + withoutCard.permanent,
        temporary: sum.withoutCard.temporary + withoutCard.temporary,
        unknown: sum.withoutCard.unknown + withoutCard.unknown,
      },
      cardUnknown: sum.cardUnknown + cardUnknown,
      visits: sum.visits + visits,
      officials: sum.officials + officials,
      officialsDone: sum.officialsDone + officialsDone,
    }),
    { ...NOTHING, group: null },
  )
  return [...kept, together]
}

const NOTHING: Omit<RosterFigure, 'group'> = {
  people: 0,
  withoutCard: { permanent: 0, temporary: 0, unknown: 0 },
  cardUnknown: 0,
  visits: 0,
  households: 0,
  reviewed: 0,
  officials: 0,
  officialsDone: 0,
}
