import { Hono } from 'hono'
import { html } from 'hono/html'
import { messagesOf } from '../../core/broadcast/planner.js'
import { planOf } from '../../core/broadcast/rules.js'
import { whoLine } from '../../core/broadcast/said.js'
import { phrase } from '../../core/talk/draft.js'
import type { RuleView } from '../../reminders/schedules.js'
import { planShown } from './broadcast-preview.js'
import { missing, note, refuse } from './guard.js'
import { type Labels, labelsOf } from './labels.js'
import { csrfField, type Html, page, table } from './layout.js'
import type { StaffCall, StaffEnv, StaffSite } from './site.js'

/** What a rule would do and whether it is on: `/staff/broadcasts/rules/RULE` shows its next run, and is where it is switched on. */
export function ruleRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()

  app.get('/broadcasts/rules/:rule', async (c) => {
    if (c.get('viewer').scope.groups !== 'ward') return refuse(site, c, 'rules')
    const view = (await context.schedules.rules()).find(({ rule }) => rule.id === c.req.param('rule'))
    if (!view) return missing(site, c)
    const labels = labelsOf(site, c)
    return c.html(page(site, c, labels.line(phrase('broadcasts.rule')), await nextRun(site, c, labels, view)))
  })

  app.post('/broadcasts/rules', async (c) => {
    const { scope, contact } = c.get('viewer')
    if (scope.groups !== 'ward') return refuse(site, c, 'rules')
    const { rule: named, on, seen } = await c.req.parseBody()
    const rule = String(named)
    // Nobody switches on what they have not seen.
    const done = await context.schedules.set(rule, on === '1', contact, typeof seen === 'string' ? seen : '')
    const here = (came: string) => c.redirect(`/staff/broadcasts/rules/${encodeURIComponent(rule)}?came=${came}`, 303)
    if (done === 'changed' || done === 'nobody-to-agree') return here(done)
    const deed = ({ on: 'switched-on', off: 'switched-off', asked: 'asked' } as const)[done as 'on']
    if (deed !== undefined) await note(site, c, { deed, kind: 'rules', subject: rule })
    return done === 'asked' ? here('asked') : c.redirect('/staff/broadcasts', 303)
  })
  return app
}

/** What is said after a press that did not switch it on. */
const CAME: Readonly<Record<string, string>> = {
  changed: 'broadcasts.rule-shown',
  asked: 'broadcasts.rule-asked',
  'nobody-to-agree': 'remind.nobody-to-agree',
}

async function nextRun(site: StaffSite, c: StaffCall, labels: Labels, { rule, schedule, next }: RuleView): Promise<Html> {
  const say = (key: string, vars = {}) => labels.line(phrase(`broadcasts.${key}`, vars))
  const { audience } = planOf(rule)
  const planned = next === null ? null : await site.context.schedules.preview(rule.id)
  const key = CAME[c.req.query('came') ?? '']
  return html`${key === undefined ? '' : html`<p class="notice" role="status">${labels.line(phrase(key))}</p>`}
    <p class="big">${labels.guide(audience.flow)}: ${labels.line(whoLine(audience))}</p>
    ${
      planned === null
        ? html`<p>${say('never')}</p>`
        : html`<p>${say('rule-next', { time: labels.time(next!), count: messagesOf(planned.tally) })}</p>
            ${planShown(labels, audience, planned, site.context.clock())}`
    }
    ${switchForm(c, labels, { rule, schedule, next }, planned?.fingerprint ?? null)}`
} // prettier-ignore

/** Off from everywhere; on only where its next run is shown. */
function switchForm(c: StaffCall, labels: Labels, { rule, schedule }: RuleView, seen: string | null): Html | '' {
  const on = schedule?.enabled === true
  if (!on && seen === null) return ''
  const label = labels.line(phrase(`broadcasts.${on ? 'switch-off' : schedule?.askedBy ? 'switch-agree' : 'switch-on'}`))
  return html`<form method="post" action="/staff/broadcasts/rules">
    ${csrfField(c)}<input type="hidden" name="rule" value="${rule.id}" />
    <input type="hidden" name="on" value="${on ? '0' : '1'}" />
    ${seen === null ? '' : html`<input type="hidden" name="seen" value="${seen}" />`}
    <button ${on ? html`class="second"` : ''}>${label}</button>
  </form>`
} // prettier-ignore

/** The ward's rules: when each runs next, a way to see whom that would reach, and off. */
export async function ruleTable(site: StaffSite, c: StaffCall, labels: Labels): Promise<Html> {
  const say = (key: string, vars = {}) => labels.line(phrase(`broadcasts.${key}`, vars))
  const rows = (await site.context.schedules.rules()).map((view) => {
    const { rule, schedule, next } = view
    const { audience } = planOf(rule)
    const on = schedule?.enabled === true
    const link = (key: string) =>
      html`<a class="tap" href="/staff/broadcasts/rules/${encodeURIComponent(rule.id)}">${say(key)}</a>`
    return html`<tr>
      <th scope="row">${labels.guide(audience.flow)}: ${labels.line(whoLine(audience))}</th>
      <td>${next === null ? say('never') : labels.time(next)}</td>
      <td>${say(on ? 'rule-on' : schedule?.askedBy ? 'rule-asked-short' : 'rule-off')}</td>
      <td>${next === null ? '' : link(on ? 'rule-see' : 'rule-see-and-switch')}${on ? switchForm(c, labels, view, null) : ''}</td>
    </tr>`
  }) // prettier-ignore
  return html`<h2 id="rules">${say('rules')}</h2>
    <p>${say('rules-about')}</p>
    ${rows.length === 0 ? html`<p>${say('no-rules')}</p>` : table(say('rules'), ['who', 'next', 'state', 'switch'].map((key) => say(`column.${key}`)), rows)}`
} // prettier-ignore
