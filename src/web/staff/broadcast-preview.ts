import { html } from 'hono/html'
import { messagesOf } from '../../core/broadcast/planner.js'
import { sampleText, silentOf, tallyLines, waitingLine } from '../../core/broadcast/said.js'
import type { Audience } from '../../core/model/broadcast.js'
import type { Line } from '../../core/model/message.js'
import { phrase } from '../../core/talk/draft.js'
import { isAsked, lookAgain, type Looked, mayApprove, mayWithdraw, waitingFor } from '../../reminders/desk.js'
import type { Planned } from '../../reminders/plan.js'
import type { Broadcast } from '../../store/broadcasts.js'
import { people } from '../../store/roster.js'
import { smallGroups } from '../../store/scope.js'
import { noteVisit } from './guard.js'
import type { Labels } from './labels.js'
import { csrfField, type Html, table } from './layout.js'
import type { StaffCall, StaffSite } from './site.js'

/** A preview, to be confirmed, changed or refused. */
export async function previewOf(site: StaffSite, c: StaffCall, labels: Labels, broadcast: Broadcast): Promise<Html> {
  const { context } = site
  const { scope } = c.get('viewer')
  const seen = await lookAgain(context.reminding, scope, broadcast.id)
  if (!seen) return html`<p>${labels.line(phrase('remind.gone'))}</p>`
  const count = messagesOf(seen.tally)
  const waits = isAsked(broadcast) && !mayApprove(scope, broadcast)
  const form = html`<form method="post" action="/staff/broadcasts/${broadcast.id}/confirm">
    ${csrfField(c)}<input type="hidden" name="key" value="${context.newId()}" />
    <input type="hidden" name="seen" value="${seen.fingerprint}" />
    <label for="count">${labels.line(phrase('broadcasts.type-count', { count }))}</label>
    <input id="count" name="count" inputmode="numeric" autocomplete="off" required />
    <p><button>${labels.line(phrase('remind.options.send', { count }))}</button></p>
  </form>`
  return html`${planShown(labels, broadcast.plan.audience, seen, context.clock())}
  ${isAsked(broadcast) ? '' : html`<p><a href="/staff/broadcasts?from=${broadcast.id}">${labels.line(phrase('broadcasts.edit'))}</a></p>`}
  ${waits ? html`<p class="notice">${labels.line(waitingLine(await waitingFor(context.store.db, scope, broadcast)))}</p>` : count > 0 ? html`${seen.needsApproval && broadcast.sender === scope.who ? html`<p class="notice">${labels.line(phrase('remind.needs-second'))}</p>` : ''}${form}` : html`<p class="big">${labels.line(phrase('remind.nobody'))}</p>`}
  ${await silentList(site, c, labels, broadcast.id, seen)} ${visitLinks(labels, broadcast, c, seen.unreached)}
  ${mayApprove(scope, broadcast) ? deedForm(c, labels, broadcast.id, 'refuse') : ''}${mayWithdraw(scope, broadcast) ? deedForm(c, labels, broadcast.id, 'withdraw') : ''}`
}

/** A plan in its numbers, and messages as their readers will see them. */
export function planShown(labels: Labels, audience: Audience, { tally, samples }: Pick<Planned, 'tally' | 'samples'>, now: number): Html {
  return html`${tallyLines(audience, null, tally, now).map((lines) => list(labels, lines))}
  ${samples.length > 0 ? html`<h2>${labels.line(phrase('broadcasts.samples'))}</h2>` : ''}
  ${samples.map(({ said }) => html`<div class="card lines">${sampleText(said)}</div>`)}`
} // prettier-ignore

export type Named = { person: string; group: number | null }

/** Names of people of a broadcast; where a group is so small that its people may not be told apart, nobody's. */
export async function namesOf({ context }: StaffSite, c: StaffCall, labels: Labels, some: readonly Named[]): Promise<(one: Named) => string> {
  const { scope } = c.get('viewer')
  const { db } = context.store
  const small = await smallGroups(db, scope)
  const known = await people(db, scope, { ids: some.map(({ person }) => person) })
  const names = new Map(known.map(({ id, name }) => [id, name]))
  return ({ person, group }) =>
    group !== null && small.has(group)
      ? labels.line(phrase('broadcasts.few'))
      : (names.get(person) ?? labels.line(phrase('broadcasts.chat-only')))
} // prettier-ignore

/** Who gets no message, by name and with the reason: as many as the first line of the preview says. */
async function silentList(site: StaffSite, c: StaffCall, labels: Labels, id: string, { silent, tally }: Looked): Promise<Html | ''> {
  const count = silentOf(tally)
  if (count === 0) return ''
  const nameOf = await namesOf(site, c, labels, silent)
  await noteVisit(site, c, { kind: 'broadcast', subject: id, count: silent.length })
  const title = labels.line(phrase('broadcasts.silent', { count }))
  return html`<details id="silent">
    <summary>${title}</summary>
    ${table(
      title,
      ['person', 'group', 'result'].map((key) => labels.line(phrase(`broadcasts.column.${key}`))),
      silent.map(
        ({ person, group, place, reason }) =>
          html`<tr>
            <th scope="row">${nameOf({ person, group })}</th>
            <td class="number">${group ?? ''}</td>
            <td>${labels.line(phrase(`remind.places.${place}`))} (${labels.line(phrase(`remind.reasons.${reason}`))})</td>
          </tr>`,
      ),
    )}
    ${count > silent.length ? html`<p>${labels.line(phrase('broadcasts.silent-more', { count: count - silent.length }))}</p>` : ''}
  </details>`
} // prettier-ignore

/** The people whom no message reaches, on paper: a list a group. */
export function visitLinks(labels: Labels, { id }: Broadcast, c: StaffCall, unreached: ReadonlyMap<number | null, number>): Html | '' {
  const { scope } = c.get('viewer')
  const groups = [...unreached.keys()].filter((group) => group !== null && scope.holds(group)).sort((a, b) => a! - b!)
  const nowhere = unreached.get(null) ?? 0
  if (groups.length === 0 && nowhere === 0) return ''
  return html`<ul class="links row">
      ${groups.map(
        (group) =>
          html`<li>
            <a href="/staff/groups/${group}/visits?broadcast=${id}"
              >${labels.line(phrase('broadcasts.visits', { group: group!, count: unreached.get(group)! }))}</a
            >
          </li>`,
      )}
    </ul>
    ${nowhere > 0 ? html`<p>${labels.line(phrase('broadcasts.visits-nowhere', { count: nowhere }))}</p>` : ''}`
} // prettier-ignore

export function deedForm(
  c: StaffCall,
  labels: Labels,
  id: string,
  deed: 'pause' | 'resume' | 'stop' | 'refuse' | 'withdraw',
): Html {
  return html`<form method="post" action="/staff/broadcasts/${id}/${deed}">
    ${csrfField(c)}<button class="second">${labels.line(phrase(`remind.options.${deed}`))}</button>
  </form>`
}

export function list(labels: Labels, lines: readonly Line[]): Html {
  return html`<ul>
    ${lines.map((line) => html`<li>${labels.line(line).replace(/^\s*·\s*/, '')}</li>`)}
  </ul>`
}
