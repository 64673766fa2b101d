import { html } from 'hono/html'
import { ACTIVATION_FLOW } from '../../core/broadcast/limits.js'
import { noMomentLine, readMoment } from '../../core/broadcast/moment.js'
import { OWN_TEXT_LIMIT, OWN_VARIABLES } from '../../core/broadcast/own-text.js'
import { residenceLine, whoLine } from '../../core/broadcast/said.js'
import type { Flows } from '../../core/flow/definition.js'
import type { BroadcastPlan, Who } from '../../core/model/broadcast.js'
import type { Line } from '../../core/model/message.js'
import { RESIDENCES } from '../../core/model/roster.js'
import { isoLocal } from '../../core/policy/calendar.js'
import { phrase } from '../../core/talk/draft.js'
import type { Labels } from './labels.js'
import { csrfField, type Html } from './layout.js'
import type { StaffCall, StaffSite } from './site.js'

/** What stands in the form of a new reminder: as it was filled in, so that a mistake costs nobody what they typed. */
export interface Draft {
  flow: string
  who: string
  days: string
  residence: string
  group: string
  text: string
  when: string
  paid: boolean
}

const KINDS = ['unfinished', 'not-started', 'stuck', 'overdue', 'activation-due', 'no-card', 'officials'] as const
/** Guides that these people are led to, whichever was chosen: what is said to them speaks of it. */
const LEADS: Partial<Record<string, string>> = {
  'activation-due': ACTIVATION_FLOW,
  'no-card': 'id-card',
  officials: 'portal-login',
}
const STUCK_DAYS = 3
const DUE_DAYS = 2
const DAYS_MOST = 60

export const EMPTY: Draft = { flow: '', who: 'unfinished', days: '', residence: '', group: '', text: '', when: '', paid: false } // prettier-ignore

export function draftOfForm(form: Readonly<Record<string, unknown>>): Draft {
  const field = (name: string) => (typeof form[name] === 'string' ? form[name].trim() : '')
  return {
    flow: field('flow'),
    who: field('who'),
    days: field('days'),
    residence: field('residence'),
    group: field('group'),
    text: field('text'),
    when: field('when'),
    paid: form['paid'] === '1',
  }
}

/** The form as it was filled in for a plan. */
export function draftOf({ audience, wording, at, paid }: BroadcastPlan): Draft {
  const { who, groups, residence } = audience
  const [, month, day, time] = at === null ? [] : /^\d{4}-(\d\d)-(\d\d)T(\d\d:\d\d)/.exec(isoLocal(at))!
  return {
    flow: audience.flow,
    who: who.kind === 'at-number' ? `n${who.number}` : who.kind === 'at-step' ? `s-${who.step}` : who.kind,
    days: 'days' in who ? String(who.days) : '',
    residence: residence ?? '',
    group: groups?.length === 1 ? String(groups[0]) : '',
    text: wording.kind === 'own' ? wording.text : '',
    when: at === null ? '' : `${time} ${day}/${month}`,
    paid,
  }
}

/** What a filled-in form means, for all groups yet; or the sentence that says what is wrong with it. */
export function planOfDraft(
  flows: Flows,
  draft: Draft,
  { flow, now }: { flow: string; now: number },
): { plan: BroadcastPlan } | { problem: Line } {
  const who = whoOf(flows, draft, flow)
  if (who === null) return { problem: phrase('broadcasts.problem.no-days') }
  const moment = draft.when === '' ? null : readMoment(draft.when, now)
  if (moment !== null && moment.kind !== 'at') return { problem: noMomentLine(moment) }
  const leads = LEADS[who.kind]
  return {
    plan: {
      audience: {
        flow: leads !== undefined && flows.has(leads) ? leads : flow,
        who,
        groups: null,
        residence: RESIDENCES.find((one) => one === draft.residence) ?? null,
      },
      wording: draft.text === '' ? { kind: 'ready' } : { kind: 'own', text: draft.text },
      at: moment?.at ?? null,
      paid: draft.paid,
    },
  }
}

/** Null: the days are none. */
function whoOf(flows: Flows, { who, days: typed }: Draft, flow: string): Who | null {
  const { steps } = flows.get(flow)!
  const number = steps.find((step) => who === `n${step.number}`)?.number
  if (number !== undefined) return { kind: 'at-number', number }
  const step = steps.find(({ id }) => who === `s-${id}`)
  if (step) return { kind: 'at-step', step: step.id }
  const kind = KINDS.find((one) => one === who) ?? 'unfinished'
  if (kind !== 'stuck' && kind !== 'activation-due') return { kind }
  const most = kind === 'stuck' ? DAYS_MOST : 6
  const days = typed === '' ? (kind === 'stuck' ? STUCK_DAYS : DUE_DAYS) : Number(typed)
  return Number.isInteger(days) && days >= 1 && days <= most ? { kind, days } : null
}

export function draftForm(site: StaffSite, c: StaffCall, labels: Labels, draft: Draft): Html {
  const { world, ward } = site.context
  const { scope } = c.get('viewer')
  const say = (key: string, vars = {}) => labels.line(phrase(`broadcasts.${key}`, vars))
  const groups = scope.groups === 'ward' ? ward.groups : scope.groups
  const numbers = [...new Set([...world.flows.values()].flatMap((flow) => flow.steps.flatMap(({ number }) => number ?? [])))].sort((a, b) => a - b) // prettier-ignore
  const more = draft.days !== '' || draft.residence !== ''
  const others = draft.text !== '' || draft.when !== '' || draft.paid
  const whom = (kind: (typeof KINDS)[number]) =>
    kind === 'stuck'
      ? say('who-stuck')
      : kind === 'activation-due'
        ? say('who-due')
        : labels.line(whoLine({ flow: '', who: { kind }, residence: null }))
  const option = (name: 'flow' | 'who' | 'residence' | 'group', value: string, label: string | number) =>
    html`<option value="${value}" ${draft[name] === value ? html`selected` : ''}>${label}</option>`
  const own = draft.who.startsWith('s-') ? world.flows.get(draft.flow)?.steps.find(({ id }) => draft.who === `s-${id}`) : undefined // prettier-ignore
  return html`<form method="post" action="/staff/broadcasts/preview" class="card">
    <h2>${say('new')}</h2>
    ${csrfField(c)}
    <label for="flow">${say('flow')}</label>
    <select id="flow" name="flow">
      ${[...world.flows.keys()].map((flow) => option('flow', flow, labels.guide(flow)))}
    </select>
    <label for="who">${say('whom')}</label>
    <select id="who" name="who">
      ${KINDS.map((kind) => option('who', kind, whom(kind)))}
      ${numbers.map((number) => option('who', `n${number}`, labels.line(whoLine({ flow: '', who: { kind: 'at-number', number }, residence: null }))))}
      ${own ? option('who', draft.who, labels.line(whoLine({ flow: draft.flow, who: { kind: 'at-step', step: own.id }, residence: null }))) : ''}
    </select>
    ${
      groups.length === 1
        ? html`<input type="hidden" name="group" value="${groups[0]!}" />`
        : html`<label for="group">${say('column.group')}</label>
            <select id="group" name="group">
              ${option('group', '', say('all'))} ${groups.map((group) => option('group', String(group), group))}
            </select>`
    }
    <details id="more" ${more ? html`open` : ''}>
    <summary>${labels.line(phrase('remind.options.more'))}</summary>
    <p id="who-leads" class="quiet">${say('leads')}</p>
    <label for="days">${say('days')}</label>
    <input id="days" name="days" inputmode="numeric" autocomplete="off" value="${draft.days}" placeholder="${STUCK_DAYS}" />
    <label for="residence">${say('residence')}</label>
    <select id="residence" name="residence">
      ${option('residence', '', say('everybody'))}
      ${RESIDENCES.map((one) => option('residence', one, labels.line(residenceLine(one))))}
    </select>
    </details>
    <details id="words" ${others ? html`open` : ''}>
    <summary>${say('words')}</summary>
    <label for="text">${say('text')}</label>
    <textarea id="text" name="text" rows="5" class="full" maxlength="${OWN_TEXT_LIMIT}" aria-describedby="text-how">${draft.text}</textarea>
    <p id="text-how" class="quiet">${say('text-how')}</p>
    <ul class="quiet">${OWN_VARIABLES.map((name) => html`<li><code>{{${name}}}</code> ${say(`variable.${name}`)}</li>`)}</ul>
    <label for="when">${say('when')}</label>
    <input id="when" name="when" autocomplete="off" placeholder="8h30 2/12" value="${draft.when}" />
    ${ward.reminders['paid-most'] + ward.reminders['package-left'] > 0 ? html`<label><input type="checkbox" name="paid" value="1" ${draft.paid ? html`checked` : ''} /> ${labels.line(phrase('remind.options.paid'))}</label>` : ''}
    </details>
    <p><button>${say('preview')}</button></p>
  </form>`
} // prettier-ignore
