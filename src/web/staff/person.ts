import { Hono } from 'hono'
import { html } from 'hono/html'
import { cardGuides } from '../../core/flow/definition.js'
import type { RosterPerson } from '../../core/model/roster.js'
import { cardsInDoubt, type CardWord } from '../../store/cards.js'
import { helpersShown } from '../../store/helping.js'
import { historyOf } from '../../store/merges.js'
import { personsIn } from '../../store/progress.js'
import { roleLabels } from '../../store/role-holders.js'
import { visitsTo, wishesOf } from '../../store/visits.js'
import { households, people, withPhones } from '../../store/roster.js'
import { callbackNumber } from './callback.js'
import { calledIn } from './group.js'
import { isTooSmall, missing, note } from './guard.js'
import { labelsOf } from './labels.js'
import { callLink, csrfField, type Html, page } from './layout.js'
import { placeOf } from './households.js'
import { editForm } from './person-form.js'
import { helperNames, helpersSection } from './person-helpers.js'
import { leavingSection } from './person-leaves.js'
import { alikeSection, mergedSection } from './person-merges.js'
import { ledgerSection, standingSection } from './person-standing.js'
import { recordedNotice } from './recorded.js'
import { visitSection } from './visit-deeds.js'
import type { Say, StaffCall, StaffEnv, StaffSite } from './site.js'

/** `/staff/people/ID`: what the roster says of a person, where they stand, and what they did, in words. */
export function personRoutes(site: StaffSite): Hono<StaffEnv> {
  const app = new Hono<StaffEnv>()
  app.get('/people/:person', async (c) => personPage(site, c, c.req.param('person'), {}))
  return app
}

/** The page; `wrong` names the fields of a form that was not taken, `typed` what stood in them; `stale`: somebody else changed them meanwhile. */
export async function personPage(
  site: StaffSite,
  c: StaffCall,
  id: string,
  {
    wrong = {},
    typed,
    stale = false,
  }: { wrong?: Readonly<Record<string, string>>; typed?: Readonly<Record<string, string>>; stale?: boolean },
) {
  const { context } = site
  const { db } = context.store
  const { scope } = c.get('viewer')
  const say = c.get('say')
  const [known] = await personsIn(db, scope, [id])
  const history = known && (await historyOf(db, scope, id))
  // Whoever is not in the scope is not there: the answer does not tell which.
  if (!known || !history) return missing(site, c)
  const [listed] = await people(db, scope, { ids: [id] })
  const [person] = listed ? withPhones(context.seals, [listed]) : []
  const small = await isTooSmall(site, c, known.group)
  await note(site, c, { kind: 'person', subject: id, group: known.group, count: 1 })
  const labels = labelsOf(site, c)
  const helpers = await helpersShown(db, scope, id)
  const houses =
    person === undefined
      ? []
      : (await households(db, scope, { group: person.group })).map((one) => ({ id: one.id, name: placeOf(one) }))
  const doubts = await cardsInDoubt(db, scope, cardGuides(context.world.flows), { ids: [id] })
  const [wish] = await wishesOf(db, scope, { limit: 1, person: id })
  const visits = await visitsTo(db, scope, history.ids)
  const holders = await roleLabels(db, [...visits.map(({ who }) => who), ...(wish?.takenBy ? [wish.takenBy] : [])])
  const visiting = person && visitSection(c, labels, { person: { id, group: person.group, name: person.name, wish: wish ? { since: wish.since, by: wish.takenBy } : null }, visits, now: context.clock(), holders }) // prettier-ignore
  const back =
    known.group === null
      ? ''
      : html`<p><a href="/staff/groups/${known.group}">${say('person.back', { group: known.group })}</a></p>`
  const body = html`${recordedNotice(c, labels, { group: known.group, person: id })} ${back} ${stale ? html`<p role="alert">${say('person.stale')} <a href="#edit">${say('person.edit')}</a></p>` : ''}
    ${
      person === undefined
        ? html`<p>
            ${say('person.chat-about')} ${helpers.length > 0 ? say('person.helped-about') : ''}
            ${known.group === null ? '' : html`<a href="/staff/groups/${known.group}/contacts">${say('group.contacts')}</a>`}
          </p>`
        : html`${facts(say, person, houses, small ? undefined : doubts.get(id))}`
    }
    ${visiting ?? ''} ${await callbackNumber(site, c, id)} ${helpersSection(c, labels, id, helpers)}
    ${small ? html`<p role="note">${say('group.too-small')}</p>` : html`${standingSection(site, c, labels, history, { id, group: known.group, listed: person && { card: person.card, wishes: wish !== undefined } })} ${ledgerSection(c, labels, history, helperNames(c, helpers))}`}
    ${
      person === undefined
        ? ''
        : html`${editForm(c, person, houses, { wrong, ...(typed ? { typed } : {}) })} ${slipForm(c, id)}
          ${await alikeSection(site, c, person)} ${leavingSection(site, c, person)}`
    }
    ${await mergedSection(site, c, id)}
    <p><a href="/staff/log?about=${id}">${say('log.of-person')}</a></p>`
  const status = stale ? 409 : Object.keys(wrong).length > 0 ? 400 : 200
  return c.html(page(site, c, person?.name ?? calledIn(say, { name: null, label: helpers[0]?.label ?? null }), body), status)
} // prettier-ignore

type House = { id: string; name: string }

function facts(say: Say, person: RosterPerson, houses: readonly House[], doubt: CardWord | undefined): Html {
  const rows: [string, string | number | Html | null][] = [
    ['born', person.born],
    ['household', houses.find(({ id }) => id === person.household)?.name ?? null],
    ['residence', person.residence === null ? null : say(`person.residences.${person.residence}`)],
    ['card', [say(`person.cards.${person.card}`), ...(doubt === undefined ? [] : [`(${say(`card-doubt.${doubt}`)})`])].join(' ')], // prettier-ignore
    ...(person.cardReason === null ? [] : ([['reason', person.cardReason]] as [string, string][])),
    ['visit', say(person.visit ? 'person.yes' : 'person.no')],
    ['official', say(person.official ? 'person.yes' : 'person.no')],
    ['phone', person.phone === null ? null : callLink(person.phone)],
    ...(person.note === null ? [] : ([['note', person.note]] as [string, string][])),
  ]
  return html`<section class="card">
    <h2>${say('person.facts')}</h2>
    <dl>
      ${rows.map(
        ([key, value]) =>
          html`<dt>${say(`person.${key}`)}</dt>
            <dd>${value ?? say('person.unknown')}</dd>`,
      )}
    </dl>
  </section>`
}

function slipForm(c: StaffCall, id: string): Html {
  const say = c.get('say')
  return html`<section class="card">
    <h2>${say('person.slip')}</h2>
    <p>${say('person.slip-about')}</p>
    <form method="post" action="/staff/people/${id}/slip">
      ${csrfField(c)}<button class="second">${say('person.slip-make')}</button>
    </form>
  </section>`
}
