import { html } from 'hono/html'
import { hashCode } from '../../access/codes.js'
import { looksLikeId } from '../../core/roster/cells.js'
import { readPhone } from '../../core/roster/phone.js'
import { CARDS, FIRST_YEAR, RESIDENCES, ROSTER_LIMITS, type RosterPerson } from '../../core/model/roster.js'
import { csrfField, type Html } from './layout.js'
import type { StaffCall } from './site.js'

/** The texts of the form, in its order. */
const TEXTS = ['name', 'born', 'phone', 'cardReason', 'note'] as const
type TextField = (typeof TEXTS)[number]
/** What their labels are called below `staff.person`. */
const LABEL: Readonly<Record<TextField, string>> = { name: 'name', born: 'born', phone: 'phone', cardReason: 'reason', note: 'note' } // prettier-ignore

/** What a form was made from: it comes back with the form, so that nobody writes over what somebody else changed meanwhile. */
export function stateOf(person: RosterPerson): string {
  return hashCode(JSON.stringify(person)).slice(0, 16)
}

/** Somebody of whom nothing is known yet. */
export function nobody(id: string, group: number): RosterPerson {
  return {
    id,
    group,
    household: null,
    name: '',
    born: null,
    residence: null,
    card: 'unknown',
    cardReason: null,
    visit: false,
    official: false,
    phone: null,
    note: null,
  }
}

type Houses = readonly { id: string; name: string }[]
interface Shown {
  wrong: Readonly<Record<string, string>>
  typed?: Readonly<Record<string, string>>
}

/** The form of somebody who is on the roster, with what is wrong beside each field. */
export function editForm(c: StaffCall, person: RosterPerson, houses: Houses, shown: Shown): Html {
  const say = c.get('say')
  return html`<details class="card" id="edit" ${shown.typed ? html`open` : ''}>
    <summary>${say('person.edit')}</summary>
    <form method="post" action="/staff/people/${person.id}">
      ${csrfField(c)}<input type="hidden" name="state" value="${stateOf(person)}" />
      ${personFields(c, person, houses, shown)}
      <p><button>${say('person.save')}</button></p>
    </form>
  </details>`
}

/** Fields of a person of the roster, as they are or as they were typed. */
export function personFields(c: StaffCall, person: RosterPerson, houses: Houses, { wrong, typed }: Shown): Html {
  const say = c.get('say')
  const picked = (field: string, value: string | null) => typed?.[field] ?? value ?? ''
  const text = (field: TextField) => {
    const value = typed?.[field] ?? String(person[field] ?? '')
    const bad = wrong[field]
    return html`<label for="${field}">${say(`person.${LABEL[field]}`)}</label>
      <input
        id="${field}"
        name="${field}"
        value="${value}"
        autocomplete="off"
        ${field === 'born' || field === 'phone' ? html`inputmode="numeric"` : ''}
        ${bad === undefined ? '' : html`aria-invalid="true" aria-describedby="${field}-wrong"`}
      />
      ${bad === undefined ? '' : html`<p id="${field}-wrong" class="below">${say(`person.wrong.${bad}`)}</p>`}`
  }
  const choice = (name: string, label: string, options: readonly [string, string][], chosen: string) =>
    html`<label for="${name}">${label}</label>
      <select id="${name}" name="${name}">
        ${options.map(([value, words]) => html`<option value="${value}" ${value === chosen ? html`selected` : ''}>${words}</option>`)}
      </select>`
  const tick = (name: 'visit' | 'official') =>
    html`<label><input type="checkbox" name="${name}" value="1" ${(typed ? typed[name] === '1' : person[name]) ? html`checked` : ''} /> ${say(`person.${name}`)}</label>`
  return html`${text('name')} ${text('born')}
    ${choice('household', say('person.household'), [['', say('person.none-household')], ...houses.map(({ id, name }): [string, string] => [id, name || id])], picked('household', person.household))}
    ${choice('residence', say('person.residence'), [['', say('person.unknown')], ...RESIDENCES.map((one): [string, string] => [one, say(`person.residences.${one}`)])], picked('residence', person.residence))}
    ${choice('card', say('person.card'), CARDS.map((one) => [one, say(`person.cards.${one}`)]), picked('card', person.card))}
    ${text('cardReason')} ${tick('visit')} ${tick('official')} ${text('phone')} ${text('note')}`
} // prettier-ignore

/** What a form says of a person; `wrong` names each field that cannot be taken, and why (`staff.person.wrong.<why>`). */
export function readPerson(
  person: RosterPerson,
  typed: Readonly<Record<string, string>>,
  { thisYear }: { thisYear: number },
): { person: RosterPerson; wrong: Record<string, string> } {
  const wrong: Record<string, string> = {}
  const value = (field: string) => (typed[field] ?? '').normalize('NFC').replace(/\s+/g, ' ').trim()
  const optional = (field: 'cardReason' | 'note') => {
    const text = value(field)
    if (text.length > ROSTER_LIMITS[field]) wrong[field] = 'long'
    return text === '' ? null : text
  }
  const name = value('name')
  if (!/^[\p{L}\p{M}'’.\- ]{2,}$/u.test(name) || name.length > ROSTER_LIMITS.name) wrong['name'] = 'name'
  const born = value('born') === '' ? null : Number(value('born'))
  if (born !== null && !(Number.isInteger(born) && born >= FIRST_YEAR && born <= thisYear)) wrong['born'] = 'born'
  const phone = value('phone') === '' ? null : readPhone(value('phone'))
  if (phone === null && value('phone') !== '') wrong['phone'] = 'phone'
  const read: RosterPerson = {
    ...person,
    name,
    born,
    phone,
    household: value('household') === '' ? null : value('household'),
    residence: RESIDENCES.find((one) => one === value('residence')) ?? null,
    card: CARDS.find((one) => one === value('card')) ?? person.card,
    cardReason: optional('cardReason'),
    visit: typed['visit'] === '1',
    official: typed['official'] === '1',
    note: optional('note'),
  }
  // No ID number gets in by any field, whatever it is called.
  for (const field of ['name', 'cardReason', 'note'] as const) if (looksLikeId(value(field))) wrong[field] = 'id-number'
  return { person: read, wrong }
}
