import { Hono } from 'hono'
import { html } from 'hono/html'
import { askIfRight } from '../../dialogs/is-me.js'
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
    const choices = [...choicesOf(known).keys()].map((label) => html`<option value="${label}"></option>`)
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
            <input
              id="person-${i}"
              name="person"
              list="known"
              autocomplete="off"
              placeholder="${say('contacts.choose')}"
              required
            />
            <button>${say('contacts.join')}</button>
          </form>
        </li>`,
    )
    const body = html`${notice(c)}
      <p><a href="/staff/groups/${group}">${say('group.name', { group })}</a></p>
      <p>${say('contacts.about')}</p>
      ${waiting.length === 0 ? html`<p>${say('contacts.none')}</p>` : html`<ul class="people stacked">${lines}</ul><datalist id="known">${choices}</datalist>`}` // prettier-ignore
    return c.html(page(site, c, say('contacts.title', { group }), body))
  })

  app.post('/groups/:group/contacts', async (c) => {
    const group = groupOf(c, 'roster')
    if (group === null) return refuse(site, c, 'contacts')
    const { scope } = c.get('viewer')
    const { contact, person } = await c.req.parseBody()
    const now = context.clock()
    const joined = await context.store.transaction(async (tx) => {
      const chosen = chosenIn(await people(tx, scope, { group }), String(person))
      if (chosen === 'nobody' || chosen === 'several') return `person-${chosen}`
      const outcome = await confirmContact(tx, scope, { contact: String(contact), person: chosen.id, now })
      if (outcome !== 'joined') return outcome
      await audit(tx, scope, [
        { id: context.newId(), at: now, deed: 'joined', kind: 'contact', subject: chosen.id, group, count: 1 },
      ])
      await askIfRight(tx, context, scope, { contact: String(contact), group, name: chosen.name })
      return outcome
    })
    context.wakes.wake([String(contact)])
    return c.redirect(`/staff/groups/${group}/contacts?done=${joined}`, 303)
  })
  return app
}

type Known = Awaited<ReturnType<typeof people>>[number]

/** People by what stands for them in the one list that all fields share: name, year and house; two who are alike have numbers. */
function choicesOf(known: readonly Known[]): Map<string, Known> {
  const choices = new Map<string, Known>()
  for (const person of [...known].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const label = [person.name, person.born, person.house].filter((part) => part !== null).join(', ')
    let own = label
    for (let n = 2; choices.has(own); n++) own = `${label} (${n})`
    choices.set(own, person)
  }
  return choices
}

/** Whom a field names: one of the list, or a whole name that only one person has. Parts of names name nobody: nothing is joined on a guess. */
function chosenIn(known: readonly Known[], typed: string): Known | 'nobody' | 'several' {
  const text = typed.trim().normalize('NFC')
  const listed = choicesOf(known).get(text) ?? known.find(({ id }) => id === text)
  if (listed) return listed
  const named = known.filter(({ name }) => name.toLocaleLowerCase('vi') === text.toLocaleLowerCase('vi'))
  return named.length > 1 ? 'several' : (named[0] ?? 'nobody')
}
