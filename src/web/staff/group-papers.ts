import { Hono } from 'hono'
import { html } from 'hono/html'
import { makeSlip, slipPayload } from '../../access/slip.js'
import { dayOf } from '../../core/policy/calendar.js'
import { printedCode, SLIP_MS } from '../../core/roster/slip.js'
import type { Scope } from '../../core/policy/roles.js'
import { audit } from '../../store/audit.js'
import { type PersonProgress, progressOf } from '../../store/progress.js'
import { groupOf, refuse } from './guard.js'
import { placeOf } from './households.js'
import { liveSlips } from '../../store/slips.js'
import { flowOf, labelsOf } from './labels.js'
import { csrfField, page } from './layout.js'
import { slipPictures } from './slip.js'
import type { StaffEnv, StaffSite } from './site.js'
import { byDoor } from './tally.js'

/** Slips that are made at once: what a head cuts up and carries along in an afternoon. */
export const SLIPS = 120

/** Paper for a group: slips with a code for everybody who does not chat yet; sheets to tick at the door stand on a page of their own. */
export function groupPaperRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()

  app.get('/groups/:group/papers', async (c) => {
    const group = groupOf(c, 'roster')
    if (group === null) return refuse(site, c, 'papers')
    const say = c.get('say')
    const { scope } = c.get('viewer')
    const silent = await silentPeople(site, scope, group)
    const live = await liveSlips(
      context.store.db,
      scope,
      silent.map(({ id }) => id),
      context.clock(),
    )
    const without = silent.length - live.size
    const have = silent.filter(({ id }) => live.has(id))
    const homes = new Map(have.flatMap((one) => (one.household === null ? [] : [[one.household, placeOf(one) || say('households.no-address')] as const]))) // prettier-ignore
    const labels = labelsOf(site, c)
    const body = html`<p><a href="/staff/groups/${group}">${say('group.name', { group })}</a></p>
      <section class="card">
        <h2>${say('papers.slips')}</h2>
        <p>
          ${without === 0 ? say('papers.slips-none') : say('papers.slips-about', { count: Math.min(without, SLIPS) })}${without > SLIPS ? html` ${say('papers.slips-rest', { count: without - SLIPS })}` : ''}
        </p>
        ${
          without === 0
            ? ''
            : html`<form class="row" method="post" action="/staff/groups/${group}/slips">
                ${csrfField(c)}<button>${say('papers.slips-make')}</button>
                <button class="second" formaction="/staff/groups/${group}/household-slips">
                  ${say('papers.households-make')}
                </button>
              </form>`
        }
        ${
          have.length === 0
            ? ''
            : html`<details>
                <summary>${say('papers.slips-live', { count: have.length })}</summary>
                <p>${say('papers.slips-again-about')}</p>
                <ul class="people">
                  ${have.map(
                    ({ id, name, born, house, street }) =>
                      html`<li>
                        <div class="told">
                          <strong>${name} ${born ?? ''}</strong>
                          <span class="where">${[house, street].filter(Boolean).join(', ')}</span>
                          <span class="quiet"
                            >${say('papers.slips-until', { day: labels.day(dayOf(live.get(id)!)) })}</span
                          >
                        </div>
                        <form method="post" action="/staff/people/${id}/slip">
                          ${csrfField(c)}<button
                            class="second"
                            aria-label="${say('papers.slips-again-for', { name: name ?? '' })}"
                          >
                            ${say('papers.slips-again')}
                          </button>
                        </form>
                      </li>`,
                  )}
                </ul>
                ${
                  homes.size === 0
                    ? ''
                    : html`<form method="post" action="/staff/groups/${group}/household-slips">
                        ${csrfField(c)}
                        <p>
                          <label for="household">${say('papers.household-again')}</label>
                          <select id="household" name="household">
                            ${[...homes].map(([id, place]) => html`<option value="${id}">${place}</option>`)}
                          </select>
                        </p>
                        <button class="second">${say('papers.household-again-make')}</button>
                      </form>`
                }
              </details>`
        }
      </section>
      <section class="card">
        <h2>${say('papers.tally')}</h2>
        <p>${say('tally.about')}</p>
        <p><a class="button" href="/staff/groups/${group}/tally">${say('papers.tally-open')}</a></p>
      </section>`
    return c.html(page(site, c, say('papers.title', { group }), body))
  })

  app.post('/groups/:group/slips', async (c) => {
    const group = groupOf(c, 'roster')
    if (group === null) return refuse(site, c, 'slips')
    const say = c.get('say')
    const labels = labelsOf(site, c)
    const { scope } = c.get('viewer')
    const now = context.clock()
    const silent = await silentPeople(site, scope, group)
    await context.waysIn.learn()
    const slips = await context.store.transaction(async (tx) => {
      // A slip that was handed out stays good: only those without one get one.
      const live = await liveSlips(
        tx,
        scope,
        silent.map(({ id }) => id),
        now,
      )
      const chosen = silent.filter(({ id }) => !live.has(id)).slice(0, SLIPS)
      const made: { person: PersonProgress; code: string }[] = []
      for (const person of chosen) {
        const code = await makeSlip(tx, scope, context.seals, { person: person.id, now })
        if (code !== null) made.push({ person, code })
      }
      await audit(tx, scope, [
        { id: context.newId(), at: now, deed: 'invited', kind: 'slips', subject: null, group, count: made.length },
      ])
      return made
    })
    const body = html`<p class="screen">${say('papers.slips-once', { count: slips.length })}</p>
      <p class="screen"><button type="button" data-print>${say('person.print')}</button></p>
      <div class="slips">
        ${slips.map(
          ({ person, code }) =>
            html`<section class="card">
              <h2>${person.name} ${person.born ?? ''}</h2>
              <p class="quiet">${[person.house, person.street].filter(Boolean).join(', ')}</p>
              ${slipPictures(c, context.waysIn.of(slipPayload(code)))}
              <p class="code">${printedCode(code)}</p>
              <p>${say('person.slip-how', { code: printedCode(code) })}</p>
              <p class="quiet">${say('person.slip-until', { day: labels.day(dayOf(now + SLIP_MS)) })}</p>
            </section>`,
        )}
      </div>`
    return c.html(page(site, c, say('papers.slips-title', { group }), body))
  })
  return app
}

/** People of the roster who do not chat, by house. */
export async function silentPeople(site: StaffSite, scope: Scope, group: number): Promise<PersonProgress[]> {
  const { people } = await progressOf(site.context.store.db, scope, {
    flow: flowOf(site, undefined),
    group,
    limit: 20_000,
  })
  return people.filter(({ name, chats }) => name !== null && !chats).sort(byDoor)
}
