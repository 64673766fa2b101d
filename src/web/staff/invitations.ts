import { Hono } from 'hono'
import { html } from 'hono/html'
import { invitationPayload, invite, mayCancel, mayInviteTo } from '../../access/invite.js'
import type { WayIn } from '../../access/ways-in.js'
import { shield } from '../../core/language/shield.js'
import { mayInvite } from '../../core/policy/roles.js'
import { audit } from '../../store/audit.js'
import { cancelInvitation, type OpenInvitation, openInvitations, ROLE_LABEL_MAX } from '../../store/invitations.js'
import { refuse } from './guard.js'
import { labelsOf } from './labels.js'
import { csrfField, type Html, page, table } from './layout.js'
import { qr } from './qr.js'
import type { Say, StaffCall, StaffEnv, StaffSite } from './site.js'

/** Roles that belong to a group. */
const WITH_GROUP: ReadonlySet<string> = new Set(['leader', 'helper'])

/** `/staff/roles/…`: one-time invitations to a role, made and taken back. */
export function invitationRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()

  app.post('/roles/invite', async (c) => {
    const say = c.get('say')
    const { scope } = c.get('viewer')
    const form = await c.req.parseBody()
    const role = mayInvite(scope.role).find((one) => one === form['role'])
    const group = WITH_GROUP.has(String(role)) ? Number(form['group'] || Number.NaN) : null
    if (!role || (Number.isInteger(group) && !mayInviteTo(scope, { role, grp: group }))) return refuse(site, c, 'roles')
    const wrong = (key: string) => {
      const text = html`<p role="alert">${say(`roles.${key}`, { most: ROLE_LABEL_MAX })}</p>
        ${inviteForm(site, c)}`
      return c.html(page(site, c, say('roles.title'), text), 400)
    }
    if (group !== null && !(Number.isInteger(group) && group > 0 && group < 1000)) return wrong('need-group')
    const label = labelIn(form['label'])
    if (label === null) return wrong('need-label')
    const now = context.clock()
    const code = await context.store.transaction(async (tx) => {
      const { newId } = context
      await audit(tx, scope, [{ id: newId(), at: now, deed: 'invited', kind: role, subject: null, group, count: null }])
      return invite(tx, role, group, now, { by: scope.who, label })
    })
    await context.waysIn.learn()
    const body = html`<div class="card">
        <p><strong>${label}</strong>${group === null ? '' : ` · ${say('group.name', { group })}`}</p>
        <p>${say('roles.made-about')}</p>
        ${waysIn(say, context.waysIn.of(invitationPayload(code)))}
        <p class="quiet">${say('roles.invite-about')}</p>
      </div>
      <p><a href="/staff/roles">${say('roles.title')}</a></p>`
    return c.html(page(site, c, say('roles.made', { role: say(`roles.names.${role}`) }), body))
  })

  app.post('/roles/cancel', async (c) => {
    const { scope } = c.get('viewer')
    const { newId, clock, store } = context
    const codeHash = String((await c.req.parseBody())['invitation'])
    const done = await store.transaction(async (tx) => {
      const found = (await openInvitations(tx, scope, clock())).find((one) => one.codeHash === codeHash)
      if (!found || !mayCancel(scope, found) || !(await cancelInvitation(tx, scope, codeHash, clock()))) return null
      const line = { deed: 'cancelled', kind: found.role, subject: null, group: found.grp, count: null } as const
      await audit(tx, scope, [{ id: newId(), at: clock(), ...line }])
      return found
    })
    return done ? c.redirect('/staff/roles?done=cancelled', 303) : refuse(site, c, 'roles')
  })
  return app
}

/** A label as it is kept: nothing that the shield masks; null: none, or too long. */
export function labelIn(field: unknown): string | null {
  const label = shield(typeof field === 'string' ? field.trim().replace(/\s+/g, ' ') : '').text
  return label === '' || [...label].length > ROLE_LABEL_MAX ? null : label
}

/** Every app's way in: its link with a picture to scan, or the words that are sent to the ward's account. */
export function waysIn(say: Say, ways: readonly WayIn[]): Html[] {
  return ways.map((way) => {
    const app = say(`ways.apps.${way.app}`)
    return html`<section>
      <h2>${app}</h2>
      ${
        'url' in way
          ? html`${qr(way.url, say('ways.qr', { app }))}
              <p><a href="${way.url}" id="way-${way.app}">${way.url}</a></p>`
          : html`<p>${say('ways.send')} <code>${way.words}</code></p>`
      }
    </section>`
  })
}

/** Invitations that somebody could still take up, each with the way to take it back. */
export function openTable(site: StaffSite, c: StaffCall, open: readonly OpenInvitation[]): Html {
  const say = c.get('say')
  const labels = labelsOf(site, c)
  const { scope } = c.get('viewer')
  if (open.length === 0) return html`<p>${say('roles.open-none')}</p>`
  const rows = open.map((invitation) => {
    const { codeHash, role, grp, label, createdBy, maker, expiresAt } = invitation
    const name = label ?? say('roles.no-label')
    const by =
      createdBy === null
        ? say('log.operator')
        : createdBy === scope.who
          ? say('log.you')
          : (maker ?? createdBy.slice(0, 6))
    return html`<tr>
      <th scope="row">${name}</th>
      <td>${say(`roles.names.${role}`)}</td>
      <td data-label="${say('roles.groups')}">${grp ?? ''}</td>
      <td data-label="${say('roles.by')}">${by}</td>
      <td data-label="${say('roles.until')}">${labels.time(expiresAt)}</td>
      <td>
        ${
          mayCancel(scope, invitation)
            ? html`<form method="post" action="/staff/roles/cancel">
                ${csrfField(c)}<input type="hidden" name="invitation" value="${codeHash}" />
                <button class="second" aria-label="${say('roles.cancel-for', { name })}">${say('roles.cancel')}</button>
              </form>`
            : ''
        }
      </td>
    </tr>`
  })
  const heads = ['who', 'role', 'groups', 'by', 'until', 'cancel'].map((key) => say(`roles.${key}`))
  return html`<div class="stacks titled">${table(say('roles.open'), heads, rows)}</div>`
}

export function inviteForm(site: StaffSite, c: StaffCall): Html {
  const say = c.get('say')
  const { scope } = c.get('viewer')
  const groups = scope.groups === 'ward' ? site.context.ward.groups : scope.groups
  const none = html`<option value="">${say('roles.no-group')}</option>`
  // A ward that has not named its groups yet types the number.
  const group =
    groups.length === 0
      ? html`<input id="group" name="group" inputmode="numeric" maxlength="3" />`
      : html`<select id="group" name="group">
          ${groups.length === 1 ? '' : none} ${groups.map((one) => html`<option value="${one}">${one}</option>`)}
        </select>`
  return html`<section class="card">
    <h2>${say('roles.invite')}</h2>
    <p>${say('roles.invite-about')}</p>
    <form method="post" action="/staff/roles/invite">
      ${csrfField(c)}
      <label for="label">${say('roles.label')}</label>
      <input id="label" name="label" maxlength="${ROLE_LABEL_MAX}" required autocomplete="off" />
      <label for="role">${say('roles.which')}</label>
      <select id="role" name="role">
        ${mayInvite(scope.role).map((role) => html`<option value="${role}">${say(`roles.names.${role}`)}</option>`)}
      </select>
      <label for="group">${say('roles.group')}</label>
      ${group}
      <p><button>${say('roles.make')}</button></p>
    </form>
  </section>`
}
