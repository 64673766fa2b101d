import { Hono } from 'hono'
import { html } from 'hono/html'
import { isToVisit } from '../../core/broadcast/visits.js'
import { nameKey } from '../../core/roster/names.js'
import { mayHandle } from '../../reminders/desk.js'
import { loadBroadcast } from '../../store/broadcasts.js'
import type { PersonProgress } from '../../store/progress.js'
import { progressOf } from '../../store/progress.js'
import { outcomePage } from '../../store/recipients.js'
import { people, withPhones } from '../../store/roster.js'
import { groupOf, isTooSmall, missing, note, refuse } from './guard.js'
import { flowOf, labelsOf } from './labels.js'
import { callLink, type Html, page, table } from './layout.js'
import { flowChoice } from './overview.js'
import { standing } from './group.js'
import type { Say, StaffCall, StaffEnv, StaffSite } from './site.js'

/** Outcomes of a broadcast that are read at a time. */
const OUTCOMES = 2000
/** The most that one list holds: nobody visits more. */
const LIMIT = 500

/** `/staff/groups/5/visits`: whom to visit and why, street by street, for paper. */
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
    const flow = flowOf(site, c.req.query('flow'))
    const small = await isTooSmall(site, c, group)
    const everybody = c.req.query('who') === 'everybody'
    const all = await progressOf(db, scope, { flow, group, limit: 20_000 })
    const unreached = await unreachedBy(site, c, c.req.query('broadcast'))
    if (unreached === null) return missing(site, c)
    const why = (person: PersonProgress) =>
      unreached === undefined
        ? reasons(person, { small, everybody })
        : unreached.has(person.id)
          ? (['unreachable'] as const)
          : []
    const visited = all.people.filter((person) => why(person).length > 0).slice(0, LIMIT)
    const ids = visited.map(({ id }) => id)
    const phones = new Map(
      withPhones(context.seals, await people(db, scope, { ids })).map(({ id, phone }) => [id, phone]),
    )
    await note(site, c, { kind: 'visits', group, count: visited.length })
    const streets = new Map<string, PersonProgress[]>()
    for (const person of [...visited].sort(byDoor)) {
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
              <td data-label="${say('visits.column.why')}">${why(person).map((one) => say(`visits.why.${one}`)).join(', ')}</td>
              <td data-label="${say('visits.column.standing')}">${small ? '' : standing(say, labels, flow, person)}</td>
              <td class="blank"><span class="unseen">${say('visits.column.visited')}</span></td>
            </tr>`,
        ),
      ),
    ) // prettier-ignore
    const body = html`<p class="screen"><a href="/staff/groups/${group}">${say('group.name', { group })}</a></p>
      ${flowChoice(site, c, labels, flow)}
      <p>
        ${say('visits.about', { count: visited.length, guide: labels.guide(flow), time: labels.time(context.clock()) })}
      </p>
      <p class="screen">
        <a href="?${new URLSearchParams({ flow, who: everybody ? 'asked' : 'everybody' }).toString()}"
          >${say(everybody ? 'visits.only-asked' : 'visits.everybody')}</a
        >
      </p>
      <p class="screen"><button type="button" data-print>${say('visits.print')}</button></p>
      <div class="door">${lists}</div>
      ${whole(say, visited.length)}`
    return c.html(page(site, c, say('visits.title', { group }), body))
  })
  return app
}

/** Whom a broadcast should have reached and did not; undefined: none was asked about, null: it is not the viewer's. */
async function unreachedBy(
  { context }: StaffSite,
  c: StaffCall,
  id: string | undefined,
): Promise<ReadonlySet<string> | null | undefined> {
  if (id === undefined) return undefined
  const { db } = context.store
  const broadcast = await loadBroadcast(db, id)
  if (!broadcast || !mayHandle(c.get('viewer').scope, broadcast)) return null
  const found = new Set<string>()
  for (let after = ''; ;) {
    const rows = await outcomePage(db, c.get('viewer').scope, id, after, OUTCOMES)
    for (const row of rows) if (isToVisit(row)) found.add(row.person)
    if (rows.length < OUTCOMES) return found
    after = rows.at(-1)!.person
  }
}

function whole(say: Say, count: number): Html | '' {
  return count < LIMIT ? '' : html`<p role="note">${say('visits.more', { count: LIMIT })}</p>`
}

/**
 * Why somebody is on the list: they asked for it, have no card, or are unfinished where no message gets to. Whoever never chatted counts among these
 * only where everybody is asked about: at the start that is the whole group.
 */
function reasons(
  person: PersonProgress,
  { small, everybody }: { small: boolean; everybody: boolean },
): ('visit' | 'no-card' | 'unreachable')[] {
  const unreached = !small && !person.reachable && person.finished === 'no' && (person.chats || everybody)
  return [
    ...(person.visit ? (['visit'] as const) : []),
    ...(person.card === 'none' ? (['no-card'] as const) : []),
    ...(unreached && person.name !== null ? (['unreachable'] as const) : []),
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
