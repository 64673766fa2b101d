import { sql } from 'kysely'
import type { Db } from './tables.js'

/** Recipients of a broadcast for whom a post in their group's chat stands: `at` is when it was posted; null: not yet. */
const PENDING = sql.raw(`place = 'group-post' and state = 'offline' and at is null`)

/** Groups of a broadcast whose post has not left. */
export async function pendingPosts(db: Db, broadcast: string): Promise<number[]> {
  const found = await sql<{ grp: number }>`
    select distinct grp from recipient where broadcast = ${broadcast} and ${PENDING} order by grp`.execute(db)
  return found.rows.map(({ grp }) => grp)
}

/** Takes a post before it is sent, so that none is sent twice; false when another process has it. */
export async function claimPost(db: Db, broadcast: string, group: number, at: number): Promise<boolean> {
  const taken = await sql`
    update recipient set at = ${at} where broadcast = ${broadcast} and grp = ${group} and ${PENDING}`.execute(db)
  return Number(taken.numAffectedRows ?? 0) > 0
}

/** It surely did not arrive. */
export async function postFailed(db: Db, broadcast: string, group: number): Promise<void> {
  await sql`
    update recipient set at = null
    where broadcast = ${broadcast} and grp = ${group} and place = 'group-post' and state = 'offline'`.execute(db)
}

/** There will be no post: those who were to read it are to be visited. `group` null: in none of the groups. */
export async function postToPaper(db: Db, broadcast: string, group: number | null): Promise<void> {
  await sql`
    update recipient set place = 'paper'
    where broadcast = ${broadcast} and ${PENDING} and ${group === null ? sql`true` : sql`grp = ${group}`}`.execute(db)
}

/** When each group was posted to since then, ms; a broadcast of the two weeks before may have waited that long. */
export async function lastPosts(db: Db, since: number): Promise<Map<number, number[]>> {
  const found = await sql<{ grp: number; at: number }>`
    select distinct r.grp, r.at from broadcast b
    join recipient r on r.broadcast = b.id and r.place = 'group-post' and r.state = 'offline' and r.at >= ${since}
    where b.created_at >= ${since - 14 * 86_400_000}`.execute(db)
  const posts = new Map<number, number[]>()
  for (const { grp, at } of found.rows) posts.set(grp, [...(posts.get(grp) ?? []), at])
  return posts
}
