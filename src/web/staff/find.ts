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
    const { asked, found } = await search(site, c, ({ id }) => `/staff/people/${id}`)
    return c.html(page(site, c, c.get('say')('find.title'), html`${findForm(c, { asked })} ${found}`))
  })
  return app
}

/** What somebody typed into a box for a name or a number. */
export function askedFor(typed: unknown): string {
  return (typeof typed === 'string' ? typed : '').normalize('NFC').replace(/\s+/g, ' ').trim().slice(0, 80)
}

/** Those of the scope, or of one group of it, whom it may mean: by the whole number, or by pieces of the name. */
export async function peopleAsked({ context }: StaffSite, c: StaffCall, asked: string, limit: number, group?: number): Promise<ListedPerson[]> {
  const phone = readPhone(asked)
  const filter = phone === null ? { name: asked } : { phone }
  if (asked.length < 2) return []
  return people(context.store.db, c.get('viewer').scope, { ...filter, ...(group === undefined ? {} : { group }), limit }, context.seals)
} // prettier-ignore

/** Whom the form of `findForm` asks for, each leading somewhere; the look is written down. Of those who may see names. */
export async function search(
  site: StaffSite,
  c: StaffCall,
  to: (person: ListedPerson) => string,
): Promise<{ asked: string; found: Html | '' }> {
  const say = c.get('say')
  const asked = askedFor((await c.req.parseBody())['q'])
  if (asked === '') return { asked, found: '' }
  const all = await peopleAsked(site, c, asked, LIMIT + 1)
  const shown = all.slice(0, LIMIT)
  await note(site, c, { kind: 'people', count: shown.length })
  const rows = shown.map((person) => {
    const { name, born, group, house, street } = person
    const place = [house, street].filter(Boolean).join(' ')
    const about = [born, say('group.name', { group }), place].filter((part) => part !== null && part !== '').join(' · ')
    return html`<li>
      <div class="told">
        <a href="${to(person)}"><strong>${name}</strong></a> <span class="where">${about}</span>
      </div>
    </li>`
  })
  const count = all.length > LIMIT ? say('find.many', { count: LIMIT }) : say('group.found', { count: shown.length })
  const found = html`<p role="status">${count}</p>
    <ul class="people">
      ${rows}
    </ul>`
  return { asked, found }
}

/** The box that leads there, or to another page that answers it. */
export function findForm(
  c: StaffCall,
  { asked = '', action = '/staff/people', label = c.get('say')('find.label') }: FindForm = {},
): Html {
  const say = c.get('say')
  return html`<form method="post" action="${action}" class="row" role="search">
    ${csrfField(c)}
    <label for="q">${label}</label>
    <input id="q" name="q" value="${asked}" autocomplete="off" minlength="2" maxlength="80" />
    <button class="second">${say('group.search')}</button>
  </form>`
}

interface FindForm {
  asked?: string
  action?: string
  label?: string
}
