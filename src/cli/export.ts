import type { Config } from '../config.js'
import { loadContent } from '../content.js'
import { dayOf } from '../core/policy/calendar.js'
import { OPERATOR, scopeOf } from '../core/policy/roles.js'
import { type Sheet, sheetOf, type SheetName } from '../exports/sheets.js'
import { exportSteps as stepRows, STEP_COLUMNS } from '../exports/steps.js'
import { appSecret, createSeals } from '../store/sealed.js'
import { createTexts } from '../texts.js'
import { withStore } from './open.js'
import { destination, writeRows } from './rows.js'
import { noteTaken } from './taken.js'
import { localeOf, UsageError, wholeNumber, type Values } from './usage.js'

export const exportOptions = {
  format: { type: 'string', default: 'csv' },
  out: { type: 'string' },
  flow: { type: 'string' },
  group: { type: 'string' },
} as const

export const sheetOptions = {
  format: { type: 'string', default: 'csv' },
  out: { type: 'string' },
  group: { type: 'string' },
  locale: { type: 'string' },
} as const

function groupOf(values: Values): number | undefined {
  return values['group'] === undefined ? undefined : wholeNumber('group', String(values['group']), 1, 999)
}

/** Writes the ledger to a file, or as CSV to the output when no file is named. */
export async function exportSteps(config: Config, values: Values, out: (text: string) => void): Promise<number> {
  const to = await destination(values)
  const flows = new Map([...loadContent(config).flows].map(([id, source]) => [id, source.value]))
  const flow = values['flow'] === undefined ? undefined : String(values['flow'])
  if (flow !== undefined && !flows.has(flow))
    throw new UsageError(`--flow must be one of ${[...flows.keys()].join(', ')}, not «${flow}»`)
  const group = groupOf(values)
  return withStore(config, async ({ db }) => {
    await noteTaken(db, { kind: 'steps', group, now: Date.now() })
    const rows = stepRows(db, scopeOf(OPERATOR), flows, {
      ...(flow === undefined ? {} : { flow }),
      ...(group === undefined ? {} : { group }),
    })
    await writeRows(to, STEP_COLUMNS, rows, out)
    return 0
  })
}

/** Lists that the tool makes as the page makes them; the ledger it writes raw, by `exportSteps`. */
export type ListName = Exclude<SheetName, 'steps'>

/** Writes a list to a file, or as CSV to the output; the audit log says that the operator did. */
export async function exportList(
  config: Config,
  name: ListName,
  values: Values,
  out: (text: string) => void,
): Promise<number> {
  const locale = localeOf(values)
  const group = groupOf(values)
  const to = await destination(values)
  const material = loadContent(config)
  const now = Date.now()
  const { heading, rows } = await withStore(config, ({ db }) =>
    db.transaction().execute(async (tx) => {
      const parts = {
        db: tx,
        scope: scopeOf(OPERATOR),
        seals: createSeals(() => appSecret(config)),
        texts: createTexts(material),
        voice: { locale, form: 'ban', day: dayOf(now) } as const,
        flows: new Map([...material.flows].map(([id, source]) => [id, source.value])),
      }
      const made = await sheetOf(parts, name, group === undefined ? {} : { group })
      const rows = await all(made.rows)
      await noteTaken(tx, { kind: name, group, count: rows.length, now })
      return { heading: made.heading, rows }
    }),
  )
  await writeRows(to, heading, rows, out)
  return 0
}

async function all(rows: Sheet['rows']) {
  const read = []
  for await (const row of rows) read.push(row)
  return read
}
