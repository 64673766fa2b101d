import { sql } from 'kysely'
import type { Scope } from '../core/policy/roles.js'
import { field, rows, texts } from './rows.js'
import { inScope } from './scope.js'
import type { Db } from './tables.js'

/**
 * The roster says from now on that these persons hold a card, because a recording in a guide that ends with it says so (`run`); what it said before is
 * kept for whoever takes that back. Those of whom it said something else, with their groups.
 */
export async function settleCards(
  db: Db,
  scope: Scope,
  held: readonly { person: string; run: string }[],
  at: number,
): Promise<{ person: string; group: number }[]> {
  const batch = rows(
    db,
    held.map(({ person, run }) => [person, run]),
  )
  const found = await sql<{ person: string }>`
    insert into card_settled (person, run, at, who, card, card_reason)
    select r.person, ${field(1, 'text')}, ${at}, ${scope.who}, r.card, r.card_reason
    from ${batch} join roster r on r.person = ${field(0, 'text')}
    where r.card <> 'has' and r.grp is not null and ${inScope(scope, sql`r.grp`)}
    on conflict (person) do update set run = excluded.run, at = excluded.at, who = excluded.who, card = excluded.card,
      card_reason = excluded.card_reason
    returning person`.execute(db)
  const persons = found.rows.map(({ person }) => person)
  if (persons.length === 0) return []
  const written = await sql<{ person: string; group: number }>`
    update roster set card = 'has', card_reason = null, updated_at = ${at}
    where person in ${texts(db, persons)} returning person, grp as "group"`.execute(db)
  return written.rows
}

/** What the roster said of the cards before these recordings, unless somebody wrote something else there since. */
export async function unsettleCards(
  db: Db,
  scope: Scope,
  runs: readonly { run: string; at: number }[],
): Promise<{ person: string; group: number }[]> {
  const batch = rows(
    db,
    runs.map(({ run, at }) => [run, at]),
  )
  const found = await sql<{ person: string; group: number; card: string; card_reason: string | null }>`
    select s.person, r.grp as "group", s.card, s.card_reason
    from ${batch} join card_settled s on s.run = ${field(0, 'text')} and s.at = ${field(1, 'int')}
    join roster r on r.person = s.person where ${inScope(scope, sql`r.grp`)}`.execute(db)
  for (const { person, card, card_reason } of found.rows) {
    await sql`
      update roster set card = ${card}, card_reason = ${card_reason} where person = ${person} and card = 'has'`.execute(
      db,
    )
    await sql`delete from card_settled where person = ${person}`.execute(db)
  }
  return found.rows.map(({ person, group }) => ({ person, group }))
}

/** By whose word somebody holds a card of which the roster says otherwise: their own, or a head's or the ward's. */
export type CardWord = 'self' | 'confirmed'

/**
 * Persons of the scope of whom the roster does not say that they hold a card, although they have finished a guide that ends with it (`flows`). Of groups
 * too small to be broken down too: whoever may see their names alone asks.
 */
export async function cardsInDoubt(
  db: Db,
  scope: Scope,
  flows: readonly string[],
  { group, ids }: { group?: number; ids?: readonly string[] } = {},
): Promise<Map<string, CardWord>> {
  if (flows.length === 0) return new Map()
  const one = group === undefined ? sql`true` : sql`r.grp = ${group}`
  const some = ids === undefined ? sql`true` : sql`r.person in ${texts(db, ids)}`
  const found = await sql<{ person: string; confirmed: number }>`
    select r.person, max(case when f.counts = 2 then 1 else 0 end) as confirmed
    from roster r join run f on f.person = r.person and f.state = 'finished' and f.counts > 0 and f.flow in ${texts(db, flows)}
    where r.grp is not null and r.card <> 'has' and ${one} and ${some} and ${inScope(scope, sql`r.grp`)}
    group by r.person`.execute(db)
  return new Map(found.rows.map(({ person, confirmed }) => [person, Number(confirmed) === 1 ? 'confirmed' : 'self']))
}
