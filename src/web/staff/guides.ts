import { Hono } from 'hono'
import { html } from 'hono/html'
import { type FlowFigures, sumFigures } from '../../core/figures.js'
import { inspect } from '../../core/flow/inspect.js'
import { addDays, dayOf } from '../../core/policy/calendar.js'
import { may } from '../../core/policy/roles.js'
import { counted } from '../../store/counted.js'
import { REVIEW_DAYS } from '../../upkeep/reviews.js'
import { diagram } from './diagram.js'
import { missing, refuse } from './guard.js'
import { guideTexts } from './guide-texts.js'
import { type Labels, labelsOf } from './labels.js'
import { type Html, page } from './layout.js'
import { share } from './overview.js'
import type { StaffCall, StaffEnv, StaffSite } from './site.js'

/** `/staff/guides`: what residents are told, where they stand in it, what is wrong with it and what must be looked at again. */
export function guideRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()
  // The content of a running bot does not change; it is checked when somebody first asks.
  let problems: ReturnType<typeof inspect> | null = null

  const standing = async (c: StaffCall): Promise<FlowFigures[]> => {
    const { rows, beside } = await counted(context.store.db, c.get('viewer').scope)
    return sumFigures(context.world.flows, rows, beside)
  }

  app.get('/guides', async (c) => {
    if (!may(c.get('viewer').role, 'audit')) return refuse(site, c, 'guides')
    const say = c.get('say')
    const labels = labelsOf(site, c)
    problems ??= inspect(context.material)
    const sums = await standing(c)
    const guides = [...context.world.flows.values()].map(({ flow, edition, valid }) => {
      const sum = sums.find((one) => one.flow === flow)
      return html`<li>
        <a href="/staff/guides/${flow}">${labels.guide(flow)}</a>
        <span class="quiet">
          ${say('guides.edition', { edition, from: labels.day(valid.from) })}
          ${sum ? share(say, sum, undefined) : say('overview.nobody')}
        </span>
      </li>`
    })
    const body = html`<ul class="links">
        ${guides}
      </ul>
      <h2>${say('guides.problems')}</h2>
      ${list(
        say('guides.no-problems'),
        problems.map(({ file, line, message }) => html`${file}:${line}: ${message}`),
      )}
      <h2>${say('guides.due')}</h2>
      ${list(say('guides.due-none'), overdue(site, c, labels))}`
    return c.html(page(site, c, say('guides.title'), body))
  })

  app.get('/guides/:flow', async (c) => {
    if (!may(c.get('viewer').role, 'audit')) return refuse(site, c, 'guides')
    const flow = context.world.flows.get(c.req.param('flow'))
    if (!flow) return missing(site, c)
    const labels = labelsOf(site, c)
    const sum = (await standing(c)).find((one) => one.flow === flow.flow)
    const body = html`<p>
        ${c.get('say')('guides.edition', { edition: flow.edition, from: labels.day(flow.valid.from) })}
      </p>
      ${diagram(site, c, labels, flow, sum)} ${guideTexts(site, c, labels, flow)}`
    return c.html(page(site, c, labels.guide(flow.flow), body))
  })
  return app
}

function list(nothing: string, lines: readonly (Html | string)[]): Html {
  if (lines.length === 0) return html`<p>${nothing}</p>`
  return html`<ul>
    ${lines.map((line) => html`<li>${line}</li>`)}
  </ul>`
}

/** Answers behind their own date, and documents in force that nobody has held our texts against for too long. */
function overdue({ context }: StaffSite, c: StaffCall, labels: Labels): string[] {
  const say = c.get('say')
  const { locale } = c.get('viewer')
  const { answers, sources } = context.material
  const today = dayOf(context.clock())
  const old = addDays(today, -REVIEW_DAYS)
  const due = [...answers[locale].values()]
    .filter(({ value }) => value.review < today)
    .map(({ value }) => say('guides.due-answer', { title: value.title, day: labels.day(value.review) }))
  const stale = Object.values(sources.value)
    .filter(({ valid, reviewed }) => reviewed < old && (valid.until === undefined || valid.until >= today))
    .map((source) => say('guides.due-source', { title: source[locale], day: labels.day(source.reviewed) }))
  return [...due, ...stale]
}
