import { Hono } from 'hono'
import { html } from 'hono/html'
import { sumFigures } from '../../core/figures.js'
import { cardGuides, givesCard } from '../../core/flow/definition.js'
import { cardsInDoubt, type CardWord } from '../../store/cards.js'
import { counted } from '../../store/counted.js'
import { type PersonProgress, PROGRESS_FILTERS, progressOf, STANDING_FILTERS } from '../../store/progress.js'
import { roleLabels } from '../../store/role-holders.js'
import { rosterFigures } from '../../store/roster-figures.js'
import { findForm } from './find.js'
import { groupOf, isTooSmall, note, refuse } from './guard.js'
import { flowOf, type Labels, labelsOf } from './labels.js'
import { csrfField, type Html, page } from './layout.js'
import { flowChoice, share } from './overview.js'
import { recordedNotice, settleTicks } from './recorded.js'
import { wishDeeds, wishForm, wishWords } from './visit-deeds.js'
import type { Say, StaffCall, StaffEnv, StaffSite } from './site.js'

/** People on a page of a list. */
export const PEOPLE_A_PAGE = 50
/** The form of the buttons that each speak of one line of a list. */
const ONE = 'one-line'

/** `/staff/groups` and `/staff/groups/5`: the people of a group and where they stand in a guide. */
export function groupRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()

  // A link of the chat that is about no group in particular ends like this.
  app.get('/groups/', (c) => c.redirect('/staff/groups'))

  app.get('/groups', async (c) => {
    const say = c.get('say')
    const { scope } = c.get('viewer')
    if (scope.groups !== 'ward' && scope.groups.length === 1) return c.redirect(`/staff/groups/${scope.groups[0]}`)
    const listed = await rosterFigures(context.store.db, scope)
    const known = scope.groups === 'ward' ? context.world.groups : scope.groups
    const groups = [...new Set([...known, ...listed.flatMap(({ group }) => group ?? [])])].sort((a, b) => a - b)
    const body = html`${findForm(c)}
      <ul class="links">
        ${groups.map((group) => {
          const people = listed.find((one) => one.group === group)?.people ?? 0
          return html`<li>
            <a href="/staff/groups/${group}">${say('group.name', { group })}</a>
            <span class="quiet">${say('group.people', { count: people })}</span>
          </li>`
        })}
      </ul>`
    return c.html(page(site, c, say('nav.groups'), groups.length === 0 ? html`<p>${say('group.none')}</p>` : body))
  })

  app.get('/groups/:group', async (c) => {
    const group = groupOf(c, 'names')
    if (group === null) return refuse(site, c, 'group')
    const say = c.get('say')
    const labels = labelsOf(site, c)
    const { scope } = c.get('viewer')
    const { db } = context.store
    const flow = flowOf(site, c.req.query('flow'))
    const small = await isTooSmall(site, c, group)
    const asked = PROGRESS_FILTERS.find((filter) => filter === c.req.query('show')) ?? 'all'
    const filter = small && STANDING_FILTERS.includes(asked) ? 'all' : asked
    const name = (c.req.query('name') ?? '').slice(0, 80)
    const at = Math.max(1, Math.trunc(Number(c.req.query('page') ?? 1)) || 1)
    const offset = (at - 1) * PEOPLE_A_PAGE
    const { total, people } = await progressOf(db, scope, { flow, group, filter, name, limit: PEOPLE_A_PAGE, offset })
    const { rows, beside } = await counted(db, scope, { flow, group })
    const [sum] = sumFigures(context.world.flows, rows, beside)
    const doubts = small ? new Map<string, CardWord>() : await cardsInDoubt(db, scope, cardGuides(context.world.flows), { ids: people.map(({ id }) => id) }) // prettier-ignore
    const holders = await roleLabels(db, people.flatMap(({ wish }) => wish?.by ?? [])) // prettier-ignore
    await note(site, c, { kind: 'people', group, count: people.length })
    const query = (more: Record<string, string>) =>
      `/staff/groups/${group}?${new URLSearchParams({ flow, show: filter, ...(name ? { name } : {}), ...more }).toString()}`
    const filters = PROGRESS_FILTERS.filter((one) => !small || !STANDING_FILTERS.includes(one))
    const body = html`${recordedNotice(c, labels, { group })}
      <ul class="links row screen">
        <li><a href="/staff/groups/${group}/visits">${say('group.visits')}</a></li>
        <li><a href="/staff/groups/${group}/households">${say('group.households')}</a></li>
        <li><a href="/staff/groups/${group}/papers">${say('group.papers')}</a></li>
        <li><a href="/staff/groups/${group}/contacts">${say('group.contacts')}</a></li>
        <li><a href="/staff/groups/${group}/people/new">${say('group.add')}</a></li>
        <li><a href="/staff/import">${say('group.import')}</a></li>
      </ul>
      ${flowChoice(site, c, labels, flow)}
      <p class="big">${sum ? share(say, sum, context.ward.targets[flow]) : say('overview.nobody')}</p>
      ${sum && sum.finished > 0 ? html`<p>${say('overview.confirmed', { count: sum.confirmed })}</p>` : ''}
      ${small ? html`<p role="note">${say('group.too-small')}</p>` : ''}
      <nav class="filters" aria-label="${say('group.filter')}">
        ${filters.map(
          (one) =>
            html`<a href="${query({ show: one })}" ${one === filter ? html`aria-current="true"` : ''}
              >${say(`group.show.${one}`)}</a
            >`,
        )}
      </nav>
      ${nameSearch(say, { flow, filter, name })}
      <p role="status">${say('group.found', { count: total })}</p>
      ${people.length === 0 ? '' : peopleForm(site, c, labels, { group, flow, filter, people, small, doubts, holders, now: context.clock() })}
      ${pages(say, query, at, Math.ceil(total / PEOPLE_A_PAGE))}`
    return c.html(page(site, c, say('group.name', { group }), body))
  })
  return app
}

function nameSearch(say: Say, { flow, filter, name }: { flow: string; filter: string; name: string }): Html {
  return html`<form method="get" class="row" role="search">
    <input type="hidden" name="flow" value="${flow}" />
    <input type="hidden" name="show" value="${filter}" />
    <label for="name">${say('group.name-search')}</label>
    <input id="name" name="name" value="${name}" autocomplete="off" />
    <button class="second">${say('group.search')}</button>
  </form>`
}

/** Links to the pages before and after. */
export function pages(say: Say, query: (more: Record<string, string>) => string, at: number, last: number): Html | '' {
  if (last < 2) return ''
  return html`<nav class="pages" aria-label="${say('pages.label')}">
    ${at > 1 ? html`<a href="${query({ page: String(at - 1) })}" rel="prev">${say('pages.before')}</a>` : ''}
    <span>${say('pages.at', { at, last })}</span>
    ${at < last ? html`<a href="${query({ page: String(at + 1) })}" rel="next">${say('pages.after')}</a>` : ''}
  </nav>`
}

/**
 * The people with a tap each for «done at the door», and one for all that are ticked. The taps belong to a form of their own: «Enter» in a tick box
 * presses the first button of its form, and that must be the one that speaks of the ticks.
 */
function peopleForm(
  site: StaffSite,
  c: StaffCall,
  labels: Labels,
  { group, flow, filter, people, ...shown }: { group: number; flow: string; filter: string; people: readonly PersonProgress[] } & Shown,
): Html {
  const say = c.get('say')
  const gives = givesCard(site.context.world.flows.get(flow)!)
  const about = html`${csrfField(c)}
    <input type="hidden" name="flow" value="${flow}" />
    <input type="hidden" name="show" value="${filter}" />`
  return html`<form method="post" action="/staff/groups/${group}/done" id="${ONE}">${about}
    ${gives ? html`<fieldset class="together"><legend>${say('recorded.with-one', { guide: labels.guide(flow) })}</legend>${settleTicks(c)}</fieldset>` : ''}</form>
  ${wishForm(c, group, 'group', { flow, show: filter })}
  <form method="post" action="/staff/groups/${group}/done">
    ${about}
    <ul class="people">
      ${people.map((person) => personLine(c, labels, flow, person, shown))}
    </ul>
    <fieldset class="together">
      <legend>${say('group.ticked')}</legend>
      <label><input type="radio" name="upto" value="end" checked /> ${say('group.upto-end', { guide: labels.guide(flow) })}</label>
      <label><input type="radio" name="upto" value="step" /> ${say('group.upto-step')}</label>
      ${gives ? settleTicks(c) : ''}
      <button name="ticked" value="1">${say('group.record')}</button>
      <p class="quiet">${say('group.recorded-apart')}</p>
    </fieldset>
  </form>`
} // prettier-ignore

/** What the lines of a list have in common. */
interface Shown {
  small: boolean
  /** By whose word somebody holds a card although the roster does not say so. */
  doubts: ReadonlyMap<string, CardWord>
  /** How those who are going to visit somebody are called. */
  holders: ReadonlyMap<string, string>
  now: number
}

function personLine(c: StaffCall, labels: Labels, flow: string, person: PersonProgress, { small, doubts, holders, now }: Shown): Html {
  const say = c.get('say')
  const who = calledIn(say, person)
  const where = [person.house, person.street].filter((part) => part !== null).join(', ')
  const mayRecord = !small && person.finished !== 'confirmed'
  const vouched = person.finished === 'self'
  // What the page knows of them goes along: an old page does not write down another step than it shows.
  const named = `${person.id}:${person.mark}`
  return html`<li>
    <span class="tick">
      ${mayRecord ? html`<input type="checkbox" name="person" value="${named}" aria-label="${say('group.tick', { name: who })}" />` : ''}
    </span>
    <div class="told">
      <a href="/staff/people/${person.id}">${who}</a>
      ${person.born === null ? '' : html`<span class="quiet">${person.born}</span>`}
      ${person.card === 'none' ? html`<span class="mark">${say('group.mark.no-card')}</span>` : ''}
      ${doubts.has(person.id) ? html`<span class="mark">${say(`card-doubt.${doubts.get(person.id)!}`)}</span>` : ''}
      ${person.official ? html`<span class="mark">${say('group.mark.official')}</span>` : ''}
      ${small ? '' : html`<span class="where">${standing(say, labels, flow, person)}</span>`}
      ${where === '' ? '' : html`<span class="quiet">${where}</span>`}
      ${person.wish === null ? '' : html`<span class="where">${say('visits.wishes')}: ${wishWords(say, labels, c, { wish: person.wish, now, holders })}</span>
      ${wishDeeds(c, { id: person.id, group: person.group, name: who, wish: person.wish })}`}
    </div>
    ${
      mayRecord
        ? html`<button form="${ONE}" name="one" value="${named}" ${vouched ? html`class="second"` : ''} aria-label="${say(vouched ? 'group.vouch-for' : 'group.done-for', { name: who, guide: labels.guide(flow) })}">
            ${say(vouched ? 'group.vouch' : 'group.done', { guide: labels.guide(flow) })}
          </button>`
        : ''
    }
  </li>`
} // prettier-ignore

/** A person of a list: by name, or by what whoever acts for them calls them. */
export function calledIn(say: Say, { name, label }: Pick<PersonProgress, 'name' | 'label'>): string {
  return name ?? (label === null ? say('group.chat-only') : say('group.helped-only', { label }))
}

/** Where somebody stands, in words. */
export function standing(
  say: Say,
  labels: Labels,
  flow: string,
  { finished, at }: Pick<PersonProgress, 'finished' | 'at'>,
): string {
  if (finished !== 'no') return say(`standing.finished-${finished}`)
  if (!at) return say('standing.not-started')
  const step = labels.step(flow, at.step)
  const since = labels.time(at.since)
  if (at.state === 'paused') return say('standing.paused', { step, since })
  return at.tries > 0 ? say('standing.stuck', { step, since, tries: at.tries }) : say('standing.at', { step, since })
}
