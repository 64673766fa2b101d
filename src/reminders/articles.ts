import { type ArticleDraft, articleHtml, type ArticleProblem, checkArticle } from '../core/broadcast/article.js'
import type { Allowed } from '../core/broadcast/allowed.js'
import type { Zalo } from '../channels/zalo/zalo.js'
import type { Scope } from '../core/policy/roles.js'
import { keepArticle, loadArticle, moveArticle, releaseArticle } from '../store/articles.js'
import { audit } from '../store/audit.js'
import type { Store } from '../store/open.js'

/** What articles are prepared with. */
export interface ArticleParts {
  store: Store
  zalo: Pick<Zalo, 'prepareArticle' | 'client'>
  /** What a text may lead its readers to. */
  allowed: Allowed
  newId: () => string
  clock: () => number
}

/** `again`: the same form came before, and nothing was done twice. */
export type Prepared = { kind: 'kept' | 'again'; id: string } | { kind: 'bad'; problems: ArticleProblem[] }

/**
 * Makes an article at Zalo that stays hidden: only a person releases it, in OA Manager. It is kept before Zalo is asked, so that an answer that was
 * lost leaves a trace, and is never asked for a second time.
 */
export async function prepareArticle(
  { store, zalo, allowed, newId, clock }: ArticleParts,
  scope: Scope,
  { id, draft }: { id: string; draft: ArticleDraft },
): Promise<Prepared> {
  const problems = checkArticle(draft, allowed)
  if (problems.length > 0) return { kind: 'bad', problems }
  const at = clock()
  const kept = await store.transaction(async (tx) => {
    if (!(await keepArticle(tx, { ...draft, id, by: scope.who, at }))) return false
    await audit(tx, scope, [{ id: newId(), at, deed: 'changed', kind: 'article', subject: id, group: null, count: 1 }])
    return true
  })
  if (!kept) return { kind: 'again', id }
  const { title, author, description, coverUrl, body } = draft
  const made = await zalo.prepareArticle({ title, author, description, coverUrl, body: [{ kind: 'text', html: articleHtml(body) }] }) // prettier-ignore
  if (made.ok) await moveArticle(store.db, id, { state: 'prepared', token: made.data })
  else if (made.outcome === 'refused')
    await moveArticle(store.db, id, { state: 'refused', error: `${made.error.code} ${made.error.name}` }) // prettier-ignore
  else if (made.outcome === 'not-sent') await moveArticle(store.db, id, { state: 'refused', error: made.cause })
  return { kind: 'kept', id }
}

/** Asks Zalo whether it has finished an article. False: not yet, or no answer. */
export async function askForArticle({ store, zalo }: ArticleParts, id: string): Promise<boolean> {
  const article = await loadArticle(store.db, id)
  if (article?.state !== 'prepared' || article.token === null) return article?.state === 'made'
  const there = await zalo.client.verifyArticle(article.token)
  if (there.ok) await moveArticle(store.db, id, { state: 'made', zaloId: there.data })
  return there.ok
}

/** Writes down that somebody released an article at Zalo. */
export async function noteReleased(
  { store, newId, clock }: Omit<ArticleParts, 'zalo' | 'allowed'>,
  scope: Scope,
  id: string,
): Promise<boolean> {
  return store.transaction(async (tx) => {
    const at = clock()
    if (!(await releaseArticle(tx, id, { by: scope.who, at }))) return false
    await audit(tx, scope, [{ id: newId(), at, deed: 'sent', kind: 'article', subject: id, group: null, count: null }])
    return true
  })
}
