import { Hono } from 'hono'
import { html } from 'hono/html'
import { dayOf } from '../../core/policy/calendar.js'
import { may } from '../../core/policy/roles.js'
import { endHelping } from '../../dialogs/relatives.js'
import { audit } from '../../store/audit.js'
import { type Helper, helpersShown } from '../../store/helping.js'
import { personsIn } from '../../store/progress.js'
import { missing, refuse } from './guard.js'
import type { Labels } from './labels.js'
import { csrfField, type Html } from './layout.js'
import type { StaffCall, StaffEnv, StaffSite } from './site.js'

/** The head or the ward ends that somebody acts for a person: for those who cannot do so in the chat themselves. */
export function personHelperRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()
  app.post('/people/:person/helpers/end', async (c) => {
    const { scope } = c.get('viewer')
    if (!may(scope.role, 'roster')) return refuse(site, c, 'helping')
    const person = c.req.param('person')
    const contact = String((await c.req.parseBody())['contact'])
    const now = context.clock()
    const told = await context.store.transaction(async (tx) => {
      const [known] = await personsIn(tx, scope, [person])
      if (!known || !(await helpersShown(tx, scope, person)).some((one) => one.contact === contact)) return null
      const told = await endHelping(tx, context, person, contact)
      await audit(tx, scope, [{ id: context.newId(), at: now, deed: 'revoked', kind: 'helping', subject: person, group: known.group, count: 1 }]) // prettier-ignore
      return told
    })
    if (told === null) return missing(site, c)
    context.wakes.wake(told)
    return c.redirect(`/staff/people/${person}?done=help-ended`, 303)
  })
  return app
}

/** A helper by name where the viewer may know it, otherwise by role and the beginning of their number. */
function calledBy(c: StaffCall, { contact, role, name }: Pick<Helper, 'contact' | 'role' | 'name'>): string {
  const say = c.get('say')
  return (
    name ?? `${role === 'resident' ? say('person.helper-code') : say(`roles.names.${role}`)} ${contact.slice(0, 6)}`
  )
}

/** Who reported a line of the ledger for the person: one who helps no more is told by their number. */
export function helperNames(c: StaffCall, helpers: readonly Helper[]): (contact: string | null) => string {
  const known = new Map(helpers.map((one) => [one.contact, calledBy(c, one)]))
  return (contact) =>
    contact === null
      ? c.get('say')('person.helper-erased')
      : (known.get(contact) ?? calledBy(c, { contact, role: 'resident', name: null }))
}

export function helpersSection(c: StaffCall, labels: Labels, id: string, helpers: readonly Helper[]): Html | '' {
  if (helpers.length === 0) return ''
  const say = c.get('say')
  const lines = helpers.map((helper) => {
    const who = calledBy(c, helper)
    return html`<li>
      <div class="told">
        ${helper.name === null ? html`<strong>${who}</strong>` : html`<a href="/staff/people/${helper.own}">${who}</a>`}
        <span class="where"
          >${say(`person.helps.${helper.how}`, { day: labels.day(dayOf(helper.since)) })}</span
        >
      </div>
      ${
        may(c.get('viewer').scope.role, 'roster')
          ? html`<form method="post" action="/staff/people/${id}/helpers/end">
              ${csrfField(c)}<input type="hidden" name="contact" value="${helper.contact}" />
              <button class="second" aria-label="${say('person.help-end-for', { name: who })}">${say('person.help-end')}</button>
            </form>`
          : ''
      }
    </li>`
  })
  return html`<section class="card">
    <h2>${say('person.helpers')}</h2>
    <p>${say('person.help-about')}</p>
    <ul class="people">
      ${lines}
    </ul>
  </section>`
} // prettier-ignore
