import { sql } from 'kysely'
import type { Hours } from '../core/policy/quiet.js'
import { takeBack } from './take-back.js'
import { releaseUnsent } from './reminded.js'
import { columns, rows, storable, texts } from './rows.js'
import type { Db } from './tables.js'

const OPT_OUT = columns({ subject: 'text', at: 'int' })

/**
 * Contacts or persons who want no reminders: from now on they are in no plan, and all that waits for them is cancelled at once. What they were to
 * read about others is judged anew, and a message to somebody else that speaks of others too is looked at before it leaves. Call it in a
 * transaction. How many messages were cancelled.
 */
export async function optOut(db: Db, subjects: readonly string[], at: number): Promise<number> {
  if (subjects.length === 0) return 0
  const batch = rows(db, [...subjects].sort().map((subject) => [subject, at])) // prettier-ignore
  await sql`
    insert into opt_out (${OPT_OUT.names}) select ${OPT_OUT.fields} from ${batch} where true
    on conflict (subject) do nothing`.execute(db)
  const some = texts(db, subjects)
  // Whoever says it on one app is the same person on the others.
  const owners = await sql<{ person: string }>`select person from contact where id in ${some}`.execute(db)
  const persons = texts(db, [...new Set([...subjects, ...owners.rows.map(({ person }) => person)])])
  // As the index says it.
  const theirs = sql`r.person in ${persons} and r.state in ('waiting', 'queued')`
  const waiting = await sql`
    update recipient as r set state = 'cancelled', reason = 'opted-out' where r.state = 'waiting' and ${theirs}`.execute(
    db,
  )
  const shared = await sql<{ contact: string; n: number }>`
    select distinct r.contact, r.n from recipient r join outbox o on o.contact = r.contact and o.n = r.n and o.status = 'queued'
    where r.contact in ${some} and r.state = 'queued' and r.person not in ${persons}`.execute(db)
  for (const { contact, n } of shared.rows)
    await sql`
      update recipient as r set state = 'cancelled', reason = 'opted-out'
      where r.contact = ${contact} and r.n = ${n} and r.state = 'queued' and ${theirs}`.execute(db)
  await takeBack(db, shared.rows, 'opted-out')
  const queued = await sql`
    update outbox set status = 'cancelled', error = ${storable('opted-out')}
    where status = 'queued' and kind in ('reminder', 'bulk') and (contact in ${some}
      or (contact, n) in (
        select r.contact, r.n from recipient r where r.state = 'queued' and ${theirs}
        and not exists (select 1 from recipient x where x.contact = r.contact and x.n = r.n and x.person <> r.person)))`.execute(
    db,
  )
  await releaseUnsent(db, subjects)
  return Number(waiting.numAffectedRows ?? 0) + Number(queued.numAffectedRows ?? 0)
}

/** They want reminders again. */
export async function optIn(db: Db, subjects: readonly string[]): Promise<void> {
  if (subjects.length > 0) await sql`delete from opt_out where subject in ${texts(db, subjects)}`.execute(db)
}

/** Those of the contacts or persons who want no reminders. */
export async function optedOut(db: Db, subjects: readonly string[]): Promise<Set<string>> {
  if (subjects.length === 0) return new Set()
  const found = await sql<{ subject: string }>`
    select subject from opt_out where subject in ${texts(db, subjects)}`.execute(db)
  return new Set(found.rows.map(({ subject }) => subject))
}

/** The hours in which a person wants to hear nothing; null: the ward's alone. */
export async function setQuietHours(db: Db, subject: string, hours: Hours | null): Promise<void> {
  if (hours === null) await sql`delete from quiet_hours where subject = ${subject}`.execute(db)
  else
    await sql`
      insert into quiet_hours (subject, quiet_from, quiet_until) values (${subject}, ${hours.from}, ${hours.until})
      on conflict (subject) do update set quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until`.execute(
      db,
    )
}

/** The hours that persons keep for themselves, by person; who has none is not in it. */
export async function quietHours(db: Db, subjects: readonly string[]): Promise<Map<string, Hours[]>> {
  if (subjects.length === 0) return new Map()
  const found = await sql<{ subject: string; from: string; until: string }>`
    select subject, quiet_from as "from", quiet_until as "until" from quiet_hours
    where subject in ${texts(db, subjects)}`.execute(db)
  return new Map(found.rows.map(({ subject, from, until }) => [subject, [{ from, until }]]))
}
