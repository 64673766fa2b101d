import { Hono } from 'hono'
import { html } from 'hono/html'
import { makeSlip, slipPayload } from '../../access/slip.js'
import { printedCode } from '../../core/roster/slip.js'
import { audit } from '../../store/audit.js'
import { type PersonProgress, progressOf } from '../../store/progress.js'
import { groupOf, refuse } from './guard.js'
import { flowOf } from './labels.js'
import { csrfField, page } from './layout.js'
import { qr } from './qr.js'
import type { StaffEnv, StaffSite } from './site.js'
import { byDoor } from './tally.js'

/** Slips that are made at once: what a head cuts up and carries along in an afternoon. */
const SLIPS = 120

/** Paper for a group: slips with a code for everybody who does not chat yet; sheets to tick at the door stand on a page of their own. */
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
        <p>${say('tally.about')}</p>
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
