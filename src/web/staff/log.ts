import { Hono } from 'hono'
import { html } from 'hono/html'
import { may, OPERATOR } from '../../core/policy/roles.js'
import { auditKind } from '../../core/talk/audit.js'
import { auditLog, type NamedEntry } from '../../store/audit.js'
import { type Labels, labelsOf } from './labels.js'
import { type Html, page, table } from './layout.js'
import type { StaffCall, StaffEnv, StaffSite } from './site.js'

const LINES_A_PAGE = 50

/** `/staff/log`: who saw, took, sent or changed what; of everybody for the ward, one's own lines for a head. Looking at it is not written down. */
export function logRoutes(site: StaffSite): Hono<StaffEnv> {
  const app = new Hono<StaffEnv>()
  app.get('/log', async (c) => {
    const say = c.get('say')
    const labels = labelsOf(site, c)
    const { scope } = c.get('viewer')
    const [, at, id] = /^(\d{1,15})_([\w-]{1,40})$/.exec(c.req.query('before') ?? '') ?? []
    const before = at === undefined ? undefined : { at: Number(at), id: id! }
    const found = await auditLog(site.context.store.db, scope, { before, limit: LINES_A_PAGE + 1 })
    const lines = found.slice(0, LINES_A_PAGE)
    const last = lines.at(-1)
    const rows = lines.map(
      (line) =>
        html`<tr>
          <td>${labels.time(line.at)}</td>
          <td>${whoOf(c, line)}</td>
          <td>${say(`log.deeds.${line.deed}`)}</td>
          <td>${kindOf(site, labels, line)}</td>
          <td class="number">${line.group ?? ''}</td>
          <td class="number">${line.count ?? ''}</td>
        </tr>`,
    )
    const heads = ['when', 'who', 'deed', 'what', 'group', 'count'].map((key) => say(`log.${key}`))
    const body = html`<p>${say(may(scope.role, 'audit') ? 'log.all' : 'log.own')}</p>
      ${rows.length === 0 ? html`<p>${say('log.none')}</p>` : table(say('log.title'), heads, rows)}
      ${
        last && found.length > LINES_A_PAGE
          ? html`<p>
              <a class="tap" href="/staff/log?before=${last.at}_${last.id}" rel="next">${say('log.older')}</a>
            </p>`
          : ''
      }`
    return c.html(page(site, c, say('log.title'), body))
  })
  return app
}

function whoOf(c: StaffCall, { who, whoLabel, role }: NamedEntry): Html | string {
  const say = c.get('say')
  if (who === c.get('viewer').contact) return say('log.you')
  if (who === OPERATOR.id) return say('log.operator')
  const called = say(role === 'resident' ? 'log.resident' : `roles.names.${role}`)
  if (whoLabel === null) return `${called} ${who.slice(0, 6)}`
  return html`${whoLabel} <span class="quiet">${called}</span>`
}

/** The kind of thing in words; one that these pages do not know is called as it is kept. */
function kindOf({ context }: StaffSite, labels: Labels, line: NamedEntry): Html | string {
  const { kind, subject, subjectLabel } = line
  const known = auditKind(line, context.world.flows)
  const words = known === null ? kind : labels.line(known)
  if (subject === null) return words
  return html`${words} <span class="quiet">${subjectLabel ?? (kind === 'rules' ? subject : subject.slice(0, 6))}</span>`
}
