import { sql } from 'kysely'
import type { Db } from './tables.js'

/** Keeps a file for a contact in the place of the one before; `sealed` must not be readable without the secret. Ended files of everybody go. */
export async function holdFile(
  db: Db,
  {
    contact,
    nameHash,
    sealed,
    expiresAt,
    now,
  }: { contact: string; nameHash: string; sealed: string; expiresAt: number; now: number },
): Promise<void> {
  await forgetHeldFiles(db, now)
  await sql`
    insert into held_file (contact, name_hash, sealed, expires_at) values (${contact}, ${nameHash}, ${sealed}, ${expiresAt})
    on conflict (contact) do update set
      name_hash = excluded.name_hash, sealed = excluded.sealed, expires_at = excluded.expires_at`.execute(db)
}

/** The file of a contact under this name, which is gone with that: of two who ask at once one gets it. Null: none, or it has ended. */
export async function takeHeldFile(db: Db, contact: string, nameHash: string, now: number): Promise<string | null> {
  const taken = await sql<{ sealed: string }>`
    delete from held_file where contact = ${contact} and name_hash = ${nameHash} and expires_at > ${now} returning sealed`.execute(
    db,
  )
  return taken.rows[0]?.sealed ?? null
}

/** Erases the file that waits for a contact, whatever it is called. */
export async function dropHeldFile(db: Db, contact: string): Promise<void> {
  await sql`delete from held_file where contact = ${contact}`.execute(db)
}

/** Erases files that ended before an instant, ms. */
export async function forgetHeldFiles(db: Db, before: number): Promise<void> {
  await sql`delete from held_file where expires_at <= ${before}`.execute(db)
}
