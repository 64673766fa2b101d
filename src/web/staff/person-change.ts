import { Hono } from 'hono'
import { may } from '../../core/policy/roles.js'
import { dayOf } from '../../core/policy/calendar.js'
import { audit, type Done } from '../../store/audit.js'
import { dropPeople, lockRoster, putPeople } from '../../store/enrol.js'
import { optOut } from '../../store/opt-outs.js'
import { people, withPhones } from '../../store/roster.js'
import { missing, refuse } from './guard.js'
import { personPage } from './person.js'
import { readPerson, stateOf } from './person-form.js'
import { GONE } from './person-leaves.js'
import type { StaffEnv, StaffSite } from './site.js'

function changed(id: string, at: number, kind: string, subject: string, group: number): Done {
  return { id, at, deed: 'changed', kind, subject, group, count: 1 }
}

/** What may be changed of a person: the fields of the roster, the group, and whether they are there at all. */
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
    const now = context.clock()
    const done = await store.transaction(async (tx) => {
      // Nobody else writes between the look and the change.
      await lockRoster(tx)
      const [listed] = await people(tx, scope, { ids: [id] })
      if (!listed) return { kind: 'missing' } as const
      const before = withPhones(seals, [listed])[0]!
      if (typed['state'] !== undefined && typed['state'] !== stateOf(before)) return { kind: 'stale' } as const
      const { person, wrong } = readPerson(before, typed, { thisYear: Number(dayOf(now).slice(0, 4)) })
      if (Object.keys(wrong).length > 0) return { kind: 'wrong', wrong } as const
      if ('refused' in (await putPeople(tx, scope, seals, [person], now))) return { kind: 'missing' } as const
      await audit(tx, scope, [changed(context.newId(), now, 'person', id, person.group)])
      return { kind: 'saved' } as const
    })
    if (done.kind === 'missing') return missing(site, c)
    if (done.kind === 'stale') return personPage(site, c, id, { typed, stale: true })
    if (done.kind === 'wrong') return personPage(site, c, id, { wrong: done.wrong, typed })
    return c.redirect(`/staff/people/${id}?done=saved`, 303)
  })

  app.post('/people/:person/move', async (c) => {
    const { scope } = c.get('viewer')
    if (!may(scope.role, 'roster')) return refuse(site, c, 'person')
    const id = c.req.param('person')
    const group = Number((await c.req.parseBody())['group'])
    const known = context.ward.groups.length === 0 || context.ward.groups.includes(group)
    if (!Number.isInteger(group) || group < 1 || !known || !scope.holds(group)) return refuse(site, c, 'person')
    const now = context.clock()
    const done = await store.transaction(async (tx) => {
      await lockRoster(tx)
      const [listed] = await people(tx, scope, { ids: [id] })
      if (!listed) return false
      // The old household stays in the old group.
      const person = { ...withPhones(seals, [listed])[0]!, group, household: null }
      if ('refused' in (await putPeople(tx, scope, seals, [person], now))) return false
      await audit(tx, scope, [changed(context.newId(), now, 'person-moved', id, listed.group), changed(context.newId(), now, 'person-moved', id, group)]) // prettier-ignore
      return true
    })
    return done ? c.redirect(`/staff/people/${id}?done=moved`, 303) : missing(site, c)
  })

  app.post('/people/:person/gone', async (c) => {
    const { scope } = c.get('viewer')
    if (!may(scope.role, 'roster')) return refuse(site, c, 'person')
    const id = c.req.param('person')
    const { why } = await c.req.parseBody()
    const reason = GONE.find((one) => one === why)
    if (reason === undefined) return c.redirect(`/staff/people/${id}?done=no-reason`, 303)
    const now = context.clock()
    const group = await store.transaction(async (tx) => {
      const [listed] = await people(tx, scope, { ids: [id] })
      if (!listed || 'refused' in (await dropPeople(tx, scope, [id]))) return null
      // Nobody is written to about somebody who is not there any more.
      if (reason !== 'mistake') await optOut(tx, [id], now)
      await audit(tx, scope, [changed(context.newId(), now, `person-${reason}`, id, listed.group)])
      return listed.group
    })
    return group === null ? missing(site, c) : c.redirect(`/staff/groups/${group}?done=gone`, 303)
  })
  return app
}
