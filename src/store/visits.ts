import { sql } from 'kysely'
import type { Scope } from '../core/policy/roles.js'
import { field, rows, texts } from './rows.js'
import { inScope } from './scope.js'
import type { Db } from './tables.js'

/** Somebody of the roster who wishes for a visit. */
export interface Wish {
  person: string
  group: number
  /** Since when, ms. */
  since: number
  /** Who is going there; null: nobody yet. */
  takenBy: string | null
}

/** A visit that was made. */
export interface Visit {
  id: string
  /** The day on which somebody was there, `2026-11-23`. */
  day: string
  /** When it was written down, and by whom. */
  at: number
  who: string
  /** Since when it had been wished for; null: nobody had asked. */
  wishedSince: number | null
}

const WISH = sql.raw(
  `r.person, r.grp as "group", coalesce(r.visit_since, r.updated_at) as since, r.visit_by as "takenBy"`,
)

/** Wishes of the scope, oldest first. `open`: those alone that nobody else has. */
export async function wishesOf(
  db: Db,
  scope: Scope,
  { limit, person, open = false }: { limit: number; person?: string; open?: boolean },
): Promise<Wish[]> {
  const one = person === undefined ? sql`true` : sql`r.person = ${person}`
  const found = await sql<Wish>`
    select ${WISH} from roster r where r.visit = 1 and r.grp is not null and ${one} and ${open ? free(scope) : sql`true`} and ${inScope(scope, sql`r.grp`)}
    order by since, r.person limit ${limit}`.execute(db)
  return found.rows
}

/** How many wishes of the scope nobody else has. */
export async function countWishes(db: Db, scope: Scope): Promise<number> {
  const found = await sql<{ n: number }>`
    select count(*) as n from roster r where r.visit = 1 and r.grp is not null and ${free(scope)} and ${inScope(scope, sql`r.grp`)}`.execute(
    db,
  )
  return Number(found.rows[0]!.n)
}

const free = ({ who }: Scope) => sql`coalesce(r.visit_by, ${who}) = ${who}`

/** Somebody goes there: of two who try at once, one has it. `from`: who has it now, where it is taken over. */
export async function takeWish(
  db: Db,
  scope: Scope,
  person: string,
  { now, from = null }: { now: number; from?: string | null },
): Promise<boolean> {
  const before = from === null ? sql`visit_by is null` : sql`visit_by = ${from}`
  const { numAffectedRows } = await sql`
    update roster set visit_by = ${scope.who}, visit_taken_at = ${now}
    where person = ${person} and visit = 1 and ${before} and ${inScope(scope, sql`grp`)}`.execute(db)
  return Number(numAffectedRows ?? 0) > 0
}

/** Whoever had these wishes has them no longer; whose they are. */
export async function leaveWishes(
  db: Db,
  who: string,
  person?: string,
): Promise<{ person: string; group: number | null }[]> {
  const one = person === undefined ? sql`true` : sql`person = ${person}`
  const found = await sql<{ person: string; group: number | null }>`
    update roster set visit_by = null, visit_taken_at = null where visit_by = ${who} and ${one}
    returning person, grp as "group"`.execute(db)
  return found.rows
}

/** One visit as it is written down; `run`: the recording that it was part of. */
export interface Made {
  id: string
  person: string
  run: string | null
}

/**
 * Writes down that these persons of the scope were visited on a day, which answers their wish. `asked`: those who wished for it alone. Whoever was
 * written down for that day already and wishes for nothing more is left out. Whose visits were written, with their groups.
 */
export async function writeVisits(
  db: Db,
  scope: Scope,
  made: readonly Made[],
  { day, at, asked = false }: { day: string; at: number; asked?: boolean },
): Promise<{ person: string; group: number }[]> {
  const batch = rows(
    db,
    made.map(({ id, person, run }) => [id, person, run]),
  )
  const found = await sql<{ person: string }>`
    insert into visited (id, person, day, at, who, wished_since, taken_by, taken_at, run)
    select ${field(0, 'text')}, r.person, ${day}, ${at}, ${scope.who},
      case when r.visit = 1 then coalesce(r.visit_since, r.updated_at) end, r.visit_by, r.visit_taken_at, ${field(2, 'text')}
    from ${batch} join roster r on r.person = ${field(1, 'text')}
    where r.grp is not null and ${inScope(scope, sql`r.grp`)}
      and (r.visit = 1 or (${sql.lit(asked ? 0 : 1)} = 1 and not exists (select 1 from visited v where v.person = r.person and v.day = ${day})))
    returning person`.execute(db)
  const persons = found.rows.map(({ person }) => person)
  if (persons.length === 0) return []
  const written = await sql<{ person: string; group: number }>`
    update roster set visit = 0, visit_since = null, visit_by = null, visit_taken_at = null, updated_at = ${at}
    where person in ${texts(db, persons)} returning person, grp as "group"`.execute(db)
  return written.rows
}

/** Takes visits back – one by its id, or those of a recording – and puts the wishes that they had answered back where nobody wished anew since. */
export async function unwriteVisits(
  db: Db,
  scope: Scope,
  what: { id: string } | { runs: readonly { run: string; at: number }[] },
): Promise<{ person: string; group: number }[]> {
  const which =
    'id' in what
      ? sql`v.id = ${what.id}`
      : sql`exists (select 1 from ${rows(
          db,
          what.runs.map(({ run, at }) => [run, at]),
        )} where v.run = ${field(0, 'text')} and v.at = ${field(1, 'int')})`
  const found = await sql<{
    id: string
    person: string
    group: number
    wished_since: number | null
    taken_by: string | null
    taken_at: number | null
  }>`
    select v.id, v.person, r.grp as "group", v.wished_since, v.taken_by, v.taken_at
    from visited v join roster r on r.person = v.person where ${which} and ${inScope(scope, sql`r.grp`)}`.execute(db)
  for (const { id, person, wished_since, taken_by, taken_at } of found.rows) {
    await sql`delete from visited where id = ${id}`.execute(db)
    if (wished_since === null) continue
    await sql`
      update roster set visit = 1, visit_since = ${wished_since}, visit_by = ${taken_by}, visit_taken_at = ${taken_at}
      where person = ${person} and visit = 0`.execute(db)
  }
  return found.rows.map(({ person, group }) => ({ person, group }))
}

/** The visits to a person, under every id they ever had, the newest first. */
export async function visitsTo(db: Db, scope: Scope, ids: readonly string[]): Promise<Visit[]> {
  const found = await sql<Visit>`
    select v.id, v.day, v.at, v.who, v.wished_since as "wishedSince"
    from visited v join person p on p.id = v.person join person k on k.id = coalesce(p.merged_into, p.id)
    where v.person in ${texts(db, ids)} and ${inScope(scope, sql`k.grp`)} order by v.day desc, v.at desc, v.id`.execute(
    db,
  )
  return found.rows
}

/** The day of the last visit to each of these persons; whoever was never visited is not in it. */
export async function lastVisits(db: Db, scope: Scope, ids: readonly string[]): Promise<Map<string, string>> {
  const found = await sql<{ person: string; day: string }>`
    select v.person, max(v.day) as day from visited v join roster r on r.person = v.person
    where v.person in ${texts(db, ids)} and r.grp is not null and ${inScope(scope, sql`r.grp`)} group by v.person`.execute(
    db,
  )
  return new Map(found.rows.map(({ person, day }) => [person, day]))
}

/** The wish of two who turned out to be one is as old as the older one's, and in the hands of whoever has either. */
export async function carryWish(db: Db, kept: string, gone: string): Promise<void> {
  await sql`
    update roster set visit_since = (select min(coalesce(o.visit_since, o.updated_at)) from roster o where o.visit = 1 and o.person in (${kept}, ${gone})),
      visit_by = coalesce(visit_by, (select o.visit_by from roster o where o.person = ${gone})),
      visit_taken_at = coalesce(visit_taken_at, (select o.visit_taken_at from roster o where o.person = ${gone}))
    where person = ${kept} and visit = 1`.execute(db)
}
