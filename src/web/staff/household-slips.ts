import { Hono } from 'hono'
import { html } from 'hono/html'
import { makeSlip, slipPayload } from '../../access/slip.js'
import { dayOf } from '../../core/policy/calendar.js'
import { printedCode, SLIP_MS } from '../../core/roster/slip.js'
import { phrase } from '../../core/talk/draft.js'
import { audit } from '../../store/audit.js'
import type { PersonProgress } from '../../store/progress.js'
import { liveSlips } from '../../store/slips.js'
import { silentPeople, SLIPS } from './group-papers.js'
import { groupOf, refuse } from './guard.js'
import { placeOf } from './households.js'
import { labelsOf } from './labels.js'
import { type Html, page } from './layout.js'
import { slipPictures } from './slip.js'
import type { StaffCall, StaffEnv, StaffSite } from './site.js'

/** Somebody on the slip of their household: with a code made now, or with a slip handed out before that still works until then (ms). */
type Member = { person: PersonProgress; code: string } | { person: PersonProgress; until: number }

/**
 * `POST /staff/groups/5/household-slips`: a paper a household with a code for each who does not chat yet. Codes are each person's own: a family with one
 * phone takes them up one after the other on it. `household`: this one alone, with new codes for all of it.
 */
export function householdSlipRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()
  app.post('/groups/:group/household-slips', async (c) => {
    const group = groupOf(c, 'roster')
    if (group === null) return refuse(site, c, 'slips')
    const say = c.get('say')
    const { scope } = c.get('viewer')
    const { household } = await c.req.parseBody()
    const only = typeof household === 'string' && household !== '' ? household : null
    const now = context.clock()
    const all = householdsOf(await silentPeople(site, scope, group))
    await context.waysIn.learn()
    const { made, codes, left } = await context.store.transaction(async (tx) => {
      const ids = all.flatMap((members) => members.map(({ id }) => id))
      const live = only === null ? await liveSlips(tx, scope, ids, now) : new Map<string, number>()
      const wanted = all.filter((members) =>
        only === null ? members.some(({ id }) => !live.has(id)) : members[0]!.household === only,
      )
      const chosen = asManyAs(SLIPS, wanted, (members) => members.filter(({ id }) => !live.has(id)).length)
      const made: Member[][] = []
      let codes = 0
      for (const members of chosen) {
        const slips: Member[] = []
        for (const person of members) {
          const until = live.get(person.id)
          // A slip that was handed out stays good.
          const code = until === undefined ? await makeSlip(tx, scope, context.seals, { person: person.id, now }) : null
          if (code !== null) codes++
          if (code !== null) slips.push({ person, code })
          else if (until !== undefined) slips.push({ person, until })
        }
        made.push(slips)
      }
      await audit(tx, scope, [
        { id: context.newId(), at: now, deed: 'invited', kind: 'slips', subject: null, group, count: codes },
      ])
      return { made, codes, left: wanted.length - chosen.length }
    })
    const body = html`<p class="screen"><a href="/staff/groups/${group}/papers">${say('papers.title', { group })}</a></p>
      <p class="screen">${made.length === 0 ? say('papers.slips-none') : say('papers.households-once', { households: made.length, count: codes })}${left > 0 ? html` ${say('papers.households-rest', { count: left })}` : ''}</p>
      ${made.length === 0 ? '' : html`<p class="screen"><button type="button" data-print>${say('person.print')}</button></p>`}
      <div class="slips whole">${made.map((members) => paper(site, c, members, now))}</div>`
    return c.html(page(site, c, say('papers.households-title', { group }), body))
  }) // prettier-ignore
  return app
}

/** Those who live together, in the order in which the first of each is given; somebody of no household is alone. */
function householdsOf(people: readonly PersonProgress[]): PersonProgress[][] {
  const found = new Map<string, PersonProgress[]>()
  for (const person of people) {
    const key = person.household ?? `alone ${person.id}`
    found.set(key, [...(found.get(key) ?? []), person])
  }
  return [...found.values()]
}

/** The first of them that come to `most` together, and at least one: a household is not cut in two. */
function asManyAs<T>(most: number, some: readonly T[], count: (one: T) => number): T[] {
  let sum = 0
  return some.filter((one, i) => (sum += count(one)) <= most || i === 0)
}

function paper(site: StaffSite, c: StaffCall, members: readonly Member[], now: number): Html {
  const say = c.get('say')
  const labels = labelsOf(site, c)
  const choice = (id: string) => labels.line(phrase(`relatives.options.${id}`))
  const place = placeOf(members[0]!.person)
  return html`<section class="card">
    <h2>${place === '' ? say('households.no-address') : say('papers.household', { place })}</h2>
    <p>${say('papers.household-how')}</p>
    ${members.length > 1 ? html`<p>${say('papers.household-one-phone', { mine: choice('mine'), theirs: choice('theirs') })}</p>` : ''}
    <ul class="members">
      ${members.map((member) => {
        const { name, born } = member.person
        return html`<li>
          ${'code' in member ? slipPictures(c, site.context.waysIn.of(slipPayload(member.code))) : ''}
          <h3>${name} ${born ?? ''}</h3>
          ${'code' in member ? html`<p class="code">${printedCode(member.code)}</p>` : html`<p>${say('papers.household-has', { day: labels.day(dayOf(member.until)) })}</p>`}
        </li>`
      })}
    </ul>
    <p class="quiet">${say('papers.household-until', { day: labels.day(dayOf(now + SLIP_MS)) })}</p>
  </section>`
} // prettier-ignore
