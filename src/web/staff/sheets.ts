import { dayOf } from '../../core/policy/calendar.js'
import { completionRows } from '../../exports/completion.js'
import { peopleSheet, withoutCardSheet } from '../../exports/people.js'
import { exportSteps, STEP_COLUMNS } from '../../exports/steps.js'
import { progressOf } from '../../store/progress.js'
import { smallGroups } from '../../store/scope.js'
import { labelsOf } from './labels.js'
import type { StaffCall, StaffSite } from './site.js'

/** Files that can be taken, in the order of the page. */
export const EXPORTS = ['without-card', 'people', 'visits', 'officials', 'completion', 'steps'] as const
export type ExportName = (typeof EXPORTS)[number]

type Row = readonly (string | number | null)[]
export interface Sheet {
  heading: readonly string[]
  rows: Iterable<Row> | AsyncIterable<Row>
}

/** The guide whose end the officials' target counts. */
const PORTAL = 'portal-login'
const EVERYBODY = 100_000

/** The cells of a file in the viewer's scope; `group` null: all of it. */
export async function sheetOf(site: StaffSite, c: StaffCall, name: ExportName, group: number | null): Promise<Sheet> {
  const { context } = site
  const { db } = context.store
  const { scope, locale } = c.get('viewer')
  const say = c.get('say')
  const labels = labelsOf(site, c)
  const voice = { locale, form: 'bac', day: dayOf(context.clock()) } as const
  const parts = { db, scope, seals: context.seals, texts: context.texts, voice }
  const filter = group === null ? {} : { group }
  const heads = (...keys: string[]) => keys.map((key) => say(`exports.head.${key}`))
  switch (name) {
    case 'without-card':
      return withoutCardSheet(parts, filter)
    case 'people':
      return peopleSheet(parts, filter)
    case 'visits':
      return peopleSheet(parts, { ...filter, visit: true })
    case 'officials': {
      const { people } = await progressOf(db, scope, { ...filter, flow: PORTAL, official: true, limit: EVERYBODY })
      return {
        heading: heads('group', 'name', 'born', 'done'),
        rows: people.map(({ group, name, born, finished }) => [
          group,
          name,
          born,
          finished === 'no' ? null : say('exports.yes'),
        ]),
      }
    }
    case 'completion': {
      const rows = await completionRows({ db, scope, flows: context.world.flows }, filter)
      return {
        heading: heads('guide', 'group', 'step', 'started', 'finished', 'confirmed', 'here'),
        rows: rows.map(({ flow, group, step, started, finished, confirmed, here }) => [
          labels.guide(flow),
          group,
          step === null ? say('exports.whole') : labels.step(flow, step),
          started,
          finished,
          confirmed,
          here,
        ]),
      }
    }
    case 'steps':
      return { heading: STEP_COLUMNS, rows: stepRows(site, c, group) }
  }
}

/** The ledger of the scope, group by group where it has some; of groups too small to be broken down the group is left out. */
async function* stepRows({ context }: StaffSite, c: StaffCall, group: number | null): AsyncGenerator<Row> {
  const { db } = context.store
  const { scope } = c.get('viewer')
  const small = await smallGroups(db, scope)
  const place = STEP_COLUMNS.indexOf('group')
  if (group !== null && small.has(group)) return
  const filters =
    group !== null ? [{ group }] : scope.groups === 'ward' ? [{}] : scope.groups.map((one) => ({ group: one }))
  for (const filter of filters) {
    for await (const row of exportSteps(db, context.world.flows, filter)) {
      const grp = row[place]
      yield typeof grp === 'number' && small.has(grp) ? row.with(place, null) : row
    }
  }
}
