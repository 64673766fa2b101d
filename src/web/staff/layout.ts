import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { Locale } from '../../core/model/message.js'
import type { StaffCall, StaffSite } from './site.js'

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

const EVERYBODY = ['leader', 'staff', 'admin'] as const
const WARD = ['staff', 'admin'] as const

/** Pages of the head line, and who sees them. */
export const PAGES: readonly { path: string; key: string; roles: readonly string[] }[] = [
  { path: '/staff', key: 'overview', roles: EVERYBODY },
  { path: '/staff/groups', key: 'groups', roles: EVERYBODY },
  { path: '/staff/radar', key: 'radar', roles: EVERYBODY },
  { path: '/staff/broadcasts', key: 'broadcasts', roles: EVERYBODY },
  { path: '/staff/articles', key: 'articles', roles: WARD },
  { path: '/staff/tickets', key: 'tickets', roles: EVERYBODY },
  { path: '/staff/questions', key: 'questions', roles: WARD },
  { path: '/staff/incidents', key: 'incidents', roles: WARD },
  { path: '/staff/officials', key: 'officials', roles: EVERYBODY },
  { path: '/staff/import', key: 'import', roles: EVERYBODY },
  { path: '/staff/exports', key: 'exports', roles: EVERYBODY },
  { path: '/staff/guides', key: 'guides', roles: WARD },
  { path: '/staff/roles', key: 'roles', roles: EVERYBODY },
  { path: '/staff/log', key: 'log', roles: EVERYBODY },
  { path: '/staff/health', key: 'health', roles: ['admin'] },
]

/** A page for whoever is not signed in: no head line, nothing of the ward. */
export function bare(site: StaffSite, locale: Locale, title: string, body: Html) {
  return document(
    site,
    locale,
    title,
    html`<main class="narrow">
      <h1>${title}</h1>
      ${body}
    </main>`,
  )
}

/** A page of the signed in: head line with the pages of their role, language, the way out. `title` is shown and is the document's. */
export function page(site: StaffSite, c: StaffCall, title: string, body: Html) {
  const viewer = c.get('viewer')
  const say = c.get('say')
  const other = viewer.locale === 'vi' ? 'en' : 'vi'
  const here = new URL(c.req.url)
  const language = new URLSearchParams(c.req.method === 'GET' ? here.search : '')
  language.set('lang', other)
  const pages = PAGES.filter(({ roles }) => roles.includes(viewer.role))
  // The page, or the one that it is a part of.
  const under = pages.findLast(({ path }) => here.pathname === path || here.pathname.startsWith(`${path}/`))
  const head = html`<header>
    <p class="who">
      ${say(`role.${viewer.role}`, { group: viewer.scope.groups === 'ward' ? '' : viewer.scope.groups.join(', ') })}
    </p>
    <nav aria-label="${say('nav.label')}">
      ${pages.map(
        ({ path, key }) =>
          html`<a
            href="${path}"
            ${path === under?.path && (path !== '/staff' || here.pathname === path) ? html`aria-current="page"` : ''}
            >${say(`nav.${key}`)}</a
          >`,
      )}
    </nav>
    <div class="own">
      <a href="${here.pathname}?${language.toString()}" lang="${other}" hreflang="${other}">${say('nav.language')}</a>
      <form method="post" action="/staff/leave">${csrfField(c)}<button class="plain">${say('nav.leave')}</button></form>
    </div>
  </header>`
  const demo = site.context.ward.demo
    ? html`<p class="demo" role="note">${site.words.say(viewer.locale, 'phrases:demo.notice')}</p>`
    : ''
  const main = html`<main id="main" tabindex="-1">
    ${demo}
    <h1>${title}</h1>
    ${body}
  </main>`
  const skip = html`<a class="skip" href="#main">${say('nav.skip')}</a>`
  return document(site, viewer.locale, title, html`${skip}${head}${main}`)
}

/** The hidden field that every form of the pages carries. */
export function csrfField(c: StaffCall): Html {
  return html`<input type="hidden" name="csrf" value="${c.get('viewer').csrf}" />`
}

/** A table that scrolls sideways by itself on a small screen, reachable by keyboard; the label is its caption too. */
export function table(caption: string, head: readonly (string | Html)[], rows: readonly Html[]): Html {
  return html`<div class="wide" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head.map((cell) => html`<th scope="col">${cell}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`
}

/** A number that a tap calls, for whoever has the list on a phone. */
export function callLink(phone: string | null | undefined): Html | '' {
  return phone ? html`<a class="call" href="tel:${phone}">${phone}</a>` : ''
}

/** What came of the last deed, said to those who see and to those who listen; the words are a key below `staff.done`. */
export function notice(c: StaffCall): Html | '' {
  const key = c.req.query('done')
  if (key === undefined || !/^[a-z-]{1,40}$/.test(key)) return ''
  const count = Number(c.req.query('count') ?? 0)
  return html`<p class="notice" role="status">
    ${c.get('say')(`done.${key}`, { count: Number.isSafeInteger(count) ? count : 0 })}
  </p>`
}

function document(site: StaffSite, locale: Locale, title: string, body: Html) {
  return html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="icon" type="image/svg+xml" href="/chat/favicon.svg" />
        <link rel="stylesheet" href="${site.file('staff.css')}" />
        <script src="${site.file('staff.js')}" defer></script>
      </head>
      <body>
        ${body}
      </body>
    </html>`
}
