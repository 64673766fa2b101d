import { html } from 'hono/html'
import type { Allowed } from '../../core/broadcast/allowed.js'
import { causesOf } from '../../core/broadcast/causes.js'
import { readDays } from '../../core/broadcast/count.js'
import { noMomentLine, readMoment } from '../../core/broadcast/moment.js'
import { checkOwnText, OWN_VARIABLES } from '../../core/broadcast/own-text.js'
import { residenceLine, textProblemLine, whoLine } from '../../core/broadcast/said.js'
import type { Flow } from '../../core/flow/definition.js'
import type { BroadcastPlan, Who } from '../../core/model/broadcast.js'
import type { Line } from '../../core/model/message.js'
import { RESIDENCES } from '../../core/model/roster.js'
import { isoLocal } from '../../core/policy/calendar.js'
import { guideLine, phrase } from '../../core/talk/draft.js'
import { flowOf, type Labels } from './labels.js'
import { csrfField, type Html } from './layout.js'
import type { StaffCall, StaffSite } from './site.js'

/** What stands in the form of a new reminder: as it was filled in, so that a mistake costs nobody what they typed. */
export interface Draft {
  flow: string
  /** The guide whose steps were offered when `who` was chosen: another guide's fifth step is another step. */
  offered: string
  who: string
  days: string
  residence: string
  group: string
  text: string
  when: string
  paid: boolean
}

const STUCK_DAYS = 3
const DUE_DAYS = 2
const DAYS_MOST = 60

export const EMPTY: Draft = { flow: '', offered: '', who: 'unfinished', days: '', residence: '', group: '', text: '', when: '', paid: false } // prettier-ignore

export function draftOfForm(form: Readonly<Record<string, unknown>>): Draft {
  const field = (name: string) => (typeof form[name] === 'string' ? form[name].trim() : '')
  return {
    flow: field('flow'),
    offered: field('offered'),
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
    offered: audience.flow,
    who: who.kind === 'at-number' ? `n${who.number}` : who.kind === 'at-step' ? `s-${who.step}` : who.kind,
    days: 'days' in who ? String(who.days) : '',
    residence: residence ?? '',
    group: groups?.length === 1 ? String(groups[0]) : '',
    text: wording.kind === 'own' ? wording.text : '',
    when: at === null ? '' : `${time} ${day}/${month}`,
    paid,
  }
}

/** What a filled-in form means, for all groups yet; or the sentences that say all that is wrong with it. */
export function planOfDraft(
  flow: Flow,
  draft: Draft,
  { now, allowed, limit }: { now: number; allowed: Allowed; limit: number },
): { plan: BroadcastPlan } | { problems: Line[] } {
  const who = whoOf(flow, draft)
  const moment = draft.when === '' ? null : readMoment(draft.when, now)
  const wrong = draft.text === '' ? [] : checkOwnText(draft.text, allowed, limit)
  const problems = [
    ...('problem' in who ? [who.problem] : []),
    ...wrong.map(textProblemLine),
    ...(moment === null || moment.kind === 'at' ? [] : [noMomentLine(moment)]),
  ]
  if ('problem' in who || (moment !== null && moment.kind !== 'at') || problems.length > 0) return { problems }
  return {
    plan: {
      audience: {
        flow: flow.flow,
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

function whoOf(flow: Flow, { who: chosen, offered, days: typed }: Draft): Who | { problem: Line } {
  const known = offersOf(flow).find(({ value }) => value === chosen)
  if (!known || (known.who.kind.startsWith('at-') && offered !== flow.flow))
    return { problem: phrase('broadcasts.problem.no-such-people', { guide: guideLine(flow.flow, 'short') }) }
  const { who } = known
  if (!('days' in who)) return who
  const most = who.kind === 'stuck' ? DAYS_MOST : 6
  const days = typed === '' ? who.days : (readDays(typed.slice(0, 40)) ?? 0)
  if (Number.isInteger(days) && days >= 1 && days <= most) return { ...who, days }
  return { problem: phrase('broadcasts.problem.no-days', { most }) }
}

/** Whom one may choose in a guide, with the days that are meant where none are typed. */
function offersOf(flow: Flow): { value: string; who: Who; number: number | null }[] {
  const kinds: Who[] = [
    { kind: 'unfinished' },
    { kind: 'not-started' },
    { kind: 'stuck', days: STUCK_DAYS },
    ...causesOf(flow).map((kind): Who => (kind === 'activation-due' ? { kind, days: DUE_DAYS } : { kind })),
  ]
  const numbered = new Set<number>()
  const steps = flow.steps.flatMap(({ id, number }) => {
    const step = { value: `s-${id}`, who: { kind: 'at-step', step: id } as Who, number: number ?? null }
    if (number === undefined || numbered.has(number)) return [step]
    numbered.add(number)
    const several = flow.steps.filter((one) => one.number === number).length > 1
    return [...(several ? [{ value: `n${number}`, who: { kind: 'at-number', number } as Who, number }] : []), step]
  })
  return [...kinds.map((who) => ({ value: who.kind, who, number: null })), ...steps]
}

/** Whether what stands in the form is a choice of its guide. */
export function isOffered(flow: Flow, draft: Draft): boolean {
  const who = whoOf(flow, { ...draft, days: '' })
  return !('problem' in who)
}

export function draftForm(site: StaffSite, c: StaffCall, labels: Labels, draft: Draft): Html {
  const { world, ward } = site.context
  const { scope } = c.get('viewer')
  const say = (key: string, vars = {}) => labels.line(phrase(`broadcasts.${key}`, vars))
  const groups = scope.groups === 'ward' ? ward.groups : scope.groups
  const guide = world.flows.get(flowOf(site, draft.flow))!
  const fits = isOffered(guide, draft)
  const more = draft.days !== '' || draft.residence !== ''
  const others = draft.text !== '' || draft.when !== '' || draft.paid
  const whom = ({ who, number }: ReturnType<typeof offersOf>[number]) =>
    who.kind === 'stuck'
      ? say('who-stuck')
      : who.kind === 'activation-due'
        ? say('who-due')
        : labels.line(whoLine({ flow: guide.flow, who, residence: null }, number))
  const option = (name: 'who' | 'residence' | 'group', value: string, label: string | number) =>
    html`<option value="${value}" ${draft[name] === value || (name === 'who' && value === '') ? html`selected` : ''}>${label}</option>`
  return html`<form method="post" action="/staff/broadcasts/preview" class="card">
    <h2>${say('new')}</h2>
    ${csrfField(c)}
    <label for="flow">${say('flow')}</label>
    <select id="flow" name="flow">
      ${[...world.flows.keys()].map((flow) => html`<option value="${flow}" ${flow === guide.flow ? html`selected` : ''}>${labels.guide(flow)}</option>`)}
    </select>
    <p><button name="again" value="1" class="second" formnovalidate>${say('other-guide')}</button></p>
    <input type="hidden" name="offered" value="${guide.flow}" />
    <label for="who">${say('whom-in', { guide: labels.guide(guide.flow) })}</label>
    <select id="who" name="who" required>
      ${fits ? '' : option('who', '', say('choose-whom'))}
      ${offersOf(guide).map((one) => html`<option value="${one.value}" ${fits && one.value === draft.who ? html`selected` : ''}>${whom(one)}</option>`)}
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
    <textarea id="text" name="text" rows="5" class="full" aria-describedby="text-how">${draft.text}</textarea>
    <p id="text-how" class="quiet">${say('text-how')}</p>
    <ul class="quiet">${OWN_VARIABLES.map((name) => html`<li><code>{{${name}}}</code> ${say(`variable.${name}`)}</li>`)}</ul>
    <label for="when">${say('when')}</label>
    <input id="when" name="when" autocomplete="off" placeholder="8h30 2/12" value="${draft.when}" />
    ${ward.reminders['paid-most'] + ward.reminders['package-left'] > 0 ? html`<label><input type="checkbox" name="paid" value="1" ${draft.paid ? html`checked` : ''} /> ${labels.line(phrase('remind.options.paid'))}</label>` : ''}
    </details>
    <p><button>${say('preview')}</button></p>
  </form>`
} // prettier-ignore
