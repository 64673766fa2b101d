import { sql } from 'kysely'
import type { Scope } from '../core/policy/roles.js'
import { inScope } from './scope.js'
import type { Db } from './tables.js'

type Path = 'v2' | 'v3'
type Shape = 'payload' | 'list' | 'text'

/** What an Official Account was found to take (see `channels/zalo/send.ts`). A shape found in another mode of buttons says nothing. */
export function createPinStore(db: Db, oaId: string, mode: string, clock: () => number) {
  return {
    async load(): Promise<{ path: Path; shape: Shape | null } | null> {
      const found = await sql<{ path: Path; mode: string; shape: Shape | null }>`
        select path, mode, shape from zalo_oa where oa_id = ${oaId}`.execute(db)
      const [row] = found.rows
      return row ? { path: row.path, shape: row.mode === mode ? row.shape : null } : null
    },
    async save({ path, shape }: { path: Path; shape: Shape | null }): Promise<void> {
      await sql`
        insert into zalo_oa (oa_id, path, mode, shape, at) values (${oaId}, ${path}, ${mode}, ${shape}, ${clock()})
        on conflict (oa_id) do update set path = excluded.path, mode = excluded.mode, shape = excluded.shape, at = excluded.at`.execute(
        db,
      )
    },
  }
}

/** What somebody said of themselves by the app's form, sealed by the caller; the newest counts. */
export async function saveDetails(
  db: Db,
  { contact, phone, phoneKey, name, at }: { contact: string; phone: string | null; phoneKey: string | null; name: string | null; at: number }, // prettier-ignore
): Promise<void> {
  await sql`
    insert into contact_detail (contact, phone, phone_key, name, at) values (${contact}, ${phone}, ${phoneKey}, ${name}, ${at})
    on conflict (contact) do update set phone = excluded.phone, phone_key = excluded.phone_key, name = excluded.name, at = excluded.at
    where contact_detail.at <= excluded.at`.execute(db)
}

/** The sealed phone number and name that a contact gave; null for one who gave none. */
export async function detailsOf(
  db: Db,
  contact: string,
): Promise<{ phone: string | null; name: string | null } | null> {
  const found = await sql<{ phone: string | null; name: string | null }>`
    select phone, name from contact_detail where contact = ${contact}`.execute(db)
  return found.rows[0] ?? null
}

/** Sealed phone numbers that the contacts of a person in the scope gave, newest first. */
export async function numbersOf(db: Db, scope: Scope, person: string): Promise<{ contact: string; phone: string }[]> {
  const found = await sql<{ contact: string; phone: string }>`
    select d.contact, d.phone from contact_detail d join contact on contact.id = d.contact join person on person.id = contact.person
    where person.id = ${person} and d.phone is not null and ${inScope(scope, sql`person.grp`)}
    order by d.at desc`.execute(db)
  return found.rows
}

/** Time of the newest event that was taken in on Zalo, ms; null before the first. */
export async function newestZaloEvent(db: Db): Promise<number | null> {
  const found = await sql<{ at: number | null }>`select max(at) as at from inbox where channel = 'zalo'`.execute(db)
  return found.rows[0]?.at ?? null
}
