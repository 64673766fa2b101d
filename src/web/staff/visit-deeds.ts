import { Hono } from 'hono'
import { html } from 'hono/html'
import { dayOf } from '../../core/policy/calendar.js'
import { leaveVisit, mayTakeVisitOver, takeVisit, visitsMade, visitUndone } from '../../roster/visits.js'
import { personsIn } from '../../store/progress.js'
import type { PersonProgress } from '../../store/progress.js'
import type { Visit } from '../../store/visits.js'
import { groupOf, refuse } from './guard.js'
import type { Labels } from './labels.js'
import { csrfField, type Html } from './layout.js'
import type { Say, StaffCall, StaffEnv, StaffSite } from './site.js'

/** Persons that are written down at once, at most: a page of the list of visits. */
const LIMIT = 500
/** The form of the buttons that each speak of one wish: they stand in lists that are forms themselves. */
const ONE_WISH = 'one-wish'
/** Where a deed was done, and is gone back to. */
type Place = 'list' | 'group' | 'person'

/** `POST /staff/groups/5/visits/…`: `take` and `leave` a wish for a visit, `made` for one or for all that are ticked, `undo`. */
export function visitDeedRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const { store } = context
  const app = new Hono<StaffEnv>()
  const parts = () => ({ now: context.clock(), newId: context.newId })

  app.post('/groups/:group/visits/take', async (c) => {
    const group = groupOf(c, 'record')
    if (group === null) return refuse(site, c, 'visit')
    const body = await c.req.parseBody()
    // Who had it when the page was made: somebody who took it since keeps it.
    const [person, from] = String(body['person']).split(' ') as [string, string?]
    const { scope } = c.get('viewer')
    const taken = await store.transaction(async (tx) => (await areOf(tx, c, group, [person])) && takeVisit(tx, parts(), scope, person, from ?? null)) // prettier-ignore
    return back(c, { group, body, person }, taken ? 'visit-taken' : 'visit-gone')
  })

  app.post('/groups/:group/visits/leave', async (c) => {
    const group = groupOf(c, 'record')
    if (group === null) return refuse(site, c, 'visit')
    const body = await c.req.parseBody()
    const person = String(body['person'])
    const { scope } = c.get('viewer')
    const left = await store.transaction(async (tx) => (await areOf(tx, c, group, [person])) && leaveVisit(tx, parts(), scope, person)) // prettier-ignore
    return back(c, { group, body, person }, left ? 'visit-left' : 'visit-gone')
  })

  app.post('/groups/:group/visits/made', async (c) => {
    const group = groupOf(c, 'record')
    if (group === null) return refuse(site, c, 'visit')
    const body = await c.req.parseBody({ all: true })
    const persons = [body['person'] ?? []].flat().map(String).slice(0, LIMIT)
    const to = { group, body, person: persons[0] }
    if (persons.length === 0) return back(c, to, 'nobody-ticked')
    const today = dayOf(context.clock())
    const day = body['day'] === undefined || body['day'] === '' ? today : String(body['day'])
    if (!isDay(day) || day > today) return back(c, to, 'visit-day')
    const { scope } = c.get('viewer')
    const made = await store.transaction(async (tx) =>
      (await areOf(tx, c, group, persons)) ? visitsMade(tx, parts(), scope, { persons, day }) : 'refused',
    )
    if (made === 'refused') return refuse(site, c, 'visit', group)
    return made.written === 0 ? back(c, to, 'visit-already') : back(c, to, 'visited', made.written)
  })

  app.post('/groups/:group/visits/undo', async (c) => {
    const group = groupOf(c, 'record')
    if (group === null) return refuse(site, c, 'visit')
    const body = await c.req.parseBody()
    const { scope } = c.get('viewer')
    const undone = await store.transaction((tx) => visitUndone(tx, parts(), scope, String(body['visit'])))
    return back(c, { group, body, person: String(body['person']) }, undone ? 'visit-undone' : 'visit-gone')
  })
  return app
}

function isDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`)
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}

/** Whether all of them belong to the group in the address. */
async function areOf(tx: Parameters<typeof personsIn>[0], c: StaffCall, group: number, persons: readonly string[]) {
  const known = await personsIn(tx, c.get('viewer').scope, persons)
  return known.length === new Set(persons).size && known.every((one) => one.group === group)
}

type Fields = Readonly<Record<string, unknown>>

function back(
  c: StaffCall,
  { group, body, person }: { group: number; body: Fields; person: string | undefined },
  done: string,
  count?: number,
) {
  const kept = ['flow', 'show', 'who', 'broadcast'].flatMap((key) => typeof body[key] === 'string' ? [[key, body[key]]] : []) as [string, string][] // prettier-ignore
  const query = new URLSearchParams({ ...Object.fromEntries(kept), done, ...(count === undefined ? {} : { count: String(count) }) }) // prettier-ignore
  const home = { list: `/staff/groups/${group}/visits`, group: `/staff/groups/${group}`, person: `/staff/people/${encodeURIComponent(person ?? '')}` } // prettier-ignore
  const place = (['list', 'group', 'person'] as const).find((one) => one === body['back']) ?? 'list'
  return c.redirect(`${home[place]}?${query.toString()}`, 303)
}

/** The form to which the buttons of `wishDeeds` belong; `kept` is what else the address of the page says. */
export function wishForm(c: StaffCall, group: number, place: Place, kept: Readonly<Record<string, string>> = {}): Html {
  return html`<form method="post" action="/staff/groups/${group}/visits/take" id="${ONE_WISH}">
    ${csrfField(c)}
    ${Object.entries({ back: place, ...kept }).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
  </form>`
}

/** Since when somebody wishes for a visit, and who is going: «chờ từ 20/11, 3 ngày · Cô Hạnh tổ 5 sẽ đến». */
export function wishWords(say: Say, labels: Labels, c: StaffCall, { wish, now, holders }: { wish: Wished; now: number; holders: ReadonlyMap<string, string> }): string {
  const { since, by } = wish
  const days = Math.round((Date.parse(dayOf(now)) - Date.parse(dayOf(since))) / 86_400_000)
  const waits = days === 0 ? say('visits.since-today') : say('visits.since', { day: labels.day(dayOf(since)), count: days }) // prettier-ignore
  if (by === null) return waits
  const who = holders.get(by)
  const taken = by === c.get('viewer').contact ? say('visits.own') : who === undefined ? say('visits.held') : say('visits.held-by', { who }) // prettier-ignore
  return `${waits} · ${taken}`
} // prettier-ignore

type Wished = NonNullable<PersonProgress['wish']>

/** Taking a wish, leaving it, taking it over, and «was there»; in `wishForm`. */
export function wishDeeds(
  c: StaffCall,
  { id, group, name, wish }: { id: string; group: number; name: string; wish: Wished },
): Html {
  const say = c.get('say')
  const { scope, contact } = c.get('viewer')
  const button = (deed: 'take' | 'take-over' | 'leave' | 'made', value: string, first: boolean) =>
    html`<button
      form="${ONE_WISH}"
      formaction="/staff/groups/${group}/visits/${deed === 'take-over' ? 'take' : deed}"
      name="person"
      value="${value}"
      class="${first ? '' : 'second'}"
      aria-label="${say(`visits.${deed}-for`, { name })}"
    >
      ${say(`visits.${deed}`)}
    </button>`
  const own = wish.by === contact
  return html`<span class="row screen">
    ${wish.by === null ? button('take', id, true) : ''} ${button('made', id, own)}
    ${own ? button('leave', id, false) : ''}
    ${mayTakeVisitOver(scope, { takenBy: wish.by }) ? button('take-over', `${id} ${wish.by}`, false) : ''}
  </span>`
}

/** On the person's page: the wish with its deeds, a visit on another day, and the visits that were made. */
export function visitSection(
  c: StaffCall,
  labels: Labels,
  { person, visits, now, holders }: { person: { id: string; group: number; name: string; wish: PersonProgress['wish'] }; visits: readonly Visit[]; now: number; holders: ReadonlyMap<string, string> },
): Html {
  const say = c.get('say')
  const { id, group, wish } = person
  const hidden = html`${csrfField(c)}<input type="hidden" name="back" value="person" /><input type="hidden" name="person" value="${id}" />`
  return html`<section class="card" id="visits">
    <h2>${say('visits.of-person')}</h2>
    ${wishForm(c, group, 'person')}
    ${wish === null ? '' : html`<p>${say('visits.wishes')}: ${wishWords(say, labels, c, { wish, now, holders })}</p>
      ${wishDeeds(c, { id, group, name: person.name, wish })}`}
    <form method="post" action="/staff/groups/${group}/visits/made" class="row">
      ${hidden}<label for="visit-day">${say('visits.day')}</label>
      <input type="date" id="visit-day" name="day" value="${dayOf(now)}" max="${dayOf(now)}" />
      <button class="second">${say('visits.made-on')}</button>
    </form>
    ${visits.length === 0 ? '' : html`<ul class="people">
      ${visits.map(({ id: visit, day, at, who, wishedSince }) => html`<li>
        <div class="told">
          <strong>${say('visits.was-there', { day: labels.day(day) })}</strong>
          <span class="where">${say('visits.written', { time: labels.time(at), who: holders.get(who) ?? say('visits.somebody') })}</span>
          ${wishedSince === null ? '' : html`<span class="quiet">${say('visits.wished', { day: labels.day(dayOf(wishedSince)) })}</span>`}
        </div>
        <form method="post" action="/staff/groups/${group}/visits/undo">
          ${hidden}<input type="hidden" name="visit" value="${visit}" />
          <button class="second" aria-label="${say('visits.undo-for', { day: labels.day(day) })}">${say('recorded.undo')}</button>
        </form>
      </li>`)}
    </ul>`}
  </section>`
} // prettier-ignore
