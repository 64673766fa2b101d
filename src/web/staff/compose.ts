import { Hono } from 'hono'
import { html } from 'hono/html'
import { readMoment } from '../../core/broadcast/moment.js'
import { messagesOf } from '../../core/broadcast/planner.js'
import { OWN_TEXT_LIMIT, OWN_VARIABLES } from '../../core/broadcast/own-text.js'
import { planOf } from '../../core/broadcast/rules.js'
import { whoLine } from '../../core/broadcast/said.js'
import type { Who } from '../../core/model/broadcast.js'
import { may } from '../../core/policy/roles.js'
import { phrase } from '../../core/talk/draft.js'
import { groupsOfScope } from '../../reminders/desk.js'
import { broadcastList } from './broadcasts.js'
import { refuse } from './guard.js'
import { flowOf, type Labels, labelsOf } from './labels.js'
import { csrfField, type Html, page, table } from './layout.js'
import type { StaffCall, StaffEnv, StaffSite } from './site.js'

const WHO: readonly Who[] = [
  { kind: 'unfinished' },
  { kind: 'not-started' },
  { kind: 'stuck', days: 3 },
  { kind: 'overdue' },
  { kind: 'activation-due', days: 2 },
  { kind: 'no-card' },
  { kind: 'officials' },
]

/** `/staff/broadcasts`: a new one, those there are, and the ward's rules that repeat. */
export function composeRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()

  app.get('/broadcasts', async (c) => {
    const { scope } = c.get('viewer')
    if (!may(scope.role, 'remind')) return refuse(site, c, 'broadcast')
    const labels = labelsOf(site, c)
    const problem = c.req.query('problem')
    const said = problem !== undefined && /^[a-z-]{1,30}$/.test(problem) ? problemLine(labels, problem) : ''
    const body = html`${said}${newForm(site, c, labels)}${await broadcastList(site, c, labels)}
    ${scope.groups === 'ward' ? await rules(site, c, labels) : ''}`
    return c.html(page(site, c, labels.line(phrase('broadcasts.title')), body))
  })

  app.post('/broadcasts/preview', async (c) => {
    const { scope, contact } = c.get('viewer')
    const form = await c.req.parseBody()
    const group = Number(form['group']) || null
    if (!may(scope.role, 'remind') || (group !== null && !scope.holds(group))) return refuse(site, c, 'broadcast')
    const flow = flowOf(site, String(form['flow'] ?? ''))
    const asked = String(form['who'] ?? '')
    const step = context.world.flows.get(flow)!.steps.find(({ number }) => asked === `n${number}`)
    const who: Who = step?.number === undefined ? (WHO.find(({ kind }) => kind === asked) ?? WHO[0]!) : { kind: 'at-number', number: step.number } // prettier-ignore
    const text = String(form['text'] ?? '').trim()
    const when = String(form['when'] ?? '').trim()
    const at = when === '' ? null : readMoment(when, context.clock())
    if (when !== '' && at === null) return c.redirect('/staff/broadcasts?problem=no-time', 303)
    const made = await context.reminders.preview({ contact, scope }, {
      audience: { flow, who, groups: groupsOfScope(scope, group), residence: null },
      wording: text === '' ? { kind: 'ready' } : { kind: 'own', text },
      at,
      paid: form['paid'] === '1',
    }) // prettier-ignore
    if (made.kind === 'preview') return c.redirect(`/staff/broadcasts/${made.id}`, 303)
    return c.redirect(`/staff/broadcasts?problem=${made.kind === 'bad-text' ? made.problems[0]!.kind : made.kind}`, 303)
  })

  app.post('/broadcasts/rules', async (c) => {
    const { scope, contact } = c.get('viewer')
    if (scope.groups !== 'ward') return refuse(site, c, 'rules')
    const { rule, on } = await c.req.parseBody()
    await context.schedules.set(String(rule), on === '1', contact)
    return c.redirect('/staff/broadcasts', 303)
  })
  return app
}

function problemLine(labels: Labels, kind: string): Html {
  const own = ['empty', 'too-long', 'unknown-variable', 'secret', 'asks-for-secret', 'link', 'mention'].includes(kind)
  const line = own ? phrase(`broadcasts.problem.${kind}`) : phrase('remind.no-time')
  return html`<p role="alert">${labels.line(line)}</p>`
}

function newForm(site: StaffSite, c: StaffCall, labels: Labels): Html {
  const { world, ward } = site.context
  const { scope } = c.get('viewer')
  const say = (key: string, vars = {}) => labels.line(phrase(`broadcasts.${key}`, vars))
  const groups = scope.groups === 'ward' ? ward.groups : scope.groups
  const numbers = [...new Set([...world.flows.values()].flatMap((flow) => flow.steps.flatMap(({ number }) => number ?? [])))].sort((a, b) => a - b) // prettier-ignore
  const variables = OWN_VARIABLES.map((name) => `{{${name}}}`).join(', ')
  return html`<form method="post" action="/staff/broadcasts/preview" class="card">
    <h2>${say('new')}</h2>
    ${csrfField(c)}
    <label for="flow">${say('flow')}</label>
    <select id="flow" name="flow">
      ${[...world.flows.keys()].map((flow) => html`<option value="${flow}">${labels.guide(flow)}</option>`)}
    </select>
    <label for="who">${say('whom')}</label>
    <select id="who" name="who">
      ${WHO.map((who) => html`<option value="${who.kind}">${labels.line(whoLine({ flow: '', who }))}</option>`)}
      ${numbers.map((number) => html`<option value="n${number}">${labels.line(whoLine({ flow: '', who: { kind: 'at-number', number } }))}</option>`)}
    </select>
    <label for="group">${say('column.group')}</label>
    <select id="group" name="group">
      <option value="">${say('all')}</option>
      ${groups.map((group) => html`<option value="${group}">${group}</option>`)}
    </select>
    <label for="text">${say('text')}</label>
    <textarea id="text" name="text" rows="4" maxlength="${OWN_TEXT_LIMIT}" aria-describedby="text-how"></textarea>
    <p id="text-how" class="quiet">${say('text-how', { variables })}</p>
    <label for="when">${say('when')}</label>
    <input id="when" name="when" autocomplete="off" placeholder="8h30 2/12" />
    ${ward.reminders['paid-most'] + ward.reminders['package-left'] > 0 ? html`<label><input type="checkbox" name="paid" value="1" /> ${labels.line(phrase('remind.options.paid'))}</label>` : ''}
    <p><button>${say('preview')}</button></p>
  </form>`
} // prettier-ignore

async function rules(site: StaffSite, c: StaffCall, labels: Labels): Promise<Html> {
  const { schedules } = site.context
  const say = (key: string, vars = {}) => labels.line(phrase(`broadcasts.${key}`, vars))
  const rows: Html[] = []
  for (const { rule, schedule, next } of await schedules.rules()) {
    const { audience } = planOf(rule)
    const on = schedule?.enabled === true
    const planned = next === null ? null : await schedules.preview(rule.id)
    rows.push(
      html`<tr>
        <th scope="row">${labels.guide(audience.flow)}: ${labels.line(whoLine(audience))}</th>
        <td>${next === null ? say('never') : labels.time(next)}</td>
        <td class="number">${planned ? messagesOf(planned.tally) : 0}</td>
        <td>
          <form method="post" action="/staff/broadcasts/rules">
            ${csrfField(c)}<input type="hidden" name="rule" value="${rule.id}" />
            <input type="hidden" name="on" value="${on ? '0' : '1'}" />
            <button class="second">${say(on ? 'switch-off' : 'switch-on')}</button>
          </form>
        </td>
      </tr>`,
    )
  }
  return html`<h2>${say('rules')}</h2>
    <p>${say('rules-about')}</p>
    ${rows.length === 0 ? html`<p>${say('no-rules')}</p>` : table(say('rules'), ['who', 'next', 'count', 'switch'].map((key) => say(`column.${key}`)), rows)}`
} // prettier-ignore
