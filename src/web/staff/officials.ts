import { Hono } from 'hono'
import { html } from 'hono/html'
import { may } from '../../core/policy/roles.js'
import { type PersonProgress, progressOf } from '../../store/progress.js'
import { smallGroups } from '../../store/scope.js'
import { bar } from './bars.js'
import { standing } from './group.js'
import { note, refuse } from './guard.js'
import { labelsOf } from './labels.js'
import { page, table } from './layout.js'
import type { StaffEnv, StaffSite } from './site.js'
import { OFFICIALS_GUIDE } from '../../core/policy/officials.js'

/** A ward has some dozens. */
const LIMIT = 2_000

/** `/staff/officials`: the letter wants every official on the portal; who is not there yet stands first. */
export function officialRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()
  app.get('/officials', async (c) => {
    const { scope } = c.get('viewer')
    if (!may(scope.role, 'names')) return refuse(site, c, 'officials')
    const say = c.get('say')
    const labels = labelsOf(site, c)
    const { db } = context.store
    const { people, total: officials } = await progressOf(db, scope, {
      flow: OFFICIALS_GUIDE,
      official: true,
      limit: LIMIT,
    })
    const done = people.filter(({ finished }) => finished !== 'no').length
    const confirmed = people.filter(({ finished }) => finished === 'confirmed').length
    const small = await smallGroups(db, scope)
    await note(site, c, { kind: 'officials', count: people.length })
    // Of a group of a few it is not told who of them is done: they stand behind the others by name, and not in an order that tells it.
    const place = ({ group, finished }: PersonProgress) => (small.has(group) ? 2 : finished === 'no' ? 0 : 1)
    const rows = [...people]
      .sort((a, b) => place(a) - place(b))
      .map(
        (person) =>
          html`<tr>
            <th scope="row"><a href="/staff/people/${person.id}">${person.name}</a></th>
            <td class="number">${person.group}</td>
            <td>${small.has(person.group) ? '' : standing(say, labels, OFFICIALS_GUIDE, person)}</td>
          </tr>`,
      )
    const heads = ['name', 'group', 'standing'].map((key) => say(`officials.${key}`))
    const body =
      officials === 0
        ? html`<p>${say('officials.none')}</p>`
        : html`<p class="big">
              ${say('officials.about', { done, confirmed, officials })}
              ${done < officials ? html`<strong class="below">${say('overview.below')}</strong>` : ''}
            </p>
            ${bar(done, officials)} ${table(say('officials.title'), heads, rows)}`
    return c.html(page(site, c, say('officials.title'), body))
  })
  return app
}
