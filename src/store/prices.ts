import { type RawBuilder, sql } from 'kysely'
import { field, rows, texts } from './rows.js'
import type { Db } from './tables.js'

/** A recipient whose message takes less than was agreed to; `charged`: whether it still takes one of the package, or money. */
export interface Cheaper {
  broadcast: string
  person: string
  /** đồng */
  price: number
  charged: boolean
}

/** Writes down what the messages take now. */
export async function cheapen(db: Db, cheaper: readonly Cheaper[]): Promise<void> {
  if (cheaper.length === 0) return
  const batch = rows(db, cheaper.map(({ broadcast, person, price, charged }) => [broadcast, person, price, charged ? 1 : 0])) // prettier-ignore
  await sql`
    update recipient set price = ${field(2, 'int')}, place = ${placeWhen(field(3, 'int'))} from ${batch}
    where recipient.broadcast in ${texts(
      db,
      cheaper.map((one) => one.broadcast),
    )} and recipient.person in ${texts(
      db,
      cheaper.map((one) => one.person),
    )}
    and recipient.broadcast = ${field(0, 'text')} and recipient.person = ${field(1, 'text')}`.execute(db)
}

/** A paid place is one as long as its message takes something: what is left of the package is counted by it. */
export function placeWhen(charged: RawBuilder<unknown>): RawBuilder<string> {
  return sql`case when recipient.place = 'paid' and ${charged} = 0 then 'now' else recipient.place end`
}

/** How many messages took nothing but the package's own since then, may have, or will: what is left of the package is the ward's number less these. */
export async function packageUsed(db: Db, since: number): Promise<number> {
  const found = await sql<{ n: number }>`
    select count(*) as n from recipient r left join outbox o on o.contact = r.contact and o.n = r.n
    where r.place = 'paid' and r.price = 0 and (r.state = 'waiting'
      or (r.state = 'queued' and r.at > ${since} and coalesce(o.status, r.became) not in ('cancelled', 'failed')))`.execute(
    db,
  )
  return found.rows[0]!.n
}
