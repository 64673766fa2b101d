import { sql } from 'kysely'
import { storable } from './rows.js'
import type { Db } from './tables.js'

/** A form under way. */
export interface OpenDialog {
  contact: string
  name: string
  /** Version of the form's code that asked. */
  version: number
  /** Words behind the command that opened it. */
  args: string
  startedAt: number
  /** When it was last answered. */
  at: number
  /** The replay engine's log, as JSON. */
  state: string
}

/** The form a contact is filling in, or null. */
export async function loadDialog(db: Db, contact: string): Promise<OpenDialog | null> {
  const found = await sql<OpenDialog>`
    select contact, name, version, args, started_at as "startedAt", at, state from dialog
    where contact = ${contact}`.execute(db)
  return found.rows[0] ?? null
}

/** Keeps the form a contact is filling in; whatever was open before is forgotten. */
export async function saveDialog(
  db: Db,
  { contact, name, version, args, startedAt, at, state }: OpenDialog,
): Promise<void> {
  await sql`
    insert into dialog (contact, name, version, args, started_at, at, state)
    values (${contact}, ${name}, ${version}, ${storable(args)}, ${startedAt}, ${at}, ${storable(state)})
    on conflict (contact) do update set name = excluded.name, version = excluded.version, args = excluded.args,
      started_at = excluded.started_at, at = excluded.at, state = excluded.state`.execute(db)
}

export async function dropDialog(db: Db, contact: string): Promise<void> {
  await sql`delete from dialog where contact = ${contact}`.execute(db)
}

/** Forgets forms that nobody answered since `before`, ms: what was typed into them is kept no longer. How many there were. */
export async function dropDialogsBefore(db: Db, before: number): Promise<number> {
  const { numAffectedRows } = await sql`delete from dialog where at < ${before}`.execute(db)
  return Number(numAffectedRows ?? 0)
}
