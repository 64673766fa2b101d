import { sql } from 'kysely'
import { releaseDay } from './reminded.js'
import { engineOf, field, rows, storable, texts } from './rows.js'
import type { Db } from './tables.js'

interface MessageKey {
  contact: string
  n: number
}

/**
 * Takes messages back that have not left, in a transaction; their recipients wait again, to be judged and worded anew, and not before the time that an app
 * has named. In a broadcast that is over nobody waits: there they end with `why`.
 */
export async function takeBack(db: Db, messages: readonly MessageKey[], why: string): Promise<void> {
  if (messages.length === 0) return
  const batch = rows(db, messages.map(({ contact, n }) => [contact, n])) // prettier-ignore
  const [contact, n] = [field(0, 'text'), field(1, 'int')]
  const theirs = await sql<{ broadcast: string }>`
    select distinct r.broadcast from ${batch}
    join recipient r on r.contact = ${contact} and r.n = ${n} and r.state = 'queued' order by r.broadcast`.execute(db)
  const open = await stillOpen(db, theirs.rows.map(({ broadcast }) => broadcast)) // prettier-ignore
  await sql`
    update recipient set state = 'waiting', n = null, at = null,
      not_before = case when o.not_before > recipient.not_before then o.not_before else recipient.not_before end
    from (
      select b.contact, b.n, b.not_before from ${batch}
      join outbox b on b.contact = ${contact} and b.n = ${n} and b.status in ('queued', 'sending')) o
    where recipient.contact = o.contact and recipient.n = o.n and recipient.state = 'queued'
    and recipient.broadcast in ${texts(db, open)}`.execute(db)
  await sql`
    update outbox set status = 'cancelled', error = ${storable(why)}, lease_until = null, dedupe_key = null, waits_for = null
    from ${batch} where outbox.contact = ${contact} and outbox.n = ${n} and outbox.status in ('queued', 'sending')`.execute(
    db,
  )
  await releaseDay(db, messages)
}

/** Those of the broadcasts that are not over. They stay so until the transaction ends: a stop waits, and finds whoever waits again. */
async function stillOpen(db: Db, broadcasts: readonly string[]): Promise<string[]> {
  const lock = engineOf(db) === 'postgres' ? sql`for share` : sql``
  const found = await sql<{ id: string }>`
    select id from broadcast where id in ${texts(db, broadcasts)} and state in ('running', 'paused') order by id ${lock}`.execute(
    db,
  )
  return found.rows.map(({ id }) => id)
}

/** Takes back all that a broadcast has in the outbox; what is in flight goes on. */
export async function takeBackAll(db: Db, broadcast: string, why: string): Promise<void> {
  // Nobody claims them meanwhile.
  const lock = engineOf(db) === 'postgres' ? sql`for update of o` : sql``
  const unsent = await sql<MessageKey>`
    select o.contact, o.n from outbox o
    where o.status = 'queued' and o.kind = 'reminder' and exists (
      select 1 from recipient r where r.contact = o.contact and r.n = o.n and r.state = 'queued' and r.broadcast = ${broadcast}) ${lock}`.execute(
    db,
  )
  await takeBack(db, unsent.rows, why)
}

/** Recipients who get nothing although their message stands in the outbox, each with why. */
export async function dropRecipients(
  db: Db,
  broadcast: string,
  dropped: readonly { person: string; reason: string }[],
): Promise<void> {
  if (dropped.length === 0) return
  const batch = rows(db, dropped.map(({ person, reason }) => [person, reason])) // prettier-ignore
  await sql`
    update recipient set state = 'cancelled', reason = ${field(1, 'text')}
    from ${batch} where recipient.broadcast = ${broadcast} and recipient.person in ${texts(
      db,
      dropped.map(({ person }) => person),
    )} and recipient.person = ${field(0, 'text')}
    and recipient.state = 'queued'`.execute(db)
}
