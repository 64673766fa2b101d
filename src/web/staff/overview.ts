import { Hono } from 'hono'
import { html } from 'hono/html'
import { type FlowFigures, type Share, sumFigures, type Week } from '../../core/figures.js'
import { funnelOf, isBelow } from '../../core/funnel.js'
import { figures } from '../../store/figures.js'
import { finishedByWeek } from '../../store/figures-now.js'
import { confirmedFinishes } from '../../store/progress.js'
import { type RosterFigure, rosterFigures } from '../../store/roster-figures.js'
import { smallGroups } from '../../store/scope.js'
import { bar } from './bars.js'
import { flowOf, type Labels, labelsOf } from './labels.js'
import { type Html, page, table } from './layout.js'
import type { Say, StaffCall, StaffEnv, StaffSite } from './site.js'
import { OFFICIALS_GUIDE } from '../../core/policy/officials.js'

/** How often the page asks for new figures while it is open, seconds. */
const FRESH_EVERY = 10

/** `/staff`: how far each guide has come, by step and by group, and what the letter asks for, in the viewer's own scope. */
export function overviewRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()
  app.get('/', async (c) => {
    const say = c.get('say')
    const labels = labelsOf(site, c)
    const { scope } = c.get('viewer')
    const { db } = context.store
    // Side by side where the database has several connections.
    const [counted, roster, confirmed, weeks, small] = await Promise.all([
      figures(db, scope),
      rosterFigures(db, scope),
      confirmedFinishes(db, scope),
      finishedByWeek(db, scope, { now: context.clock() }),
      smallGroups(db, scope),
    ])
    const rows = counted.map(({ grp, ...row }) => ({ ...row, group: grp }))
    const listed = roster.flatMap(({ group, people }) => (group === null || people === 0 ? [] : [{ group, people }]))
    const sums = sumFigures(context.world.flows, rows, { listed, confirmed })
    const flow = flowOf(site, c.req.query('flow'))
    const guides = [...context.world.flows.keys()].map((id) =>
      guideCard(site, say, labels, id, {
        sum: sums.find((sum) => sum.flow === id),
        weeks: weeks.find((week) => week.flow === id),
        isListed: listed.length > 0,
      }),
    )
    const body = html`<div data-live="${FRESH_EVERY}">
      <p class="quiet">${say('overview.at', { time: labels.time(context.clock()) })}</p>
      <h2>${say('overview.by-step')}</h2>
      <div class="cards">${guides}</div>
      <p class="quiet">${say('overview.self-reported')}</p>
      ${rosterCard(say, labels, roster)}
      ${groupTable(site, c, labels, flow, { groups: sums.find((sum) => sum.flow === flow)?.groups ?? [], roster, small })}
    </div>`
    return c.html(page(site, c, say('overview.title'), body))
  })
  return app
}

/** One guide: its share against the target, and a bar a step. */
export function guideCard(
  { context }: StaffSite,
  say: Say,
  labels: Labels,
  id: string,
  { sum, weeks, isListed }: { sum: FlowFigures | undefined; weeks: Week | undefined; isListed: boolean },
): Html {
  const flow = context.world.flows.get(id)!
  if (!sum || sum.started === 0)
    return html`<section class="card">
      <h3>${labels.guide(id)}</h3>
      <p>${say('overview.nobody')} ${isListed && context.ward.targets[id] !== undefined ? below(say) : ''}</p>
    </section>`
  const steps = funnelOf(flow, sum).map(
    ({ step, here, reached }) =>
      html`<tr>
        <th scope="row">${labels.step(id, step)}</th>
        <td class="number">${here}</td>
        <td class="number">${reached}${bar(reached, sum.started)}</td>
      </tr>`,
  )
  return html`<section class="card">
    <h3>${labels.guide(id)}</h3>
    <p class="big">${share(say, sum, context.ward.targets[id])}</p>
    <p>${weekLine(say, weeks)}</p>
    ${sum.finished > 0 ? html`<p>${say('overview.confirmed', { count: sum.confirmed })}</p>` : ''}
    <details id="steps-${id}">
      <summary>${say('overview.steps')}</summary>
      ${table(
        say('overview.steps-of', { guide: labels.guide(id) }),
        [say('overview.step'), say('overview.here'), say('overview.reached', { count: sum.started })],
        steps,
      )}
    </details>
  </section>`
}

function weekLine(say: Say, week: Week | undefined): string {
  const { now = 0, nowConfirmed = 0, before = 0, beforeConfirmed = 0 } = week ?? {}
  return say('overview.weeks', { now, nowConfirmed, before, beforeConfirmed })
}

/** `12 (9 đã xác nhận)`: how many finished, and by whose word. */
export function byWord(say: Say, { finished, confirmed }: Pick<Share, 'finished' | 'confirmed'>): string {
  return say('overview.by-word', { finished, confirmed })
}

/** `61/140 người xong (43 %), 70 người đã bắt đầu · mục tiêu 60 %`, with a word where it stays behind. */
export function share(say: Say, sum: Share, target: number | undefined): Html {
  const { started, finished, people, percent } = sum
  return html`${say(sum.listed ? 'overview.share-listed' : 'overview.share', { started, finished, people, percent })}
  ${target === undefined ? '' : html`· ${say('overview.target', { target })}`}
  ${isBelow(sum, target) ? below(say) : ''}`
} // prettier-ignore

const below = (say: Say) => html`<strong class="below">${say('overview.below')}</strong>`

function rosterCard(say: Say, labels: Labels, roster: readonly RosterFigure[]): Html {
  const total = (of: (one: RosterFigure) => number) => roster.reduce((sum, one) => sum + of(one), 0)
  const [households, reviewed] = [total((one) => one.households), total((one) => one.reviewed)]
  const [officials, signedIn] = [total((one) => one.officials), total((one) => one.officialsDone)]
  const confirmed = total((one) => one.officialsConfirmed)
  const facts = [
    say('overview.people', { count: total((one) => one.people) }),
    say('overview.without-card', {
      permanent: total((one) => one.withoutCard.permanent),
      temporary: total((one) => one.withoutCard.temporary),
      unknown: total((one) => one.withoutCard.unknown),
    }),
    say('overview.card-unknown', { count: total((one) => one.cardUnknown) }),
    say('overview.visits', { count: total((one) => one.visits) }),
  ]
  return html`<section class="card">
    <h2>${say('overview.roster')}</h2>
    <ul>
      ${facts.map((fact) => html`<li>${fact}</li>`)}
      <li>${say('overview.reviewed', { reviewed, households })} ${bar(reviewed, households)}</li>
      <li>
        ${say('overview.officials', { done: signedIn, confirmed, officials, guide: labels.guide(OFFICIALS_GUIDE) })}
        ${officials > 0 && signedIn < officials ? html`<strong class="below">${say('overview.below')}</strong>` : ''}
        ${bar(signedIn, officials)}
      </li>
    </ul>
  </section>`
}

function groupTable(
  site: StaffSite,
  c: StaffCall,
  labels: Labels,
  flow: string,
  {
    groups: counted,
    roster,
    small,
  }: { groups: FlowFigures['groups']; roster: readonly RosterFigure[]; small: ReadonlySet<number> },
): Html {
  const say = c.get('say')
  const { world, ward } = site.context
  const { scope } = c.get('viewer')
  const known = scope.groups === 'ward' ? world.groups : scope.groups
  const found = [...counted, ...roster].map(({ group }) => group)
  const groups = [...new Set([...known, ...found])].sort((a, b) => (a ?? Infinity) - (b ?? Infinity))
  const column = (key: string) => say(`overview.column.${key}`)
  const lines = groups.map((group) => {
    const listed = roster.find((one) => one.group === group)
    const { permanent = 0, temporary = 0, unknown = 0 } = listed?.withoutCard ?? {}
    const people = group === null ? 0 : (listed?.people ?? 0)
    const own = counted.find((one) => one.group === group) ?? { started: 0, finished: 0, confirmed: 0, people, percent: 0 }
    return html`<tr>
      <th scope="row">
        ${group === null ? say(small.size === 0 ? 'overview.no-group' : 'overview.no-group-few') : html`<a href="/staff/groups/${group}">${say('group.name', { group })}</a>`}
      </th>
      <td class="number" data-label="${column('listed')}">${listed?.people ?? 0}</td>
      <td class="number" data-label="${column('households')}">${listed?.reviewed ?? 0}/${listed?.households ?? 0}</td>
      <td class="number" data-label="${column('cards')}">${group !== null && small.has(group) ? say('overview.not-told') : `${permanent} · ${temporary} · ${unknown}`}</td>
      <td class="number" data-label="${column('started')}">${own.started}</td>
      <td data-label="${column('finished')}">
        ${byWord(say, own)} · ${own.percent} %
        ${isBelow(own, ward.targets[flow]) ? below(say) : ''}
      </td>
    </tr>`
  }) // prettier-ignore
  const target = ward.targets[flow]
  return html`<section>
    <h2>${say('overview.by-group')}</h2>
    ${flowChoice(site, c, labels, flow)}
    ${target === undefined ? '' : html`<p class="target">${say('overview.target', { target })}</p>`}
    <div class="stacks">
      ${table(
        say('overview.groups-of', { guide: labels.guide(flow) }),
        ['group', 'listed', 'households', 'cards', 'started', 'finished'].map(column),
        lines,
      )}
    </div>
    <p class="quiet">${say('overview.percent-of')}</p>
    ${small.size === 0 ? '' : html`<p class="quiet">${say('overview.few')}</p>`}
  </section>`
}

/** Which guide a page is about; the page works without a script, so it is a form with a button. `kept`: what else its address says. */
export function flowChoice(
  site: StaffSite,
  c: StaffCall,
  labels: Labels,
  flow: string,
  kept: Readonly<Record<string, string>> = {},
): Html {
  const say = c.get('say')
  return html`<form method="get" class="row">
    ${Object.entries(kept).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    <label for="flow">${say('overview.guide')}</label>
    <select id="flow" name="flow">
      ${[...site.context.world.flows.keys()].map(
        (id) => html`<option value="${id}" ${id === flow ? html`selected` : ''}>${labels.guide(id)}</option>`,
      )}
    </select>
    <button class="second">${say('overview.show')}</button>
  </form>`
}
