import { Hono } from 'hono'
import { html } from 'hono/html'
import type { RosterPerson } from '../../core/model/roster.js'
import { dayOf } from '../../core/policy/calendar.js'
import { may } from '../../core/policy/roles.js'
import { findDuplicates } from '../../core/roster/duplicates.js'
import { nameKey, searchWords } from '../../core/roster/names.js'
import { audit } from '../../store/audit.js'
import { mergePeople } from '../../store/merges.js'
import { type ListedPerson, people } from '../../store/roster.js'
import { mergesInto, undoMerge } from '../../store/unmerge.js'
import { askedFor, peopleAsked } from './find.js'
import { missing, note, refuse } from './guard.js'
import { placeOf } from './households.js'
import { labelsOf } from './labels.js'
import { csrfField, type Html, page } from './layout.js'
import type { StaffCall, StaffEnv, StaffSite } from './site.js'

/** Look-alikes that are offered for a merge. */
const ALIKE_LIMIT = 8
/** Persons that a search for the other one shows. */
const FOUND_LIMIT = 30

/** Two rows are one person, and: they are not, after all. */
export function personMergeRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const { store, seals } = context
  const app = new Hono<StaffEnv>()
  /** Both write down what was done beside doing it, in one transaction. */
  const route = (path: 'merge' | 'part', work: typeof merge | typeof part, done: 'merged' | 'parted') =>
    app.post(`/people/:person/${path}`, async (c) => {
      const { scope } = c.get('viewer')
      if (!may(scope.role, 'roster')) return refuse(site, c, 'merge')
      const kept = c.req.param('person')
      const gone = String((await c.req.parseBody())['gone'])
      const now = context.clock()
      const outcome = await store.transaction(async (tx) => {
        const [listed] = await people(tx, scope, { ids: [kept] })
        const outcome = await work(tx, c, { kept, gone, at: now })
        if (outcome === done)
          await audit(tx, scope, [{ id: context.newId(), at: now, deed: done, kind: 'person', subject: kept, group: listed?.group ?? null, count: 2 }]) // prettier-ignore
        return outcome
      })
      if (outcome === 'out-of-scope') return missing(site, c)
      return c.redirect(`/staff/people/${kept}?done=${outcome}`, 303)
    })
  type Pair = { kept: string; gone: string; at: number }
  const merge = (tx: typeof store.db, c: StaffCall, pair: Pair) => mergePeople(tx, c.get('viewer').scope, seals, pair)
  const part = (tx: typeof store.db, c: StaffCall, pair: Pair) =>
    undoMerge(tx, c.get('viewer').scope, seals, { ...pair, id: context.newId() })
  route('merge', merge, 'merged')
  route('part', part, 'parted')

  // Somebody whom no warning knows – another name after a wedding, a nickname –, looked for and chosen by hand. What is looked for travels in a form.
  app.post('/people/:person/same', async (c) => {
    const { scope } = c.get('viewer')
    const [person] = await people(store.db, scope, { ids: [c.req.param('person')] })
    if (!may(scope.role, 'roster')) return refuse(site, c, 'merge')
    if (!person) return missing(site, c)
    const say = c.get('say')
    const asked = askedFor((await c.req.parseBody())['q'])
    // Mostly it is a neighbour, and whoever has the very words in the name: «Hoa» before «Hoàng».
    const near = await peopleAsked(site, c, asked, FOUND_LIMIT * 4, person.group)
    const far = await peopleAsked(site, c, asked, FOUND_LIMIT + 2)
    const others = new Map([...near, ...far].map((one) => [one.id, one]))
    others.delete(person.id)
    const wanted = searchWords(asked)
    const isPart = ({ name }: ListedPerson) => Number(!wanted.every((word) => nameKey(name).split(' ').includes(word)))
    const isFar = ({ group }: ListedPerson) => Number(group !== person.group)
    const found = [...others.values()].sort((a, b) => isPart(a) - isPart(b) || isFar(a) - isFar(b))
    const shown = found.slice(0, FOUND_LIMIT)
    await note(site, c, { kind: 'people', count: shown.length })
    const about = (one: ListedPerson) =>
      [one.born, say('group.name', { group: one.group }), placeOf(one)].filter((part) => part !== null && part !== '').join(' · ') // prettier-ignore
    const rows = shown.map(
      (one) =>
        html`<li>
          <div class="told">
            <a href="/staff/people/${one.id}"><strong>${one.name}</strong></a> <span class="where">${about(one)}</span>
          </div>
          ${mergeButton(c, person.id, one)}
        </li>`,
    )
    const count = found.length > FOUND_LIMIT ? say('find.many', { count: FOUND_LIMIT }) : say('group.found', { count: shown.length }) // prettier-ignore
    const body = html`<p><a href="/staff/people/${person.id}">${say('person.same-back', { name: person.name })}</a></p>
      <p>${say('person.same-into', { name: person.name, about: about(person) })}</p>
      <p>${say('person.merge-about')}</p>
      <p role="status">${count}</p>
      <ul class="people">
        ${rows}
      </ul>`
    return c.html(page(site, c, say('person.same-title'), body))
  })
  return app
}

/** Who was taken into this person, the newest with a button that undoes it. */
export async function mergedSection(site: StaffSite, c: StaffCall, id: string): Promise<Html | ''> {
  const say = c.get('say')
  const labels = labelsOf(site, c)
  const { scope } = c.get('viewer')
  const merges = await mergesInto(site.context.store.db, scope, id)
  if (merges.length === 0) return ''
  const lines = merges.map(({ gone, name, at, how, both }, i) => {
    const who = name ?? say('person.chat-only')
    return html`<li>
      <div class="told">
        <strong>${who}</strong>
        <span class="where">${say(`person.merge-how.${how}`)}, ${labels.day(dayOf(at))}</span>
      </div>
      ${
        i > 0 || !both || !may(scope.role, 'roster')
          ? ''
          : html`<form method="post" action="/staff/people/${id}/part">
              ${csrfField(c)}<input type="hidden" name="gone" value="${gone}" />
              <button class="second" aria-label="${say('person.part-from', { name: who })}">${say('person.part')}</button>
            </form>`
      }
    </li>`
  })
  return html`<section class="card">
    <h2>${say('person.merged')}</h2>
    <p>${say('person.part-about')}</p>
    <ul class="people">
      ${lines}
    </ul>
    ${merges.length > 1 ? html`<p class="quiet">${say('person.part-newest')}</p>` : ''}
  </section>`
} // prettier-ignore

/** Rows of the same group that may be this person, each with a merge. */
export async function alikeSection(site: StaffSite, c: StaffCall, person: RosterPerson): Promise<Html> {
  const say = c.get('say')
  const { db } = site.context.store
  const { scope } = c.get('viewer')
  const { group: own, household, phone } = person
  // Those who share the given name, the household or the phone: a group has thousands.
  const near = [
    await people(db, scope, { group: own, name: nameKey(person.name).split(' ')[0]! }),
    household === null ? [] : await people(db, scope, { household }),
    phone === null ? [] : await people(db, scope, { group: own, phone }, site.context.seals),
  ]
  const group = [...new Map(near.flat().map((one) => [one.id, one])).values()]
  const candidates = group.map((one) => ({ ...one, phone: one.phoneHash }))
  const found = findDuplicates(candidates, { fresh: new Set([person.id]), limit: ALIKE_LIMIT }).flatMap((pair) => {
    const other = group.find(({ id }) => id === (pair.a === person.id ? pair.b : pair.a))
    return other ? [{ other, ...pair }] : []
  })
  const lines = found.map(
    ({ other, strength, years }) =>
      html`<li>
        <div class="told">
          <a href="/staff/people/${other.id}">${other.name}</a> <span class="quiet">${other.born ?? ''}</span>
          <span class="where">${placeOf(other)} · ${say(`person.${strength}`)}${years === null ? '' : ` · ${say('person.years', { own: person.born ?? '', other: other.born ?? '' })}`}</span>
        </div>
        ${mergeButton(c, person.id, other)}
      </li>`,
  )
  return html`<section class="card">
    <h2>${say('person.same')}</h2>
    ${
      found.length === 0
        ? html`<p>${say('person.same-none')}</p>`
        : html`<p>${say('person.merge-about')}</p>
            <ul class="people">
              ${lines}
            </ul>`
    }
    ${
      !may(scope.role, 'roster')
        ? ''
        : html`<form method="post" action="/staff/people/${person.id}/same" class="row" role="search">
            ${csrfField(c)}
            <label for="same-q">${say('person.same-find')}</label>
            <input id="same-q" name="q" autocomplete="off" minlength="2" maxlength="80" />
            <button class="second">${say('group.search')}</button>
          </form>`
    }
  </section>`
} // prettier-ignore

function mergeButton(c: StaffCall, kept: string, other: { id: string; name: string }): Html {
  const say = c.get('say')
  return html`<form method="post" action="/staff/people/${kept}/merge">
    ${csrfField(c)}<input type="hidden" name="gone" value="${other.id}" />
    <button class="second" aria-label="${say('person.merge-with', { name: other.name })}">
      ${say('person.merge')}
    </button>
  </form>`
}
