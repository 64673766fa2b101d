import { Hono } from 'hono'
import { html } from 'hono/html'
import { allowedIn } from '../../core/broadcast/allowed.js'
import { ownTextLimit } from '../../core/broadcast/own-text.js'
import { textProblemLine } from '../../core/broadcast/said.js'
import type { Line } from '../../core/model/message.js'
import { may } from '../../core/policy/roles.js'
import { phrase } from '../../core/talk/draft.js'
import { groupsOfScope } from '../../reminders/desk.js'
import { loadBroadcast } from '../../store/broadcasts.js'
import { broadcastList } from './broadcasts.js'
import { type Draft, draftForm, draftOf, draftOfForm, EMPTY, planOfDraft } from './compose-form.js'
import { refuse, unknownGuide } from './guard.js'
import { flowOf, labelsOf } from './labels.js'
import { page } from './layout.js'
import { ruleTable } from './rules.js'
import type { StaffCall, StaffEnv, StaffSite } from './site.js'

/** `/staff/broadcasts`: a new one, those there are, and the ward's rules that repeat. */
export function composeRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()

  const show = async (
    c: StaffCall,
    values: Draft,
    problems: readonly Line[],
    status: 200 | 422 = problems.length > 0 ? 422 : 200,
  ) => {
    const labels = labelsOf(site, c)
    const said = problems.length === 0 ? '' : html`<ul role="alert">${problems.map((one) => html`<li>${labels.line(one)}</li>`)}</ul>` // prettier-ignore
    const body = html`${said}${draftForm(site, c, labels, values)}${await broadcastList(site, c, labels)}
    ${c.get('viewer').scope.groups === 'ward' ? await ruleTable(site, c, labels) : ''}`
    return c.html(page(site, c, labels.line(phrase('broadcasts.title')), body), status)
  }

  app.get('/broadcasts', async (c) => {
    const { scope } = c.get('viewer')
    if (!may(scope.role, 'remind')) return refuse(site, c, 'broadcast')
    const from = await loadBroadcast(context.store.db, scope, c.req.query('from') ?? '')
    return show(c, from ? draftOf(from.plan) : EMPTY, [])
  })

  app.post('/broadcasts/preview', async (c) => {
    const { scope, contact } = c.get('viewer')
    const form = await c.req.parseBody()
    const draft = draftOfForm(form)
    const group = Number(draft.group) || null
    if (!may(scope.role, 'remind') || (group !== null && !scope.holds(group))) return refuse(site, c, 'broadcast')
    if (draft.flow !== '' && !context.world.flows.has(draft.flow)) return unknownGuide(site, c)
    // Another guide was chosen: its people are offered, and all else stays as it was filled in.
    if (form['again'] === '1') return show(c, draft, [])
    const flow = context.world.flows.get(flowOf(site, draft.flow))!
    const read = planOfDraft(flow, draft, {
      now: context.clock(),
      allowed: allowedIn(context.ward),
      limit: ownTextLimit(context.reminding.channels),
    })
    if ('problems' in read) return show(c, draft, read.problems)
    const audience = { ...read.plan.audience, groups: groupsOfScope(scope, group) }
    const made = await context.reminders.preview({ contact, scope }, { ...read.plan, audience })
    if (made.kind === 'preview') return c.redirect(`/staff/broadcasts/${made.id}`, 303)
    return show(c, draft, made.kind === 'bad-text' ? made.problems.map(textProblemLine) : [phrase('remind.gone')])
  })
  return app
}
