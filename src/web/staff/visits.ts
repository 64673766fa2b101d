import { Hono } from 'hono'
import { html } from 'hono/html'
import { cardGuides } from '../../core/flow/definition.js'
import { hasWords } from '../../core/broadcast/said.js'
import { dayOf } from '../../core/policy/calendar.js'
import { nameKey } from '../../core/roster/names.js'
import { phrase } from '../../core/talk/draft.js'
import { unfinishedOf, unreachedBy, unreachedByPlan } from '../../reminders/unreached.js'
import { cardsInDoubt, type CardWord } from '../../store/cards.js'
import { loadBroadcast } from '../../store/broadcasts.js'
import type { PersonProgress } from '../../store/progress.js'
import { progressOf } from '../../store/progress.js'
import { people, withPhones } from '../../store/roster.js'
import { roleLabels } from '../../store/role-holders.js'
import { lastVisits } from '../../store/visits.js'
import { groupOf, isTooSmall, missing, note, refuse } from './guard.js'
import { flowOf, type Labels, labelsOf } from './labels.js'
import { callLink, csrfField, type Html, notice, page, table } from './layout.js'
import { flowChoice } from './overview.js'
import { calledIn, pages, standing } from './group.js'
import { wishDeeds, wishForm, wishWords } from './visit-deeds.js'
import type { Say, StaffCall, StaffEnv, StaffSite } from './site.js'

/** Rows of a page: nobody visits more in a week. */
const PAGE = 500
/** The form of the ticks that stand in the rows. */
const MADE = 'visits-made'
type Why = 'visit' | 'no-card' | 'unreachable'

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
    const holders = await roleLabels(db, visited.flatMap(({ wish }) => wish?.by ?? [])) // prettier-ignore
    const made = await lastVisits(db, scope, visited.map(({ id }) => id)) // prettier-ignore
    const now = context.clock()
    const doubts = small ? new Map<string, CardWord>() : await cardsInDoubt(db, scope, cardGuides(context.world.flows), { ids: visited.map(({ id }) => id) }) // prettier-ignore
    const noCard = ({ id }: PersonProgress) => [say('visits.why.no-card'), ...(doubts.has(id) ? [`(${say(`card-doubt.${doubts.get(id)!}`)})`] : [])].join(' ') // prettier-ignore
    const words = (person: PersonProgress, one: Why) =>
      one === 'unreachable' ? lostBecause(labels, say, unreached.get(person.id)!)
      : one === 'visit' ? `${say('visits.why.visit')}, ${wishWords(say, labels, c, { wish: person.wish!, now, holders })}`
      : noCard(person) // prettier-ignore
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
              <th scope="row">${calledIn(say, person)} ${person.born ?? ''}</th>
              <td data-label="${say('visits.column.phone')}">${callLink(phones.get(person.id))}</td>
              <td data-label="${say('visits.column.why')}">${why(person).map((one) => words(person, one)).join(', ')}
                ${person.wish === null ? '' : wishDeeds(c, { id: person.id, group, name: person.name ?? '', wish: person.wish })}</td>
              <td data-label="${say('visits.column.standing')}">${small ? '' : standing(say, labels, flow, person)}</td>
              <td class="blank" data-label="${say('visits.column.visited')}">
                <label><input type="checkbox" form="${MADE}" name="person" value="${person.id}" ${person.name === null ? html`disabled` : ''} aria-label="${say('visits.tick', { name: person.name ?? say('group.chat-only') })}" /></label>
                ${made.has(person.id) ? html`<span class="quiet">${say('visits.was-there', { day: labels.day(made.get(person.id)!) })}</span>` : ''}
              </td>
            </tr>`,
        ),
      ),
    ) // prettier-ignore
    const kept: Record<string, string> = broadcast ? { broadcast: broadcast.id } : everybody ? { who: 'everybody' } : {}
    const query = (more: Record<string, string>) => `?${new URLSearchParams({ flow, ...kept, ...more }).toString()}`
    const about = { count: listed.length, guide: labels.guide(flow), time: labels.time(context.clock()) }
    const back = { flow, ...kept }
    const body = html`${notice(c)}${wishForm(c, group, 'list', back)}
      <p class="screen"><a href="/staff/groups/${group}">${say('group.name', { group })}</a></p>
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
      ${visited.length === 0 ? '' : madeForm(c, group, back, dayOf(now))}
      ${last > 1 ? html`<p role="note">${say('visits.more', { count: visited.length, total: listed.length })}</p>` : ''}
      ${pages(say, query, at, last)}`
    return c.html(page(site, c, say('visits.title', { group }), body))
  })
  return app
}

/** The rows that were ticked, on paper or here: visited on a day. */
function madeForm(c: StaffCall, group: number, kept: Readonly<Record<string, string>>, today: string): Html {
  const say = c.get('say')
  return html`<form method="post" action="/staff/groups/${group}/visits/made" id="${MADE}">
    ${csrfField(c)}
    ${Object.entries({ back: 'list', ...kept }).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    <fieldset class="together">
      <legend>${say('visits.ticked')}</legend>
      <label for="visit-day">${say('visits.day')}</label>
      <input type="date" id="visit-day" name="day" value="${today}" max="${today}" />
      <button>${say('visits.made-ticked')}</button>
    </fieldset>
  </form>`
}

/** «không nhắn tới được: chỉ dùng trang chat»; what an app itself said has no words. */
function lostBecause(labels: Labels, say: Say, reason: string): string {
  return [say('visits.why.unreachable'), ...(hasWords(reason) ? [labels.line(phrase(`remind.reasons.${reason}`))] : [])].join(': ') // prettier-ignore
}

/**
 * Why somebody is on the list: they asked for it, have no card, or no message gets to them. Whoever never chatted counts among these only where
 * everybody is asked about: at the start that is the whole group.
 */
function reasons({ visit, card, chats, name }: PersonProgress, { lost, all }: { lost: boolean; all: boolean }): Why[] {
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
