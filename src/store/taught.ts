import { sql } from 'kysely'
import type { TaughtEntry } from '../core/model/question.js'
import type { Scope } from '../core/policy/roles.js'
import type { Db } from './tables.js'

interface Columns extends Pick<TaughtEntry, 'id' | 'topic' | 'office' | 'at'> {
  phrasings: string
  vi: string | null
  en: string | null
}

const NEXT = sql.raw('(select coalesce(max(seq), 0) + 1 from taught)')

/** The overlay as it is: what was taught and not withdrawn, oldest first. */
export async function allTaught(db: Db): Promise<TaughtEntry[]> {
  const found = await sql<Columns>`
    select id, phrasings, topic, vi, en, office, at from taught where withdrawn_at is null order by at, id`.execute(db)
  return found.rows.map(({ phrasings, vi, en, ...row }) => ({
    ...row,
    phrasings: JSON.parse(phrasings) as string[],
    texts: { vi, en },
  }))
}

/** Grows with every change of the overlay. */
export async function taughtVersion(db: Db): Promise<number> {
  const found = await sql<{ version: number }>`select coalesce(max(seq), 0) as version from taught`.execute(db)
  return Number(found.rows[0]!.version)
}

export async function addTaught(db: Db, scope: Scope, { id, phrasings, topic, texts, office, at }: TaughtEntry) {
  await sql`
    insert into taught (id, seq, phrasings, topic, vi, en, author, office, at)
    values (${id}, ${NEXT}, ${JSON.stringify(phrasings)}, ${topic}, ${texts.vi}, ${texts.en}, ${scope.who}, ${office}, ${at})`.execute(
    db,
  )
}

/** Takes an answer back; false when it is gone already. */
export async function withdrawTaught(db: Db, scope: Scope, id: string, at: number): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update taught set withdrawn_by = ${scope.who}, withdrawn_at = ${at}, seq = ${NEXT}
    where id = ${id} and withdrawn_at is null`.execute(db)
  return Number(numAffectedRows ?? 0) > 0
}
