import { readFile } from 'node:fs/promises'
import type { Config } from '../config.js'
import { loadContent } from '../content.js'
import { randomId } from '../context.js'
import { dayOf } from '../core/policy/calendar.js'
import { OPERATOR, scopeOf } from '../core/policy/roles.js'
import { importRoster } from '../roster/import.js'
import { reportLines } from '../roster/words.js'
import { reasonOf } from '../sentence.js'
import { appSecret, createSeals } from '../store/sealed.js'
import { createTexts } from '../texts.js'
import { withStore } from './open.js'
import { localeOf, UsageError, type Values } from './usage.js'

export const importOptions = {
  'dry-run': { type: 'boolean' },
  json: { type: 'boolean' },
  locale: { type: 'string' },
} as const

/** Takes a list into the roster, or says row by row why not (exit status 1). */
export async function importFile(
  config: Config,
  path: string | undefined,
  values: Values,
  out: (text: string) => void,
): Promise<number> {
  if (path === undefined) throw new UsageError('FILE is missing: ward roster import FILE [--dry-run]')
  const locale = localeOf(values)
  const file = await readFile(path).catch((error: unknown) => {
    throw new UsageError(`${path} cannot be read: ${reasonOf(error)}`)
  })
  const material = loadContent(config)
  const now = Date.now()
  const report = await withStore(config, (store) =>
    importRoster({
      store,
      seals: createSeals(() => appSecret(config)),
      scope: scopeOf(OPERATOR),
      groups: material.ward.value.groups,
      file,
      dryRun: values['dry-run'] === true,
      now,
      newId: randomId,
    }),
  )
  if (values['json']) out(`${JSON.stringify(report)}\n`)
  else {
    const texts = createTexts(material)
    const voice = { locale, form: 'ban', day: dayOf(now) } as const
    const words = reportLines(report).map((block) => block.map((line) => texts.render(line, voice)).join('\n'))
    out(`${words.join('\n\n')}\n`)
  }
  return report.outcome === 'imported' || report.outcome === 'would-import' ? 0 : 1
}
