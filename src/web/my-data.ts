import { type Context as Call, Hono } from 'hono'
import { html } from 'hono/html'
import { hashCode } from '../access/codes.js'
import { MY_DATA } from '../access/page-link.js'
import type { Context } from '../context.js'
import { dayOf } from '../core/policy/calendar.js'
import { auditKind } from '../core/talk/audit.js'
import type { Locale } from '../core/model/message.js'
import { ownData, type OwnData, ownerOf } from '../store/own-data.js'
import { pageLinkState, redeemPageLink } from '../store/page-access.js'
import { pageLocale } from './identity.js'
import { isOwnOrigin } from './security.js'
import { type Labels, labelsIn } from './staff/labels.js'
import { bare, type Html } from './staff/layout.js'
import type { Say } from './staff/site.js'
import type { PageTexts } from './words.js'

/**
 * `/my-data`: all that is held of whoever opens their one-time link. Looking at the link uses nothing up, because chat apps look at links by
 * themselves; the button does. Nobody is signed in by it, and nothing stays in the browser.
 */
export function myDataRoutes(context: Context, words: PageTexts): Hono {
  const { store, clock, config, seals } = context
  const secure = config.publicUrl.startsWith('https:')
  const site = { context, words, file: (name: string) => `/staff/${name}` }
  const app = new Hono()
  const show = (c: Call, locale: Locale, body: Html, status: 200 | 403 = 200) => {
    c.header('Cache-Control', 'no-store')
    return c.html(bare(site, locale, words.say(locale, 'phrases:rights.page.title'), body), status)
  }
  const refuse = (c: Call, locale: Locale, why: string) =>
    show(c, locale, html`<p role="alert">${words.say(locale, `phrases:rights.page.${why}`)}</p>`, 403)

  app.get('/', async (c) => {
    const locale = pageLocale(c, secure, MY_DATA)
    const code = c.req.query('code') ?? ''
    const state = await pageLinkState(store.db, hashCode(code), clock())
    if (state !== 'open') return refuse(c, locale, state)
    const say = (key: string) => words.say(locale, `phrases:rights.page.${key}`)
    return show(
      c,
      locale,
      html`<p>${say('about')}</p>
        <form method="post" action="${MY_DATA}">
          <input type="hidden" name="code" value="${code}" />
          <button>${say('open')}</button>
        </form>`,
    )
  })

  app.post('/', async (c) => {
    const locale = pageLocale(c, secure, MY_DATA)
    if (!isOwnOrigin(c, config.publicUrl)) return refuse(c, locale, 'forged')
    const { code } = await c.req.parseBody()
    const hash = hashCode(String(code))
    const link = await redeemPageLink(store.db, hash, clock(), MY_DATA)
    const owner = link && (await ownerOf(store.db, link.contact))
    if (!link || !owner) {
      const state = await pageLinkState(store.db, hash, clock())
      return refuse(c, locale, state === 'open' ? 'unknown' : state)
    }
    const data = await ownData(store.db, seals, link.contact, owner.person)
    const asked = c.req.query('lang') === undefined ? owner.locale : locale
    return show(c, asked, sections(context, words, asked, data))
  })
  return app
}

function sections(context: Context, words: PageTexts, locale: Locale, data: OwnData): Html {
  const say = (key: string, vars?: Record<string, string | number>) => words.say(locale, `phrases:rights.page.${key}`, vars) // prettier-ignore
  const staff = (key: string, vars?: Record<string, string | number>) => words.say(locale, `phrases:staff.${key}`, vars)
  const labels = labelsIn(context, locale, staff)
  const day = (at: number) => labels.day(dayOf(at))
  const list = (key: string, lines: readonly (string | Html)[]) =>
    html`<h2>${say(key)}</h2>
      ${
        lines.length === 0
          ? html`<p>${say('none')}</p>`
          : html`<ul>
              ${lines.map((line) => html`<li>${line}</li>`)}
            </ul>`
      }`
  const facts = (key: string, rows: readonly [label: string, value: string | number | null][]) =>
    html`<h2>${say(key)}</h2>
      <dl>
        ${rows.filter(([, value]) => value !== null && value !== '').map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}
      </dl>` // prettier-ignore
  const yes = (what: boolean) => staff(what ? 'person.yes' : 'person.no')
  const { listed, given } = data
  return html`<p>${say('wrong')}</p>
    ${
      listed
        ? facts('listed', [
            [say('name'), listed.name],
            [staff('person.born'), listed.born],
            [staff('person.residence'), listed.residence && staff(`person.residences.${listed.residence}`)],
            [say('house'), [listed.house, listed.street].filter(Boolean).join(' ')],
            [say('household'), listed.code],
            [say('reviewed'), listed.reviewedOn && labels.day(listed.reviewedOn)],
            [staff('person.card'), staff(`person.cards.${listed.card}`)],
            [staff('person.reason'), listed.cardReason],
            [staff('person.visit'), listed.visit && listed.visitSince !== null ? `${yes(true)}, ${say('since', { day: day(listed.visitSince) })}` : yes(listed.visit)],
            [staff('person.official'), yes(listed.official)],
            [staff('person.phone'), listed.phone],
            [staff('person.note'), listed.note],
          ])
        : list('listed', [])
    }
    ${
      given
        ? facts('given', [
            [say('name'), given.name],
            [staff('person.phone'), given.phone],
          ])
        : ''
    }
    ${list(
      'runs',
      data.runs.map(({ flow, step, state, startedAt }) => {
        const told = { guide: labels.guide(flow), step: labels.step(flow, step), time: labels.time(startedAt) }
        return say(state === 'finished' ? 'run-finished' : 'run', told)
      }),
    )}
    ${list('helped', data.helped.map(({ label, since }) => `${label}, ${say('since', { day: day(since) })}`))}
    ${list('helpers', data.helpers.map(({ label, since }) => `${say('as', { label })}, ${say('since', { day: day(since) })}`))}
    ${list('visits', data.visits.map((one) => labels.day(one)))}
    ${list(
      'tickets',
      data.tickets.map(({ number, reason, state, openedAt }) =>
        say('ticket', {
          number,
          reason: words.say(locale, `phrases:tickets.reasons.${reason}`),
          time: labels.time(openedAt),
          state: say(`ticket-states.${state}`),
        }),
      ),
    )}
    ${list('questions', data.questions.map(({ text, at }) => `${day(at)}: ${text}`))}
    ${list('log', data.log.map((one) => logLine(context, labels, staff, say, one)))}
    ${list('reminded', data.reminded.map((one) => labels.day(one)))}
    ${list(
      'events',
      data.events.map(({ at, flow, step, outcome, source, detail }) => {
        const what = staff(`person.outcome.${outcome}`, outcome === 'trouble' ? { what: labels.trouble(flow, step, detail) } : {}) // prettier-ignore
        return `${labels.time(at)} · ${labels.guide(flow)} · ${labels.step(flow, step)}: ${what} (${staff(`person.source.${source}`)})`
      }),
    )}`
} // prettier-ignore

/** A line of the log without anybody's name: when, by which role, what. */
function logLine(
  { world }: Context,
  labels: Labels,
  staff: Say,
  say: Say,
  { at, by, role, deed, kind }: OwnData['log'][number],
): string {
  const roleName = () => staff(role === 'resident' ? 'log.resident' : `roles.names.${role}`)
  const who = by === 'own' ? say('you') : by === 'role' ? roleName() : staff(`log.${by}`)
  const known = auditKind({ kind }, world.flows)
  return `${labels.time(at)} · ${who}: ${staff(`log.deeds.${deed}`)} ${known === null ? kind : labels.line(known)}`
}
