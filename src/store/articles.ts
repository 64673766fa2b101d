import { sql } from 'kysely'
import type { ArticleDraft } from '../core/broadcast/article.js'
import { storable } from './rows.js'
import type { ArticleState } from './tables/articles.js'
import type { Db } from './tables.js'

/** An article as it is kept. */
export interface KeptArticle extends ArticleDraft {
  id: string
  state: ArticleState
  madeAt: number
  /** By which Zalo tells that it is there. */
  token: string | null
  /** Why Zalo did not take it. */
  error: string | null
  releasedAt: number | null
}

const FOUND = sql.raw(
  'id, state, title, author, description, cover as "coverUrl", body, made_at as "madeAt", token, error, released_at as "releasedAt"',
)

/** Keeps an article before Zalo is asked; false: the same form came before. */
export async function keepArticle(
  db: Db,
  { id, by, at, ...draft }: ArticleDraft & { id: string; by: string; at: number },
): Promise<boolean> {
  const made = await sql<{ id: string }>`
    insert into article (id, state, title, author, description, cover, body, made_by, made_at)
    values (${id}, 'sending', ${storable(draft.title)}, ${storable(draft.author)}, ${storable(draft.description)}, ${storable(draft.coverUrl)},
      ${storable(draft.body)}, ${by}, ${at})
    on conflict (id) do nothing returning id`.execute(db)
  return made.rows.length > 0
}

export async function loadArticle(db: Db, id: string): Promise<KeptArticle | null> {
  const found = await sql<KeptArticle>`select ${FOUND} from article where id = ${id}`.execute(db)
  return found.rows[0] ?? null
}

/** The newest articles. */
export async function listArticles(db: Db, limit: number): Promise<KeptArticle[]> {
  const found = await sql<KeptArticle>`
    select ${FOUND} from article order by made_at desc, id limit ${limit}`.execute(db)
  return found.rows
}

/** What Zalo said to it. */
export async function moveArticle(
  db: Db,
  id: string,
  to: { state: 'prepared'; token: string } | { state: 'made'; zaloId: string } | { state: 'refused'; error: string },
): Promise<void> {
  switch (to.state) {
    case 'prepared':
      await sql`update article set state = 'prepared', token = ${to.token} where id = ${id} and state = 'sending'`.execute(db) // prettier-ignore
      return
    case 'made':
      await sql`update article set state = 'made', zalo_id = ${to.zaloId} where id = ${id} and state = 'prepared'`.execute(db) // prettier-ignore
      return
    case 'refused':
      await sql`update article set state = 'refused', error = ${storable(to.error.slice(0, 200))} where id = ${id} and state = 'sending'`.execute(db) // prettier-ignore
  }
}

/** Somebody released it at Zalo, and says so; false: it is not there, or that was said before. */
export async function releaseArticle(db: Db, id: string, { by, at }: { by: string; at: number }): Promise<boolean> {
  const released = await sql<{ id: string }>`
    update article set state = 'released', released_by = ${by}, released_at = ${at}
    where id = ${id} and state in ('sending', 'prepared', 'made') returning id`.execute(db)
  return released.rows.length > 0
}
