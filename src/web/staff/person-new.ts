import { Hono } from 'hono'
import { html } from 'hono/html'
import type { Household, RosterPerson } from '../../core/model/roster.js'
import { ROSTER_LIMITS } from '../../core/model/roster.js'
import { dayOf } from '../../core/policy/calendar.js'
import { looksLikeId } from '../../core/roster/cells.js'
import { findDuplicates } from '../../core/roster/duplicates.js'
import { audit } from '../../store/audit.js'
import { lockRoster, putHouseholds, putPeople } from '../../store/enrol.js'
import { households, people, withPhones } from '../../store/roster.js'
import { groupOf, refuse } from './guard.js'
import { placeOf } from './households.js'
import { csrfField, page } from './layout.js'
import { nobody, personFields, readPerson } from './person-form.js'
import type { StaffCall, StaffEnv, StaffSite } from './site.js'

type Typed = Readonly<Record<string, string>>

/** `/staff/groups/5/people/new`: somebody who moved in, or whom the list forgot; with a new household where theirs is not there. */
export function personNewRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const { store, seals } = context
  const app = new Hono<StaffEnv>()

  const show = async (
    c: StaffCall,
    group: number,
    {
      wrong = {},
      typed,
      alike = [],
    }: { wrong?: Typed; typed?: Typed; alike?: readonly { id: string; name: string; born: number | null }[] },
  ) => {
    const say = c.get('say')
    const houses = (await households(store.db, c.get('viewer').scope, { group })).map((one) => ({ id: one.id, name: placeOf(one) })) // prettier-ignore
    const place = (field: 'street' | 'house') => {
      const bad = wrong[field]
      return html`<label for="${field}">${say(`person.new-${field}`)}</label>
        <input id="${field}" name="${field}" value="${typed?.[field] ?? ''}" autocomplete="off" ${bad === undefined ? '' : html`aria-invalid="true" aria-describedby="${field}-wrong"`} />
        ${bad === undefined ? '' : html`<p id="${field}-wrong" class="below">${say(`person.wrong.${bad}`)}</p>`}` // prettier-ignore
    }
    const warned =
      alike.length === 0
        ? ''
        : html`<div role="alert">
            <p>${say('person.new-alike')}</p>
            <ul>
              ${alike.map(({ id, name, born }) => html`<li><a href="/staff/people/${id}">${name}</a> <span class="quiet">${born ?? ''}</span></li>`)}
            </ul>
          </div>`
    const body = html`<p><a href="/staff/groups/${group}">${say('group.name', { group })}</a></p>
      ${warned}
      <form method="post" class="card">
        ${csrfField(c)} ${alike.length === 0 ? '' : html`<input type="hidden" name="sure" value="1" />`}
        ${personFields(c, nobody('', group), houses, { wrong, ...(typed ? { typed } : {}) })}
        <fieldset>
          <legend>${say('person.new-household')}</legend>
          ${place('house')} ${place('street')}
        </fieldset>
        <p><button>${say(alike.length === 0 ? 'person.new-save' : 'person.new-sure')}</button></p>
      </form>`
    const status = Object.keys(wrong).length > 0 ? 400 : alike.length > 0 ? 409 : 200
    return c.html(page(site, c, say('person.new-title', { group }), body), status)
  }

  app.get('/groups/:group/people/new', async (c) => {
    const group = groupOf(c, 'roster')
    return group === null ? refuse(site, c, 'people') : show(c, group, {})
  })

  app.post('/groups/:group/people/new', async (c) => {
    const group = groupOf(c, 'roster')
    if (group === null) return refuse(site, c, 'people')
    const { scope } = c.get('viewer')
    const typed = Object.fromEntries(Object.entries(await c.req.parseBody()).map(([name, value]) => [name, String(value)])) // prettier-ignore
    const now = context.clock()
    const read = readPerson(nobody(context.newId(), group), typed, { thisYear: Number(dayOf(now).slice(0, 4)) })
    const { house, wrong: wrongPlace } = houseIn(typed, context.newId(), group)
    const wrong = { ...read.wrong, ...wrongPlace }
    if (Object.keys(wrong).length > 0) return show(c, group, { wrong, typed })
    const person: RosterPerson = { ...read.person, household: house?.id ?? read.person.household }
    const done = await store.transaction(async (tx) => {
      await lockRoster(tx)
      if (typed['sure'] !== '1') {
        const known = withPhones(seals, await people(tx, scope, { group }))
        const alike = findDuplicates([...known, person], { fresh: new Set([person.id]), limit: 5 })
        const ids = new Set(alike.flatMap(({ a, b }) => [a, b]))
        if (alike.length > 0) return { alike: known.filter(({ id }) => ids.has(id)) }
      }
      if (house && 'refused' in (await putHouseholds(tx, scope, [house], now))) return null
      if ('refused' in (await putPeople(tx, scope, seals, [person], now))) return null
      await audit(tx, scope, [{ id: context.newId(), at: now, deed: 'changed', kind: 'person-new', subject: person.id, group, count: 1 }]) // prettier-ignore
      return { alike: [] }
    })
    if (done === null) return refuse(site, c, 'people', group)
    if (done.alike.length > 0) return show(c, group, { typed, alike: done.alike })
    return c.redirect(`/staff/people/${person.id}?done=saved`, 303)
  })
  return app
}

/** The household that a form describes; none where one was chosen or no place was typed. */
function houseIn(typed: Typed, id: string, group: number): { house: Household | null; wrong: Record<string, string> } {
  const wrong: Record<string, string> = {}
  const value = (field: 'street' | 'house') => {
    const text = (typed[field] ?? '').normalize('NFC').replace(/\s+/g, ' ').trim()
    if (text.length > ROSTER_LIMITS[field]) wrong[field] = 'long'
    if (looksLikeId(text)) wrong[field] = 'id-number'
    return text === '' ? null : text
  }
  const [house, street] = [value('house'), value('street')]
  const none = (house === null && street === null) || (typed['household'] ?? '') !== ''
  return { house: none ? null : { id, group, code: null, street, house, reviewedOn: null }, wrong }
}
