import { sql } from 'kysely'
import type { Hours } from '../core/policy/quiet.js'
import { releaseUnsent } from './recipients.js'
import { columns, rows, storable, texts } from './rows.js'
import type { Db } from './tables.js'

const OPT_OUT = columns({ subject: 'text', at: 'int' })

/**
 * Contacts or persons who want no reminders: from now on they are in no plan, and all that waits for them is cancelled at once. Call it in a
 * transaction. How many messages that were.
 */
export async function optOut(db: Db, subjects: readonly string[], at: number): Promise<number> {
  if (subjects.length === 0) return 0
  const batch = rows(db, [...subjects].sort().map((subject) => [subject, at])) // prettier-ignore
  await sql`
    insert into opt_out (${OPT_OUT.names}) select ${OPT_OUT.fields} from ${batch} where true
    on conflict (subject) do nothing`.execute(db)
  const waiting = await sql`
    update recipient set state = 'cancelled', reason = 'opted-out'
    where state = 'waiting' and (contact in ${texts(db, subjects)} or person in ${texts(db, subjects)})`.execute(db)
  const queued = await sql`
    update outbox set status = 'cancelled', error = ${storable('opted-out')}
    where status = 'queued' and kind in ('reminder', 'bulk') and (contact in ${texts(db, subjects)}
      or (contact, n) in (select contact, n from recipient where state = 'queued' and person in ${texts(db, subjects)}))`.execute(
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

/** Takes a person and their contacts out of everything here but the counts: what an erasure calls. Call it in a transaction. */
export async function eraseReminders(db: Db, subjects: readonly string[]): Promise<void> {
  if (subjects.length === 0) return
  for (const table of ['opt_out', 'quiet_hours'])
    await sql`delete from ${sql.table(table)} where subject in ${texts(db, subjects)}`.execute(db)
  for (const table of ['reminded', 'recipient'])
    await sql`
      delete from ${sql.table(table)} where contact in ${texts(db, subjects)} or person in ${texts(db, subjects)}`.execute(
      db,
    )
}
