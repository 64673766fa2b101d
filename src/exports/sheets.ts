import type { Flows } from '../core/flow/definition.js'
import { guideLine } from '../core/talk/draft.js'
import { progressOf } from '../store/progress.js'
import { idsOfGroups, smallGroups } from '../store/scope.js'
import { completionRows } from './completion.js'
import { type PeopleParts, peopleSheet, withoutCardSheet } from './people.js'
import { exportSteps, STEP_COLUMNS } from './steps.js'
import { OFFICIALS_GUIDE } from '../core/policy/officials.js'

/** Lists that the page and the tool `ward` make, in the order in which they are offered. */
export const SHEETS = ['without-card', 'people', 'visits', 'officials', 'completion', 'steps'] as const
export type SheetName = (typeof SHEETS)[number]

type Row = readonly (string | number | null)[]
export interface Sheet {
  heading: readonly string[]
  rows: Iterable<Row> | AsyncIterable<Row>
}

export interface SheetParts extends PeopleParts {
  flows: Flows
}

const EVERYBODY = 100_000

/** The cells of a list of the scope, in the reader's language: the page and the tool `ward` give the same. */
export async function sheetOf(parts: SheetParts, name: SheetName, filter: { group?: number } = {}): Promise<Sheet> {
  switch (name) {
    case 'without-card':
      return withoutCardSheet(parts, filter)
    case 'people':
      return peopleSheet(parts, filter)
    case 'visits':
      return peopleSheet(parts, { ...filter, visit: true })
    case 'officials':
      return officialsSheet(parts, filter)
    case 'completion':
      return completionSheet(parts, filter)
    case 'steps':
      return { heading: STEP_COLUMNS, rows: stepRows(parts, filter) }
  }
}

type Words = Pick<SheetParts, 'texts' | 'voice'>

function say({ texts, voice }: Words, key: string, vars: Record<string, string | number> = {}): string {
  return texts.render({ key: `phrases:staff.${key}`, vars }, voice)
}

const heads = (words: Words, ...keys: string[]) => keys.map((key) => say(words, `exports.head.${key}`))

async function officialsSheet(parts: SheetParts, filter: { group?: number }): Promise<Sheet> {
  const { db, scope } = parts
  const { people } = await progressOf(db, scope, { ...filter, flow: OFFICIALS_GUIDE, official: true, limit: EVERYBODY })
  // Who of a small group stands where is between them and their head; an empty cell would say «not yet».
  const small = await smallGroups(db, scope)
  const done = (group: number, finished: string) =>
    small.has(group) ? say(parts, 'exports.small') : finished === 'no' ? null : say(parts, `exports.done-${finished}`)
  return {
    heading: heads(parts, 'group', 'name', 'born', 'done'),
    rows: people.map(({ group, name, born, finished }) => [group, name, born, done(group, finished)]),
  }
}

async function completionSheet(parts: SheetParts, filter: { group?: number }): Promise<Sheet> {
  const { flows, texts, voice } = parts
  const stepName = (flow: string, step: string) => {
    const title = texts.render(guideLine(flow, `steps.${step}.title`), voice)
    const number = flows.get(flow)?.steps.find(({ id }) => id === step)?.number
    return number === undefined ? title : say(parts, 'step', { number, title })
  }
  const rows = await completionRows(parts, filter)
  return {
    heading: heads(parts, 'guide', 'group', 'step', 'started', 'finished', 'confirmed', 'here', 'out-of', 'percent'),
    rows: rows.map(({ flow, group, step, started, finished, confirmed, here, people, percent }) => [
      texts.render(guideLine(flow, 'short'), voice),
      group,
      step === null ? say(parts, 'exports.whole') : stepName(flow, step),
      started,
      finished,
      confirmed,
      here,
      people,
      percent,
    ]),
  }
}

/**
 * The ledger of the scope, group by group where it has some. Of groups too small to be broken down there stands neither the group nor whose step it was:
 * by an id one finds the name in the list of people.
 */
async function* stepRows({ db, scope, flows }: SheetParts, { group }: { group?: number }): AsyncGenerator<Row> {
  const small = await smallGroups(db, scope)
  if (group !== undefined && small.has(group)) return
  const theirs = await idsOfGroups(db, [...small])
  const places = (['group', 'person_id', 'contact_id', 'by_contact_id'] as const).map((column) => STEP_COLUMNS.indexOf(column)) // prettier-ignore
  const [grp, person, contact] = places as [number, number, number, number]
  const isFew = (row: Row) => {
    const named = row[grp]
    return (typeof named === 'number' && small.has(named)) || [row[person], row[contact]].some((id) => theirs.has(String(id)))
  } // prettier-ignore
  const filters =
    group !== undefined ? [{ group }] : scope.groups === 'ward' ? [{}] : scope.groups.map((one) => ({ group: one }))
  for (const filter of filters) {
    for await (const row of exportSteps(db, scope, flows, filter))
      yield isFew(row) ? row.map((cell, i) => (places.includes(i) ? null : cell)) : row
  }
}
