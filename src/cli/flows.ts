import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import type { Config } from '../config.js'
import { problemLine, readContent } from '../content.js'
import { drawFlow } from '../core/flow/draw.js'
import { UsageError, type Values } from './usage.js'

export const flowsCheckOptions = { json: { type: 'boolean' }, publish: { type: 'boolean' } } as const

type Out = (text: string) => void

/** Lists every problem; status 1 when there is any. Both ward files are read, because both are shipped. */
export function flowsCheck(config: Config, values: Values, out: Out): number {
  if (values['publish']) publish(config, out)
  const files = config.wardFile === 'ward.yaml' ? ['ward.yaml'] : ['ward.yaml', config.wardFile]
  const seen = new Map(
    files
      .flatMap((wardFile) => readContent({ ...config, wardFile }).problems)
      .map((problem) => [problemLine(problem), problem]),
  )
  if (values['json']) out(`${JSON.stringify([...seen.values()])}\n`)
  else if (seen.size === 0) out('flows and content: no problems\n')
  else out(`${[...seen.keys()].join('\n')}\n`)
  return seen.size === 0 ? 0 : 1
}

/** Records the steps of editions that are not recorded yet; a recorded edition is never changed. */
function publish(config: Config, out: Out): void {
  const file = join(config.flowsDir, 'published.yaml')
  const { material } = readContent(config)
  if (!material) return
  const text = readFileSync(file, 'utf8')
  const published = (parse(text) ?? {}) as Record<string, Record<string, string[]>>
  for (const { value: flow } of material.flows.values()) {
    const editions = (published[flow.flow] ??= {})
    if (editions[flow.edition]) continue
    editions[flow.edition] = flow.steps.map((step) => step.id)
    out(`recorded ${flow.flow}, edition ${flow.edition}\n`)
  }
  const head =
    '# Steps of every edition that residents have stood in. Written by «npm run ward -- flows check --publish»; never change an entry by hand.\n'
  writeFileSync(file, head + stringify(published, { flowCollectionPadding: true, lineWidth: 120 }))
}

/** Prints one guide, or all of them. */
export function flowsDraw(config: Config, wanted: string | undefined, out: Out): number {
  const { material, problems } = readContent(config)
  if (!material) throw new UsageError(`the flows cannot be read:\n${problems.map(problemLine).join('\n')}`)
  const flows = [...material.flows.values()]
    .map(({ value }) => value)
    .filter(({ flow }) => wanted === undefined || flow === wanted)
  if (flows.length === 0)
    throw new UsageError(`there is no guide «${wanted}»; there are ${[...material.flows.keys()].join(', ')}`)
  out(flows.map((flow) => `%% ${flow.flow}, edition ${flow.edition}\n${drawFlow(flow)}`).join('\n'))
  return 0
}
