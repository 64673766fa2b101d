import { Hono } from 'hono'
import { html } from 'hono/html'
import type { RosterPerson } from '../../core/model/roster.js'
import { helpersShown } from '../../store/helping.js'
import { historyOf, type History } from '../../store/merges.js'
import { personsIn } from '../../store/progress.js'
import { households, people, withPhones } from '../../store/roster.js'
import { callbackNumber } from './callback.js'
import { isTooSmall, missing, note } from './guard.js'
import { type Labels, labelsOf } from './labels.js'
import { callLink, csrfField, type Html, notice, page, table } from './layout.js'
import { placeOf } from './households.js'
import { editForm } from './person-form.js'
import { helperNames, helpersSection } from './person-helpers.js'
import { leavingSection } from './person-leaves.js'
import { alikeSection, mergedSection } from './person-merges.js'
import { standing } from './group.js'
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
  const back =
    known.group === null
      ? ''
      : html`<p><a href="/staff/groups/${known.group}">${say('person.back', { group: known.group })}</a></p>`
  const body = html`${notice(c)} ${back} ${stale ? html`<p role="alert">${say('person.stale')} <a href="#edit">${say('person.edit')}</a></p>` : ''}
    ${
      person === undefined
        ? html`<p>
            ${say('person.chat-about')}
            ${known.group === null ? '' : html`<a href="/staff/groups/${known.group}/contacts">${say('group.contacts')}</a>`}
          </p>`
        : html`${facts(say, person, houses)}`
    }
    ${await callbackNumber(site, c, id)} ${helpersSection(c, labels, id, helpers)}
    ${small ? html`<p role="note">${say('group.too-small')}</p>` : html`${guides(site, c, labels, history, { id, group: known.group })} ${ledger(c, labels, history, helperNames(c, helpers))}`}
    ${
      person === undefined
        ? ''
        : html`${editForm(c, person, houses, { wrong, ...(typed ? { typed } : {}) })} ${slipForm(c, id)}
          ${await alikeSection(site, c, person)} ${leavingSection(site, c, person)}`
    }
    ${await mergedSection(site, c, id)}`
  const status = stale ? 409 : Object.keys(wrong).length > 0 ? 400 : 200
  return c.html(page(site, c, person?.name ?? say('person.chat-only'), body), status)
} // prettier-ignore

type House = { id: string; name: string }

function facts(say: Say, person: RosterPerson, houses: readonly House[]): Html {
  const rows: [string, string | number | Html | null][] = [
    ['born', person.born],
    ['household', houses.find(({ id }) => id === person.household)?.name ?? null],
    ['residence', person.residence === null ? null : say(`person.residences.${person.residence}`)],
    ['card', say(`person.cards.${person.card}`)],
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

/** Where the person stands in each guide, with what the head may write down. */
function guides(site: StaffSite, c: StaffCall, labels: Labels, { runs, events }: History, { id, group }: { id: string; group: number | null }): Html {
  const say = c.get('say')
  const lines = [...site.context.world.flows.keys()].map((flow) => {
    const own = runs.filter((run) => run.flow === flow)
    const ended = own.filter(({ state }) => state === 'finished').map(({ id }) => id)
    const byOthers = events.some((event) => ended.includes(event.run) && event.outcome === 'finished' && (event.source === 'leader' || event.source === 'staff')) // prettier-ignore
    const open = own.find(({ state }) => state !== 'finished')
    const at = open && { step: open.step, state: open.state as 'open' | 'paused', tries: open.tries, since: open.enteredAt } // prettier-ignore
    const finished = ended.length === 0 ? 'no' : byOthers ? 'confirmed' : 'self'
    const guide = labels.guide(flow)
    const next = labels.step(flow, open?.step ?? site.context.world.flows.get(flow)!.start)
    return html`<li>
      <div class="told"><strong>${guide}</strong><span class="where">${standing(say, labels, flow, { finished, at: at ?? null })}</span></div>
      ${
        finished !== 'no' || group === null
          ? ''
          : html`<form method="post" action="/staff/groups/${group}/done" class="row">
              ${csrfField(c)} <input type="hidden" name="flow" value="${flow}" />
              <input type="hidden" name="person" value="${id}" />
              <input type="hidden" name="back" value="person" />
              <button name="upto" value="end" aria-label="${say('person.done-end-for', { guide })}">${say('person.done-end')}</button>
              <button name="upto" value="step" class="second" aria-label="${say('person.done-step-for', { guide, step: next })}">${say('person.done-step', { step: next })}</button>
            </form>`
      }
    </li>`
  })
  return html`<h2>${say('person.standing')}</h2>
    <ul class="people">
      ${lines}
    </ul>`
} // prettier-ignore

function ledger(c: StaffCall, labels: Labels, { events }: History, helperOf: (contact: string | null) => string): Html {
  const say = c.get('say')
  if (events.length === 0)
    return html`<h2>${say('person.ledger')}</h2>
      <p>${say('person.ledger-none')}</p>`
  return html`<section class="ledger"><h2>${say('person.ledger')}</h2>
    ${table(
      say('person.ledger'),
      ['when', 'what', 'by'].map((key) => say(`person.${key}`)),
      [...events].reverse().map(
        ({ at, flow, step, outcome, source, detail, contact }) =>
          html`<tr>
            <td>${labels.time(at)}</td>
            <td>
              ${labels.guide(flow)} · ${labels.step(flow, step)}:
              ${say(`person.outcome.${outcome}`, outcome === 'trouble' ? { what: labels.trouble(flow, step, detail) } : {})}
            </td>
            <td>${say(`person.source.${source}`)}${source === 'helper' ? `: ${helperOf(contact)}` : ''}</td>
          </tr>`,
      ),
    )}</section>`
} // prettier-ignore

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
