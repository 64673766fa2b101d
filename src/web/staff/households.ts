import { Hono } from 'hono'
import { html } from 'hono/html'
import { dayOf } from '../../core/policy/calendar.js'
import { audit } from '../../store/audit.js'
import { reviewHouseholds } from '../../store/enrol.js'
import { households } from '../../store/roster.js'
import { pages } from './group.js'
import { groupOf, note, refuse } from './guard.js'
import { labelsOf } from './labels.js'
import { csrfField, notice, page } from './layout.js'
import type { StaffEnv, StaffSite } from './site.js'

/** Households on a page. */
const PAGE = 100

/** `/staff/groups/5/households`: which households the head has gone through, and «reviewed today». */
export function householdRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()

  app.get('/groups/:group/households', async (c) => {
    const group = groupOf(c, 'names')
    if (group === null) return refuse(site, c, 'households')
    const say = c.get('say')
    const labels = labelsOf(site, c)
    const all = await households(context.store.db, c.get('viewer').scope, { group })
    const reviewed = all.filter(({ reviewedOn }) => reviewedOn !== null).length
    const last = Math.max(1, Math.ceil(all.length / PAGE))
    const at = Math.min(last, Math.max(1, Number(c.req.query('page')) || 1))
    const sorted = [...all]
      .sort((a, b) => Number(a.reviewedOn !== null) - Number(b.reviewedOn !== null))
      .slice((at - 1) * PAGE, at * PAGE)
    await note(site, c, { kind: 'households', group, count: sorted.length })
    const list = sorted.map((one) => {
      const name = placeOf(one) || say('households.no-address')
      return html`<li>
        <span class="tick"><input type="checkbox" name="household" value="${one.id}" aria-label="${name}" /></span>
        <div class="told">
          <strong>${name}</strong>
          <span class="quiet">${say('group.people', { count: one.people })}</span>
          <span class="where"
            >${
              one.reviewedOn === null
                ? say('households.not-yet')
                : say('households.on', { day: labels.day(one.reviewedOn) })
            }</span
          >
        </div>
        <button
          form="one-line"
          name="one"
          value="${one.id}"
          class="second"
          aria-label="${say('households.today-for', { name })}"
        >
          ${say('households.today')}
        </button>
      </li>`
    })
    const body = html`${notice(c)}
      <p><a href="/staff/groups/${group}">${say('group.name', { group })}</a></p>
      <p class="big">${say('overview.reviewed', { reviewed, households: all.length })}</p>
      ${
        all.length === 0
          ? html`<p>${say('households.none')} <a href="/staff/import">${say('group.import')}</a></p>`
          : // «Enter» in a tick box presses the first button of its form: those of the single lines belong to another.
            html`<form method="post" id="one-line">${csrfField(c)}</form>
              <form method="post">
                ${csrfField(c)}
                <ul class="people">
                  ${list}
                </ul>
                <button>${say('households.ticked')}</button>
              </form>
              ${pages(say, (more) => `?${new URLSearchParams(more).toString()}`, at, last)}`
      }`
    return c.html(page(site, c, say('households.title', { group }), body))
  })

  app.post('/groups/:group/households', async (c) => {
    const group = groupOf(c, 'roster')
    if (group === null) return refuse(site, c, 'households')
    const { scope } = c.get('viewer')
    const { one, household } = await c.req.parseBody({ all: true })
    const ids = (one === undefined ? [household ?? []].flat() : [one]).map(String)
    const back = (done: string) => c.redirect(`/staff/groups/${group}/households?done=${done}&count=${ids.length}`, 303)
    if (ids.length === 0) return back('nobody-ticked')
    const now = context.clock()
    const done = await context.store.transaction(async (tx) => {
      const written = await reviewHouseholds(tx, scope, ids, dayOf(now))
      if ('refused' in written) return false
      await audit(tx, scope, [
        { id: context.newId(), at: now, deed: 'changed', kind: 'households', subject: null, group, count: ids.length },
      ])
      return true
    })
    return done ? back('reviewed') : refuse(site, c, 'households', group)
  })
  return app
}

/** Where a household is, in one line. */
export function placeOf({ code, street, house }: { code: string | null; street: string | null; house: string | null }) {
  return [house, street, code === null ? null : `(${code})`].filter((part) => part !== null).join(' ')
}
