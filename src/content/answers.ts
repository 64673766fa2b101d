import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Problem, Source } from '../core/flow/inspect.js'
import { type Answer, AnswerHead, type AnswerText, type Utterances, UtterancesFile } from '../core/model/answer.js'
import { parseYaml, readText, readYaml, shownAs } from './yaml.js'

/** The answers of a language by topic; none where there is no folder. */
export function readAnswers(folder: string, problems: Problem[]): Map<string, Source<Answer>> {
  const found = new Map<string, Source<Answer>>()
  for (const name of markdownFiles(folder)) {
    const source = readAnswer(join(folder, name), problems)
    if (source) found.set(basename(name, '.md'), source)
  }
  return found
}

/** What people write that is no question of ours; null where a language has no such file. */
export function readUtterances(file: string, problems: Problem[]): Source<Utterances> | null {
  return existsSync(file) ? readYaml(file, UtterancesFile, problems) : null
}

function markdownFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.md'))
      .sort()
  } catch {
    return []
  }
}

/** One answer: a head in YAML between lines of three hyphens, and a section a period of time. */
function readAnswer(file: string, problems: Problem[]): Source<Answer> | null {
  const text = readText(file, problems)
  if (text === null) return null
  const shown = shownAs(file)
  const report = (line: number, message: string) => void problems.push({ file: shown, line, message })
  const lines = text.replace(/\r\n/g, '\n').split('\n')
  const end = lines.indexOf('---', 1)
  if (lines[0] !== '---' || end < 0) {
    report(1, 'begins with a head between two lines «---»')
    return null
  }
  const head = parseYaml(shown, lines.slice(1, end).join('\n'), 1, AnswerHead, problems)
  const sections = sectionsOf(lines, end + 1, report)
  if (!head || sections.length === 0) {
    if (head) report(end + 1, 'has no section «## 2022-10-24»')
    return null
  }
  return {
    file: shown,
    value: { ...head.value, texts: sections.map(({ text }) => text) },
    lineOf: (path) =>
      path[0] === 'texts' && typeof path[1] === 'number' ? (sections[path[1]]?.line ?? 1) : head.lineOf(path),
  }
}

const HEADING = /^## (\d{4}-\d\d-\d\d)(?: [–-] (\d{4}-\d\d-\d\d))?$/

function sectionsOf(
  lines: readonly string[],
  start: number,
  report: (line: number, message: string) => void,
): { line: number; text: AnswerText }[] {
  const sections: { line: number; from: string; until: string | undefined; body: string[] }[] = []
  lines.forEach((line, i) => {
    if (i < start) return
    if (!line.startsWith('## ')) {
      if (sections.length > 0) sections.at(-1)!.body.push(line)
      else if (line.trim() !== '') report(i + 1, 'stands before the first section «## 2022-10-24»')
      return
    }
    const heading = HEADING.exec(line.trimEnd())
    if (heading) sections.push({ line: i + 1, from: heading[1]!, until: heading[2], body: [] })
    else report(i + 1, 'a section is headed «## 2024-07-01» or «## 2022-10-24 – 2024-06-30»')
  })
  return sections.flatMap(({ line, from, until, body }) => {
    const at = body.findIndex((row) => row.trim() !== '')
    const named = /^sources:\s*(.+)$/.exec(body[at]?.trim() ?? '')
    if (!named) {
      report(line, 'the first line of a section is «sources: id, id»')
      return []
    }
    const sources = named[1]!.split(',').map((id) => id.trim())
    const text = body
      .slice(at + 1)
      .join('\n')
      .trim()
    return [{ line, text: { from, until, sources, text } }]
  })
}
