import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/**
 * The layers of house.md from the top: a room may import what stands in a layer below its own, and rooms of one layer only where the
 * table says so.
 */
const LAYERS: readonly (readonly string[])[] = [
  ['main', 'cli'],
  ['demo'],
  ['context'],
  ['parts'],
  ['web', 'turns', 'delivery', 'upkeep', 'sentence'],
  ['dialogs'],
  ['tickets', 'reminders', 'questions'],
  ['speak', 'access', 'roster'],
  ['exports', 'texts', 'store', 'channels', 'content', 'config'],
  ['core'],
]
/** Neighbours that may be used, and why. */
const NEIGHBOURS: readonly [from: string, to: string][] = [
  // The composition of a start, and the operator's tool, which runs parts of it.
  ['main', 'cli'],
  ['cli', 'main'],
  // A turn wakes who waits for its answer; the pages hand messages to the turns.
  ['turns', 'delivery'],
  ['web', 'turns'],
  ['web', 'delivery'],
  // The page of Zalo's consent hands what comes back to whoever keeps the tokens.
  ['web', 'upkeep'],
  // What is composed is handed down as a type.
  ['texts', 'content'],
  ['exports', 'store'],
  ['exports', 'texts'],
]
/** What may be named as a type alone, which leaves nothing at run time: the parts of a running bot are handed down. */
const AS_TYPES: readonly [from: string, to: string][] = [['web', 'context']]
const FILE_LIMIT = 300
const FILE_WISH = 200

interface File {
  path: string
  room: string
  text: string
  imports: string[]
  /** Those of the imports that are erased. */
  types: ReadonlySet<string>
}

const files: File[] = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => {
    const text = readFileSync(join('src', name), 'utf8')
    return { path: name, room: roomOf(name), text, imports: importsOf(text), types: typesOf(text) }
  })

function roomOf(path: string): string {
  return path.split('/')[0]!.replace(/\.ts$/, '')
}

function importsOf(text: string): string[] {
  return [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)\b[^'"]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s*['"]([^'"]+)['"]/g,
    ),
  ].map((match) => (match[1] ?? match[2] ?? match[3])!)
}

function typesOf(text: string): ReadonlySet<string> {
  const erased = [...text.matchAll(/(?:^|\n)(?:import|export) type [^'"]*?\bfrom\s*['"]([^'"]+)['"]/g)].map(
    (match) => match[1]!,
  )
  return new Set(erased)
}

/** The file of `src` that an import names; undefined for a package. */
function target(file: File, name: string): string | undefined {
  return name.startsWith('.') ? normalize(join(dirname(file.path), name)).replace(/\.js$/, '.ts') : undefined
}

const layerOf = (room: string) => LAYERS.findIndex((layer) => layer.includes(room))

describe('the house', () => {
  test('has every room in the table of layers', () => {
    expect([...new Set(files.map(({ room }) => room))].filter((room) => layerOf(room) < 0)).toEqual([])
  })

  test('imports point down only', () => {
    const upward = files.flatMap((file) =>
      file.imports.flatMap((name) => {
        const to = target(file, name)
        if (to === undefined || roomOf(to) === file.room) return []
        const fine =
          layerOf(file.room) < layerOf(roomOf(to)) ||
          (file.types.has(name) && AS_TYPES.some(([a, b]) => a === file.room && b === roomOf(to))) ||
          NEIGHBOURS.some(([a, b]) => a === file.room && b === roomOf(to))
        return fine ? [] : [`${file.path} imports ${to}: move what it needs to a room below ${file.room}`]
      }),
    )
    expect(upward).toEqual([])
  })

  test('has no import of a file that is not there, none that leaves src, and none without .js', () => {
    const known = new Set(files.map(({ path }) => path))
    const lost = files.flatMap((file) =>
      file.imports
        .filter((name) => name.startsWith('.') && (!name.endsWith('.js') || !known.has(target(file, name)!)))
        .map((name) => `${file.path}: ${name}`),
    )
    expect(lost).toEqual([])
  })

  test('has no circle of files that is still there at run time', () => {
    const byPath = new Map(files.map((file) => [file.path, file]))
    const next = (path: string) =>
      (byPath.get(path)?.imports ?? [])
        .filter((name) => !byPath.get(path)!.types.has(name))
        .flatMap((name) => target(byPath.get(path)!, name) ?? [])
    const circles: string[] = []
    const state = new Map<string, 'open' | 'done'>()
    const visit = (path: string, way: readonly string[]): void => {
      if (state.get(path) === 'done') return
      if (state.get(path) === 'open') {
        circles.push([...way.slice(way.indexOf(path)), path].join(' → '))
        return
      }
      state.set(path, 'open')
      for (const to of next(path)) visit(to, [...way, path])
      state.set(path, 'done')
    }
    for (const { path } of files) visit(path, [])
    expect(circles).toEqual([])
  })

  test('keeps the core pure: no package but zod, no node:*, no clock, no chance, no console', () => {
    const impure = files
      .filter(({ room }) => room === 'core')
      .flatMap(({ path, text, imports }) => [
        ...imports.filter((name) => !name.startsWith('.') && name !== 'zod').map((name) => `${path} imports ${name}`),
        ...[
          ...text.matchAll(
            /\b(Date\.now|new Date\(\)|Math\.random|process\.|console\.|crypto\.|setTimeout|setInterval|fetch\()/g,
          ),
        ].map((match) => `${path} uses ${match[1]}`),
      ])
    expect(impure).toEqual([])
  })

  test(`keeps files under ${FILE_LIMIT} lines`, () => {
    const lines = files.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    const long = lines.filter((file) => file.lines > FILE_WISH)
    if (long.length > 0)
      process.stderr.write(`over ${FILE_WISH} lines: ${long.map((file) => `${file.path} ${file.lines}`).join(', ')}\n`)
    expect(lines.filter((file) => file.lines >= FILE_LIMIT)).toEqual([])
  })

  test('has no room for leftovers', () => {
    expect(
      files
        .map(({ path }) => path)
        .filter((path) => /(^|\/)(utils?|helpers?|managers?|services?|common)(\/|\.ts|-)/.test(path)),
    ).toEqual([])
  })
})
