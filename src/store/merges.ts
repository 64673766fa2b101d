import { sql } from 'kysely'
import type { Session } from '../core/model/contact.js'
import { filledBy, mergedPerson } from '../core/model/roster.js'
import type { Run } from '../core/model/run.js'
import type { Scope } from '../core/policy/roles.js'
import { type LedgerRow, ledgerOfGone, ledgerOfRun } from './ledger.js'
import { putPeople } from './enrol.js'
import { optedOut, optOut, quietHours, setQuietHours } from './opt-outs.js'
import { people, withPhones } from './roster.js'
import { engineOf, texts } from './rows.js'
import { inScope } from './scope.js'
import { loadRuns } from './runs.js'
import type { Seals } from './sealed.js'
import type { Db } from './tables.js'
import { carryWish } from './visits.js'

export interface Merge {
  kept: string
  gone: string
  at: number
}

export type Merged = 'merged' | 'out-of-scope' | 'same'

/**
 * Makes one person of two rows of the roster, inside a transaction: `gone` is taken into `kept`. The ledger is not touched; runs go over to the kept
 * person, except one that stands in a guide in which the kept person stands too. Whoever chats as `gone` chats as `kept` from now on.
 */
export async function mergePeople(db: Db, scope: Scope, seals: Seals, merge: Merge): Promise<Merged> {
  const { kept, gone, at } = merge
  if (kept === gone) return 'same'
  const both = withPhones(seals, await people(db, scope, { ids: [kept, gone] }))
  const [k, g] = [both.find(({ id }) => id === kept), both.find(({ id }) => id === gone)]
  if (!k || !g) return 'out-of-scope'
  await putPeople(db, scope, seals, [mergedPerson(k, g)], at)
  await carryWish(db, kept, gone)
  await absorb(db, { ...merge, who: scope.who, how: 'merge', filled: filledBy(k, g) })
  return 'merged'
}

/**
 * The part that every way of joining shares; whether it may be done was decided before. It writes sessions: whoever loaded one loads it again
 * before saving it.
 */
export async function absorb(
  db: Db,
  {
    kept,
    gone,
    at,
    who,
    how,
    filled = [],
  }: Merge & { who: string; how: 'merge' | 'head' | 'slip'; filled?: readonly string[] },
): Promise<void> {
  const locked = engineOf(db) === 'postgres' ? sql`for no key update of s` : sql``
  // Locked in one order, so that turns in progress are waited for and later ones see the new person.
  const sessions = await sql<{ contact: string; version: number; state: string; own: string }>`
    select s.contact, s.version, s.state, c.person as own from session s join contact c on c.id = s.contact
    where c.person = ${gone} or s.state like ${`%"person":${JSON.stringify(gone)}%`} order by s.contact ${locked}`.execute(
    db,
  )
  const into = await sql<{ grp: number | null }>`select grp from person where id = ${kept}`.execute(db)
  const group = into.rows[0]?.grp ?? null
  for (const { contact, version, state, own } of sessions.rows) {
    const session = JSON.parse(state) as Session
    if (session.person !== gone) continue
    // What is done next is written down in the group of the person who is kept; nobody acts for themselves.
    const actingFor = session.actingFor && own !== kept ? { ...session.actingFor, group } : null
    const moved = JSON.stringify({ ...session, person: kept, actingFor })
    await sql`update session set state = ${moved}, version = ${version + 1} where contact = ${contact}`.execute(db)
  }
  const contacts = sessions.rows.filter(({ own }) => own === gone).map(({ contact }) => contact)
  await sql`
    update contact set person = ${kept}, grp = (select grp from person where id = ${kept}) where person = ${gone}`.execute(
    db,
  )
  const left = await sql<{ id: string }>`
    select r.id from run r where r.person = ${gone} and r.state <> 'finished'
      and exists (select 1 from run k where k.person = ${kept} and k.flow = r.flow and k.state <> 'finished')`.execute(
    db,
  )
  const stays = left.rows.map(({ id }) => id)
  const moved = await sql<{ id: string }>`
    update run set person = ${kept} where person = ${gone} and id not in ${texts(db, stays)} returning id`.execute(db)
  // Who was taken into the gone one before is now part of the kept one.
  await sql`update person set merged_into = ${kept} where merged_into = ${gone} or id = ${gone}`.execute(db)
  const slips = await sql<{ code_hash: string }>`
    update slip set person = ${kept} where person = ${gone} returning code_hash`.execute(db)
  const helpers = await passHelpersOn(db, kept, gone)
  const carried = await carryWishes(db, kept, gone, at)
  await sql`
    insert into merge (gone, kept, at, who, how, moved_runs, left_runs, moved_contacts, filled, moved_slips, moved_helpers, carried)
    values (${gone}, ${kept}, ${at}, ${who}, ${how}, ${JSON.stringify(moved.rows.map(({ id }) => id))}, ${JSON.stringify(stays)},
      ${JSON.stringify(contacts)}, ${JSON.stringify(filled)}, ${JSON.stringify(slips.rows.map(({ code_hash }) => code_hash))},
      ${JSON.stringify(helpers)}, ${JSON.stringify(carried)})`.execute(db)
}

/** Who acts for the gone person acts for the kept one; nobody acts for themselves. */
async function passHelpersOn(db: Db, kept: string, gone: string): Promise<{ moved: string[]; both: string[] }> {
  const before = await sql<{ contact: string; both: number }>`
    select h.contact, case when exists (select 1 from helping k where k.contact = h.contact and k.person = ${kept}) then 1 else 0 end as both
    from helping h join contact c on c.id = h.contact where h.person = ${gone} and c.person <> ${kept} order by h.contact`.execute(
    db,
  )
  await sql`
    insert into helping (contact, person, label, how, since)
    select h.contact, ${kept}, h.label, h.how, h.since from helping h join contact c on c.id = h.contact
    where h.person = ${gone} and c.person <> ${kept}
    on conflict (contact, person) do nothing`.execute(db)
  await sql`delete from helping where person = ${gone}`.execute(db)
  const of = (both: number) => before.rows.filter((row) => row.both === both).map(({ contact }) => contact)
  return { moved: of(0), both: of(1) }
}

/** What somebody asked of us stays asked: no reminders, hours of their own, and the reminders that they already had this week. */
async function carryWishes(db: Db, kept: string, gone: string, at: number): Promise<('opt-out' | 'quiet-hours')[]> {
  const silent = await optedOut(db, [kept, gone])
  if (silent.has(gone)) await optOut(db, [kept], at)
  const hours = await quietHours(db, [kept, gone])
  const own = hours.get(gone)?.[0]
  if (own && !hours.has(kept)) await setQuietHours(db, kept, own)
  await sql`
    update reminded set person = ${kept} where person = ${gone}
      and not exists (select 1 from reminded k where k.person = ${kept} and k.day = reminded.day)`.execute(db)
  return [
    ...(silent.has(gone) && !silent.has(kept) ? (['opt-out'] as const) : []),
    ...(own && !hours.has(kept) ? (['quiet-hours'] as const) : []),
  ]
}

/** What a person did, under every id they ever had. */
export interface History {
  /** The person and all who were taken into them. */
  ids: string[]
  runs: Run[]
  /** Oldest first. */
  events: LedgerRow[]
}

/** The history of a person of the scope, whether the roster knows their name or not; null: not there, or not in the scope. */
export async function historyOf(db: Db, scope: Scope, person: string): Promise<History | null> {
  const found = await sql<{ id: string }>`
    select p.id from person p join person k on k.id = coalesce(p.merged_into, p.id)
    where (p.id = ${person} or p.merged_into = ${person}) and k.id = ${person} and ${inScope(scope, sql`k.grp`)}
    order by p.id`.execute(db)
  const ids = found.rows.map(({ id }) => id)
  if (!ids.includes(person)) return null
  const runs = await loadRuns(db, ids)
  const events: LedgerRow[] = []
  for (const { id } of runs) events.push(...(await ledgerOfRun(db, id)))
  events.push(...(await ledgerOfGone(db, ids)))
  return { ids, runs, events: events.sort((a, b) => a.at - b.at || (a.run < b.run ? -1 : 1) || a.seq - b.seq) }
}
