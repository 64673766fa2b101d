import { sql } from 'kysely'
import type { Card, Residence } from '../core/model/roster.js'
import type { Scope } from '../core/policy/roles.js'
import { inScope, smallGroups } from './scope.js'
import type { Db } from './tables.js'
import { OFFICIALS_GUIDE } from '../core/policy/officials.js'

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
  /** Those of them who do not hold a card, as far as the roster knows: whom a team that makes cards would call on. */
  cardVisits: number
  households: number
  /** Households gone through since the day asked about, or ever. */
  reviewed: number
  officials: number
  /** Officials who finished signing in to the public-service portal: all of them should. */
  officialsDone: number
  /** Of those, by a head's or the ward's word. */
  officialsConfirmed: number
}

/** People who are alike in a group, officials of it who signed in to the portal, or its households. */
interface Counted {
  what: 'people' | 'signed-in' | 'households'
  grp: number
  card: Card | null
  residence: Residence | null
  visit: number | null
  official: number | null
  count: number
  /** Of those, households gone through, or ends by a head's or the ward's word. */
  part: number
}

/** Figures of the roster, group by group, of one moment; `since` is a day from which on a household counts as gone through. */
export async function rosterFigures(
  db: Db,
  scope: Scope,
  { since = '', portal = OFFICIALS_GUIDE }: { since?: string; portal?: string } = {},
): Promise<RosterFigure[]> {
  const counted = await sql<Counted>`
    select 'people' as what, r.grp, r.card, r.residence, r.visit, r.official, count(*) as count, 0 as part
    from roster r where r.grp is not null and ${inScope(scope, sql`r.grp`)}
    group by r.grp, r.card, r.residence, r.visit, r.official
    union all
    select 'signed-in', r.grp, null, null, null, null, count(*), sum(case when f.counts = 2 then 1 else 0 end)
    from roster r join run f on f.person = r.person and f.flow = ${portal} and f.state = 'finished' and f.counts > 0
    where r.official = 1 and r.grp is not null and ${inScope(scope, sql`r.grp`)}
    group by r.grp
    union all
    select 'households', h.grp, null, null, null, null, count(*), sum(case when h.reviewed_on >= ${since} then 1 else 0 end)
    from household h where ${inScope(scope, sql`h.grp`)} group by h.grp`.execute(db)
  const found = new Map<number, RosterFigure>()
  for (const row of counted.rows) {
    const known = found.get(row.grp) ?? { ...NOTHING, group: row.grp }
    found.set(row.grp, withCounted(known, { ...row, count: Number(row.count), part: Number(row.part) }))
  }
  return apart([...found.values()], await smallGroups(db, scope)).sort(
    (a, b) => (a.group ?? Infinity) - (b.group ?? Infinity),
  )
}

function withCounted(figure: RosterFigure, { what, card, residence, visit, official, count, part }: Counted): RosterFigure {
  if (what === 'households') return { ...figure, households: count, reviewed: part }
  if (what === 'signed-in') return { ...figure, officialsDone: count, officialsConfirmed: part }
  const registered = residence ?? 'unknown'
  const { withoutCard } = figure
  return {
    ...figure,
    people: figure.people + count,
    withoutCard: card === 'none' ? { ...withoutCard, [registered]: withoutCard[registered] + count } : withoutCard,
    cardUnknown: figure.cardUnknown + (card === 'unknown' ? count : 0),
    visits: figure.visits + (visit === 1 ? count : 0),
    cardVisits: figure.cardVisits + (visit === 1 && card !== 'has' ? count : 0),
    officials: figure.officials + (official === 1 ? count : 0),
  }
} // prettier-ignore

function apart(all: readonly RosterFigure[], small: ReadonlySet<number>): RosterFigure[] {
  const isSmall = ({ group }: RosterFigure) => group !== null && small.has(group)
  if (!all.some(isSmall)) return [...all]
  const kept = all.map((figure) => {
    const { group, people, households, reviewed } = figure
    return isSmall(figure) ? { ...NOTHING, group, people, households, reviewed } : figure
  })
  const together = all.filter(isSmall).reduce<RosterFigure>(
    (sum, { withoutCard, cardUnknown, visits, cardVisits, officials, officialsDone, officialsConfirmed }) => ({
      ...sum,
      withoutCard: {
        permanent: sum.withoutCard.permanent + withoutCard.permanent,
        temporary: sum.withoutCard.temporary + withoutCard.temporary,
        unknown: sum.withoutCard.unknown + withoutCard.unknown,
      },
      cardUnknown: sum.cardUnknown + cardUnknown,
      visits: sum.visits + visits,
      cardVisits: sum.cardVisits + cardVisits,
      officials: sum.officials + officials,
      officialsDone: sum.officialsDone + officialsDone,
      officialsConfirmed: sum.officialsConfirmed + officialsConfirmed,
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
  cardVisits: 0,
  households: 0,
  reviewed: 0,
  officials: 0,
  officialsDone: 0,
  officialsConfirmed: 0,
}
