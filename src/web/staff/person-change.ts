import { Hono } from 'hono'
import { may } from '../../core/policy/roles.js'
import { dayOf } from '../../core/policy/calendar.js'
import { audit } from '../../store/audit.js'
import { putPeople } from '../../store/enrol.js'
import { people, withPhones } from '../../store/roster.js'
import { missing, refuse } from './guard.js'
import { personPage } from './person.js'
import { readPerson } from './person-form.js'
import type { StaffEnv, StaffSite } from './site.js'

/** What may be changed of a person: the fields of the roster. */
export function personChangeRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const { store, seals } = context
  const app = new Hono<StaffEnv>()

  app.post('/people/:person', async (c) => {
    const { scope } = c.get('viewer')
    if (!may(scope.role, 'roster')) return refuse(site, c, 'person')
    const id = c.req.param('person')
    const typed = Object.fromEntries(
      Object.entries(await c.req.parseBody()).map(([name, value]) => [name, String(value)]),
    )
    const [listed] = await people(store.db, scope, { ids: [id] })
    if (!listed) return missing(site, c)
    const now = context.clock()
    const before = withPhones(seals, [listed])[0]!
    const { person, wrong } = readPerson(before, typed, { thisYear: Number(dayOf(now).slice(0, 4)) })
    if (Object.keys(wrong).length > 0) return personPage(site, c, id, { wrong, typed })
    const done = await store.transaction(async (tx) => {
      const written = await putPeople(tx, scope, seals, [person], now)
      if ('refused' in written) return false
      const { newId } = context
      await audit(tx, scope, [{ id: newId(), at: now, deed: 'changed', kind: 'person', subject: id, group: person.group, count: 1 }]) // prettier-ignore
      return true
    })
    return done ? c.redirect(`/staff/people/${id}?done=saved`, 303) : missing(site, c)
  })
  return app
}
