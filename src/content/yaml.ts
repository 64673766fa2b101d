import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import type { Problem, Source } from '../core/flow/inspect.js'

/** How a file is named in a problem. */
export function shownAs(file: string): string {
  return relative(process.cwd(), file) || file
}

/** The text of a file; null, with a problem, when it cannot be read. */
export function readText(file: string, problems: Problem[]): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    problems.push({ file: shownAs(file), line: 1, message: 'the file cannot be read' })
    return null
  }
}

/** Reads one YAML file into its form; problems carry the line of the value they are about. */
export function readYaml<T>(file: string, form: z.ZodType<T>, problems: Problem[]): Source<T> | null {
  const text = readText(file, problems)
  return text === null ? null : parseYaml(shownAs(file), text, 0, form, problems)
}

/** Reads YAML that stands `above` lines below the beginning of its file. */
export function parseYaml<T>(
  shown: string,
  text: string,
  above: number,
  form: z.ZodType<T>,
  problems: Problem[],
): Source<T> | null {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false })
  const lineAt = (offset: number) => counter.linePos(offset).line + above
  for (const error of document.errors)
    problems.push({ file: shown, line: lineAt(error.pos[0]), message: `not valid YAML: ${error.message}` })
  if (document.errors.length > 0) return null
  // The line of the key itself: that is where somebody looks, and a text may begin lines below it.
  const lineOf = (path: readonly (string | number)[]): number => {
    for (let length = path.length; length > 0; length--) {
      const parent = document.getIn(path.slice(0, length - 1), true)
      const key = path[length - 1]
      const pair = isMap(parent) ? parent.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined
      const node = pair ? pair.key : isSeq(parent) ? parent.get(Number(key), true) : undefined
      if (isNode(node) && node.range) return lineAt(node.range[0])
    }
    return 1
  }
  const parsed = form.safeParse(document.toJS())
  if (parsed.success) return { file: shown, value: parsed.data, lineOf }
  for (const issue of parsed.error.issues) {
    const path = issue.path as (string | number)[]
    problems.push({ file: shown, line: lineOf(path), message: `${path.join('.') || 'the file'}: ${issue.message}` })
  }
  return null
}
