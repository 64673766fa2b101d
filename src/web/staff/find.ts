import { Hono } from 'hono'
import { html } from 'hono/html'
import { may } from '../../core/policy/roles.js'
import { readPhone } from '../../core/roster/phone.js'
import { people } from '../../store/roster.js'
import { note, refuse } from './guard.js'
import { csrfField, type Html, page } from './layout.js'
import type { StaffCall, StaffEnv, StaffSite } from './site.js'

/** Persons that one search shows; whoever finds more types more. */
const LIMIT = 60

/**
 * `/staff/people`: somebody of the scope by name, with or without diacritics, or by the whole phone number: who was it that called? What is looked
 * for travels in a form, because addresses stand in the logs of proxies.
 */
export function findRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()
  app.get('/people', (c) => {
    const say = c.get('say')
    return may(c.get('viewer').scope.role, 'names') ? c.html(page(site, c, say('find.title'), findForm(c))) : refuse(site, c, 'people') // prettier-ignore
  })

  app.post('/people', async (c) => {
    const { scope } = c.get('viewer')
    if (!may(scope.role, 'names')) return refuse(site, c, 'people')
    const say = c.get('say')
    const { q } = await c.req.parseBody()
    const asked = String(q ?? '')
      .normalize('NFC')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, 80)
    const phone = readPhone(asked)
    const filter = phone === null ? { name: asked } : { phone }
    const found = asked.length < 2 ? [] : await people(context.store.db, scope, { ...filter, limit: LIMIT + 1 }, context.seals) // prettier-ignore
    const shown = found.slice(0, LIMIT)
    if (asked !== '') await note(site, c, { kind: 'people', count: shown.length })
    const rows = shown.map(({ id, name, born, group, house, street }) => {
      const place = [house, street].filter(Boolean).join(' ')
      const about = [born, say('group.name', { group }), place]
        .filter((part) => part !== null && part !== '')
        .join(' · ')
      return html`<li>
        <div class="told">
          <a href="/staff/people/${id}"><strong>${name}</strong></a> <span class="where">${about}</span>
        </div>
      </li>`
    })
    const count =
      found.length > LIMIT ? say('find.many', { count: LIMIT }) : say('group.found', { count: shown.length })
    const body = html`${findForm(c, asked)} ${asked === '' ? '' : html`<p role="status">${count}</p>`}
      <ul class="people">
        ${rows}
      </ul>`
    return c.html(page(site, c, say('find.title'), body))
  })
  return app
}

/** The box that leads there. */
export function findForm(c: StaffCall, asked = ''): Html {
  const say = c.get('say')
  return html`<form method="post" action="/staff/people" class="row" role="search">
    ${csrfField(c)}
    <label for="q">${say('find.label')}</label>
    <input id="q" name="q" value="${asked}" autocomplete="off" minlength="2" maxlength="80" />
    <button class="second">${say('group.search')}</button>
  </form>`
}
