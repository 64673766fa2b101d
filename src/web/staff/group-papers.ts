import { Hono } from 'hono'
import { html } from 'hono/html'
import { makeSlip, slipPayload } from '../../access/slip.js'
import { printedCode } from '../../core/roster/slip.js'
import { audit } from '../../store/audit.js'
import { type PersonProgress, progressOf } from '../../store/progress.js'
import { groupOf, isTooSmall, note, refuse } from './guard.js'
import { flowOf, labelsOf } from './labels.js'
import { csrfField, page, table } from './layout.js'
import { qr } from './qr.js'
import type { StaffEnv, StaffSite } from './site.js'

/** Slips that are made at once: what a head cuts up and carries along in an afternoon. */
const SLIPS = 120
/** Rows of a tally sheet. */
const ROWS = 500

/**
 * Paper for a group: slips with a code for everybody who does not chat yet, and a sheet to tick at the door. What was ticked is entered again by
 * the ticks of the group page, for a whole list at once.
 */
export function groupPaperRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()

  app.get('/groups/:group/papers', async (c) => {
    const group = groupOf(c, 'roster')
    if (group === null) return refuse(site, c, 'papers')
    const say = c.get('say')
    const silent = (await silentPeople(group, c.get('viewer').scope)).length
    const body = html`<p><a href="/staff/groups/${group}">${say('group.name', { group })}</a></p>
      <section class="card">
        <h2>${say('papers.slips')}</h2>
        <p>${say('papers.slips-about', { count: Math.min(silent, SLIPS) })}</p>
        <form method="post" action="/staff/groups/${group}/slips">
          ${csrfField(c)}<button>${say('papers.slips-make')}</button>
        </form>
      </section>
      <section class="card">
        <h2>${say('papers.tally')}</h2>
        <p>${say('papers.tally-about')}</p>
        <p><a class="button" href="/staff/groups/${group}/tally">${say('papers.tally-open')}</a></p>
      </section>`
    return c.html(page(site, c, say('papers.title', { group }), body))
  })

  app.post('/groups/:group/slips', async (c) => {
    const group = groupOf(c, 'roster')
    if (group === null) return refuse(site, c, 'slips')
    const say = c.get('say')
    const { scope } = c.get('viewer')
    const now = context.clock()
    const chosen = (await silentPeople(group, scope)).slice(0, SLIPS)
    const slips = await context.store.transaction(async (tx) => {
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
              ${qr(`${context.config.publicUrl}/chat?start=${slipPayload(code)}`, say('person.slip-qr'))}
              <p class="code">${printedCode(code)}</p>
              <p>${say('person.slip-how', { code: printedCode(code) })}</p>
            </section>`,
        )}
      </div>`
    return c.html(page(site, c, say('papers.slips-title', { group }), body))
  })

  app.get('/groups/:group/tally', async (c) => {
    const group = groupOf(c, 'names')
    if (group === null) return refuse(site, c, 'tally')
    const say = c.get('say')
    const labels = labelsOf(site, c)
    const flow = flowOf(site, c.req.query('flow'))
    const small = await isTooSmall(site, c, group)
    const { people } = await progressOf(context.store.db, c.get('viewer').scope, { flow, group, limit: ROWS })
    // In the order of the walk, from door to door.
    const listed = people.filter(({ name, finished }) => name !== null && (small || finished === 'no')).sort(byDoor)
    await note(site, c, { kind: 'tally', group, count: listed.length })
    // Two ways of one step (NFC, QR) have one number, and one box.
    const { steps } = context.world.flows.get(flow)!
    const numbers = [...new Set(steps.flatMap(({ number }) => number ?? []))]
    const legend = numbers.map((number) => labels.step(flow, steps.find((step) => step.number === number)!.id))
    const body = html`<p class="screen"><a href="/staff/groups/${group}">${say('group.name', { group })}</a></p>
      <p>${say('papers.tally-for', { guide: labels.guide(flow), time: labels.time(context.clock()) })}</p>
      <p class="screen"><button type="button" data-print>${say('visits.print')}</button></p>
      ${legend.length === 0 ? '' : html`<p class="legend">${legend.join('; ')}.</p>`}
      ${table(
        say('papers.tally'),
        [say('visits.column.house'), say('visits.column.who'), ...numbers.map(String), say('papers.all-done')],
        listed.map(
          (person) =>
            html`<tr>
              <td>${[person.house, person.street].filter(Boolean).join(', ')}</td>
              <th scope="row">${person.name} ${person.born ?? ''}</th>
              ${[...numbers, null].map(() => html`<td class="blank"><span class="unseen">${say('papers.to-tick')}</span></td>`)}
            </tr>`,
        ),
      )}
      <p class="screen">
        ${say('papers.enter')} <a href="/staff/groups/${group}?flow=${flow}">${say('group.name', { group })}</a>
      </p>`
    return c.html(page(site, c, say('papers.tally-title', { group }), body))
  })
  return app

  /** People of the roster who do not chat, by house. */
  async function silentPeople(group: number, scope: Parameters<typeof progressOf>[1]): Promise<PersonProgress[]> {
    const { people } = await progressOf(context.store.db, scope, {
      flow: flowOf(site, undefined),
      group,
      limit: 20_000,
    })
    return people.filter(({ name, chats }) => name !== null && !chats).sort(byDoor)
  }
}

const byDoor = (a: PersonProgress, b: PersonProgress) => door(a).localeCompare(door(b), 'vi', { numeric: true })

function door({ street, house, name }: PersonProgress): string {
  return [street, house, name].map((part) => part ?? '').join('\u0000')
}
