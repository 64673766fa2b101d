import { Hono } from 'hono'
import { html } from 'hono/html'
import { mayRevoke, mayRevokeGroup } from '../../access/revoke.js'
import { may, type Scope } from '../../core/policy/roles.js'
import { audit } from '../../store/audit.js'
import { labelRole } from '../../store/contacts.js'
import { openInvitations, ROLE_LABEL_MAX } from '../../store/invitations.js'
import { endLinkContacts } from '../../store/link-contacts.js'
import { type RoleHolder, roleHolders } from '../../store/role-holders.js'
import { revokeGroup, revokeRole } from '../../tickets/role-end.js'
import { note, refuse } from './guard.js'
import { invitationRoutes, inviteForm, labelIn, openTable } from './invitations.js'
import { labelsOf } from './labels.js'
import { csrfField, type Html, notice, page, table } from './layout.js'
import type { StaffCall, StaffEnv, StaffSite } from './site.js'

/** `/staff/roles`: who may do what, what they are called, roles taken away at once; invitations that wait, and new ones. */
export function roleRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()

  app.get('/roles', async (c) => {
    const say = c.get('say')
    const { scope } = c.get('viewer')
    const { db } = context.store
    if (!may(scope.role, 'invite')) return refuse(site, c, 'roles')
    // Whose link is over holds no role any more, also before the server looks next.
    await context.store.transaction((tx) => endLinkContacts(tx, context.clock()))
    const holders = await roleHolders(db, scope)
    const open = await openInvitations(db, scope, context.clock())
    await note(site, c, { kind: 'roles', count: holders.length })
    const heads = ['who', 'role', 'groups', 'since', 'revoke'].map((key) => say(`roles.${key}`))
    const rows = holders.map((holder) => row(site, c, holder))
    const body = html`${notice(c)}
      <p>${say('roles.about')}</p>
      ${rows.length === 0 ? html`<p>${say('roles.none')}</p>` : html`<div class="stacks titled">${table(say('roles.title'), heads, rows)}</div>`}
      <h2>${say('roles.open')}</h2>
      ${openTable(site, c, open)} ${inviteForm(site, c)}`
    return c.html(page(site, c, say('roles.title'), body))
  })

  app.post('/roles/revoke', async (c) => {
    const { scope } = c.get('viewer')
    const form = await c.req.parseBody()
    const contact = String(form['contact'])
    const group = form['group'] === undefined ? null : Number(form['group'])
    const told = await context.store.transaction((tx) =>
      group === null ? revokeRole(tx, context, scope, contact) : revokeGroup(tx, context, scope, contact, group),
    )
    if (!told) return refuse(site, c, 'roles')
    context.wakes.wake(told)
    return c.redirect(`/staff/roles?done=${group === null ? 'revoked' : 'group-revoked'}`, 303)
  })

  app.post('/roles/label', async (c) => {
    const { scope } = c.get('viewer')
    const { newId, clock, store } = context
    const form = await c.req.parseBody()
    const label = labelIn(form['label'])
    const done = await store.transaction(async (tx) => {
      const holder = (await roleHolders(tx, scope)).find(({ contact }) => contact === form['contact'])
      if (!holder || !mayName(scope, holder)) return 'not-yours'
      if (label === null) return 'label-missing'
      const { contact, role, groups } = holder
      await labelRole(tx, contact, label)
      const line = { deed: 'changed', kind: role, subject: contact, group: groups[0] ?? null, count: null } as const
      await audit(tx, scope, [{ id: newId(), at: clock(), ...line }])
      return 'labelled'
    })
    return done === 'not-yours' ? refuse(site, c, 'roles') : c.redirect(`/staff/roles?done=${done}`, 303)
  })

  app.route('/', invitationRoutes(site))
  return app
}

/** Whether somebody may say what another is called: whoever may take the role away, and everybody of themselves. */
function mayName(scope: Scope, holder: RoleHolder): boolean {
  return holder.contact === scope.who || mayRevoke(scope, holder)
}

function row(site: StaffSite, c: StaffCall, holder: RoleHolder): Html {
  const say = c.get('say')
  const { scope } = c.get('viewer')
  const { contact, role, groups, label, name, lastAt } = holder
  const called = label ?? name ?? contact.slice(0, 6)
  const revoke = html`<form method="post" action="/staff/roles/revoke">
    ${csrfField(c)}<input type="hidden" name="contact" value="${contact}" />
    <button class="second" aria-label="${say('roles.revoke-for', { name: called })}">${say('roles.revoke')}</button>
  </form>`
  const oneGroup = (group: number) =>
    mayRevokeGroup(scope, holder, group)
      ? html`<form method="post" action="/staff/roles/revoke">
          ${csrfField(c)}<input type="hidden" name="contact" value="${contact}" />
          <input type="hidden" name="group" value="${group}" />
          ${group}
          <button class="second" aria-label="${say('roles.revoke-group-for', { name: called, group })}">
            ${say('roles.revoke-group', { group })}
          </button>
        </form>`
      : html`<p>${group}</p>`
  const rename = html`<details>
    <summary>${say('roles.rename')}</summary>
    <form method="post" action="/staff/roles/label">
      ${csrfField(c)}<input type="hidden" name="contact" value="${contact}" />
      <label for="label-${contact}">${say('roles.label')}</label>
      <input
        id="label-${contact}"
        name="label"
        value="${label ?? ''}"
        maxlength="${ROLE_LABEL_MAX}"
        required
        autocomplete="off"
      />
      <button class="second">${say('roles.rename-save')}</button>
    </form>
  </details>`
  return html`<tr>
    <th scope="row">
      ${called}${contact === scope.who ? html` <span class="quiet">${say('roles.you')}</span>` : ''}
      ${name !== null && name !== called ? html`<br /><span class="quiet">${name}</span>` : ''}
      ${mayName(scope, holder) ? rename : ''}
    </th>
    <td>${say(`roles.names.${role}`)}</td>
    <td data-label="${say('roles.groups')}">${groups.length > 1 ? groups.map(oneGroup) : groups.join(', ')}</td>
    <td>${lastAt === 0 ? '' : say('roles.last', { time: labelsOf(site, c).time(lastAt) })}</td>
    <td>${mayRevoke(scope, holder) ? revoke : ''}</td>
  </tr>`
}
