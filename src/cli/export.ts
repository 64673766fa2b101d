import { appSecret, createSeals } from '../store/sealed.js'
import type { Config } from '../config.js'
import { loadContent } from '../content.js'
import { randomId } from '../context.js'
import { dayOf } from '../core/policy/calendar.js'
import { OPERATOR, scopeOf } from '../core/policy/roles.js'
import { peopleSheet, withoutCardSheet } from '../exports/people.js'
import { exportSteps as stepRows, STEP_COLUMNS } from '../exports/steps.js'
import { audit } from '../store/audit.js'
import { createTexts } from '../texts.js'
import { withStore } from './open.js'
import { destination, writeRows } from './rows.js'
import { localeOf, UsageError, wholeNumber, type Values } from './usage.js'

export const exportOptions = {
  format: { type: 'string', default: 'csv' },
  out: { type: 'string' },
  flow: { type: 'string' },
  group: { type: 'string' },
} as const

export const peopleOptions = {
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
    const rows = stepRows(db, flows, {
      ...(flow === undefined ? {} : { flow }),
      ...(group === undefined ? {} : { group }),
    })
    await writeRows(to, STEP_COLUMNS, rows, out)
    return 0
  })
}

/** Writes people with their names to a file, or as CSV to the output; the audit log says that the operator did. */
export async function exportPeople(
  config: Config,
  kind: 'people' | 'without-card',
  values: Values,
  out: (text: string) => void,
): Promise<number> {
  const locale = localeOf(values)
  const group = groupOf(values)
  const to = await destination(values)
  const texts = createTexts(loadContent(config))
  const scope = scopeOf(OPERATOR)
  const now = Date.now()
  const sheet = await withStore(config, ({ db }) =>
    db.transaction().execute(async (tx) => {
      const parts = {
        db: tx,
        scope,
        seals: createSeals(() => appSecret(config)),
        texts,
        voice: { locale, form: 'ban', day: dayOf(now) } as const,
      }
      const made = await (kind === 'people' ? peopleSheet : withoutCardSheet)(
        parts,
        group === undefined ? {} : { group },
      )
      await audit(tx, scope, [
        {
          id: randomId(),
          at: now,
          deed: 'exported',
          kind,
          subject: null,
          group: group ?? null,
          count: made.rows.length,
        },
      ])
      return made
    }),
  )
  await writeRows(to, sheet.heading, sheet.rows, out)
  return 0
}
