import { Hono } from 'hono'
import { html } from 'hono/html'
import { changesLines } from '../../core/broadcast/changes.js'
import { readCount } from '../../core/broadcast/count.js'
import { messagesOf } from '../../core/broadcast/planner.js'
import { begunLine, progressLines, whenLine, whoLine } from '../../core/broadcast/said.js'
import { may } from '../../core/policy/roles.js'
import { type Labels, labelsOf } from './labels.js'
import { phrase } from '../../core/talk/draft.js'
import { decide, handle, isAsked, refuseBroadcast, withdrawBroadcast } from '../../reminders/desk.js'
import { type Broadcast, listBroadcasts, loadBroadcast } from '../../store/broadcasts.js'
import { countUnreached } from '../../reminders/unreached.js'
import { outcomePage } from '../../store/recipients.js'
import { deedForm, list, namesOf, previewOf, visitLinks } from './broadcast-preview.js'
import { missing, noteVisit } from './guard.js'
import { type Html, page, table } from './layout.js'
import type { StaffCall, StaffEnv, StaffSite } from './site.js'

/** Broadcasts on the list, and recipients on one page of one. */
const LISTED = 100
const RECIPIENTS = 100
/** How often an open page asks for the newest numbers, seconds. */
const FRESH_EVERY = 5

/** `/staff/broadcasts/ID`: one broadcast – its preview to be confirmed, or how it goes, person by person. */
export function broadcastRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()
  const known = async (c: StaffCall): Promise<Broadcast | null> => {
    const { scope } = c.get('viewer')
    const found = await loadBroadcast(context.store.db, scope, c.req.param('broadcast') ?? '')
    return may(scope.role, 'remind') ? found : null
  }
  const back = (c: StaffCall, id: string, came: string) => c.redirect(`/staff/broadcasts/${id}?came=${came}`, 303)

  app.get('/broadcasts/:broadcast', async (c) => {
    const broadcast = await known(c)
    if (!broadcast) return missing(site, c)
    const labels = labelsOf(site, c)
    const now = context.clock()
    const body = broadcast.state === 'preview' ? await previewOf(site, c, labels, broadcast) : await going(site, c, labels, broadcast) // prettier-ignore
    return c.html(page(site, c, labels.line(phrase('broadcasts.one')), html`${came(c, labels, broadcast, now)}${body}`))
  })

  app.post('/broadcasts/:broadcast/confirm', async (c) => {
    const broadcast = await known(c)
    if (!broadcast) return missing(site, c)
    const { key, count, seen } = await c.req.parseBody()
    const typed = readCount(String(count).slice(0, 100))
    if (typed === null || !/^[\w-]{8,40}$/.test(String(key))) return back(c, broadcast.id, 'wrong-count')
    const done = await decide(context.reminding, c.get('viewer').scope, { id: broadcast.id, key: String(key), count: typed, seen: typeof seen === 'string' ? seen : undefined }) // prettier-ignore
    return back(c, broadcast.id, done.kind)
  })

  app.post('/broadcasts/:broadcast/refuse', async (c) => {
    const broadcast = await known(c)
    if (!broadcast) return missing(site, c)
    const gone = await refuseBroadcast(context.reminding, c.get('viewer').scope, broadcast.id)
    return gone ? c.redirect('/staff/broadcasts', 303) : back(c, broadcast.id, 'gone')
  })

  app.post('/broadcasts/:broadcast/withdraw', async (c) => {
    const broadcast = await known(c)
    if (!broadcast) return missing(site, c)
    const gone = await withdrawBroadcast(context.reminding, c.get('viewer').scope, broadcast.id)
    return gone ? c.redirect('/staff/broadcasts', 303) : back(c, broadcast.id, 'gone')
  })

  for (const deed of ['pause', 'resume', 'stop'] as const)
    app.post(`/broadcasts/:broadcast/${deed}`, async (c) => {
      const { scope } = c.get('viewer')
      const broadcast = await known(c)
      if (!broadcast) return missing(site, c)
      await handle(context.reminding, scope, broadcast.id, deed)
      return c.redirect(`/staff/broadcasts/${broadcast.id}`, 303)
    })
  return app
}

/** The list of those that were confirmed or wait for a yes. */
export async function broadcastList(site: StaffSite, c: StaffCall, labels: Labels): Promise<Html> {
  const { scope } = c.get('viewer')
  const shown = await listBroadcasts(site.context.store.db, scope, LISTED)
  if (shown.length === 0) return html`<p>${labels.line(phrase('broadcasts.none'))}</p>`
  return table(
    labels.line(phrase('broadcasts.list')),
    ['who', 'when', 'state', 'count'].map((key) => labels.line(phrase(`broadcasts.column.${key}`))),
    shown.map(
      (one) =>
        html`<tr>
          <th scope="row"><a href="/staff/broadcasts/${one.id}">${labels.guide(one.plan.audience.flow)}: ${labels.line(whoLine(one.plan.audience))}</a></th>
          <td>${labels.time(one.createdAt)}</td>
          <td>${labels.line(phrase(isAsked(one) ? 'broadcasts.waits' : `remind.states.${one.state}`))}</td>
          <td class="number">${messagesOf(one.tally)}</td>
        </tr>`,
    ),
  )
} // prettier-ignore

async function going(site: StaffSite, c: StaffCall, labels: Labels, broadcast: Broadcast): Promise<Html> {
  const { context } = site
  const { db } = context.store
  const { scope } = c.get('viewer')
  const { id, state } = broadcast
  const results = await context.reminders.progress(id)
  const after = c.req.query('after') ?? ''
  const found = await outcomePage(db, scope, id, after.slice(0, 100), RECIPIENTS + 1)
  const outcomes = found.slice(0, RECIPIENTS)
  const next = found.length > RECIPIENTS ? outcomes.at(-1)!.person : null
  const total = results.reduce((sum, { count }) => sum + Number(count), 0)
  const nameOf = await namesOf(site, c, labels, outcomes)
  await noteVisit(site, c, { kind: 'broadcast', subject: id, count: total })
  const running = state === 'running' || state === 'paused'
  // Nothing has left yet: when it will is said below.
  const later = state === 'running' && (broadcast.tally.first ?? 0) > context.clock()
  const rows = outcomes.map(
    ({ person, group, result, reason, at }) =>
      html`<tr>
        <th scope="row">${nameOf({ person, group })}</th>
        <td class="number" data-label="${labels.line(phrase('broadcasts.column.group'))}">${group ?? ''}</td>
        <td>${labels.line(progressLines([{ result, reason, count: 1, cost: 0 }])[0]!).replace(/^\s*·\s*|: 1$/g, '')}</td>
        <td data-label="${labels.line(phrase('broadcasts.column.time'))}">${at === null ? '' : labels.time(at)}</td>
      </tr>`,
  ) // prettier-ignore
  return html`<div ${running ? html`data-live="${FRESH_EVERY}"` : ''}>
    <p class="big">
      ${[labels.guide(broadcast.plan.audience.flow), ...(later ? [] : [labels.line(phrase(`remind.states.${state}`))])].join(', ')}
    </p>
    ${later ? html`<p>${labels.line(whenLine(broadcast.tally, context.clock()))}</p>` : ''}
    ${list(labels, progressLines(results))}
    ${visitLinks(labels, broadcast, c, await countUnreached(context.reminding, scope, broadcast))}
    <div class="row">
      ${state === 'running' ? deedForm(c, labels, id, 'pause') : ''}${state === 'paused' ? deedForm(c, labels, id, 'resume') : ''}
      ${running ? deedForm(c, labels, id, 'stop') : ''}
    </div>
    <div class="outcomes stacks">${table(
      labels.line(phrase('broadcasts.outcomes')),
      ['person', 'group', 'result', 'time'].map((key) => labels.line(phrase(`broadcasts.column.${key}`))),
      rows,
    )}</div>
    ${after === '' && next === null ? '' : html`<ul class="links row">
      ${after === '' ? '' : html`<li><a href="/staff/broadcasts/${id}">${labels.line(phrase('broadcasts.first-page'))}</a></li>`}
      ${next === null ? '' : html`<li><a href="/staff/broadcasts/${id}?after=${encodeURIComponent(next)}" rel="next">${labels.line(phrase('broadcasts.next-page', { count: total }))}</a></li>`}
    </ul>`}
  </div>`
} // prettier-ignore

/** What came of the last press. */
function came(c: StaffCall, labels: Labels, { state, tally, plan }: Broadcast, now: number): Html | '' {
  const what = c.req.query('came') ?? ''
  const key = {
    changed: 'changed',
    'wrong-count': 'wrong-count',
    asked: 'asked',
    'nobody-to-agree': 'nobody-to-agree',
    'bad-text': 'bad-text',
    busy: 'gone',
    gone: 'gone',
  }[what]
  const line = key !== undefined ? phrase(`remind.${key}`) : what === 'confirmed' && state !== 'stopped' ? begunLine(tally, now) : null // prettier-ignore
  const changes = what === 'changed' && tally.changes ? changesLines(tally.changes, plan.audience.who, tally, now) : []
  return line === null ? '' : html`<div class="notice" role="status"><p>${labels.line(line)}</p>${changes.length > 0 ? list(labels, changes) : ''}</div>` // prettier-ignore
}
