import { cardGuides, type Flows } from '../core/flow/definition.js'
import type { Voice } from '../core/model/message.js'
import type { RosterPerson } from '../core/model/roster.js'
import { type Field, FIELDS } from '../core/roster/columns.js'
import { cardsInDoubt } from '../store/cards.js'
import { smallGroups } from '../store/scope.js'
import { type ListedPerson, type PeopleFilter, people, withPhones } from '../store/roster.js'
import type { Scope } from '../core/policy/roles.js'
import type { Seals } from '../store/sealed.js'
import type { Db } from '../store/tables.js'
import type { Texts } from '../texts.js'

export type PersonCell = string | number | null

/** A file of people: its headings, and its rows. */
export interface PeopleSheet {
  heading: string[]
  rows: PersonCell[][]
}

/** What the police are given of those without a card. */
const WITHOUT_CARD: readonly Field[] = ['residence', 'group', 'name', 'born', 'cardReason', 'visit', 'phone', 'street', 'house', 'note'] // prettier-ignore
/** Permanent residents first: the police keep two lists. */
const RESIDENCE_ORDER = { permanent: 0, temporary: 1, none: 2 } as const

export interface PeopleParts {
  db: Db
  scope: Scope
  seals: Seals
  texts: Texts
  voice: Voice
}

/** The roster of the scope in the columns in which it is imported: what is written here is read again as it is. */
export async function peopleSheet(parts: PeopleParts, filter: PeopleFilter = {}): Promise<PeopleSheet> {
  return sheet(parts, FIELDS, await people(parts.db, parts.scope, filter))
}

/** Everybody of the scope without a card, by where they are registered. */
export async function withoutCardSheet(
  parts: PeopleParts & { flows: Flows },
  filter: PeopleFilter = {},
): Promise<PeopleSheet> {
  const found = await people(parts.db, parts.scope, { ...filter, card: 'none' })
  const order = ({ residence }: ListedPerson) => RESIDENCE_ORDER[residence ?? 'none']
  // Within a residence they stay as they come: by group and given name.
  const listed = [...found].sort((a, b) => order(a) - order(b))
  const { heading, rows } = sheet(parts, WITHOUT_CARD, listed)
  // Of a group of a few it is not told who of them has finished a guide.
  const small = await smallGroups(parts.db, parts.scope)
  const doubts = await cardsInDoubt(parts.db, parts.scope, cardGuides(parts.flows), filter)
  const say = (key: string) => parts.texts.render({ key: `phrases:staff.${key}` }, parts.voice)
  const doubt = ({ id, group }: ListedPerson) =>
    small.has(group) || !doubts.has(id) ? null : say(`card-doubt.${doubts.get(id)!}`)
  return {
    heading: [...heading, say('exports.head.card-doubt')],
    rows: rows.map((cells, i) => [...cells, doubt(listed[i]!)]),
  }
}

function sheet(parts: PeopleParts, fields: readonly Field[], listed: readonly ListedPerson[]): PeopleSheet {
  const say = (key: string) => parts.texts.render({ key: `phrases:roster.${key}` }, parts.voice)
  const opened = withPhones(parts.seals, listed)
  return {
    heading: fields.map((field) => say(`columns.${field}`)),
    rows: listed.map((person, i) => fields.map((field) => cell(field, { ...person, ...opened[i]! }, say))),
  }
}

function cell(field: Field, person: ListedPerson & RosterPerson, say: (key: string) => string): PersonCell {
  switch (field) {
    case 'residence':
      return person.residence === null ? null : say(`values.residence.${person.residence}`)
    case 'card':
      return say(`values.card.${person.card}`)
    case 'visit':
    case 'official':
      return person[field] ? say('values.mark') : null
    default:
      return person[field]
  }
}
