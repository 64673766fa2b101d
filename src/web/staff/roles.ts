import { Hono } from 'hono'
import { html } from 'hono/html'
import { invitationPayload, invite } from '../../access/invite.js'
import { mayRevoke, revokeRole } from '../../access/revoke.js'
import { may, mayInvite } from '../../core/policy/roles.js'
import { audit } from '../../store/audit.js'
import { roleHolders } from '../../store/role-holders.js'
import { note, refuse } from './guard.js'
import { labelsOf } from './labels.js'
import { csrfField, type Html, notice, page, table } from './layout.js'
import { qr } from './qr.js'
import type { StaffCall, StaffEnv, StaffSite } from './site.js'

/** Roles that belong to a group. */
const WITH_GROUP: ReadonlySet<string> = new Set(['leader', 'helper'])

/** `/staff/roles`: who may do what, taken away at once, and one-time invitations. */
export function roleRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()

  app.get('/roles', async (c) => {
    const say = c.get('say')
    const labels = labelsOf(site, c)
    const { scope } = c.get('viewer')
    if (!may(scope.role, 'invite')) return refuse(site, c, 'roles')
    const holders = await roleHolders(context.store.db, scope)
    await note(site, c, { kind: 'roles', count: holders.length })
    const rows = holders.map((holder) => {
      const own = holder.contact === scope.who
      const name = own ? say('roles.you') : (holder.name ?? holder.contact.slice(0, 6))
      const revoke = html`<form method="post" action="/staff/roles/revoke">
        ${csrfField(c)}<input type="hidden" name="contact" value="${holder.contact}" />
        <button class="second" aria-label="${say('roles.revoke-for', { name })}">${say('roles.revoke')}</button>
      </form>`
      return html`<tr>
        <th scope="row">${name}</th>
        <td>${say(`roles.names.${holder.role}`)}</td>
        <td>${holder.groups.join(', ')}</td>
        <td>${holder.lastAt === 0 ? '' : say('roles.last', { time: labels.time(holder.lastAt) })}</td>
        <td>${mayRevoke(scope, holder) ? revoke : ''}</td>
      </tr>`
    })
    const heads = ['who', 'role', 'groups', 'since', 'revoke'].map((key) => say(`roles.${key}`))
    const body = html`${notice(c)}
      <p>${say('roles.about')}</p>
      ${rows.length === 0 ? html`<p>${say('roles.none')}</p>` : table(say('roles.title'), heads, rows)}
      ${inviteForm(site, c)}`
    return c.html(page(site, c, say('roles.title'), body))
  })

  app.post('/roles/revoke', async (c) => {
    const { scope } = c.get('viewer')
    const contact = String((await c.req.parseBody())['contact'])
    const { newId, clock, store } = context
    const done = await store.transaction((tx) => revokeRole(tx, scope, { contact, now: clock(), newId }))
    return done ? c.redirect('/staff/roles?done=revoked', 303) : refuse(site, c, 'roles')
  })

  app.post('/roles/invite', async (c) => {
    const say = c.get('say')
    const { scope } = c.get('viewer')
    const form = await c.req.parseBody()
    const role = mayInvite(scope.role).find((one) => one === form['role'])
    const group = WITH_GROUP.has(String(role)) ? Number(form['group'] || Number.NaN) : null
    if (!role || (Number.isInteger(group) && !scope.holds(group))) return refuse(site, c, 'roles')
    if (group !== null && !(Number.isInteger(group) && group > 0 && group < 1000)) {
      const text = html`<p role="alert">${say('roles.need-group')}</p>
        ${inviteForm(site, c)}`
      return c.html(page(site, c, say('roles.title'), text), 400)
    }
    const now = context.clock()
    const code = await context.store.transaction(async (tx) => {
      const { newId } = context
      await audit(tx, scope, [{ id: newId(), at: now, deed: 'invited', kind: role, subject: null, group, count: null }])
      return invite(tx, role, group, now, scope.who)
    })
    const url = `${context.config.publicUrl}/chat?start=${invitationPayload(code)}`
    const body = html`<div class="card">
        <p>${group === null ? '' : say('group.name', { group })}</p>
        <p>${say('roles.made-about')}</p>
        ${qr(url, say('roles.qr'))}
        <p><a href="${url}" id="invitation">${url}</a></p>
        <p class="quiet">${say('roles.invite-about')}</p>
      </div>
      <p><a href="/staff/roles">${say('roles.title')}</a></p>`
    return c.html(page(site, c, say('roles.made', { role: say(`roles.names.${role}`) }), body))
  })
  return app
}

function inviteForm(site: StaffSite, c: StaffCall): Html {
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
