import { sql } from 'kysely'
import type { Session } from '../core/model/contact.js'
import { partedPerson } from '../core/model/roster.js'
import type { Scope } from '../core/policy/roles.js'
import { putPeople } from './enrol.js'
import { absorb } from './merges.js'
import { optIn, setQuietHours } from './opt-outs.js'
import { people, withPhones } from './roster.js'
import { engineOf, texts } from './rows.js'
import { inScope } from './scope.js'
import type { Seals } from './sealed.js'
import type { Db } from './tables.js'

/** Somebody who was taken into a person, and what may be undone of it. */
export interface MergeLine {
  gone: string
  /** What the roster calls them, or null: they only chat. */
  name: string | null
  at: number
  how: 'merge' | 'head' | 'slip'
  /** Whether the scope holds both: somebody of another group's roster is not put back by this group's head. */
  both: boolean
}

/** Who was taken into a person of the scope, the newest first: that one can be undone, those before it once it is. */
export async function mergesInto(db: Db, scope: Scope, person: string): Promise<MergeLine[]> {
  const found = await sql<Omit<MergeLine, 'both'> & { both: number }>`
    select m.gone, r.name, m.at, m.how, case when r.person is null or ${inScope(scope, sql`g.grp`)} then 1 else 0 end as both
    from merge m join person k on k.id = m.kept join person g on g.id = m.gone left join roster r on r.person = m.gone
    where m.kept = ${person} and k.merged_into is null and ${inScope(scope, sql`k.grp`)} order by m.at desc, m.gone desc`.execute(
    db,
  )
  return found.rows.map((row) => ({ ...row, both: row.both === 1 }))
}

/** `not-the-newest`: somebody else was taken into the person since, and has to be parted first. */
export type Parted = 'parted' | 'out-of-scope' | 'not-the-newest'

/**
 * Two persons again of one, inside a transaction, each as before the merge: rows of the roster, contacts, helpers, slips, wishes, runs. What happened
 * since stays with the passage in which it happened: a run that had come over goes back whole; one that was begun since goes to the person whose
 * contact or helper began it; what the kept person had or got by the head's hand stays. The ledger is not touched. A helper who is the kept person is
 * not one again. Sessions are written: whoever loaded one loads it again before saving it.
 */
export async function undoMerge(
  db: Db,
  scope: Scope,
  seals: Seals,
  { kept, gone, at, id }: { kept: string; gone: string; at: number; id: string },
): Promise<Parted> {
  const merges = await mergesInto(db, scope, kept)
  if (!merges.some((one) => one.gone === gone && one.both)) return 'out-of-scope'
  if (merges[0]!.gone !== gone) return 'not-the-newest'
  const row = await part(db, { kept, gone, at, id, who: scope.who })
  // Somebody else has just undone it.
  if (!row) return 'out-of-scope'
  const pair = withPhones(seals, await people(db, scope, { ids: [kept, gone] }))
  const [k, g] = [pair.find((one) => one.id === kept), pair.find((one) => one.id === gone)]
  if (k && g) await putPeople(db, scope, seals, [partedPerson(k, g, list(row.filled))], at)
  return 'parted'
}

/** Undoes a merge but for the rows of the roster; null: there is none. Whether it may be undone was decided before. */
async function part(
  db: Db,
  { kept, gone, at, id, who }: { kept: string; gone: string; at: number; id: string; who: string },
): Promise<MergeColumns | null> {
  const merge = await sql<MergeColumns>`
    delete from merge where gone = ${gone} and kept = ${kept}
    returning at, who, how, moved_runs, moved_contacts, filled, moved_slips, moved_helpers, carried`.execute(db)
  const [row] = merge.rows
  if (!row) return null
  const contacts = list(row.moved_contacts)
  const { moved, both } = JSON.parse(row.moved_helpers ?? '{"moved":[],"both":[]}') as Record<
    'moved' | 'both',
    string[]
  >
  const begunBy = [...contacts, ...moved]
  // Locked before anything of theirs is written, in one order: turns in progress are waited for.
  const sessions = await lockSessions(db, begunBy)
  await sql`update person set merged_into = null where id = ${gone}`.execute(db)
  // Who had been taken into the gone one before is part of that one again.
  await sql`
    with recursive before as (
      select gone from merge where kept = ${gone} union select m.gone from merge m join before b on m.kept = b.gone)
    update person set merged_into = ${gone} where id in (select gone from before)`.execute(db)
  const runs = await sql<{ id: string; seq: number }>`
    update run set person = ${gone} where person = ${kept}
      and (id in ${texts(db, list(row.moved_runs))} or id in (
        select l.run from ledger l where l.seq = 1 and l.at >= ${row.at} and l.contact in ${texts(db, begunBy)}
          and l.run in (select k.id from run k where k.person = ${kept})))
      and (state = 'finished' or not exists (
        select 1 from run g where g.person = ${gone} and g.flow = run.flow and g.state <> 'finished'))
    returning id, seq`.execute(db)
  await sql`
    update contact set person = ${gone}, grp = (select grp from person where id = ${gone})
    where id in ${texts(db, contacts)} and person = ${kept}`.execute(db)
  await sql`
    update slip set person = ${gone} where person = ${kept} and code_hash in ${texts(db, list(row.moved_slips))}`.execute(
    db,
  )
  await sql`
    update helping set person = ${gone} where person = ${kept} and contact in ${texts(db, moved)}`.execute(db)
  await sql`
    insert into helping (contact, person, label, how, since)
    select contact, ${gone}, label, how, since from helping where person = ${kept} and contact in ${texts(db, both)}`.execute(
    db,
  )
  await handBack(db, kept, gone, sessions)
  await sql`
    update reminded set person = ${gone} where person = ${kept} and contact in ${texts(db, begunBy)}
      and not exists (select 1 from reminded g where g.person = ${gone} and g.day = reminded.day)`.execute(db)
  const carried = list(row.carried)
  if (carried.includes('opt-out')) await optIn(db, [kept])
  if (carried.includes('quiet-hours')) await setQuietHours(db, kept, null)
  await sql`
    insert into unmerge (id, gone, kept, merged_at, merged_by, how, at, who, runs)
    values (${id}, ${gone}, ${kept}, ${row.at}, ${row.who}, ${row.how}, ${at}, ${who},
      ${JSON.stringify(Object.fromEntries(runs.rows.map((run) => [run.id, run.seq])))})`.execute(db)
  return row
}

/**
 * What came of «Không phải tôi». `by`: who had joined the contact; `group`: of the person it was joined to. `not-joined`: nobody had.
 * `not-the-newest`: two rows of the roster were made one since, which only a person can take apart again.
 */
export type Disowned =
  { kind: 'not-joined' } | { kind: 'parted' | 'not-the-newest'; person: string; by: string; group: number | null }

/**
 * A contact is not the person whom a head or the ward joined it to: undone at once, inside a transaction, whatever was joined since. Other contacts
 * that were joined to the same person meanwhile are joined again as they were. Sessions are written: whoever loaded one loads it again.
 */
export async function disown(db: Db, { contact, at, newId }: { contact: string; at: number; newId: () => string }): Promise<Disowned> {
  const found = await sql<{ gone: string; kept: string; at: number; who: string; how: 'merge' | 'head' | 'slip'; moved_contacts: string; grp: number | null }>`
    select m.gone, m.kept, m.at, m.who, m.how, m.moved_contacts, p.grp
    from contact c join merge m on m.kept = c.person join person p on p.id = m.kept
    where c.id = ${contact} order by m.at desc, m.gone desc`.execute(db)
  const which = found.rows.findIndex(({ how, moved_contacts }) => how === 'head' && list(moved_contacts).includes(contact))
  const own = found.rows[which]
  if (!own) return { kind: 'not-joined' }
  const { kept, gone, who: by, grp: group } = own
  const since = found.rows.slice(0, which)
  const was = { person: kept, by, group }
  if (since.some(({ how }) => how === 'merge')) return { kind: 'not-the-newest', ...was }
  for (const one of since) await part(db, { kept, gone: one.gone, at, id: newId(), who: contact })
  await part(db, { kept, gone, at, id: newId(), who: contact })
  for (const one of since.reverse()) await absorb(db, { kept, gone: one.gone, at, who: one.who, how: one.how })
  return { kind: 'parted', ...was }
} // prettier-ignore

interface MergeColumns {
  at: number
  who: string
  how: string
  moved_runs: string
  moved_contacts: string
  filled: string | null
  moved_slips: string | null
  moved_helpers: string | null
  carried: string | null
}

const list = (json: string | null) => (json === null ? [] : (JSON.parse(json) as string[]))

type Kept = { contact: string; version: number; state: string }

async function lockSessions(db: Db, contacts: readonly string[]): Promise<Kept[]> {
  const locked = engineOf(db) === 'postgres' ? sql`for no key update` : sql``
  const found = await sql<Kept>`
    select contact, version, state from session where contact in ${texts(db, contacts)} order by contact ${locked}`.execute(
    db,
  )
  return found.rows
}

/** Whoever stands as the kept person and belongs to the other stands as that one; a run in front that stayed behind is none of theirs. */
async function handBack(db: Db, kept: string, gone: string, sessions: readonly Kept[]): Promise<void> {
  const own = await sql<{ id: string }>`select id from run where person = ${gone}`.execute(db)
  const theirs = new Set(own.rows.map(({ id }) => id))
  for (const { contact, version, state } of sessions) {
    const session = JSON.parse(state) as Session
    if (session.person !== kept) continue
    const run = session.run !== null && theirs.has(session.run) ? session.run : null
    const back = JSON.stringify({ ...session, person: gone, run })
    await sql`update session set state = ${back}, version = ${version + 1} where contact = ${contact}`.execute(db)
  }
}
