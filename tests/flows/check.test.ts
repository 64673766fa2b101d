import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'
import { parse, stringify } from 'yaml'
import { loadContent, problemLine, readContent } from '../../src/content.js'
import type { Problem } from '../../src/core/flow/inspect.js'

/** A way to break the real flows and texts, and what `flows check` must say to it. */
interface Broken {
  changes?: { file: string; old: string; new: string; all?: boolean }[]
  remove?: string[]
  /** Editions put into published.yaml in place of what it has for a flow. */
  published?: Record<string, Record<string, string[]>>
  /** `at` is what stands on the line that is named (`^` for its beginning), the last such line with `last`, the first behind `below`. */
  problems: { file: string; message: string; at?: string; last?: boolean; below?: string; line?: number }[]
  /** Parts of messages that follow from the same break and are not looked at closer. */
  others?: string[]
}

const ROOT = 'tests/flows/broken'
const kinds = readdirSync(ROOT).filter((name) => name.endsWith('.yaml'))
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ward-flows-'))
  for (const part of ['flows', 'content']) cpSync(part, join(folder, part), { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function check(): Problem[] {
  const { problems } = readContent({
    flowsDir: join(folder, 'flows'),
    contentDir: join(folder, 'content'),
    wardFile: 'ward.yaml',
  })
  return problems.map((problem) => ({
    ...problem,
    file: problem.file.startsWith('..') || problem.file.startsWith('/') ? within(problem.file) : problem.file,
    message: problem.message.replaceAll(/(\.\.\/)*[^ ]*ward-flows-[^/]+\//g, ''),
  }))
}

function within(file: string): string {
  return relative(folder, join(process.cwd(), file))
}

function damage({ changes = [], remove = [], published }: Broken): void {
  for (const { file, old, new: put, all } of changes) {
    const path = join(folder, file)
    const text = readFileSync(path, 'utf8')
    if (!text.includes(old)) throw new Error(`${file} has no «${old}»: the fixture is older than the file`)
    writeFileSync(path, all ? text.replaceAll(old, put) : text.replace(old, () => put))
  }
  for (const file of remove) rmSync(join(folder, file))
  if (!published) return
  const path = join(folder, 'flows/published.yaml')
  writeFileSync(path, stringify({ ...(parse(readFileSync(path, 'utf8')) as object), ...published }))
}

function lineAt({ file, at = '', last, below }: Broken['problems'][number]): number {
  const lines = readFileSync(join(folder, file), 'utf8').split('\n')
  const isIt = (line: string) => (at.startsWith('^') ? line.startsWith(at.slice(1)) : line.includes(at))
  const from = below === undefined ? 0 : lines.findIndex((line) => line.startsWith(below))
  const found = last ? lines.findLastIndex(isIt) : lines.findIndex((line, i) => i >= from && isIt(line))
  if (found < 0 || from < 0) throw new Error(`${file} has no line with «${at}»`)
  return found + 1
}

describe('flows check', () => {
  test('finds nothing wrong with the real flows and texts, of the ward and of the demo', () => {
    for (const wardFile of ['ward.yaml', 'ward.demo.yaml'])
      expect(readContent({ flowsDir: 'flows', contentDir: 'content', wardFile }).problems).toEqual([])
  })

  test.each(kinds.map((name) => [basename(name, '.yaml').replaceAll('-', ' '), name]))('refuses: %s', (_, name) => {
    const broken = parse(readFileSync(join(ROOT, name!), 'utf8')) as Broken
    damage(broken)
    const problems = check()
    for (const problem of broken.problems) {
      const { file, message } = problem
      const wanted = { file, line: problem.line ?? lineAt(problem) }
      const said = problems.filter((found) => found.message.includes(message))
      expect(said.map((found) => ({ file: found.file, line: found.line }))).toContainEqual(wanted)
    }
    const known = [...broken.problems.map(({ message }) => message), ...(broken.others ?? [])]
    expect(problems.filter(({ message }) => !known.some((part) => message.includes(part)))).toEqual([])
  })

  test('names a problem as file, line and sentence', () => {
    expect(problemLine({ file: 'flows/a.yaml', line: 12, message: 'start names an unknown step «b»' })).toBe(
      'flows/a.yaml:12: start names an unknown step «b»',
    )
  })

  test('stops the start with every problem at once', () => {
    damage({ changes: [{ file: 'flows/id-card.yaml', old: 'total: 6', new: 'total: 8' }], problems: [] })
    const load = () =>
      loadContent({ flowsDir: join(folder, 'flows'), contentDir: join(folder, 'content'), wardFile: 'ward.yaml' })
    expect(load).toThrow(/2 problem[\s\S]*no step has number 7[\s\S]*no step has number 8/)
  })

  test('says so when there are no flows, or no texts, at all', () => {
    rmSync(join(folder, 'flows'), { recursive: true })
    expect(check()).toContainEqual(expect.objectContaining({ message: 'no flow files (*.yaml) here' }))
    rmSync(join(folder, 'content'), { recursive: true })
    expect(check().filter(({ message }) => message === 'the file cannot be read').length).toBeGreaterThan(5)
  })
})
