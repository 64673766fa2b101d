import { sql } from 'kysely'
import type { Role, Session } from '../core/model/contact.js'
import type { Locale } from '../core/model/message.js'
import type { Db } from './tables.js'

/** A one-time way to a page for one contact; only the hash of its code is kept. */
export interface PageLink {
  codeHash: string
  contact: string
  /** The page that it opens: a path below `/staff`, or `/my-data`. */
  path: string
  createdAt: number
  expiresAt: number
}

/** Somebody who is signed in to the staff pages, as they are now. */
export interface SignedIn {
  contact: string
  role: Role
  locale: Locale
  /** What every form of theirs must carry. */
  csrf: string
}

export async function createPageLink(
  db: Db,
  { codeHash, contact, path, createdAt, expiresAt }: PageLink,
): Promise<void> {
  await sql`
    insert into page_link (code_hash, contact, path, created_at, expires_at)
    values (${codeHash}, ${contact}, ${path}, ${createdAt}, ${expiresAt})`.execute(db)
}

/** Whether a link can still be used; nothing is used up by asking. */
export async function pageLinkState(
  db: Db,
  codeHash: string,
  now: number,
): Promise<'open' | 'used' | 'expired' | 'unknown'> {
  const found = await sql<{ used_at: number | null; expires_at: number }>`
    select used_at, expires_at from page_link where code_hash = ${codeHash}`.execute(db)
  const [link] = found.rows
  if (!link) return 'unknown'
  if (link.used_at !== null) return 'used'
  return link.expires_at > now ? 'open' : 'expired'
}

/** Uses a link up that opens a page at `root` or below: of two who try at once, one gets in. Null when it cannot be used. */
export async function redeemPageLink(
  db: Db,
  codeHash: string,
  now: number,
  root = '/staff',
): Promise<{ contact: string; path: string } | null> {
  const taken = await sql<{ contact: string; path: string }>`
    update page_link set used_at = ${now}
    where code_hash = ${codeHash} and used_at is null and expires_at > ${now} and (path = ${root} or path like ${`${root}/%`})
    returning contact, path`.execute(db)
  return taken.rows[0] ?? null
}

export async function createPageSession(
  db: Db,
  session: { tokenHash: string; contact: string; csrf: string; createdAt: number; expiresAt: number },
): Promise<void> {
  await sql`
    insert into page_session (token_hash, contact, csrf, created_at, expires_at)
    values (${session.tokenHash}, ${session.contact}, ${session.csrf}, ${session.createdAt}, ${session.expiresAt})`.execute(
    db,
  )
}

/** Who is behind a session, with the role they have at this moment; null when it is over or the role is gone. */
export async function findPageSession(db: Db, tokenHash: string, now: number): Promise<SignedIn | null> {
  const found = await sql<Omit<SignedIn, 'locale'> & { state: string }>`
    select p.contact, p.csrf, c.role, s.state
    from page_session p join contact c on c.id = p.contact join session s on s.contact = p.contact
    where p.token_hash = ${tokenHash} and p.expires_at > ${now} and c.role in ('leader', 'staff', 'admin')`.execute(db)
  const [row] = found.rows
  if (!row) return null
  const { state, ...signedIn } = row
  return { ...signedIn, locale: (JSON.parse(state) as Pick<Session, 'locale'>).locale }
}

export async function endPageSession(db: Db, tokenHash: string): Promise<void> {
  await sql`delete from page_session where token_hash = ${tokenHash}`.execute(db)
}

/** Shuts the pages to a contact at once: every session, every link that was not used, and the file that waits. */
export async function endPageAccess(db: Db, contact: string): Promise<void> {
  await sql`delete from held_file where contact = ${contact}`.execute(db)
  await sql`delete from page_session where contact = ${contact}`.execute(db)
  await sql`delete from page_link where contact = ${contact}`.execute(db)
}

/** Forgets sessions and links that ended before `before`, ms. */
export async function prunePageAccess(db: Db, before: number): Promise<void> {
  await sql`delete from page_session where expires_at < ${before}`.execute(db)
  await sql`delete from page_link where expires_at < ${before}`.execute(db)
}
