import { Hono } from 'hono'
import { html } from 'hono/html'
import { hasWords } from '../../core/broadcast/said.js'
import { nameKey } from '../../core/roster/names.js'
import { phrase } from '../../core/talk/draft.js'
import { unfinishedOf, unreachedBy, unreachedByPlan } from '../../reminders/unreached.js'
import { loadBroadcast } from '../../store/broadcasts.js'
import type { PersonProgress } from '../../store/progress.js'
import { progressOf } from '../../store/progress.js'
import { people, withPhones } from '../../store/roster.js'
import { groupOf, isTooSmall, missing, note, refuse } from './guard.js'
import { flowOf, type Labels, labelsOf } from './labels.js'
import { callLink, type Html, page, table } from './layout.js'
import { flowChoice } from './overview.js'
import { pages, standing } from './group.js'
import type { Say, StaffEnv, StaffSite } from './site.js'

/** Rows of a page: nobody visits more in a week. */
const PAGE = 500

/** `/staff/groups/5/visits`: whom to visit and why, street by street, for paper. `?broadcast=ID`: those whom it does not reach. */
export function visitRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()
  app.get('/groups/:group/visits', async (c) => {
    const group = groupOf(c, 'names')
    if (group === null) return refuse(site, c, 'visits')
    const say = c.get('say')
    const labels = labelsOf(site, c)
    const { scope } = c.get('viewer')
    const { db } = context.store
    const asked = c.req.query('broadcast')
    const broadcast = asked === undefined ? null : await loadBroadcast(db, scope, asked)
    if (asked !== undefined && broadcast === null) return missing(site, c)
    const flow = flowOf(site, c.req.query('flow') ?? broadcast?.plan.audience.flow)
    const small = await isTooSmall(site, c, group)
    const everybody = c.req.query('who') === 'everybody'
    const unreached = broadcast
      ? await unreachedBy(context.reminding, scope, broadcast)
      : small
        ? new Map<string, string>()
        : await unreachedByPlan(context.reminding, unfinishedOf(flow, group))
    const lost = [...unreached.keys()]
    // Never the whole group to list a tenth of it.
    const ids = broadcast ? { ids: lost } : everybody ? {} : { toVisit: { lost } }
    const all = await progressOf(db, scope, { flow, group, limit: 20_000, ...ids })
    const why = (person: PersonProgress) => reasons(person, { lost: unreached.has(person.id), all: everybody || broadcast !== null }) // prettier-ignore
    const listed = all.people.filter((person) => why(person).length > 0).sort(byDoor)
    const last = Math.max(1, Math.ceil(listed.length / PAGE))
    const at = Math.min(last, Math.max(1, Number(c.req.query('page')) || 1))
    const visited = listed.slice((at - 1) * PAGE, at * PAGE)
    const phones = new Map(
      withPhones(context.seals, await people(db, scope, { ids: visited.map(({ id }) => id) })).map(({ id, phone }) => [id, phone]),
    ) // prettier-ignore
    await note(site, c, { kind: 'visits', group, count: visited.length })
    const streets = new Map<string, PersonProgress[]>()
    for (const person of visited) {
      const street = person.street ?? say('visits.no-street')
      streets.set(street, [...(streets.get(street) ?? []), person])
    }
    const lists: Html[] = [...streets].map(([street, persons]) =>
      table(
        street,
        ['house', 'who', 'phone', 'why', 'standing', 'visited'].map((key) => say(`visits.column.${key}`)),
        persons.map(
          (person) =>
            html`<tr>
              <td data-label="${say('visits.column.house')}">${[person.house, person.code === null ? null : `(${person.code})`].filter(Boolean).join(' ')}</td>
              <th scope="row">${person.name ?? say('group.chat-only')} ${person.born ?? ''}</th>
              <td data-label="${say('visits.column.phone')}">${callLink(phones.get(person.id))}</td>
              <td data-label="${say('visits.column.why')}">${why(person).map((one) => (one === 'unreachable' ? lostBecause(labels, say, unreached.get(person.id)!) : say(`visits.why.${one}`))).join(', ')}</td>
              <td data-label="${say('visits.column.standing')}">${small ? '' : standing(say, labels, flow, person)}</td>
              <td class="blank"><span class="unseen">${say('visits.column.visited')}</span></td>
            </tr>`,
        ),
      ),
    ) // prettier-ignore
    const kept: Record<string, string> = broadcast ? { broadcast: broadcast.id } : everybody ? { who: 'everybody' } : {}
    const query = (more: Record<string, string>) => `?${new URLSearchParams({ flow, ...kept, ...more }).toString()}`
    const about = { count: listed.length, guide: labels.guide(flow), time: labels.time(context.clock()) }
    const body = html`<p class="screen"><a href="/staff/groups/${group}">${say('group.name', { group })}</a></p>
      ${flowChoice(site, c, labels, flow, kept)}
      <p>${say(broadcast ? 'visits.about-broadcast' : 'visits.about', about)}</p>
      <p class="screen">
        ${
          broadcast
            ? html`<a href="/staff/broadcasts/${broadcast.id}">${say('visits.to-broadcast')}</a>`
            : html`<a href="?${new URLSearchParams({ flow, who: everybody ? 'asked' : 'everybody' }).toString()}"
                >${say(everybody ? 'visits.only-asked' : 'visits.everybody')}</a
              >`
        }
      </p>
      <p class="screen"><button type="button" data-print>${say('visits.print')}</button></p>
      <div class="stacks">${lists}</div>
      ${last > 1 ? html`<p role="note">${say('visits.more', { count: visited.length, total: listed.length })}</p>` : ''}
      ${pages(say, query, at, last)}`
    return c.html(page(site, c, say('visits.title', { group }), body))
  })
  return app
}

/** «không nhắn tới được: chỉ dùng trang chat»; what an app itself said has no words. */
function lostBecause(labels: Labels, say: Say, reason: string): string {
  return [say('visits.why.unreachable'), ...(hasWords(reason) ? [labels.line(phrase(`remind.reasons.${reason}`))] : [])].join(': ') // prettier-ignore
}

/**
 * Why somebody is on the list: they asked for it, have no card, or no message gets to them. Whoever never chatted counts among these only where
 * everybody is asked about: at the start that is the whole group.
 */
function reasons(
  { visit, card, chats, name }: PersonProgress,
  { lost, all }: { lost: boolean; all: boolean },
): ('visit' | 'no-card' | 'unreachable')[] {
  const isLost = lost && (all || (chats && name !== null))
  return [
    ...(visit ? (['visit'] as const) : []),
    ...(card === 'none' ? (['no-card'] as const) : []),
    ...(isLost ? (['unreachable'] as const) : []),
  ]
}

/** Street, then the house number as a number, then the name. */
function byDoor(a: PersonProgress, b: PersonProgress): number {
  const [x, y] = [a, b].map(({ house }) => Number(/\d+/.exec(house ?? '')?.[0] ?? 1e6)) as [number, number]
  return (
    order(a.street ?? '\uffff', b.street ?? '\uffff') ||
    x - y ||
    order(a.house ?? '', b.house ?? '') ||
    order(nameKey(a.name ?? ''), nameKey(b.name ?? ''))
  )
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
