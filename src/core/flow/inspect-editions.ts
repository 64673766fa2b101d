import type { Flow } from './definition.js'
import type { Published, Report, Source } from './material.js'

/** Problems between a flow and the editions of it that were published: nobody who stands in it may be lost. */
export function inspectEditions(source: Source<Flow>, published: Source<Published>, report: Report): void {
  const flow = source.value
  const at = (path: readonly (string | number)[], message: string) =>
    report({ file: source.file, line: source.lineOf(path), message })
  const now = flow.steps.map((step) => step.id)
  const editions = published.value[flow.flow] ?? {}
  const recorded = editions[flow.edition]
  if (!recorded) {
    at(
      ['edition'],
      `edition ${flow.edition} is not in published.yaml: run «npm run ward -- flows check --publish» once the guide is ready`,
    )
  } else if ([...recorded].sort().join() !== [...now].sort().join()) {
    at(['edition'], `the steps are not those published as edition ${flow.edition}: raise the edition by one`)
  }
  const newest = Math.max(0, ...Object.keys(editions).map(Number))
  if (newest > flow.edition) at(['edition'], `edition ${flow.edition} is older than the published edition ${newest}`)
  const moved = new Map(flow.moved.map((entry) => [entry.step, entry.to]))
  flow.moved.forEach((entry, i) => {
    if (now.includes(entry.step)) at(['moved', i], `«${entry.step}» has a moved entry but still exists`)
    if (!now.includes(entry.to) && !moved.has(entry.to))
      at(['moved', i], `moved leads to an unknown step «${entry.to}»`)
  })
  const ever = new Set(
    Object.entries(editions).flatMap(([edition, steps]) => (Number(edition) < flow.edition ? steps : [])),
  )
  for (const id of ever) {
    if (!now.includes(id) && !moved.has(id)) {
      at(
        ['steps'],
        `step «${id}» was published and is gone: add «moved: - { step: ${id}, to: … }» so that people standing on it are carried along`,
      )
    }
  }
}
