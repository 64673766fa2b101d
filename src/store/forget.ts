import { sql } from 'kysely'
import { eraseWith, passToNobody, personsOf } from './erase.js'
import { texts } from './rows.js'
import type { Db } from './tables.js'

/**
 * Forgets a contact that went silent or never agreed, inside a transaction. Somebody whom the roster knows stays in it: that row came from the ward's
 * review and not from the chat. Of their steps there stays what others wrote down – a head, the ward, a helper – and where they stand in those guides; what
 * was said from the contact names nobody any more, and a guide in which nobody else wrote down anything is no longer theirs. Everybody else goes as by
 * `eraseContact`.
 */
export async function forgetContact(db: Db, contact: string, newId: () => string): Promise<void> {
  const known = await listedAs(db, contact)
  if (known.length > 0) await forgetWords(db, contact, known, newId)
  const gone = (await personsOf(db, contact)).filter((person) => !known.includes(person))
  await eraseWith(db, contact, gone, newId)
}

/** Whom the roster knows the contact as, under every id they ever had; nobody where the roster does not, or where they chat from another phone, too. */
async function listedAs(db: Db, contact: string): Promise<string[]> {
  const found = await sql<{ id: string }>`
    select p.id from person p join contact c on c.id = ${contact}
    where (p.id = c.person or p.merged_into = c.person)
      and not exists (select 1 from contact o where o.person = c.person and o.id <> c.id)
      and exists (
        select 1 from roster r join person k on k.id = r.person where k.id = c.person or k.merged_into = c.person)
    order by p.id`.execute(db)
  return found.rows.map(({ id }) => id)
}

async function forgetWords(db: Db, contact: string, persons: readonly string[], newId: () => string): Promise<void> {
  // What was said from a phone that was forgotten before is theirs as much as what was said from this one.
  const byOthers = sql`(l.source in ('leader', 'staff') or (l.contact is null and l.source = 'helper') or l.contact <> ${contact})`
  const found = await sql<{ id: string }>`
    select r.id from run r where r.person in ${texts(db, persons)} and r.flow not in (
      select l.flow from ledger l join run o on o.id = l.run where o.person in ${texts(db, persons)} and ${byOthers})
    order by r.id`.execute(db)
  const own = found.rows.map(({ id }) => id)
  await sql`
    update ledger as l set person = null
    where l.person is not null and (l.run in ${texts(db, own)}
      or (not coalesce(${byOthers}, false) and (l.person in ${texts(db, persons)}
        or l.run in (select r.id from run r where r.person in ${texts(db, persons)}))))`.execute(db)
  await passToNobody(db, own, newId)
  for (const wish of ['opt_out', 'quiet_hours'])
    await sql`delete from ${sql.table(wish)} where subject in ${texts(db, persons)}`.execute(db)
  await leaveOutOfMerges(db, contact, persons, new Set(own))
}

/** Takes the contact, and runs that are no longer theirs, out of what merges remember. */
async function leaveOutOfMerges(db: Db, contact: string, persons: readonly string[], runs: ReadonlySet<string>): Promise<void> {
  const whose = sql`gone in ${texts(db, persons)} or kept in ${texts(db, persons)}`
  const merges = await sql<Record<'gone' | 'moved_runs' | 'left_runs' | 'moved_contacts', string>>`
    select gone, moved_runs, left_runs, moved_contacts from merge where ${whose}`.execute(db)
  const without = (ids: string, goes: (id: string) => boolean) => JSON.stringify((JSON.parse(ids) as string[]).filter((id) => !goes(id))) // prettier-ignore
  for (const { gone, moved_runs, left_runs, moved_contacts } of merges.rows)
    await sql`
      update merge set moved_runs = ${without(moved_runs, (id) => runs.has(id))}, left_runs = ${without(left_runs, (id) => runs.has(id))},
        moved_contacts = ${without(moved_contacts, (id) => id === contact)} where gone = ${gone}`.execute(db)
  const unmerges = await sql<{ id: string; runs: string }>`select id, runs from unmerge where ${whose}`.execute(db)
  for (const { id, runs: back } of unmerges.rows) {
    const left = Object.entries(JSON.parse(back) as Record<string, number>).filter(([run]) => !runs.has(run))
    await sql`update unmerge set runs = ${JSON.stringify(Object.fromEntries(left))} where id = ${id}`.execute(db)
  }
} // prettier-ignore
