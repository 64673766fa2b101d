import { html } from 'hono/html'
import type { RosterPerson } from '../../core/model/roster.js'
import { csrfField, type Html } from './layout.js'
import type { StaffCall, StaffSite } from './site.js'

/** Why somebody is taken off the roster. */
export const GONE = ['moved-away', 'died', 'mistake'] as const

/** Another group, or off the roster: seldom, so behind a line that is opened first. */
export function leavingSection({ context }: StaffSite, c: StaffCall, { id, group }: RosterPerson): Html {
  const say = c.get('say')
  const { groups } = c.get('viewer').scope
  const others = (groups === 'ward' ? context.ward.groups : groups).filter((one) => one !== group)
  const move =
    others.length === 0
      ? html`<p>${say('person.move-ask')}</p>`
      : html`<form method="post" action="/staff/people/${id}/move">
          ${csrfField(c)}<label for="to-group">${say('person.move-to')}</label>
          <select id="to-group" name="group">
            ${others.map((one) => html`<option value="${one}">${say('group.name', { group: one })}</option>`)}
          </select>
          <p><button class="second">${say('person.move')}</button></p>
        </form>`
  return html`<details class="card">
    <summary>${say('person.leaves')}</summary>
    ${move}
    <form method="post" action="/staff/people/${id}/gone">
      ${csrfField(c)}
      <fieldset>
        <legend>${say('person.gone-why')}</legend>
        ${GONE.map((why) => html`<label><input type="radio" name="why" value="${why}" required /> ${say(`person.gone-whys.${why}`)}</label>`)}
      </fieldset>
      <p>${say('person.gone-about')}</p>
      <p><button class="second">${say('person.gone')}</button></p>
    </form>
  </details>`
} // prettier-ignore
