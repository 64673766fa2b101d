import { Hono } from 'hono'
import { html } from 'hono/html'
import { may } from '../../core/policy/roles.js'
import { readPhone } from '../../core/roster/phone.js'
import { type ListedPerson, people } from '../../store/roster.js'
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
  const app = new Hono<StaffEnv>()
  app.get('/people', (c) => {
    const say = c.get('say')
    return may(c.get('viewer').scope.role, 'names') ? c.html(page(site, c, say('find.title'), findForm(c))) : refuse(site, c, 'people') // prettier-ignore
  })

  app.post('/people', async (c) => {
    if (!may(c.get('viewer').scope.role, 'names')) return refuse(site, c, 'people')
    const say = c.get('say')
    const asked = askedFor((await c.req.parseBody())['q'])
    const found = await peopleAsked(site, c, asked, LIMIT + 1)
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

/** What somebody typed into a box for a name or a number. */
export function askedFor(typed: unknown): string {
  return (typeof typed === 'string' ? typed : '').normalize('NFC').replace(/\s+/g, ' ').trim().slice(0, 80)
}

/** Those of the scope whom it may mean: by the whole number, or by pieces of the name. */
export async function peopleAsked({ context }: StaffSite, c: StaffCall, asked: string, limit: number): Promise<ListedPerson[]> {
  const phone = readPhone(asked)
  const filter = phone === null ? { name: asked } : { phone }
  if (asked.length < 2) return []
  return people(context.store.db, c.get('viewer').scope, { ...filter, limit }, context.seals)
} // prettier-ignore

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
