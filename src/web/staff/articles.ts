import { Hono } from 'hono'
import { html } from 'hono/html'
import { allowedIn } from '../../core/broadcast/allowed.js'
import { ARTICLE_LIMITS, type ArticleDraft, checkArticle } from '../../core/broadcast/article.js'
import { guideLine, phrase } from '../../core/talk/draft.js'
import { type ArticleParts, askForArticle, noteReleased, prepareArticle } from '../../reminders/articles.js'
import { listArticles, loadArticle } from '../../store/articles.js'
import { missing, refuse } from './guard.js'
import { flowOf, type Labels, labelsOf } from './labels.js'
import { csrfField, type Html, notice, page, table } from './layout.js'
import type { StaffCall, StaffEnv, StaffSite } from './site.js'

/** Articles on the list. */
const LISTED = 50
const EMPTY: ArticleDraft = { title: '', author: '', description: '', coverUrl: '', body: '' }

/**
 * `/staff/articles`: a text for everybody who follows the Official Account. It is prepared here and stays hidden at Zalo; a person releases it in
 * OA Manager, which no program of ours does.
 */
export function articleRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const { store, ward, newId, clock } = context
  const { db } = store
  const app = new Hono<StaffEnv>()
  const open = (c: StaffCall) => c.get('viewer').scope.groups === 'ward'
  const parts = (): ArticleParts | null =>
    context.zalo && { store, zalo: context.zalo, allowed: allowedIn(ward), newId, clock }

  const show = async (c: StaffCall, draft: ArticleDraft, problems: readonly Html[] = []) => {
    const labels = labelsOf(site, c)
    const say = (key: string, vars = {}) => labels.line(phrase(`articles.${key}`, vars))
    const articles = await listArticles(db, LISTED)
    const rows = articles.map(
      (one) =>
        html`<tr>
          <th scope="row"><a href="/staff/articles/${one.id}">${one.title}</a></th>
          <td>${labels.time(one.madeAt)}</td>
          <td>${say(`state.${one.state}`)}</td>
        </tr>`,
    )
    const body = html`${notice(c)}
      <p>${say('about')}</p>
      ${problems.length > 0 ? html`<div role="alert"><ul>${problems}</ul></div>` : ''}
      ${context.zalo === null ? html`<p class="notice" role="note">${say('no-zalo')}</p>` : html`${readyForm(site, labels, say)}${articleForm(c, say, draft)}`}
      ${rows.length === 0 ? '' : table(say('list'), ['title', 'when', 'state'].map((key) => say(`column.${key}`)), rows)}`
    return c.html(page(site, c, say('title'), body), problems.length > 0 ? 422 : 200)
  } // prettier-ignore

  app.get('/articles', async (c) => {
    if (!open(c)) return refuse(site, c, 'article')
    const labels = labelsOf(site, c)
    const from = await loadArticle(db, c.req.query('from') ?? '')
    if (from) return show(c, from)
    const ready = c.req.query('ready')
    const author = labels.line(phrase('ward.name')).slice(0, ARTICLE_LIMITS.author)
    return show(c, ready === undefined ? { ...EMPTY, author } : { ...readyDraft(site, labels, flowOf(site, ready)), author }) // prettier-ignore
  })

  app.post('/articles/preview', async (c) => {
    if (!open(c) || context.zalo === null) return refuse(site, c, 'article')
    const labels = labelsOf(site, c)
    const say = (key: string, vars = {}) => labels.line(phrase(`articles.${key}`, vars))
    const draft = draftOf(await c.req.parseBody())
    const problems = checkArticle(draft, allowedIn(ward))
    if (problems.length > 0) return show(c, draft, problems.map(({ part, problem }) => html`<li>${say(`part.${part}`)}: ${problem.kind === 'no-address' ? say('no-address') : labels.line(phrase(`remind.own.problems.${problem.kind}`, vars(problem)))}</li>`)) // prettier-ignore
    const body = html`${articleCard(draft)}
      <p>${say('hidden')}</p>
      <form method="post" action="/staff/articles" class="row">
        ${csrfField(c)}<input type="hidden" name="key" value="${newId()}" />
        ${Object.entries(draft).map(([name, value]) => html`<textarea name="${name}" hidden>${value as string}</textarea>`)}
        <button>${say('prepare')}</button>
      </form>`
    return c.html(page(site, c, say('preview-title'), body))
  })

  app.post('/articles', async (c) => {
    const ready = parts()
    if (!open(c) || ready === null) return refuse(site, c, 'article')
    const body = await c.req.parseBody()
    const id = String(body['key'] ?? '')
    if (!/^[\w-]{8,40}$/.test(id)) return missing(site, c)
    const done = await prepareArticle(ready, c.get('viewer').scope, { id, draft: draftOf(body) })
    return c.redirect(done.kind === 'bad' ? '/staff/articles' : `/staff/articles/${done.id}`, 303)
  })

  app.get('/articles/:article', async (c) => {
    if (!open(c)) return refuse(site, c, 'article')
    const article = await loadArticle(db, c.req.param('article'))
    if (!article) return missing(site, c)
    const labels = labelsOf(site, c)
    const say = (key: string, vars = {}) => labels.line(phrase(`articles.${key}`, vars))
    const { id, state } = article
    const button = (deed: 'ask' | 'released', second: boolean) =>
      html`<form method="post" action="/staff/articles/${id}/${deed}">
        ${csrfField(c)}<button class="${second ? 'second' : ''}">${say(deed)}</button>
      </form>`
    const waits = state === 'sending' || state === 'prepared' || state === 'made'
    const body = html`<p><a href="/staff/articles">${say('title')}</a></p>
      <p class="big">${say(`state.${state}`)}${article.releasedAt === null ? '' : `, ${labels.time(article.releasedAt)}`}</p>
      ${state === 'sending' ? html`<p>${say('unclear')}</p>` : ''}
      ${state === 'refused' ? html`<p>${say('refused', { error: article.error ?? '' })}</p>` : ''}
      ${waits ? html`<h2>${say('how')}</h2><ol>${[1, 2, 3, 4].map((n) => html`<li>${say(`how-${n}`)}</li>`)}</ol>` : ''}
      <div class="row">
        ${state === 'prepared' && context.zalo ? button('ask', true) : ''}${waits ? button('released', state === 'sending') : ''}
      </div>
      <p><a href="/staff/articles?from=${id}">${say('again')}</a></p>
      ${articleCard(article)}`
    return c.html(page(site, c, article.title, body))
  }) // prettier-ignore

  app.post('/articles/:article/:deed{ask|released}', async (c) => {
    if (!open(c)) return refuse(site, c, 'article')
    const { article: id, deed } = c.req.param()
    if (!(await loadArticle(db, id))) return missing(site, c)
    const ready = parts()
    if (deed === 'released') await noteReleased({ store, newId, clock }, c.get('viewer').scope, id)
    else if (ready) await askForArticle(ready, id)
    return c.redirect(`/staff/articles/${id}`, 303)
  })
  return app
}

type SayArticle = (key: string, vars?: Record<string, string | number>) => string

function draftOf(form: Readonly<Record<string, unknown>>): ArticleDraft {
  const field = (name: keyof ArticleDraft) => (typeof form[name] === 'string' ? form[name].replace(/\r\n?/g, '\n').trim() : '') // prettier-ignore
  return { title: field('title'), author: field('author'), description: field('description'), coverUrl: field('coverUrl'), body: field('body') } // prettier-ignore
}

/** A ready text on a guide: what it is for, its steps, and how to be led through them. */
function readyDraft({ context }: StaffSite, labels: Labels, id: string): Omit<ArticleDraft, 'author'> {
  const flow = context.world.flows.get(id)!
  const numbers = [...new Set(flow.steps.flatMap(({ number }) => number ?? []))]
  const steps = numbers.map((number) => labels.step(id, flow.steps.find((step) => step.number === number)!.id))
  const guide = guideLine(id, 'short')
  return {
    title: labels.line(phrase('articles.ready.title', { guide })),
    description: labels.line(phrase('articles.ready.description', { guide, total: numbers.length })),
    coverUrl: '',
    body: [
      labels.line(phrase('articles.ready.body', { guide })),
      steps.join('\n'),
      labels.line(phrase('articles.ready.safe')),
    ].join('\n\n'),
  }
}

function readyForm({ context }: StaffSite, labels: Labels, say: SayArticle): Html {
  return html`<form method="get" class="row">
    <label for="ready">${say('ready.for')}</label>
    <select id="ready" name="ready">
      ${[...context.world.flows.keys()].map((flow) => html`<option value="${flow}">${labels.guide(flow)}</option>`)}
    </select>
    <button class="second">${say('ready.take')}</button>
  </form>`
}

function articleForm(c: StaffCall, say: SayArticle, draft: ArticleDraft): Html {
  const line = (name: 'title' | 'author') =>
    html`<label for="${name}">${say(`part.${name}`)} (${say('most', { count: ARTICLE_LIMITS[name] })})</label>
      <input id="${name}" name="${name}" maxlength="${ARTICLE_LIMITS[name]}" value="${draft[name]}" required class="full" />`
  const area = (name: 'description' | 'body', rows: number) =>
    html`<label for="${name}">${say(`part.${name}`)} (${say('most', { count: ARTICLE_LIMITS[name] })})</label>
      <textarea id="${name}" name="${name}" rows="${rows}" maxlength="${ARTICLE_LIMITS[name]}" required class="full">${draft[name]}</textarea>`
  return html`<form method="post" action="/staff/articles/preview" class="card">
    <h2>${say('new')}</h2>
    ${csrfField(c)}${line('title')}${line('author')}${area('description', 2)}${area('body', 12)}
    <label for="coverUrl">${say('part.coverUrl')}</label>
    <input id="coverUrl" name="coverUrl" inputmode="url" value="${draft.coverUrl}" required class="full" aria-describedby="cover-how" />
    <p id="cover-how" class="quiet">${say('cover-how')}</p>
    <p><button>${say('preview')}</button></p>
  </form>`
} // prettier-ignore

/** As its reader will see it, but for the picture: it stands on somebody else's server, and is not fetched from here. */
function articleCard(draft: ArticleDraft): Html {
  return html`<article class="card">
    <h2>${draft.title}</h2>
    <p class="quiet">${draft.author} · ${draft.coverUrl}</p>
    <p><strong>${draft.description}</strong></p>
    <div class="lines">${draft.body}</div>
  </article>`
}

function vars(problem: object): Record<string, string | number> {
  return Object.fromEntries(Object.entries(problem).filter(([name]) => name !== 'kind'))
}
