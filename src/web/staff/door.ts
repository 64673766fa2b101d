import { Hono } from 'hono'
import { CONFIRMATIONS } from '../../core/flow/confirm.js'
import { recordDone } from '../../turns/record.js'
import { groupOf, isTooSmall, refuse, unknownGuide } from './guard.js'
import type { StaffEnv, StaffSite } from './site.js'

/** Persons that are recorded at once, at most: a page of the list has fewer. */
const LIMIT = 200

/** `POST /staff/groups/5/done`: done at the door, for one person by a tap or for all that are ticked. */
export function doorRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()
  app.post('/groups/:group/done', async (c) => {
    const group = groupOf(c, 'record')
    if (group === null || (await isTooSmall(site, c, group))) return refuse(site, c, 'record')
    const body = await c.req.parseBody({ all: true })
    const flow = String(body['flow'])
    // Nothing is guessed where something is written down for good.
    if (!context.world.flows.has(flow)) return unknownGuide(site, c)
    const one = body['one']
    const ticked = [body['person'] ?? []].flat()
    // A button at a person is that person alone, and the whole guide: one tap says all.
    const persons = (one === undefined ? ticked : [one]).map(String).slice(0, LIMIT)
    const upTo = one === undefined ? (CONFIRMATIONS.find((kind) => kind === body['upto']) ?? 'end') : 'end'
    // A person's own page is where its reader was, and is gone back to.
    const home =
      body['back'] === 'person' && persons[0] !== undefined ? `/staff/people/${encodeURIComponent(persons[0])}` : null
    const back = (done: string, count: number) =>
      c.redirect(
        `${home ?? `/staff/groups/${group}`}?${new URLSearchParams({ flow, show: String(body['show'] ?? 'all'), done, count: String(count) }).toString()}`,
        303,
      )
    if (persons.length === 0) return back('nobody-ticked', 0)
    const recorded = await recordDone(context, c.get('viewer').scope, { flow, persons, upTo, now: context.clock() })
    if (recorded === 'refused') return refuse(site, c, 'record', group)
    // Their chats and the leaders' open pages ask for what is new by themselves.
    return back(upTo === 'end' ? 'recorded' : 'recorded-step', recorded.recorded)
  })
  return app
}
