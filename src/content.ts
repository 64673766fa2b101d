import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { FlowFile, type Flow, TriageFile } from './core/flow/definition.js'
import { type Guide, GuideFile, type Phrases, PhrasesFile } from './core/flow/guide-text.js'
import { inspect, type Material, type Problem, type Source } from './core/flow/inspect.js'
import { type Locale, LOCALES } from './core/model/message.js'
import { SourcesFile, WardFile } from './core/model/ward.js'
import { readAnswers, readUtterances } from './content/answers.js'
import { readYaml } from './content/yaml.js'

/** Where flows and content lie. */
export interface ContentPaths {
  flowsDir: string
  contentDir: string
  /** Name of the ward's file in the content folder; the demo ward's is another one. */
  wardFile: string
}

/** The flows or texts are broken; every problem names its file and line. */
export class ContentError extends Error {
  readonly problems: readonly Problem[]
  constructor(problems: readonly Problem[]) {
    super(`flows and content have ${problems.length} problem(s):\n${problems.map(problemLine).join('\n')}`)
    this.name = 'ContentError'
    this.problems = problems
  }
}

/** `flows/vneid-level-1.yaml:12: message`. */
export function problemLine(problem: Problem): string {
  return `${problem.file}:${problem.line}: ${problem.message}`
}

const PublishedFile = z.record(z.string(), z.record(z.string(), z.array(z.string())))

/**
 * The bot's own words of a language: `phrases.yaml` for the talk itself, and a file a feature in `phrases/`. Together they are one tree,
 * in which every file has top-level keys of its own.
 */
function readPhrases(folder: string, problems: Problem[]): Source<Phrases> | null {
  const features = yamlFiles(join(folder, 'phrases')).map((name) => join(folder, 'phrases', name))
  const read = [join(folder, 'phrases.yaml'), ...features].map((file) => readYaml(file, PhrasesFile, problems))
  const [base] = read
  if (!base) return null
  const owners = new Map<string, Source<Phrases>>()
  for (const source of read) {
    if (!source) continue
    for (const key of Object.keys(source.value)) {
      const owner = owners.get(key)
      if (owner)
        problems.push({
          file: source.file,
          line: source.lineOf([key]),
          message: `«${key}» stands in ${owner.file} too`,
        })
      else owners.set(key, source)
    }
  }
  const ownerOf = (path: readonly (string | number)[]) => owners.get(String(path[0])) ?? base
  return {
    file: base.file,
    value: Object.fromEntries([...owners].map(([key, source]) => [key, source.value[key]!])),
    lineOf: (path) => ownerOf(path).lineOf(path),
    fileOf: (path) => ownerOf(path).file,
  }
}

/** The YAML files of a folder, by name; none where there is no folder. */
function yamlFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .sort()
  } catch {
    return []
  }
}

/** The flow files of a folder, by name; what is not a guide is left out. */
function flowFiles(flowsDir: string): string[] {
  const others = new Set(['triage.yaml', 'published.yaml'])
  return yamlFiles(flowsDir).filter((name) => !others.has(name))
}

/**
 * Reads and checks everything the bot goes by. Returns what could be read (null when a file is broken or missing) and all problems with
 * file and line.
 */
export function readContent(paths: ContentPaths): { material: Material | null; problems: Problem[] } {
  const problems: Problem[] = []
  const { flowsDir, contentDir, wardFile } = paths
  const flows = new Map<string, Source<Flow>>()
  const names = flowFiles(flowsDir)
  if (names.length === 0) problems.push({ file: flowsDir, line: 1, message: 'no flow files (*.yaml) here' })
  for (const name of names) {
    const source = readYaml(join(flowsDir, name), FlowFile, problems)
    if (!source) continue
    if (source.value.flow !== basename(name, '.yaml')) {
      problems.push({
        file: source.file,
        line: source.lineOf(['flow']),
        message: `flow is «${source.value.flow}», but the file is called ${name}`,
      })
    }
    flows.set(source.value.flow, source)
  }
  const triage = readYaml(join(flowsDir, 'triage.yaml'), TriageFile, problems)
  const published = readYaml(join(flowsDir, 'published.yaml'), PublishedFile, problems)
  const ward = readYaml(join(contentDir, wardFile), WardFile, problems)
  const sources = readYaml(join(contentDir, 'sources.yaml'), SourcesFile, problems)
  const each = <T>(read: (locale: Locale) => T) =>
    Object.fromEntries(LOCALES.map((locale) => [locale, read(locale)])) as Record<Locale, T>
  const phrases = each((locale) => readPhrases(join(contentDir, locale), problems))
  const triageTexts = each((locale) => readYaml(join(contentDir, locale, 'triage.yaml'), PhrasesFile, problems))
  const chat = each((locale) => readYaml(join(contentDir, locale, 'chat.yaml'), PhrasesFile, problems))
  const documents = readYaml(join(contentDir, 'vi', 'documents.yaml'), PhrasesFile, problems)
  const guides = each((locale) => {
    const found = new Map<string, Source<Guide>>()
    for (const flow of flows.keys()) {
      const source = readYaml(join(contentDir, locale, 'guides', `${flow}.yaml`), GuideFile, problems)
      if (source) found.set(flow, source)
    }
    return found
  })
  const answers = each((locale) => readAnswers(join(contentDir, locale, 'answers'), problems))
  const utterances = each((locale) => readUtterances(join(contentDir, locale, 'utterances.yaml'), problems))
  const whole = <T>(record: Record<Locale, T | null>): record is Record<Locale, T> =>
    LOCALES.every((locale) => record[locale] !== null)
  if (
    !triage ||
    !published ||
    !ward ||
    !sources ||
    !whole(phrases) ||
    !whole(triageTexts) ||
    !whole(chat) ||
    !documents
  )
    return { material: null, problems }
  const material: Material = {
    flows, triage, published, ward, sources, phrases, triageTexts, chat, documents, guides, answers, utterances,
  } // prettier-ignore
  const seen = new Set(problems.map(problemLine))
  problems.push(...inspect(material).filter((problem) => !seen.has(problemLine(problem))))
  return { material, problems }
}

/** Reads everything, or throws a ContentError that lists every problem. */
export function loadContent(paths: ContentPaths): Material {
  const { material, problems } = readContent(paths)
  if (!material || problems.length > 0) throw new ContentError(problems)
  forgetPlaces(material)
  return material
}

/**
 * Content that is right is never looked up by its lines again: the parsed files behind `lineOf` are let go, some 3 MB of a server at rest
 * (measured).
 */
function forgetPlaces(of: unknown): void {
  if (of instanceof Map) return of.forEach(forgetPlaces)
  if (typeof of !== 'object' || of === null) return
  if ('lineOf' in of && typeof of.lineOf === 'function') {
    of.lineOf = () => 1
    if ('fileOf' in of) delete of.fileOf
    return
  }
  for (const value of Object.values(of)) forgetPlaces(value)
}
