import { html } from 'hono/html'
import { givesCard } from '../../core/flow/definition.js'
import { holding, lastRecorded } from '../../core/flow/undo.js'
import type { Card } from '../../core/model/roster.js'
import { isOfficial } from '../../core/model/ledger.js'
import type { History } from '../../store/merges.js'
import { standing } from './group.js'
import type { Labels } from './labels.js'
import { csrfField, type Html, table } from './layout.js'
import { settleTicks, undoForm } from './recorded.js'
import type { StaffCall, StaffSite } from './site.js'

/** Where the person stands in each guide, with what the head may write down, vouch for and take back. */
export function standingSection(site: StaffSite, c: StaffCall, labels: Labels, { runs, events }: History, { id, group, listed }: { id: string; group: number | null; listed: { card: Card; wishes: boolean } | undefined }): Html {
  const say = c.get('say')
  const lines = [...site.context.world.flows.keys()].map((flow) => {
    const own = runs.filter((run) => run.flow === flow)
    const told = own.map((run) => ({ run, events: events.filter((event) => event.run === run.id) }))
    const ended = told.filter(({ run }) => run.state === 'finished')
    const byOthers = ended.some(({ events }) => isOfficial(holding(events).at(-1)?.source ?? 'self'))
    const open = own.find(({ state }) => state !== 'finished')
    const at = open && { step: open.step, state: open.state as 'open' | 'paused', tries: open.tries, since: open.enteredAt } // prettier-ignore
    const finished = ended.length === 0 ? 'no' : byOthers ? 'confirmed' : 'self'
    const guide = labels.guide(flow)
    const next = labels.step(flow, open?.step ?? site.context.world.flows.get(flow)!.start)
    const recorded = told.map(({ run, events }) => ({ run, first: lastRecorded(events)[0] })).findLast(({ first }) => first)
    const mark = own.reduce((sum, { seq }) => sum + seq, 0)
    const gives = listed !== undefined && givesCard(site.context.world.flows.get(flow)!)
    const lacks = gives && listed.card !== 'has'
    const settle = gives && (lacks || listed.wishes) ? settleTicks(c, { card: lacks, visited: listed.wishes }) : ''
    const done = html`${csrfField(c)} <input type="hidden" name="flow" value="${flow}" />
      <input type="hidden" name="person" value="${id}:${mark}" />
      <input type="hidden" name="back" value="person" />`
    return html`<li>
      <div class="told"><strong>${guide}</strong><span class="where">${standing(say, labels, flow, { finished, at: at ?? null })}</span></div>
      ${
        group === null || (finished === 'confirmed' && !lacks)
          ? ''
          : html`<form method="post" action="/staff/groups/${group}/done" class="row">
              ${done} ${finished === 'confirmed' ? '' : settle}
              ${
                finished === 'confirmed'
                  ? html`<button name="upto" value="end" class="second">${say('recorded.card-too')}</button>`
                  : finished === 'self'
                  ? html`<button name="upto" value="end" class="second" aria-label="${say('person.vouch-for', { guide })}">${say('person.vouch')}</button>`
                  : html`<button name="upto" value="end" aria-label="${say('person.done-end-for', { guide })}">${say('person.done-end')}</button>
                      <button name="upto" value="step" class="second" aria-label="${say('person.done-step-for', { guide, step: next })}">${say('person.done-step', { step: next })}</button>`
              }
            </form>`
      }
      ${
        recorded?.first === undefined || group === null
          ? ''
          : undoForm(c, group, {
              what: { run: recorded.run.id, seq: recorded.run.seq },
              flow,
              person: id,
              label: say('recorded.undo-at', { time: labels.time(recorded.first.at) }),
              about: say('recorded.undo-for', { guide, time: labels.time(recorded.first.at) }),
            })
      }
    </li>`
  })
  return html`<h2>${say('person.standing')}</h2>
    <ul class="people">
      ${lines}
    </ul>`
} // prettier-ignore

/** What happened, the newest first; what was taken back stays to be read, and says so. What the ledger no longer names anybody with is not shown. */
export function ledgerSection(c: StaffCall, labels: Labels, { events }: History, helperOf: (contact: string | null) => string): Html {
  const say = c.get('say')
  const shown = events.filter(({ person }) => person !== null)
  if (shown.length === 0)
    return html`<h2>${say('person.ledger')}</h2>
      <p>${say('person.ledger-none')}</p>`
  const runs = [...new Set(events.map(({ run }) => run))]
  const held = new Set(runs.flatMap((run) => holding(events.filter((event) => event.run === run))))
  return html`<section class="ledger"><h2>${say('person.ledger')}</h2>
    ${table(
      say('person.ledger'),
      ['when', 'what', 'by'].map((key) => say(`person.${key}`)),
      shown.reverse().map((event) => {
        const { at, flow, step, outcome, source, detail, contact } = event
        const what = say(`person.outcome.${outcome}`, outcome === 'trouble' ? { what: labels.trouble(flow, step, detail) } : {})
        return html`<tr>
            <td>${labels.time(at)}</td>
            <td>
              ${labels.guide(flow)} · ${labels.step(flow, step)}:
              ${held.has(event) || outcome === 'undone' ? what : html`<s>${what}</s> <span class="quiet">${say('person.taken-back')}</span>`}
            </td>
            <td>${say(`person.source.${source}`)}${source === 'helper' ? `: ${helperOf(contact)}` : ''}</td>
          </tr>`
      }),
    )}</section>`
} // prettier-ignore
