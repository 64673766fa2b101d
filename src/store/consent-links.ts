import { sql } from 'kysely'
import type { Db } from './tables.js'

/** A one-time way to the consent of an account's admin; only the hash of its code is kept. */
export async function createConsentLink(
  db: Db,
  { codeHash, createdAt, expiresAt }: { codeHash: string; createdAt: number; expiresAt: number },
): Promise<void> {
  await sql`delete from consent_link where expires_at < ${createdAt - KEPT_MS}`.execute(db)
  await sql`insert into consent_link (code_hash, created_at, expires_at)
    values (${codeHash}, ${createdAt}, ${expiresAt})`.execute(db)
}

/** How long an old link is remembered, so that whoever opens it is told why it does not work, ms. */
const KEPT_MS = 7 * 86_400_000

export async function consentLinkState(
  db: Db,
  codeHash: string,
  now: number,
): Promise<'open' | 'used' | 'expired' | 'unknown'> {
  const found = await sql<{ used_at: number | null; expires_at: number }>`
    select used_at, expires_at from consent_link where code_hash = ${codeHash}`.execute(db)
  const [link] = found.rows
  if (!link) return 'unknown'
  if (link.used_at !== null) return 'used'
  return link.expires_at > now ? 'open' : 'expired'
}

/** The consent has succeeded: the link leads nowhere from now on. */
export async function useConsentLink(db: Db, codeHash: string, now: number): Promise<void> {
  await sql`update consent_link set used_at = ${now} where code_hash = ${codeHash} and used_at is null`.execute(db)
}
