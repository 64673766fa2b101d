import type { Config } from '../config.js'
import { loadContent } from '../content.js'
import { figureLines, sumFigures } from '../core/figures.js'
import type { Line } from '../core/model/message.js'
import { dayOf } from '../core/policy/calendar.js'
import { OPERATOR, scopeOf } from '../core/policy/roles.js'
import { counted } from '../store/counted.js'
import { finishedByWeek } from '../store/figures-now.js'
import { createTexts } from '../texts.js'
import { withStore } from './open.js'
import { localeOf, UsageError, wholeNumber, type Values } from './usage.js'

export const statsOptions = {
  flow: { type: 'string' },
  group: { type: 'string' },
  json: { type: 'boolean' },
  locale: { type: 'string' },
} as const

/** The figures of `/thongke`, in words or as JSON. */
export async function showStats(config: Config, values: Values, out: (text: string) => void): Promise<number> {
  const material = loadContent(config)
  const flows = new Map([...material.flows].map(([id, source]) => [id, source.value]))
  const flow = values['flow'] === undefined ? null : String(values['flow'])
  if (flow !== null && !flows.has(flow))
    throw new UsageError(`--flow must be one of ${[...flows.keys()].join(', ')}, not «${flow}»`)
  const group = values['group'] === undefined ? null : wholeNumber('group', String(values['group']), 1, 999)
  const locale = localeOf(values)
  const scope = scopeOf(OPERATOR)
  const { found, weeks } = await withStore(config, async ({ db }) => ({
    found: await counted(db, scope, { ...(flow === null ? {} : { flow }), ...(group === null ? {} : { group }) }),
    weeks: await finishedByWeek(db, scope, { group, now: Date.now() }),
  }))
  const { rows, beside } = found
  if (values['json']) {
    out(`${JSON.stringify(sumFigures(flows, rows, beside))}\n`)
    return 0
  }
  const texts = createTexts(material)
  const voice = { locale, form: 'ban', day: dayOf(Date.now()) } as const
  const lines = figureLines(
    flows,
    material.ward.value,
    rows,
    { flow, group, groups: 'ward', day: voice.day },
    beside,
    weeks,
  )
  out(`${lines.map((block) => block.map((line: Line) => texts.render(line, voice)).join('\n')).join('\n\n')}\n`)
  return 0
}
