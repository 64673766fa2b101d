import { Hono } from 'hono'
import { html } from 'hono/html'
import { audit } from '../../store/audit.js'
import { people } from '../../store/roster.js'
import { confirmContact, strangers } from '../../store/slips.js'
import { groupOf, note, refuse } from './guard.js'
import { labelsOf } from './labels.js'
import { csrfField, notice, page } from './layout.js'
import type { StaffEnv, StaffSite } from './site.js'

/** Contacts on the page: the newest wait on top. */
const LIMIT = 100

/** `/staff/groups/5/contacts`: who chats and is not known, and the head's word who they are. Nothing is joined on a guess. */
export function contactRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()

  app.get('/groups/:group/contacts', async (c) => {
    const group = groupOf(c, 'roster')
    if (group === null) return refuse(site, c, 'contacts')
    const say = c.get('say')
    const labels = labelsOf(site, c)
    const { scope } = c.get('viewer')
    const { db } = context.store
    const waiting = (await strangers(db, scope, 2_000)).filter((one) => one.group === group).slice(0, LIMIT)
    const known = waiting.length === 0 ? [] : await people(db, scope, { group })
    await note(site, c, { kind: 'contacts', group, count: waiting.length })
    const options = known.map(
      ({ id, name, born, house }) =>
        html`<option value="${id}">${[name, born, house].filter((part) => part !== null).join(', ')}</option>`,
    )
    const lines = waiting.map(
      ({ contact, channel, lastAt }, i) =>
        html`<li>
          <div class="told">
            <strong>${say('contacts.on', { channel: say(`contacts.channel.${channel}`) })}</strong>
            <span class="where">${say('contacts.last', { time: labels.time(lastAt) })}</span>
          </div>
          <form method="post" class="row">
            ${csrfField(c)}<input type="hidden" name="contact" value="${contact}" />
            <label for="person-${i}">${say('contacts.who')}</label>
            <select id="person-${i}" name="person" required>
              <option value="">${say('contacts.choose')}</option>
              ${options}
            </select>
            <button>${say('contacts.join')}</button>
          </form>
        </li>`,
    )
    const body = html`${notice(c)}
      <p><a href="/staff/groups/${group}">${say('group.name', { group })}</a></p>
      <p>${say('contacts.about')}</p>
      ${waiting.length === 0 ? html`<p>${say('contacts.none')}</p>` : html`<ul class="people stacked">${lines}</ul>`}` // prettier-ignore
    return c.html(page(site, c, say('contacts.title', { group }), body))
  })

  app.post('/groups/:group/contacts', async (c) => {
    const group = groupOf(c, 'roster')
    if (group === null) return refuse(site, c, 'contacts')
    const { scope } = c.get('viewer')
    const { contact, person } = await c.req.parseBody()
    const now = context.clock()
    const joined = await context.store.transaction(async (tx) => {
      const outcome = await confirmContact(tx, scope, { contact: String(contact), person: String(person), now })
      if (outcome === 'joined')
        await audit(tx, scope, [
          { id: context.newId(), at: now, deed: 'joined', kind: 'contact', subject: String(person), group, count: 1 },
        ])
      return outcome
    })
    return c.redirect(`/staff/groups/${group}/contacts?done=${joined}`, 303)
  })
  return app
}
