import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { Locale } from '../../core/model/message.js'
import type { StaffCall, StaffSite } from './site.js'

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

/** Pages of the head line, and who sees them. */
export const PAGES = [
  { path: '/staff', key: 'overview', roles: ['leader', 'staff', 'admin'] },
] as const satisfies readonly { path: string; key: string; roles: readonly string[] }[]

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
  const language = new URLSearchParams(here.search)
  language.set('lang', other)
  const pages = PAGES.filter(({ roles }) => (roles as readonly string[]).includes(viewer.role))
  const head = html`<header>
    <p class="who">
      ${say(`role.${viewer.role}`, { group: viewer.scope.groups === 'ward' ? '' : viewer.scope.groups.join(', ') })}
    </p>
    <nav aria-label="${say('nav.label')}">
      ${pages.map(
        ({ path, key }) =>
          html`<a href="${path}" ${here.pathname === path ? html`aria-current="page"` : ''}>${say(`nav.${key}`)}</a>`,
      )}
    </nav>
    <div class="own">
      <a href="${here.pathname}?${language.toString()}" lang="${other}" hreflang="${other}">${say('nav.language')}</a>
      <form method="post" action="/staff/leave">
        <input type="hidden" name="csrf" value="${viewer.csrf}" /><button class="plain">${say('nav.leave')}</button>
      </form>
    </div>
  </header>`
  const demo = site.context.ward.demo
    ? html`<p class="demo" role="note">${site.words.say(viewer.locale, 'phrases:demo.notice')}</p>`
    : ''
  const main = html`<main id="main" tabindex="-1">
    <h1>${title}</h1>
    ${body}
  </main>`
  const skip = html`<a class="skip" href="#main">${say('nav.skip')}</a>`
  return document(site, viewer.locale, title, html`${skip}${head}${demo}${main}`)
}

/** The hidden field that every form of the pages carries. */
export function csrfField(c: StaffCall): Html {
  return html`<input type="hidden" name="csrf" value="${c.get('viewer').csrf}" />`
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
