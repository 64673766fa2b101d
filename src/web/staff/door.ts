import { Hono } from 'hono'
import { CONFIRMATIONS } from '../../core/flow/confirm.js'
import { recordDone } from '../../turns/record.js'
import { takeBack } from '../../turns/take-back.js'
import { groupOf, isTooSmall, refuse, unknownGuide } from './guard.js'
import { type CameOf, settlingOf } from './recorded.js'
import type { StaffCall, StaffEnv, StaffSite } from './site.js'

/** Persons that are recorded at once, at most: a page of the list has fewer. */
const LIMIT = 200

/** `POST /staff/groups/5/done`: done at the door, for one person by a tap or for all that are ticked; `…/undo` takes it back. */
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
    const named = (one === undefined ? ticked : [one]).map((value) => namedOf(String(value))).slice(0, LIMIT)
    const upTo = one === undefined ? (CONFIRMATIONS.find((kind) => kind === body['upto']) ?? 'end') : 'end'
    // A person's own page is where its reader was, and is gone back to.
    const back = { group, flow, show: body['show'], person: body['back'] === 'person' ? named[0]?.person : undefined }
    if (named.length === 0) return goBack(c, back, 'nobody-ticked', {})
    const now = context.clock()
    const seen = new Map(named.flatMap(({ person, mark }) => (mark === null ? [] : [[person, mark]])))
    const persons = named.map(({ person }) => person)
    const settle = settlingOf(body, context.world.flows.get(flow)!)
    const recorded = await recordDone(context, c.get('viewer').scope, { flow, persons, upTo, seen, settle, now })
    if (recorded === 'refused') return refuse(site, c, 'record', group)
    // Their chats and the leaders' open pages ask for what is new by themselves.
    const { recorded: count, ...others } = recorded
    const done = upTo === 'end' ? 'recorded' : 'recorded-step'
    return goBack(c, { ...back, ...(count > 0 ? { at: now } : {}) }, done, { count, ...others })
  })

  app.post('/groups/:group/undo', async (c) => {
    const group = groupOf(c, 'record')
    if (group === null || (await isTooSmall(site, c, group))) return refuse(site, c, 'record')
    const { flow, run, seq, at, back } = await c.req.parseBody()
    const what = run === undefined ? { flow: String(flow), at: Number(at) } : { run: String(run), seq: Number(seq) }
    if (!Object.values(what).every((value) => typeof value === 'string' || Number.isSafeInteger(value)))
      return refuse(site, c, 'record', group)
    const undone = await takeBack(context, c.get('viewer').scope, { ...what, now: context.clock() })
    if (undone === 'refused') return refuse(site, c, 'record', group)
    const person = back === undefined ? undefined : String(back)
    return goBack(c, { group, flow: String(flow), person }, 'undone', { count: undone.undone, stayed: undone.moved })
  })
  return app
}

/** Whom a form names, and how many events of theirs its page knew (`r-1:7`); a name alone says nothing of that. */
function namedOf(value: string): { person: string; mark: number | null } {
  const [, person, mark] = /^(.*):(\d{1,9})$/.exec(value) ?? []
  return person === undefined ? { person: value, mark: null } : { person, mark: Number(mark) }
}

function goBack(
  c: StaffCall,
  { group, flow, show, person, at }: { group: number; flow: string; show?: unknown; person?: string | undefined; at?: number },
  done: string,
  cameOf: CameOf,
) {
  const home = person === undefined ? `/staff/groups/${group}` : `/staff/people/${encodeURIComponent(person)}`
  const told = Object.entries({ ...cameOf, ...(at === undefined ? {} : { at }) }).map(([key, value]) => [key, String(value)])
  const query = new URLSearchParams({ flow, show: typeof show === 'string' ? show : 'all', done, ...Object.fromEntries(told) })
  return c.redirect(`${home}?${query.toString()}`, 303)
} // prettier-ignore
